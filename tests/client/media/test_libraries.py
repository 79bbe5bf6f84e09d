"""Media need an extra: without it there is one line that says which, and the rest works."""

from __future__ import annotations

import subprocess
import sys

import cec_client.media
import pytest
from cec_client.errors import MediaProblem
from cec_client.media import libraries

from tests.client.test_client import client


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(libraries, "NEEDED", ("json", "no_such_rtc", "no_such_sip"))
    return "media need no_such_rtc and no_such_sip: pip install 'mock-cec[gateway]'"


def test_what_is_missing_is_named(lacking: str) -> None:
    assert libraries.lacking() == lacking


def test_nothing_is_missing_here() -> None:
    assert libraries.lacking() is None


def test_a_client_says_it_when_media_are_asked_for(lacking: str) -> None:
    caller, _ = client()
    with caller, pytest.raises(MediaProblem) as caught:
        caller.call(connect_media=True)
    assert str(caught.value) == lacking


def test_an_import_says_it(lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(cec_client.media.__dict__, "MediaCall", raising=False)
    with pytest.raises(ImportError) as caught:
        _ = cec_client.media.MediaCall
    assert str(caught.value) == lacking


def test_every_public_name_is_there() -> None:
    assert set(cec_client.media.__all__) <= set(dir(cec_client.media))
    for name in cec_client.media.__all__:
        assert getattr(cec_client.media, name).__name__ == name
    with pytest.raises(AttributeError, match="MediaCal"):
        _ = cec_client.media.MediaCal  # type: ignore[attr-defined]


@pytest.mark.parametrize("module", ["cec_client.command", "cec_client.client", "cec_client.async_client"])
def test_they_are_loaded_only_where_media_are_wanted(module: str) -> None:
    program = (
        f"import sys, {module}; print([name for name in ('aiortc', 'av', 'sipmessage', 'websockets') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
