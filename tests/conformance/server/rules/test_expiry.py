"""Rules on tokens that run out (guide §2.1, §6.1), each by visits that a person can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.server.visit_traces import (
    BLOCKED,
    FAILED,
    NOTED,
    PASSED,
    UNEXERCISED,
    C,
    Q,
    R,
    Step,
    got,
    state,
    verdict,
    visiting,
)

if TYPE_CHECKING:
    from cec_conformance.run import Run

SHORT = (Step("TOKEN", life=6), "APPLY")
IN_A_CALL = (*SHORT, "CREATE")

# S-EXP-01


@pytest.mark.parametrize("seen", [Step("E", after=9), Step("401", after=9), Step("CHECK", gets=403, after=9)])
def test_a_dead_token_is_refused(seen: Step) -> None:
    assert state(visiting(seen, before=SHORT), "S-EXP-01") is PASSED


@pytest.mark.parametrize("seen", [Step("-", after=9), Step("F", after=9), Step("CHECK", after=9), Step("5", after=9)])
def test_a_dead_token_is_refused_with_403_and_nothing_else(seen: Step) -> None:
    assert state(visiting(seen, before=SHORT), "S-EXP-01") is FAILED
    assert got(visiting(Step("F", after=9), before=SHORT), "S-EXP-01") == "it was answered HTTP 200, resultCode 1"


@pytest.mark.parametrize(
    "run",
    [
        visiting(Step("-", after=7), before=SHORT),
        visiting(Step("-", after=999)),
        visiting(Step("-", after=9), before=(Step("TOKEN", life=6, expires="600"), "APPLY")),
        visiting(Step("!", after=9), before=SHORT),
        visiting(Step("DROP", after=9), before=SHORT),
    ],
    ids=["just over", "no life known", "Expires says more", "cut", "drop"],
)
def test_other_tokens_may_live(run: Run) -> None:
    assert state(run, "S-EXP-01") is UNEXERCISED


# S-EXP-02


def test_a_token_lives_as_long_as_it_was_asked_to() -> None:
    used = Step("CHECK")

    assert state(visiting(used, Step("CHECK", after=4), before=SHORT), "S-EXP-02") is PASSED
    assert state(visiting(used, Step("CHECK", gets=403, after=4), before=SHORT), "S-EXP-02") is FAILED
    assert state(visiting(used, Step("401", after=4), before=SHORT), "S-EXP-02") is FAILED
    assert state(visiting(used, Step("E", after=6), before=SHORT), "S-EXP-02") is UNEXERCISED
    assert state(visiting(used, Step("F", after=2), before=SHORT), "S-EXP-02") is UNEXERCISED
    assert state(visiting(used, Step("E", after=2)), "S-EXP-02") is UNEXERCISED


def test_a_token_that_was_never_taken_did_not_die_early() -> None:
    assert state(visiting(Step("E", after=2), before=SHORT), "S-EXP-02") is UNEXERCISED


def test_a_token_that_expires_says_is_shorter_may_die_earlier() -> None:
    before = (Step("TOKEN", life=600, expires="3"), "APPLY")

    assert state(visiting("CHECK", Step("E", after=5), before=before), "S-EXP-02") is UNEXERCISED


def test_a_request_without_a_token_is_not_judged_by_it() -> None:
    assert state(visiting("CHECK", before=()), "S-EXP-02") is UNEXERCISED


# S-EXP-03

EVENTS = [(1.0, Q), (8.0, C), (9.0, R)]
AGAIN = (Step("E", after=9), "TOKEN", "APPLY")


def test_a_call_goes_on_after_a_new_login() -> None:
    assert state(visiting("Q", *AGAIN, "C", "R", before=IN_A_CALL, events=EVENTS), "S-EXP-03") is PASSED
    assert state(visiting("Q", *AGAIN, before=IN_A_CALL, events=EVENTS), "S-EXP-03") is UNEXERCISED
    assert state(visiting("Q", "C", "R", before=IN_A_CALL, events=EVENTS), "S-EXP-03") is UNEXERCISED


@pytest.mark.parametrize(
    ("polls", "said"),
    [
        (("R",), "168110 came where 168101 was next"),
        (("C", "C"), "168101 came where 168110 was next"),
        (("-",), "168101 never came"),
        (("F",), "it was answered HTTP 200, resultCode 1"),
        (("5",), "it was answered HTTP 503"),
        (("C", "E"), "it was answered HTTP 403"),
    ],
)
def test_a_call_does_not_end_with_a_new_login(polls: tuple[str, ...], said: str) -> None:
    run = visiting("Q", *AGAIN, *polls, before=IN_A_CALL, events=EVENTS)

    assert said in got(run, "S-EXP-03")
    assert state(run, "S-EXP-03") in {FAILED, BLOCKED}


def test_a_new_token_may_die_as_well() -> None:
    again = (Step("E", after=9), Step("TOKEN", life=6), "APPLY", Step("E", after=9))

    assert state(visiting("Q", *again, before=IN_A_CALL, events=EVENTS), "S-EXP-03") is UNEXERCISED


@pytest.mark.parametrize("fault", ["!", "<", "~"])
def test_where_a_connection_broke_an_event_may_be_lost(fault: str) -> None:
    assert state(visiting(fault, *AGAIN, "R", before=IN_A_CALL, events=EVENTS), "S-EXP-03") is UNEXERCISED


def test_of_polls_or_calls_at_the_same_time_nothing_is_said() -> None:
    crossing = (Step("-", takes=2), Step("-", beside=1))

    assert state(visiting(*AGAIN, *crossing, "R", before=IN_A_CALL, events=EVENTS), "S-EXP-03") is UNEXERCISED
    assert state(visiting("CREATE", *AGAIN, "R", before=IN_A_CALL, events=EVENTS), "S-EXP-03") is UNEXERCISED


# S-EXP-04


def test_a_dead_token_is_refused_at_once() -> None:
    assert state(visiting(Step("E", after=9, takes=1.9), before=SHORT), "S-EXP-04") is PASSED
    assert state(visiting(Step("E", after=9, takes=2.1), before=SHORT), "S-EXP-04") is FAILED
    assert state(visiting(Step("-", after=9, takes=5), before=SHORT), "S-EXP-04") is UNEXERCISED
    assert state(visiting(Step("E", after=2, takes=5), before=SHORT), "S-EXP-04") is UNEXERCISED


def test_a_network_that_is_slow_everywhere_is_slow_here_too() -> None:
    slow = (*SHORT, Step("CHECK", takes=3))

    assert state(visiting(Step("E", after=9, takes=4), before=slow), "S-EXP-04") is PASSED


# S-EXP-05


@pytest.mark.parametrize(
    ("poll", "said"),
    [("C", "with its event"), ("-", "without an event"), ("E", "refused with 403"), ("401", "refused with 401")],
)
def test_how_a_held_poll_ends_is_open(poll: str, said: str) -> None:
    run = visiting(Step(poll, takes=9), before=SHORT)

    assert state(run, "S-EXP-05") is NOTED
    assert said in got(run, "S-EXP-05")


@pytest.mark.parametrize("poll", ["5", "F"])
def test_a_failure_is_none_of_the_ways_in_which_it_may_end(poll: str) -> None:
    run = visiting(Step(poll, takes=9), before=SHORT)

    assert verdict(run, "S-EXP-05").observations[0].saw == "broken"


@pytest.mark.parametrize(
    "run",
    [
        visiting(Step("-", takes=3), before=SHORT),
        visiting(Step("E", after=9, takes=3), before=SHORT),
        visiting(Step("-", takes=30)),
        visiting(Step("!", takes=9), before=SHORT),
        visiting("~", before=SHORT),
    ],
    ids=["answered before", "sent after", "no life known", "cut", "open"],
)
def test_other_polls_did_not_see_their_token_die(run: Run) -> None:
    assert state(run, "S-EXP-05") is UNEXERCISED
