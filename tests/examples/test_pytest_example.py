"""The sample project that uses the pytest plugin."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.examples import programs


@pytest.mark.parametrize("options", [[], ["-n", "2"]], ids=["one after the other", "in parallel"])
def test_the_sample_project_passes(options: list[str]) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:asyncio", "-p", "no:cacheprovider", *options]
    run = subprocess.run(
        command, cwd=programs.EXAMPLES / "pytest", capture_output=True, text=True, check=False, timeout=50
    )
    assert re.search(r"\b3 passed\b", run.stdout), run.stdout + run.stderr
