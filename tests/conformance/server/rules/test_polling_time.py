"""Rules on the time that polls take (guide §5 step 4), each by visits that a person can read."""

from __future__ import annotations

import pytest

from tests.conformance.server.visit_traces import (
    ABSENT,
    FAILED,
    LOGIN,
    PASSED,
    UNEXERCISED,
    C,
    Q,
    R,
    Step,
    got,
    state,
    visiting,
)

# S-POL-03


@pytest.mark.parametrize(("seconds", "expected"), [(1, PASSED), (59, PASSED), (60.9, PASSED), (61.1, FAILED)])
def test_a_poll_is_answered_in_a_minute(seconds: float, expected: object) -> None:
    assert state(visiting(Step("-", takes=seconds)), "S-POL-03") is expected
    assert state(visiting(Step("F", takes=seconds), before=LOGIN), "S-POL-03") is expected


def test_no_answer_is_charged_only_to_whoever_was_waited_for_long_enough() -> None:
    assert got(visiting(Step("<<", takes=75)), "S-POL-03") == "no answer came in 75 s"
    assert state(visiting(Step("<<", takes=30)), "S-POL-03") is UNEXERCISED
    assert state(visiting(Step("<", takes=75)), "S-POL-03") is UNEXERCISED
    assert state(visiting(Step("!", takes=75)), "S-POL-03") is UNEXERCISED
    assert state(visiting("~"), "S-POL-03") is UNEXERCISED


# S-POL-04


def test_a_quiet_poll_is_held() -> None:
    assert state(visiting(Step("-", takes=1)), "S-POL-04") is PASSED
    assert state(visiting(Step("-", takes=0.9)), "S-POL-04") is FAILED
    assert state(visiting("Q", "F"), "S-POL-04") is UNEXERCISED


def test_without_a_live_call_nobody_has_to_hold_a_poll() -> None:
    assert state(visiting("-", before=LOGIN), "S-POL-04") is UNEXERCISED
    assert state(visiting("R", "-"), "S-POL-04") is UNEXERCISED
    assert state(visiting("DROP", "-"), "S-POL-04") is UNEXERCISED


def test_a_poll_that_gives_way_to_another_need_not_be_held() -> None:
    assert state(visiting(Step("-", takes=0.6), Step("-", beside=0.5, takes=5)), "S-POL-04") is UNEXERCISED


def test_a_poll_may_end_early_with_its_token() -> None:
    run = visiting(Step("-", after=5.5, takes=0.5), before=(Step("TOKEN", life=6), "APPLY", "CREATE"))

    assert state(run, "S-POL-04") is UNEXERCISED


def test_an_event_without_its_name_is_no_quiet_poll() -> None:
    assert state(visiting(Step("Q", body={"eventId": ABSENT})), "S-POL-04") is UNEXERCISED


# S-POL-05


@pytest.mark.parametrize(("takes", "expected"), [(2, PASSED), (4.8, PASSED), (5.2, FAILED)])
def test_an_event_reaches_the_poll_that_waits_for_it(takes: float, expected: object) -> None:
    assert state(visiting(Step("Q", takes=takes), events=[(2, Q)]), "S-POL-05") is expected


def test_a_poll_that_ends_empty_while_an_event_waits_keeps_it_waiting() -> None:
    run = visiting(Step("-", takes=9), "Q", events=[(2, Q)])

    assert got(run, "S-POL-05") == "168102 waited for 7.1 s"


def test_what_arose_before_the_poll_or_after_it_did_not_wait_for_it() -> None:
    assert state(visiting(Step("Q", after=3, takes=9), events=[(2, Q)]), "S-POL-05") is UNEXERCISED
    assert state(visiting(Step("-", takes=1), events=[(2, Q)]), "S-POL-05") is UNEXERCISED


def test_a_slow_create_leaves_open_when_an_event_arose() -> None:
    slow = (*LOGIN, Step("CREATE", takes=8))

    assert state(visiting(Step("Q", takes=9), before=slow, events=[(2, Q)]), "S-POL-05") is UNEXERCISED
    assert state(visiting(Step("Q", takes=4), before=slow, events=[(9, Q)]), "S-POL-05") is PASSED


def test_of_events_of_which_some_may_be_lost_nothing_is_said() -> None:
    assert state(visiting("<", Step("Q", takes=9), events=[(2, Q)]), "S-POL-05") is UNEXERCISED
    assert state(visiting("5", Step("Q", takes=9), events=[(2, Q)]), "S-POL-05") is UNEXERCISED


# S-POL-14


def test_of_two_polls_one_gets_the_event() -> None:
    def pair(one: str, other: str, **more: str) -> object:
        run = visiting(Step(one, takes=2), Step(other, beside=0.5, takes=1.5), events=[(2, Q), (2, C)], **more)
        return state(run, "S-POL-14")

    assert pair("Q", "-") is PASSED
    assert pair("-", "Q") is PASSED
    assert pair("Q", "C") is PASSED
    assert pair("Q", "Q") is FAILED
    assert pair("-", "-") is UNEXERCISED


def test_the_same_event_twice_may_have_been_sent_twice() -> None:
    pair = (Step("Q", takes=2), Step("Q", beside=0.5, takes=1.5))

    assert state(visiting(*pair, events=[(2, Q), (2, Q)]), "S-POL-14") is PASSED
    assert state(visiting(*pair), "S-POL-14") is UNEXERCISED
    assert state(visiting("CREATE", *pair, events=[(2, Q)]), "S-POL-14") is UNEXERCISED


# S-POL-15

LEAVES = Step("<", takes=0.5)


def test_the_next_event_comes_with_the_next_poll() -> None:
    events = [(3, Q), (4, C)]

    assert state(visiting(LEAVES, Step("Q", after=4), "C", events=events), "S-POL-15") is PASSED
    assert state(visiting(LEAVES, Step("C", after=4), events=events), "S-POL-15") is FAILED
    assert state(visiting(LEAVES, Step("-", after=5), events=events), "S-POL-15") is FAILED
    assert state(visiting(LEAVES, events=events), "S-POL-15") is UNEXERCISED
    assert state(visiting("Q", "C", events=events), "S-POL-15") is UNEXERCISED


def test_an_event_that_crossed_the_end_of_the_connection_may_be_lost() -> None:
    crossing = [(0.4, Q), (3, C), (4, R)]

    assert state(visiting(LEAVES, Step("C", after=4), events=crossing), "S-POL-15") is PASSED
    assert state(visiting(LEAVES, Step("Q", after=4), "C", events=crossing), "S-POL-15") is PASSED
    assert state(visiting(LEAVES, Step("R", after=4), events=crossing), "S-POL-15") is FAILED
    assert state(visiting(LEAVES, Step("-", after=2), events=crossing[:1]), "S-POL-15") is UNEXERCISED


def test_what_came_before_the_client_went_away_shows_nothing() -> None:
    assert state(visiting("Q", LEAVES, events=[(0, Q)]), "S-POL-15") is UNEXERCISED
