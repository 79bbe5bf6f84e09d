"""Rules on which events come, and in which order (guide §5 step 4), each by visits that a person can read."""

from __future__ import annotations

import pytest

from tests.conformance.server.visit_traces import (
    ABSENT,
    BLOCKED,
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

CALL = [(0.0, Q), (0.1, Q), (0.2, C), (0.3, R)]

# S-POL-10


def test_every_event_comes_once_the_oldest_first() -> None:
    assert state(visiting("Q", "Q", "C", "R", events=CALL), "S-POL-10") is PASSED
    assert state(visiting("Q", events=CALL), "S-POL-10") is PASSED
    assert state(visiting(events=CALL), "S-POL-10") is UNEXERCISED
    assert state(visiting("Q", "C", "R"), "S-POL-10") is UNEXERCISED


@pytest.mark.parametrize(
    ("polls", "said"),
    [
        (("Q", "C"), "168101 came where 168102 was next"),
        (("Q", "Q", "Q"), "168102 came where 168101 was next"),
        (("Q", "Q", "C", "X", "R"), "168106 came where 168110 was next"),
    ],
)
def test_an_event_is_missed_or_comes_twice(polls: tuple[str, ...], said: str) -> None:
    assert got(visiting(*polls, events=CALL), "S-POL-10") == said
    assert state(visiting(*polls, events=CALL), "S-POL-10") is FAILED


def test_an_event_too_many_is_one_that_nobody_sent() -> None:
    assert got(visiting("Q", "Q", events=[(0, Q)]), "S-POL-10") == "168102 came, and no more was to come"


def test_an_event_is_lost_if_a_poll_that_was_sent_long_after_it_was_due_came_back_empty() -> None:
    events = [(0, Q), (0.5, C)]

    assert got(visiting("Q", Step("-", after=2, takes=5), events=events), "S-POL-10") == "168101 never came"
    assert state(visiting("Q", Step("-", after=1, takes=5), events=events), "S-POL-10") is PASSED
    assert state(visiting("Q", Step("-", after=2, takes=5), "C", events=events), "S-POL-10") is PASSED


@pytest.mark.parametrize("fault", ["!", "<", "<<", "~", "F", "5"])
def test_where_a_poll_failed_events_may_be_lost(fault: str) -> None:
    assert state(visiting("Q", fault, "C", events=CALL), "S-POL-10") is UNEXERCISED


def test_polls_at_the_same_time_may_cross() -> None:
    crossing = visiting(Step("C", takes=1), Step("Q", beside=0.5), events=CALL)

    assert state(crossing, "S-POL-10") is UNEXERCISED
    assert state(crossing, "S-POL-11") is UNEXERCISED


def test_an_event_that_went_to_a_poll_which_should_have_been_refused_says_nothing_of_the_others() -> None:
    assert state(visiting(Step("Q", meant="no channel"), "C", events=[(0, Q), (0, C)]), "S-POL-10") is UNEXERCISED


def test_a_drop_takes_back_what_was_to_come() -> None:
    assert state(visiting("Q", "DROP", "R", events=CALL), "S-POL-10") is PASSED
    assert state(visiting(Step("R", takes=1), Step("DROP", beside=0.5), events=CALL), "S-POL-10") is UNEXERCISED


def test_calls_are_counted_each_by_itself_and_for_each_user() -> None:
    again = visiting("Q", "Q", "C", "R", "CREATE", "Q", events=CALL)
    other = visiting(
        "Q", Step("CREATE", user="bob"), Step("Q", user="bob"), "Q", Step("Q", user="bob"), "C", events=CALL
    )

    assert state(again, "S-POL-10") is PASSED
    assert state(other, "S-POL-10") is PASSED


def test_of_two_calls_of_one_user_at_the_same_time_nothing_is_said() -> None:
    assert state(visiting("CREATE", "C", "Q", "CREATE", "X", events=CALL), "S-POL-10") is UNEXERCISED
    assert state(visiting("CREATE", "X"), "S-POL-11") is UNEXERCISED


def test_a_call_with_a_new_login_is_judged_elsewhere() -> None:
    assert state(visiting("Q", "TOKEN", "APPLY", "C", events=CALL), "S-POL-10") is UNEXERCISED


def test_another_rule_may_be_the_first_cause() -> None:
    no_name = Step("C", body={"eventId": ABSENT})

    assert state(visiting("Q", "C", "Q", events=CALL), "S-POL-10") is BLOCKED
    assert state(visiting("Q", no_name, "R", events=CALL), "S-POL-10") is BLOCKED


# S-POL-11


@pytest.mark.parametrize("call", ["QQCXQCR", "CXXQR", "CXT", "CXCT", "T", "L", "CR", "QC?X", "CXCXL"])
def test_a_call_can_go_so(call: str) -> None:
    assert state(visiting(*call), "S-POL-11") is PASSED


@pytest.mark.parametrize(("call", "place"), [("CQ", 2), ("CC", 2), ("CT", 2), ("X", 1), ("QX", 2), ("CXCC", 4)])
def test_no_call_can_go_so(call: str, place: int) -> None:
    run = visiting(*call)

    assert state(run, "S-POL-11") is FAILED
    assert f"{run.polls[place - 1].event} came " in got(run, "S-POL-11")


def test_from_the_drop_on_no_order_is_judged() -> None:
    assert state(visiting("C", "DROP", "C"), "S-POL-11") is PASSED
    assert state(visiting("C", Step("DROP", gets="13"), "C"), "S-POL-11") is FAILED


@pytest.mark.parametrize("lost", ["!", "<", "5"])
def test_where_an_event_may_be_lost_no_order_is_judged(lost: str) -> None:
    assert state(visiting(lost, "X"), "S-POL-11") is UNEXERCISED


def test_without_an_event_there_is_no_order() -> None:
    assert state(visiting("-"), "S-POL-11") is UNEXERCISED


# S-POL-12


@pytest.mark.parametrize("end", ["R", "T", "L"])
def test_nothing_comes_after_the_end(end: str) -> None:
    assert state(visiting(end, "-"), "S-POL-12") is PASSED
    assert state(visiting(end, "F"), "S-POL-12") is PASSED
    assert state(visiting(end, end), "S-POL-12") is FAILED
    assert state(visiting(end, "-", "Q"), "S-POL-12") is FAILED
    assert state(visiting(end), "S-POL-12") is UNEXERCISED
    assert state(visiting(end, "!"), "S-POL-12") is UNEXERCISED
    assert state(visiting("Q", "-"), "S-POL-12") is UNEXERCISED


def test_the_next_call_has_events_of_its_own() -> None:
    assert state(visiting("R", "CREATE", "Q"), "S-POL-12") is UNEXERCISED


def test_a_poll_that_crossed_the_end_is_none_that_came_after() -> None:
    assert state(visiting(Step("R", takes=1), Step("Q", beside=0.5, takes=1)), "S-POL-12") is UNEXERCISED


def test_the_end_of_one_of_two_calls_is_not_the_end_of_the_other() -> None:
    assert state(visiting("CREATE", "R", "Q"), "S-POL-12") is UNEXERCISED


# S-POL-13


def test_nothing_comes_before_a_create() -> None:
    assert state(visiting("-", before=LOGIN), "S-POL-13") is PASSED
    assert state(visiting("F", before=LOGIN), "S-POL-13") is PASSED
    assert state(visiting("Q", before=LOGIN), "S-POL-13") is FAILED
    assert state(visiting("-", "CREATE", "Q", before=LOGIN), "S-POL-13") is PASSED


@pytest.mark.parametrize("gets", ["ok", "13", "!", "<", 503])
def test_whoever_has_tried_to_create_a_call_may_have_one(gets: int | str) -> None:
    assert state(visiting(Step("CREATE", gets=gets), "Q", before=LOGIN), "S-POL-13") is UNEXERCISED


def test_a_poll_that_a_create_overtook_may_bring_its_events() -> None:
    run = visiting(Step("Q", takes=2), Step("CREATE", beside=1), before=LOGIN)

    assert state(run, "S-POL-13") is UNEXERCISED


def test_a_poll_that_brought_nothing_until_the_visitor_left_brought_no_event() -> None:
    assert state(visiting(Step("<", takes=5), before=LOGIN), "S-POL-13") is PASSED
    assert state(visiting("<<", "!", "~", before=LOGIN), "S-POL-13") is UNEXERCISED


def test_an_event_of_another_user_s_call_is_charged_where_users_are_kept_apart() -> None:
    run = visiting(Step("Q", user="bob"))

    assert state(run, "S-ISO-01") is FAILED
    assert state(run, "S-POL-13") is BLOCKED
