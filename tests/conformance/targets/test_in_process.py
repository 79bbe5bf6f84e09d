"""A Python client in this process: found by its name, played in virtual time."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest
from cec_conformance import facts
from cec_conformance.probing import PROBE
from cec_conformance.targets import in_process
from cec_conformance.targets.in_process import Blocked, InProcess, NoClient, load
from cec_conformance.twins.original import place

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import httpx
    from cec_conformance.targets.target import Played
    from cec_conformance.virtual.playing import InProcessClient


def played(client: InProcessClient) -> Played:
    return asyncio.run(InProcess("a client", client).play(PROBE))


def test_a_correct_client_is_played_without_waiting() -> None:
    done = played(place)

    assert done.ending is not None
    assert (done.ending.exit_status, done.ending.outcome) == (0, "released")
    assert done.trace.facts[facts.ENDED_AT] == repr(done.ending.ended)
    assert done.ending.ended >= 0.3


async def crashes(_variables: Mapping[str, str], _transport: httpx.AsyncBaseTransport) -> str:
    raise RuntimeError("no idea")


async def hangs(_variables: Mapping[str, str], _transport: httpx.AsyncBaseTransport) -> str:
    await asyncio.sleep(1e6)
    return ""


async def blocks(_variables: Mapping[str, str], _transport: httpx.AsyncBaseTransport) -> str:
    time.sleep(0.5)  # noqa: ASYNC251  (what is to be found out)
    return ""


def test_a_crash_is_like_that_of_a_process() -> None:
    ending = played(crashes).ending
    assert ending is not None
    assert ending.exit_status == 1
    assert "RuntimeError: no idea" in ending.stderr


def test_one_that_hangs_is_ended() -> None:
    done = played(hangs)
    assert done.ending is not None
    assert (done.ending.exit_status, done.trace.facts[facts.EXIT_STATUS]) == (None, "killed")


def test_one_that_blocks_its_loop_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process, "LONGEST", 0.05)
    with pytest.raises(Blocked, match=r"a client did not come back within 0\.05 s of real time"):
        played(blocks)


def test_a_function_is_found_in_the_folder_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_own_client.py").write_text("async def call(variables, transport): ...\n", encoding="utf-8")
    (tmp_path / "my_broken_client.py").write_text("import nowhere_to_be_found\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", ["", *__import__("sys").path])

    assert load("my_own_client:call").__name__ == "call"
    for reference, told in {
        "my_own_client": "expected: module:function",
        ":call": "expected: module:function",
        "my_own_client:cal": "my_own_client has no function 'cal'",
        "my_client_elsewhere:call": "No module named 'my_client_elsewhere'",
        "my_broken_client:call": "my_broken_client cannot be imported: ModuleNotFoundError",
    }.items():
        with pytest.raises(NoClient, match=told):
            load(reference)
