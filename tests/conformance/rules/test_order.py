from __future__ import annotations

from typing import Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.judging import State

from tests.conformance.rules.step_traces import FAIL, OK, Talk, state

KEPT, BROKEN, IDLE, BLOCKED = State.PASSED, State.FAILED, State.NOT_EXERCISED, State.BLOCKED
SEND, CHECK, CREATE = Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE

FAILURES: list[dict[str, Any]] = [
    {"answer": FAIL},
    {"status": 503},
    {"status": 403},
    {"status": None, "script": {"fault": "reset before the answer"}},
]


def in_text(**facts: str | None) -> Talk:
    return Talk(flow="text_then_call", **facts)


def test_the_first_create_waits_for_an_answer_of_the_check() -> None:
    assert state(Talk().steps(CHECK, CREATE), "C-FLOW-01") is KEPT
    assert state(Talk().ask(CHECK, status=503).steps(CREATE), "C-FLOW-01") is KEPT  # going on is another fault
    assert state(Talk().steps(CREATE), "C-FLOW-01") is BROKEN
    assert state(Talk().ask(CHECK, at=1, takes=1).ask(CREATE, at=1.5), "C-FLOW-01") is BROKEN
    assert state(Talk().ask(CHECK, status=None).steps(CREATE), "C-FLOW-01") is BROKEN  # it did not wait
    assert state(Talk().ask(CHECK, takes=None).ask(CREATE, at=9), "C-FLOW-01") is BROKEN
    assert state(Talk().steps(CREATE, CHECK), "C-FLOW-01") is BROKEN
    assert state(Talk().steps(CHECK), "C-FLOW-01") is IDLE


@pytest.mark.parametrize(
    ("rtc", "call", "allowed"),
    [
        (True, True, True),
        ("true", "true", True),
        (True, False, False),
        (False, True, False),
        (False, False, False),
        (None, True, False),
        (True, "false", False),
    ],
)
def test_no_create_follows_a_check_that_forbids_it(rtc: Any, call: Any, *, allowed: bool) -> None:
    answer = OK | {"webRTCSupported": rtc, "clickToCallSupported": call}

    assert state(Talk().ask(CHECK, answer=answer).steps(CREATE), "C-FLOW-02") is (IDLE if allowed else BROKEN)
    assert state(Talk().ask(CHECK, answer=answer), "C-FLOW-02") is (IDLE if allowed else KEPT)


@pytest.mark.parametrize("failure", FAILURES)
def test_no_create_follows_a_check_that_failed(failure: dict[str, Any]) -> None:
    assert state(Talk().ask(CHECK, **failure).steps(CREATE), "C-FLOW-03") is BROKEN
    assert state(Talk().ask(CHECK, **failure), "C-FLOW-03") is KEPT
    assert state(Talk().ask(CHECK, **failure).steps(CHECK, CREATE), "C-FLOW-03") is KEPT
    assert state(Talk().steps(CHECK).ask(CHECK, **failure).steps(CREATE), "C-FLOW-03") is BROKEN
    assert state(Talk().steps(CHECK, CREATE), "C-FLOW-03") is IDLE


def test_a_create_that_did_not_wait_is_no_consequence_of_the_answer() -> None:
    talk = Talk().ask(CHECK, at=1, takes=1, answer=FAIL).ask(CREATE, at=1.5)

    assert (state(talk, "C-FLOW-01"), state(talk, "C-FLOW-03")) == (BROKEN, KEPT)


def test_where_text_comes_first_the_check_waits_for_it() -> None:
    assert state(in_text().steps(SEND, CHECK), "C-FLOW-04") is KEPT
    assert state(in_text().ask(SEND, answer=FAIL).steps(SEND, CHECK), "C-FLOW-04") is KEPT
    assert state(in_text().steps(CHECK), "C-FLOW-04") is BROKEN
    assert state(in_text().steps(CHECK, SEND), "C-FLOW-04") is BROKEN
    assert state(in_text().ask(SEND, at=1, takes=1).ask(CHECK, at=1.5), "C-FLOW-04") is BROKEN
    assert state(in_text().steps(SEND), "C-FLOW-04") is IDLE


@pytest.mark.parametrize("flow", ["call", "call_then_text", None])
def test_elsewhere_the_check_waits_for_no_text(flow: str | None) -> None:
    assert state(Talk(flow=flow).steps(CHECK, SEND), "C-FLOW-04") is IDLE
    assert state(Talk(flow=flow).ask(SEND, answer=FAIL).steps(CHECK), "C-FLOW-05") is IDLE


@pytest.mark.parametrize("failure", FAILURES)
def test_where_text_comes_first_and_fails_there_is_no_call(failure: dict[str, Any]) -> None:
    failed = in_text().ask(SEND, **failure)
    assert state(failed, "C-FLOW-05") is KEPT
    assert state(failed.steps(CHECK, CREATE), "C-FLOW-05") is BROKEN
    assert state(failed, "C-FLOW-04") is IDLE  # charged once
    assert state(in_text().ask(SEND, **failure).steps(SEND, CHECK, CREATE), "C-FLOW-05") is KEPT
    assert state(in_text().steps(SEND, CHECK, CREATE).ask(SEND, **failure).steps(CHECK), "C-FLOW-05") is IDLE


def test_a_send_that_nobody_waited_for_is_charged_once() -> None:
    talk = in_text().ask(SEND, at=1, takes=1, answer=FAIL).ask(CHECK, at=1.5).ask(CREATE, at=3)
    assert (state(talk, "C-FLOW-04"), state(talk, "C-FLOW-05")) == (BROKEN, BLOCKED)

    left = in_text().ask(SEND, status=None).steps(CHECK)
    assert (state(left, "C-FLOW-04"), state(left, "C-FLOW-05")) == (BROKEN, IDLE)


def test_recordings_without_answers_or_times_are_not_judged() -> None:
    partly: dict[str, str | float] = {"unrecorded": "answer body"}

    assert state(Talk().ask(CHECK, script=partly).steps(CREATE), "C-FLOW-03") is IDLE
