"""The package brings its names along only when they are used."""

from __future__ import annotations

import subprocess
import sys

import cec_client
import pytest


def test_every_public_name_is_there() -> None:
    assert set(cec_client.__all__) <= set(dir(cec_client))
    for name in cec_client.__all__:
        assert getattr(cec_client, name).__name__ == name


def test_no_other_name_is() -> None:
    with pytest.raises(AttributeError, match="Clint"):
        _ = cec_client.Clint  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", ["cec_client", "cec_client.protocol", "cec_client.flow", "cec_client.command"])
def test_importing_brings_no_http_library(module: str) -> None:
    program = (
        f"import sys, {module}; print([name for name in ('httpx', 'rich', 'asyncio', 'ssl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
