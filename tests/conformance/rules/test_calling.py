from __future__ import annotations

from typing import Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.judging import State

from tests.conformance.rules.step_traces import FAIL, OK, Talk, event, state

KEPT, BROKEN, IDLE = State.PASSED, State.FAILED, State.NOT_EXERCISED
SEND, CHECK, CREATE, EVENTS, DROP = (
    Endpoint.SEND,
    Endpoint.CHECK,
    Endpoint.CREATE,
    Endpoint.EVENTS,
    Endpoint.DROP,
)
CONNECTED, TRANSFERRED, RELEASED = event(168101), event(168106), event(168110)


def call_first(**facts: str | None) -> Talk:
    return Talk(flow="call_then_text", **facts)


# C-FLOW-06


def test_where_the_call_comes_first_text_comes_after_the_first_poll() -> None:
    assert state(call_first().steps(CREATE).ask(EVENTS, answer=CONNECTED).steps(SEND, EVENTS), "C-FLOW-06") is KEPT
    assert state(call_first().ask(CREATE, at=1).ask(EVENTS, at=2, takes=9).ask(SEND, at=2.1), "C-FLOW-06") is KEPT
    assert state(call_first().steps(SEND, CHECK, CREATE, EVENTS), "C-FLOW-06") is BROKEN
    assert state(call_first().ask(CREATE, answer=FAIL).steps(EVENTS, SEND), "C-FLOW-06") is BROKEN
    assert state(call_first().ask(CREATE, at=1).ask(SEND, at=1.5).ask(EVENTS, at=3), "C-FLOW-06") is BROKEN
    assert state(call_first().steps(CREATE, SEND), "C-FLOW-06") is BROKEN


def test_text_and_poll_that_were_begun_together_may_arrive_in_either_order() -> None:
    assert state(call_first().steps(CREATE).ask(SEND, at=1).ask(EVENTS, at=1.2), "C-FLOW-06") is KEPT
    assert state(call_first().steps(CREATE).ask(SEND, at=1, takes=3).ask(EVENTS, at=3), "C-FLOW-06") is KEPT


def test_who_leaves_the_text_session_after_the_drop_has_entered_it_before() -> None:
    talk = call_first().steps(CREATE).ask(EVENTS, answer=CONNECTED).steps(SEND).ask(DROP, at=10)

    assert state(talk.ask(SEND, at=12, body={"controlType": "DISCONNECT"}), "C-FLOW-06") is KEPT


def test_text_comes_before_the_call_is_dropped() -> None:
    talk = call_first().steps(CREATE).ask(EVENTS, answer=CONNECTED)
    late = call_first().steps(CREATE).ask(EVENTS, answer=CONNECTED)

    assert state(talk.ask(DROP, at=10).ask(SEND, at=10.2), "C-FLOW-06") is KEPT  # made together
    assert state(late.ask(DROP, at=10).ask(SEND, at=11.2), "C-FLOW-06") is BROKEN


@pytest.mark.parametrize(
    ("facts", "rest", "expected"),
    [
        ({}, [], BROKEN),
        ({"hangup_after": "5"}, [], BROKEN),
        ({"hangup_after": "4"}, [], IDLE),
        ({}, [(EVENTS, {"at": 4.0, "answer": RELEASED})], IDLE),
        ({}, [(EVENTS, {"at": 6.0, "answer": RELEASED})], BROKEN),
        ({}, [(DROP, {"at": 4.0})], IDLE),
        ({"ended_at": "4.0"}, [(EVENTS, {"at": 2.0, "answer": FAIL})], IDLE),
        ({"ended_at": None}, [(EVENTS, {"at": 2.0, "answer": FAIL})], IDLE),
        ({"ended_at": None}, [(EVENTS, {"at": 9.0, "status": None, "takes": 1})], BROKEN),
    ],
)
def test_text_may_be_missing_only_from_a_short_call(
    facts: dict[str, str | None], rest: list[tuple[Endpoint, dict[str, Any]]], expected: State
) -> None:
    talk = call_first(**facts).ask(CREATE, at=0.5).ask(EVENTS, at=1, takes=0, answer=CONNECTED)
    for endpoint, differs in rest:
        talk.ask(endpoint, **differs)

    assert state(talk, "C-FLOW-06") is expected


def test_text_may_be_missing_where_nobody_answered() -> None:
    assert state(call_first().steps(CREATE, EVENTS, EVENTS), "C-FLOW-06") is IDLE
    assert state(Talk(flow=None).steps(SEND, CREATE), "C-FLOW-06") is IDLE
    assert state(Talk(flow="text_then_call").steps(SEND, CREATE), "C-FLOW-06") is IDLE


# C-FLOW-07


def test_a_call_on_its_own_has_no_text() -> None:
    assert state(Talk().steps(CHECK, CREATE, EVENTS), "C-FLOW-07") is KEPT
    assert state(Talk().steps(CHECK, CREATE, EVENTS, SEND), "C-FLOW-07") is BROKEN
    assert state(Talk().login(), "C-FLOW-07") is IDLE
    assert state(Talk(flow="call_then_text").steps(CHECK, CREATE, EVENTS, SEND), "C-FLOW-07") is IDLE


# C-FLOW-08


def test_the_first_poll_waits_for_the_answer_of_create() -> None:
    assert state(Talk().steps(CREATE, EVENTS), "C-FLOW-08") is KEPT
    assert state(Talk().ask(CREATE, answer=FAIL).steps(EVENTS), "C-FLOW-08") is KEPT  # going on is another fault
    assert state(Talk().ask(CREATE, at=1, takes=1).ask(EVENTS, at=1.5), "C-FLOW-08") is BROKEN
    assert state(Talk().ask(CREATE, status=None).steps(EVENTS), "C-FLOW-08") is BROKEN
    assert state(Talk().steps(CHECK, EVENTS), "C-FLOW-08") is BROKEN
    assert state(Talk().steps(CHECK, CREATE), "C-FLOW-08") is IDLE


# C-FLOW-09


@pytest.mark.parametrize("failure", [{"answer": FAIL}, {"status": 503}, {"status": 403}])
def test_no_poll_follows_a_create_that_failed(failure: dict[str, Any]) -> None:
    assert state(Talk().ask(CREATE, **failure), "C-FLOW-09") is KEPT
    assert state(Talk().ask(CREATE, **failure).steps(EVENTS), "C-FLOW-09") is BROKEN
    assert state(Talk().ask(CREATE, **failure).steps(CREATE, EVENTS), "C-FLOW-09") is KEPT
    assert state(Talk().ask(CREATE, **failure).steps(EVENTS, CREATE), "C-FLOW-09") is BROKEN
    assert state(Talk().steps(CREATE).ask(CREATE, **failure).steps(EVENTS), "C-FLOW-09") is IDLE


def test_after_a_broken_connection_nobody_knows_whether_there_is_a_call() -> None:
    broken = Talk().ask(CREATE, status=None, script={"fault": "closed before the answer"}).steps(EVENTS)

    assert state(broken, "C-FLOW-09") is IDLE


# C-FLOW-10


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ([], KEPT),
        ([(EVENTS, {"answer": TRANSFERRED})], BROKEN),
        ([(EVENTS, {"answer": RELEASED})], KEPT),
        ([(DROP, {})], KEPT),
        ([(EVENTS, {"answer": FAIL})], KEPT),  # it has given up
        ([(EVENTS, {"answer": FAIL}), (EVENTS, {"answer": OK})], BROKEN),
    ],
)
def test_a_living_call_is_not_created_again(then: list[tuple[Endpoint, dict[str, Any]]], expected: State) -> None:
    talk = Talk().steps(CREATE)
    for endpoint, differs in then:
        talk.ask(endpoint, **differs)
    if then:
        talk.steps(CREATE)

    assert state(talk, "C-FLOW-10") is expected


def test_a_create_that_failed_may_be_repeated() -> None:
    assert state(Talk().ask(CREATE, answer=FAIL).steps(CREATE, EVENTS), "C-FLOW-10") is KEPT
    assert state(Talk().ask(CREATE, answer=FAIL).ask(CREATE, answer=FAIL), "C-FLOW-10") is IDLE
    assert state(Talk().steps(CREATE, CREATE), "C-FLOW-10") is BROKEN


# C-FLOW-11


@pytest.mark.parametrize(
    ("facts", "rest", "expected"),
    [
        ({}, [(EVENTS, {"at": 5.9})], KEPT),
        ({}, [(EVENTS, {"at": 6.1})], BROKEN),
        ({}, [], BROKEN),
        ({"ended_at": None}, [], IDLE),
        ({"hangup_after": "4", "hangup_when": "created"}, [(DROP, {"at": 5.1}), (EVENTS, {"at": 7.0})], IDLE),
        ({"hangup_after": "4", "hangup_when": "created"}, [], IDLE),
        ({}, [(DROP, {"at": 3.0})], IDLE),
        ({"hangup_after": "9", "hangup_when": "created"}, [(DROP, {"at": 10.0})], BROKEN),
    ],
)
def test_the_first_poll_comes_within_5_seconds(
    facts: dict[str, str | None], rest: list[tuple[Endpoint, dict[str, Any]]], expected: State
) -> None:
    talk = Talk(**facts).ask(CREATE, at=1, takes=0)
    for endpoint, differs in rest:
        talk.ask(endpoint, **differs)

    assert state(talk, "C-FLOW-11") is expected


def test_without_a_call_there_is_nothing_to_poll_for() -> None:
    assert state(Talk().ask(CREATE, answer=FAIL), "C-FLOW-11") is IDLE
    assert state(Talk().ask(CREATE, answer=FAIL), "C-FLOW-10") is IDLE
