"""Rules on drop (guide §5 step 5), each by visits that a person can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.server.visit_traces import (
    FAILED,
    LOGIN,
    PASSED,
    UNEXERCISED,
    C,
    R,
    Step,
    got,
    state,
    visiting,
)

if TYPE_CHECKING:
    from cec_conformance.run import Run

REFUSED = Step("DROP", gets="13")

# S-DRP-01


@pytest.mark.parametrize("call", ["", "Q", "QC", "CX", "CXC"])
def test_a_live_call_can_be_dropped(call: str) -> None:
    assert state(visiting(*call, "DROP"), "S-DRP-01") is PASSED
    assert state(visiting(*call, REFUSED, events=[]), "S-DRP-01") is FAILED


def test_how_a_drop_was_refused_is_said() -> None:
    assert got(visiting(REFUSED, events=[]), "S-DRP-01") == "it was answered resultCode 13"
    assert got(visiting(Step("DROP", gets=500), events=[]), "S-DRP-01") == "it was answered HTTP 500"


def test_a_refusal_needs_proof_that_the_call_lived() -> None:
    assert state(visiting("Q", REFUSED), "S-DRP-01") is UNEXERCISED
    assert state(visiting("Q", REFUSED, "-"), "S-DRP-01") is UNEXERCISED
    assert state(visiting("Q", REFUSED, "R"), "S-DRP-01") is UNEXERCISED
    assert state(visiting("Q", REFUSED, "C"), "S-DRP-01") is FAILED


def test_a_call_that_has_ended_by_the_scenario_may_refuse_its_drop() -> None:
    assert state(visiting(Step("DROP", gets="13", after=3), events=[(2, R)]), "S-DRP-01") is UNEXERCISED
    assert state(visiting(Step("DROP", gets="13", after=1), events=[(2, R)]), "S-DRP-01") is FAILED
    assert state(visiting(Step("DROP", gets="13", after=3), events=[(2, C)]), "S-DRP-01") is FAILED


def test_only_the_first_good_drop_of_a_call_is_judged() -> None:
    assert state(visiting("DROP", REFUSED, events=[]), "S-DRP-01") is PASSED
    assert state(visiting(Step("DROP", meant="no channel", gets="1"), "DROP"), "S-DRP-01") is PASSED
    assert state(visiting(Step("DROP", meant="no channel"), REFUSED, events=[]), "S-DRP-01") is UNEXERCISED


@pytest.mark.parametrize(
    "run",
    [
        visiting("DROP", before=LOGIN),
        visiting("R", REFUSED, events=[]),
        visiting(Step("DROP", gets="!"), events=[]),
        visiting("CREATE", REFUSED, events=[]),
        visiting(Step("DROP", gets=403, after=9), before=(Step("TOKEN", life=3), "APPLY", "CREATE"), events=[]),
    ],
    ids=["no call", "over", "cut", "two calls", "dead token"],
)
def test_other_drops_are_not_judged(run: Run) -> None:
    assert state(run, "S-DRP-01") is UNEXERCISED


# S-DRP-02


@pytest.mark.parametrize("event", ["Q", "C", "X"])
def test_after_a_drop_the_call_does_not_go_on(event: str) -> None:
    assert state(visiting("DROP", event), "S-DRP-02") is FAILED
    assert state(visiting("DROP", "R"), "S-DRP-02") is PASSED
    assert state(visiting("DROP", "-"), "S-DRP-02") is PASSED
    assert state(visiting("DROP", "F"), "S-DRP-02") is PASSED
    assert state(visiting("DROP"), "S-DRP-02") is UNEXERCISED
    assert state(visiting("DROP", "!"), "S-DRP-02") is UNEXERCISED
    assert state(visiting(REFUSED, event), "S-DRP-02") is UNEXERCISED


def test_an_event_may_cross_a_drop() -> None:
    assert state(visiting(Step("C", takes=1), Step("DROP", beside=0.5, takes=1)), "S-DRP-02") is UNEXERCISED


def test_the_next_call_goes_on() -> None:
    assert state(visiting("DROP", "CREATE", "C"), "S-DRP-02") is UNEXERCISED
    assert state(visiting("CREATE", "DROP", "C"), "S-DRP-02") is UNEXERCISED


# S-DRP-03


def test_a_drop_without_a_call_is_survived() -> None:
    assert state(visiting("DROP", before=LOGIN), "S-DRP-03") is PASSED
    assert state(visiting(REFUSED, before=LOGIN), "S-DRP-03") is PASSED
    assert state(visiting("R", REFUSED), "S-DRP-03") is PASSED
    assert state(visiting("DROP", Step("DROP", gets=404)), "S-DRP-03") is PASSED
    assert state(visiting("DROP", Step("DROP", gets=500)), "S-DRP-03") is FAILED
    assert state(visiting(Step("DROP", gets=503), before=LOGIN), "S-DRP-03") is FAILED
    assert state(visiting(Step("DROP", gets="!"), before=LOGIN), "S-DRP-03") is UNEXERCISED


def test_a_drop_of_a_live_call_is_another_matter() -> None:
    assert state(visiting(Step("DROP", gets=500)), "S-DRP-03") is UNEXERCISED


# S-DRP-04


def poll_beside_a_drop(poll: str, takes: float, drop: Step | None = None) -> object:
    """Hold a poll and drop a second later."""
    return state(visiting(Step(poll, takes=takes), drop or Step("DROP", beside=1)), "S-DRP-04")


def test_a_held_poll_ends_with_the_call() -> None:
    assert poll_beside_a_drop("R", 1.1) is PASSED
    assert poll_beside_a_drop("-", 3.9) is PASSED
    assert poll_beside_a_drop("F", 2) is PASSED
    assert poll_beside_a_drop("-", 4.2) is FAILED
    assert poll_beside_a_drop("<<", 75) is FAILED


def test_polls_that_were_not_held_then_are_not_judged() -> None:
    assert poll_beside_a_drop("R", 0.5) is UNEXERCISED
    assert poll_beside_a_drop("<", 9) is UNEXERCISED
    assert poll_beside_a_drop("~", 0) is UNEXERCISED
    assert poll_beside_a_drop("-", 9, Step("DROP", beside=0.4)) is UNEXERCISED
    assert poll_beside_a_drop("-", 9, Step("DROP", beside=1, gets="13")) is UNEXERCISED


def test_a_slow_drop_may_have_come_late() -> None:
    assert poll_beside_a_drop("-", 6, Step("DROP", beside=1, takes=5)) is PASSED


# S-DRP-05


def test_after_a_drop_the_user_can_call_again() -> None:
    refused = Step("CREATE", gets="13")

    assert state(visiting("DROP", "CREATE"), "S-DRP-05") is PASSED
    assert state(visiting("DROP", refused, Step("CREATE", after=3)), "S-DRP-05") is PASSED
    assert state(visiting("DROP", Step("CREATE", gets="13", after=3)), "S-DRP-05") is FAILED
    assert state(visiting("DROP", refused), "S-DRP-05") is UNEXERCISED
    assert state(visiting("DROP", Step("CREATE", gets="!", after=3)), "S-DRP-05") is UNEXERCISED
    assert state(visiting("DROP", Step("CREATE", user="bob")), "S-DRP-05") is UNEXERCISED
    short = (Step("TOKEN", life=6), "APPLY", "CREATE")
    assert state(visiting("DROP", Step("CREATE", gets=403, after=9), before=short), "S-DRP-05") is UNEXERCISED
    assert state(visiting("R", "CREATE"), "S-DRP-05") is UNEXERCISED
