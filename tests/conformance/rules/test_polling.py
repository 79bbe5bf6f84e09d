"""Rules on long polling (guide §5 step 4), each by runs that a person can read."""

from __future__ import annotations

import json

import pytest

from tests.conformance.rules.polls_traces import (
    FAILED,
    GATEWAY,
    PASSED,
    UNEXERCISED,
    Step,
    calling,
    state,
    verdict,
)

GOES_ON = {"C-POLL-01": "Q", "C-POLL-02": "C", "C-POLL-03": "X", "C-POLL-04": "-", "C-POLL-11": "?"}
ENDS = {"C-POLL-05": "R", "C-POLL-06": "T", "C-POLL-07": "L"}


@pytest.mark.parametrize(("rule", "event"), GOES_ON.items())
def test_after_what_does_not_end_the_call_another_poll_follows(rule: str, event: str) -> None:
    assert state(calling(event, "R"), rule) is PASSED
    assert state(calling(event), rule) is FAILED
    assert state(calling("R"), rule) is UNEXERCISED


def test_quiet_polls_never_are_too_many() -> None:
    assert state(calling(*"---------", "R"), "C-POLL-04") is PASSED
    assert state(calling(*"---------"), "C-POLL-04") is FAILED


@pytest.mark.parametrize(("rule", "event"), GOES_ON.items())
def test_whoever_hangs_up_need_not_poll_on(rule: str, event: str) -> None:
    hung_up = calling("C", "-", event, "DROP", hangup_after="0.3")

    assert state(hung_up, rule) is (PASSED if event in "C-" else UNEXERCISED)


def test_a_hang_up_much_later_is_no_reason_to_stop_polling() -> None:
    late = calling("C", "Q", Step("DROP", after=20), hangup_after="20")

    assert state(late, "C-POLL-01") is FAILED


def test_a_drop_that_nobody_asked_for_is_not_charged_here() -> None:
    assert state(calling("X", "DROP"), "C-POLL-03") is UNEXERCISED


def test_a_recording_may_end_anywhere() -> None:
    assert state(calling("Q", ended=None), "C-POLL-01") is UNEXERCISED
    assert state(calling("Q", Step("SEND", after=6), ended=None), "C-POLL-01") is FAILED


def test_a_client_that_the_judge_had_to_end_stopped_if_it_had_time_to_go_on() -> None:
    assert state(calling("Q", ended=35, exit_status="killed"), "C-POLL-01") is FAILED
    assert state(calling("Q", ended=1, exit_status="killed"), "C-POLL-01") is UNEXERCISED


def test_a_client_may_end_when_something_else_has_failed_for_good() -> None:
    assert state(calling("C", Step("SEND", gets="12"), flow="call_then_text"), "C-POLL-02") is UNEXERCISED
    assert state(calling("C", Step("SEND", gets="12"), "SEND", flow="call_then_text"), "C-POLL-02") is FAILED


def test_a_new_create_begins_another_call() -> None:
    assert state(calling("Q", "CREATE"), "C-POLL-01") is UNEXERCISED
    assert state(calling("R", "CREATE", "Q", "R"), "C-POLL-05") is PASSED


@pytest.mark.parametrize(("rule", "event"), ENDS.items())
def test_after_the_end_of_the_call_no_poll_follows(rule: str, event: str) -> None:
    assert state(calling("Q", event), rule) is PASSED
    assert state(calling("Q", event, "DROP"), rule) is PASSED
    assert state(calling("Q", event, "-"), rule) is FAILED
    assert state(calling("Q", "C", "DROP"), rule) is UNEXERCISED


@pytest.mark.parametrize(("rule", "event"), ENDS.items())
def test_a_poll_that_was_under_way_at_the_end_is_none_that_follows(rule: str, event: str) -> None:
    crossing = calling(Step(event, takes=1), Step("-", after=0.5, takes=1))

    assert state(crossing, rule) is PASSED


def test_whoever_polls_after_the_end_is_not_charged_for_stopping_then() -> None:
    assert state(calling("R", "-"), "C-POLL-04") is UNEXERCISED


def test_one_poll_stopping_beside_another_that_ended_the_call_is_in_order() -> None:
    assert state(calling(Step("R", takes=2), Step("-", takes=0.1)), "C-POLL-04") is UNEXERCISED


def test_of_two_polls_the_earlier_is_over_a_second_later_at_most() -> None:
    aborted = calling(Step("<", takes=20), Step("R", after=19.5))
    by_timer = calling(Step("-", takes=20), Step("R", after=5))
    never_over = calling("~", Step("C", after=5), Step("R", after=5))

    assert state(aborted, "C-POLL-08") is PASSED
    assert state(by_timer, "C-POLL-08") is FAILED
    assert state(never_over, "C-POLL-08") is FAILED
    assert state(calling("R"), "C-POLL-08") is UNEXERCISED
    assert "4.9 s" not in str(verdict(by_timer, "C-POLL-08"))
    assert "15.0 s" in str(verdict(by_timer, "C-POLL-08"))


@pytest.mark.parametrize(
    ("seconds", "usual", "long"),
    [(10, FAILED, UNEXERCISED), (12, PASSED, FAILED), (30, PASSED, FAILED), (55, PASSED, PASSED)],
)
def test_a_poll_is_waited_for(seconds: float, usual: object, long: object) -> None:
    run = calling(Step("<", takes=seconds), Step("R", after=seconds + 0.1))

    assert (state(run, "C-POLL-09"), state(run, "C-POLL-10")) == (usual, long)


def test_a_client_that_ends_when_its_poll_timed_out_has_not_waited() -> None:
    assert state(calling(Step("<", takes=10), ended=10.1), "C-POLL-09") is FAILED


def test_an_answer_after_twelve_seconds_was_waited_for() -> None:
    assert state(calling(Step("R", takes=12)), "C-POLL-09") is PASSED
    assert state(calling("R"), "C-POLL-09") is UNEXERCISED


@pytest.mark.parametrize(
    "run",
    [
        calling("C", Step("<", takes=2), Step("DROP", after=1.9), hangup_after="1.8"),
        calling("C", Step("<", takes=2), Step("SEND", after=1, takes=1)),
        calling("C", Step("<", takes=2), Step("TOKEN", after=2.1), "APPLY", "R"),
        calling(Step("<", takes=2), ended=None),
        calling(Step("<", takes=2), exit_status="1"),
        calling(Step("<", takes=3), Step("R", after=2), "-"),
    ],
    ids=["hung up", "busy", "logs in", "recording ends", "crashed", "call over"],
)
def test_a_poll_that_was_left_for_another_reason_says_nothing_of_patience(run: object) -> None:
    assert state(run, "C-POLL-09") is UNEXERCISED  # type: ignore[arg-type]


def test_the_next_poll_comes_soon() -> None:
    assert state(calling("Q", Step("R", after=4)), "C-POLL-12") is PASSED
    assert state(calling("Q", Step("R", after=15)), "C-POLL-12") is FAILED
    assert state(calling("Q", "TOKEN", "APPLY", Step("R", after=15)), "C-POLL-12") is UNEXERCISED


def test_after_a_drop_a_few_polls_may_fetch_the_release() -> None:
    assert state(calling("C", "DROP"), "C-POLL-13") is PASSED
    assert state(calling("C", "DROP", "-", "-", "R"), "C-POLL-13") is PASSED
    assert state(calling("C", "DROP", *"------"), "C-POLL-13") is FAILED
    assert state(calling("C", "DROP", "R", "-"), "C-POLL-13") is FAILED
    assert state(calling("R", "DROP", "-"), "C-POLL-13") is UNEXERCISED
    assert state(calling("C", Step("DROP", gets="13"), "R"), "C-POLL-13") is UNEXERCISED


def placed(**changes: object) -> str:
    return json.dumps(GATEWAY | changes)


def test_the_media_call_is_placed_as_connected_said() -> None:
    swapped = placed(accessCode=GATEWAY["clickToCallCaller"], clickToCallCaller=GATEWAY["accessCode"])

    assert state(calling("C", "R", media_call=placed()), "C-POLL-14") is PASSED
    assert state(calling("C", "R", media_call=swapped), "C-POLL-14") is FAILED
    assert state(calling("C", "R", media_call=placed(gwAddresses=GATEWAY["gwAddresses"][::-1])), "C-POLL-14") is FAILED
    assert state(calling("Q", "L", media_call=placed()), "C-POLL-14") is UNEXERCISED


def test_what_cannot_be_read_of_the_media_call_is_not_held_against_it() -> None:
    assert state(calling("C", "R", media_call="?"), "C-POLL-14") is PASSED


def test_without_a_media_call_nothing_is_said_of_it() -> None:
    said = verdict(calling("C", "R"), "C-POLL-14")

    assert said.state is UNEXERCISED
    assert said.because is not None
    assert "media call" in said.because.en
