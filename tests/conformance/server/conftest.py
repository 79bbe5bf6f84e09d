from __future__ import annotations

import logging

import pytest


@pytest.fixture
def silent_emulator(caplog: pytest.LogCaptureFixture) -> None:
    """Have the emulator not log what is wrong with the requests of visitors: it is meant."""
    caplog.set_level(logging.CRITICAL, "mock_cec")
