"""Rules on failing polls and retries (guide §5 step 4), each by runs that a person can read."""

from __future__ import annotations

import pytest

from tests.conformance.rules.polls_traces import (
    BLOCKED,
    FAILED,
    NOTED,
    PASSED,
    UNEXERCISED,
    Step,
    calling,
    state,
    verdict,
)


@pytest.mark.parametrize(
    ("polls", "at_all", "three_times", "no_more"),
    [
        ("F", FAILED, BLOCKED, UNEXERCISED),
        ("FF", PASSED, FAILED, UNEXERCISED),
        ("FFF", PASSED, FAILED, UNEXERCISED),
        ("FFFF", PASSED, PASSED, PASSED),
        ("FFFFF", PASSED, PASSED, FAILED),
        ("FFFFR", PASSED, PASSED, FAILED),
        ("FFFR", PASSED, UNEXERCISED, UNEXERCISED),
        ("QFF", PASSED, UNEXERCISED, UNEXERCISED),
        ("FFEFFR", PASSED, UNEXERCISED, UNEXERCISED),
        ("EF", UNEXERCISED, UNEXERCISED, UNEXERCISED),
        ("QR", UNEXERCISED, UNEXERCISED, UNEXERCISED),
    ],
)
def test_a_failing_poll_is_retried_three_times(
    polls: str, at_all: object, three_times: object, no_more: object
) -> None:
    run = calling(*polls)

    assert [state(run, f"C-RETRY-0{number}") for number in (1, 2, 3)] == [at_all, three_times, no_more]


def test_failing_polls_of_the_next_call_are_counted_afresh() -> None:
    assert state(calling(*"FFFF", "CREATE", "R"), "C-RETRY-03") is PASSED


def test_whoever_drops_after_giving_up_may_still_fetch_the_release() -> None:
    assert state(calling(*"FFFF", "DROP", "-", "R"), "C-RETRY-03") is PASSED


def test_whoever_hangs_up_need_not_retry() -> None:
    assert state(calling("C", "F", "DROP", hangup_after="0.2"), "C-RETRY-01") is UNEXERCISED


@pytest.mark.parametrize(
    ("polls", "expected"),
    [
        ("FCR", PASSED),
        ("CF", UNEXERCISED),
        ("FR", UNEXERCISED),
        ("CXFC", FAILED),
        ("CX5C", FAILED),
        ("CXFX", FAILED),
        ("-F-", FAILED),
        ("FC", UNEXERCISED),  # nobody knows whether "connected" ends polling, or the retry
        ("CXEC", UNEXERCISED),
    ],
)
def test_a_retry_that_succeeds_is_like_any_success(polls: str, expected: object) -> None:
    assert state(calling(*polls), "C-RETRY-04") is expected


@pytest.mark.parametrize(
    ("polls", "expected", "words"),
    [
        ("F-FFFR", NOTED, "afresh"),
        ("F-FFF", NOTED, "over the whole call"),
        ("F-FF", NOTED, "stopped at failed poll 3"),
        ("F-FFFF", UNEXERCISED, ""),
        ("F-R", UNEXERCISED, ""),
        ("F-FR", UNEXERCISED, ""),
        ("F-5FFF", UNEXERCISED, ""),
    ],
)
def test_what_a_success_does_to_the_count_is_noted(polls: str, expected: object, words: str) -> None:
    said = verdict(calling(*polls), "C-RETRY-05")

    assert said.state is expected
    assert words in str(said.observations)


@pytest.mark.parametrize("broken", ["5", "!"])
def test_a_broken_poll_is_retried_but_not_without_end(broken: str) -> None:
    assert state(calling(broken), "C-RETRY-06") is FAILED
    assert state(calling(broken, "R"), "C-RETRY-06") is PASSED
    assert state(calling(*[broken] * 4), "C-RETRY-07") is PASSED
    assert state(calling(*[broken] * 5), "C-RETRY-07") is FAILED
    assert state(calling(*[broken] * 3, "R"), "C-RETRY-07") is UNEXERCISED
    assert state(calling("F", broken, "R"), "C-RETRY-06") is UNEXERCISED


def test_4xx_is_neither_to_be_retried_nor_not() -> None:
    assert state(calling(*["401"] * 5), "C-RETRY-07") is UNEXERCISED


def test_what_a_library_sends_again_by_itself_is_no_retry() -> None:
    resent = [Step("!!", after=1), Step("!!", after=0.01)]
    at_leisure = [Step("!!", after=1), Step("!!", after=1)]

    assert state(calling(*resent * 4), "C-RETRY-07") is PASSED
    assert state(calling(*resent * 5), "C-RETRY-07") is FAILED
    assert state(calling(*at_leisure * 3), "C-RETRY-07") is FAILED
    assert state(calling(*resent), "C-RETRY-07") is UNEXERCISED


def test_the_clients_own_time_limits_do_not_count() -> None:
    assert state(calling(*[Step("<", after=61, takes=60)] * 6, Step("R", after=61)), "C-RETRY-07") is UNEXERCISED


@pytest.mark.parametrize("what", ["TOKEN", "APPLY", "SEND", "CHECK", "CREATE"])
def test_everything_else_is_tried_four_times(what: str) -> None:
    refused = Step(what, gets="13")

    assert state(calling(*[refused] * 4, before=()), "C-RETRY-08") is PASSED
    assert state(calling(*[refused] * 5, before=()), "C-RETRY-08") is FAILED
    assert state(calling(*[refused] * 3, what, *[refused] * 3, before=()), "C-RETRY-08") is PASSED
    assert state(calling(what, before=()), "C-RETRY-08") is UNEXERCISED
    assert state(calling(*[Step(what, gets=403)] * 5, before=()), "C-RETRY-08") is UNEXERCISED


def test_a_login_may_fail_anew_for_another_request() -> None:
    refused = [Step("TOKEN", gets=503)] * 3

    assert state(calling("C", *refused, "DROP", *refused, "DROP"), "C-RETRY-08") is PASSED
