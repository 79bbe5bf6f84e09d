"""A client that is started by hand: told the variables, waited for, and through when it is silent."""

from __future__ import annotations

import os
import signal
import sys
import threading
from subprocess import Popen
from typing import TYPE_CHECKING

import pytest
from cec_conformance import facts, patience
from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.judging import State, judge
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.targets import attached
from cec_conformance.targets.attached import AttachedLauncher
from cec_conformance.words import Words

from tests.conformance.programs import ONCE, python
from tests.conformance.targets.launching import played

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def by_hand() -> Iterator[list[Popen[bytes]]]:
    """Collect the clients that were started; none outlives the test."""
    started: list[Popen[bytes]] = []
    yield started
    for client in started:
        client.kill()
        client.wait()


def test_it_is_told_the_variables_and_waited_for_until_its_call_is_over(
    monkeypatch: pytest.MonkeyPatch, by_hand: list[Popen[bytes]]
) -> None:
    monkeypatch.setattr(attached, "IDLE", 0.3)

    def start(text: str) -> None:
        variables = dict(line.split("=", 1) for line in text.splitlines() if line.startswith("CEC_"))
        by_hand.append(Popen(python(ONCE), env=os.environ | variables))

    (done,) = played(AttachedLauncher(start))

    assert done.ending is None
    assert Run(done.trace).ended_call is not None
    assert facts.EXIT_STATUS not in done.trace.facts
    assert done.trace.facts[facts.FLOW] == "call"
    assert State.FAILED not in {verdict.state for verdict in judge(Run(done.trace), CLIENT_RULES)}


def test_one_whose_call_could_not_be_made_is_waited_for_as_long_as_any(
    monkeypatch: pytest.MonkeyPatch, by_hand: list[Popen[bytes]]
) -> None:
    monkeypatch.setattr(attached, "IDLE", 0.1)
    monkeypatch.setattr(patience, "GRACE", 0.4)
    monkeypatch.setattr(patience, "MARGIN", 0.0)
    breaks_off = Case(
        name="case",
        title=Words("", ""),
        scenario=scenario(events=["1s released"], checks={"1": {"status": 500, "body": "html"}}),
    )

    def start(text: str) -> None:
        variables = dict(line.split("=", 1) for line in text.splitlines() if line.startswith("CEC_"))
        by_hand.append(Popen(python(f"sys = __import__('sys'); sys.stderr = None\n{ONCE}"), env=os.environ | variables))

    (done,) = played(AttachedLauncher(start), breaks_off)

    assert len(Run(done.trace).checks) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_ctrl_c_ends_the_waiting() -> None:
    before = signal.getsignal(signal.SIGINT)

    def press(_text: str) -> None:
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()

    (done,) = played(AttachedLauncher(press))

    assert done.trace.exchanges == ()
    assert signal.getsignal(signal.SIGINT) is before
