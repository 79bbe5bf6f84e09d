"""Rules on expired tokens (guide §6.1), each by runs that a person can read."""

from __future__ import annotations

import pytest
from cec_conformance.run import Run
from mock_cec.trace.masking import mask

from tests.conformance.rules.polls_traces import (
    BLOCKED,
    FAILED,
    LOGIN,
    NOTED,
    PASSED,
    UNEXERCISED,
    Step,
    calling,
    state,
    verdict,
)

RENEWAL = [f"C-REAUTH-0{number}" for number in range(1, 7)]


def states(*steps: str | Step) -> list[object]:
    run = calling(*steps)
    return [state(run, rule) for rule in RENEWAL]


def test_after_a_403_both_tokens_are_renewed_and_the_poll_is_sent_again() -> None:
    assert states("C", "E", *LOGIN, "R") == [PASSED] * 6


def test_without_a_403_nothing_is_said() -> None:
    assert states("C", "R") == [UNEXERCISED] * 6


@pytest.mark.parametrize("instead", ["E", "R", "CHECK", "CREATE", "APPLY"])
def test_after_a_403_the_login_comes_first(instead: str) -> None:
    assert state(calling("C", "E", instead), "C-REAUTH-01") is FAILED


def test_whoever_stops_at_the_first_403_has_not_logged_in() -> None:
    assert state(calling("C", "E"), "C-REAUTH-01") is FAILED
    assert state(calling("E", *LOGIN, "C", "E"), "C-REAUTH-01") is FAILED


def test_a_second_403_in_a_row_may_end_the_call() -> None:
    assert states("E", *LOGIN, "E")[0] is PASSED


def test_a_second_403_in_a_row_may_be_retried_like_any_failure() -> None:
    assert state(calling("E", *LOGIN, "E", "R"), "C-REAUTH-01") is PASSED
    assert state(calling("E", *LOGIN, "E", "CHECK"), "C-REAUTH-01") is FAILED


def test_a_send_or_a_drop_may_cross_the_403() -> None:
    assert state(calling("C", "E", "SEND", *LOGIN, "R"), "C-REAUTH-01") is PASSED
    assert state(calling("C", "E", "TOKEN", "DROP", "APPLY", "R"), "C-REAUTH-02") is PASSED


def test_whoever_hangs_up_need_not_log_in() -> None:
    assert state(calling("C", "E", "DROP", hangup_after="0.2"), "C-REAUTH-01") is UNEXERCISED
    assert state(calling("C", "E", "TOKEN", "DROP", hangup_after="0.3"), "C-REAUTH-02") is UNEXERCISED


def test_a_login_that_was_under_way_covers_the_403() -> None:
    beside = calling("C", Step("E", takes=1), Step("TOKEN", after=0.2), Step("APPLY", takes=2), Step("R", after=2))
    before = calling(Step("TOKEN", takes=3), Step("E", after=1), Step("APPLY", after=2.5), "R")
    never_answered = calling(Step("TOKEN", gets="<"), Step("E", takes=1), Step("R", after=1.1))

    assert state(beside, "C-REAUTH-01") is UNEXERCISED
    assert state(before, "C-REAUTH-01") is UNEXERCISED
    assert state(never_answered, "C-REAUTH-01") is FAILED


def test_both_tokens_are_renewed() -> None:
    assert state(calling("C", "E", "TOKEN", "R"), "C-REAUTH-02") is FAILED
    assert state(calling("C", "E", "TOKEN"), "C-REAUTH-02") is FAILED
    assert state(calling("C", "E", Step("TOKEN", gets=503), *LOGIN, "R"), "C-REAUTH-02") is PASSED
    assert state(calling("C", "E", Step("TOKEN", gets=503)), "C-REAUTH-02") is UNEXERCISED


def carrying(what: str, access: int, token: int = 2) -> Step:
    return Step(
        what, after=2, headers=(("authorization", f"Bearer access-{access}"), ("ccmessaging-token", f"token-{token}"))
    )


def test_apply_carries_the_new_access_token() -> None:
    assert state(calling("C", "E", "TOKEN", carrying("APPLY", 1), "R"), "C-REAUTH-03") is FAILED
    assert state(calling("C", "E", "TOKEN", carrying("APPLY", 2), "R"), "C-REAUTH-03") is PASSED


def test_apply_waits_for_the_new_access_token() -> None:
    assert state(calling("C", "E", Step("TOKEN", takes=1), "APPLY", Step("R", after=2)), "C-REAUTH-03") is FAILED


def test_a_header_that_is_malformed_is_another_rules_matter() -> None:
    bare = Step("APPLY", headers=(("authorization", "access-1"),))

    assert state(calling("C", "E", "TOKEN", bare, "R"), "C-REAUTH-03") is UNEXERCISED


@pytest.mark.parametrize(("access", "token", "expected"), [(2, 2, PASSED), (1, 2, FAILED), (2, 1, FAILED)])
def test_every_later_request_carries_both_new_tokens(access: int, token: int, expected: object) -> None:
    assert state(calling("C", "E", *LOGIN, "-", carrying("DROP", access, token)), "C-REAUTH-04") is expected


def test_a_drop_may_cross_the_login() -> None:
    crossing = Step("DROP", headers=(("authorization", "Bearer access-1"),))

    assert state(calling("C", "E", *LOGIN, crossing, "R"), "C-REAUTH-04") is PASSED


def test_a_later_login_brings_newer_tokens() -> None:
    assert state(calling("C", "E", *LOGIN, "E", *LOGIN, "R"), "C-REAUTH-04") is PASSED


def test_after_the_login_the_poll_is_sent_again() -> None:
    assert state(calling("C", "E", *LOGIN), "C-REAUTH-05") is FAILED
    assert state(calling("C", "E", *LOGIN, "DROP", hangup_after="0.4"), "C-REAUTH-05") is UNEXERCISED


@pytest.mark.parametrize("step", ["CHECK", "CREATE"])
def test_nothing_else_is_done_before_the_poll(step: str) -> None:
    assert state(calling("C", "E", *LOGIN, step, "R"), "C-REAUTH-06") is FAILED


@pytest.mark.parametrize(
    ("flow", "command", "expected"),
    [
        ("call", "CONNECT", FAILED),
        ("text_then_call", "CONNECT", FAILED),
        ("text_then_call", "CHAT", PASSED),
        ("call_then_text", "CONNECT", PASSED),
    ],
)
def test_a_send_has_its_own_reasons_where_there_is_a_text_session(flow: str, command: str, expected: object) -> None:
    run = calling("C", "E", *LOGIN, Step("SEND", sends={"controlType": command}), "R", flow=flow)

    assert state(run, "C-REAUTH-06") is expected


def test_one_fault_is_charged_once() -> None:
    run = calling("C", "E", "CHECK", *LOGIN, "R")

    assert (state(run, "C-REAUTH-01"), state(run, "C-REAUTH-06")) == (FAILED, BLOCKED)


def test_a_recording_without_the_token_calls_says_nothing() -> None:
    said = verdict(calling("C", "E", "R", before=("CHECK", "CREATE"), ended=None), "C-REAUTH-01")

    assert said.state is UNEXERCISED
    assert said.because is not None
    assert "token calls" in said.because.en


def test_three_logins_in_vain_are_enough() -> None:
    again = ("E", *LOGIN)

    assert state(calling(*again * 3, "E"), "C-REAUTH-07") is PASSED
    assert state(calling(*again * 4, "E"), "C-REAUTH-07") is FAILED
    assert state(calling(*again * 3, "R"), "C-REAUTH-07") is UNEXERCISED


@pytest.mark.parametrize(
    ("what", "before"),
    [("SEND", LOGIN), ("CHECK", LOGIN), ("CREATE", (*LOGIN, "CHECK")), ("DROP", (*LOGIN, "CHECK", "CREATE"))],
)
def test_every_request_is_renewed(what: str, before: tuple[str, ...]) -> None:
    expired = Step(what, gets=403)

    assert state(calling(expired, *LOGIN, what, before=before), "C-REAUTH-08") is PASSED
    assert state(calling(expired, *LOGIN, expired, *LOGIN, what, before=before), "C-REAUTH-08") is PASSED
    assert state(calling(expired, before=before), "C-REAUTH-08") is FAILED
    assert state(calling(expired, what, before=before), "C-REAUTH-08") is FAILED
    assert state(calling(expired, Step("TOKEN", gets=503), before=before), "C-REAUTH-08") is UNEXERCISED
    assert state(calling(expired, before=before, ended=None), "C-REAUTH-08") is UNEXERCISED


def test_a_drop_need_not_be_renewed_when_the_call_is_over() -> None:
    assert state(calling("R", Step("DROP", gets=403)), "C-REAUTH-08") is UNEXERCISED


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (("C", "401"), "401 ends the call"),
        (("C", "401", *LOGIN, "R"), "new login"),
        (("C", *["401"] * 4), "retried"),
        (("C", *["401"] * 5), "polled 5 times"),
        (("C", "401", *LOGIN, *["401", *LOGIN] * 4), "new login"),
    ],
)
def test_what_401_means_is_noted(steps: tuple[str, ...], words: str) -> None:
    said = verdict(calling(*steps), "C-REAUTH-09")

    assert said.state is NOTED
    assert words in str(said.observations)


def test_401_at_a_hang_up_says_nothing() -> None:
    assert state(calling("C", "401", "DROP", hangup_after="0.2"), "C-REAUTH-09") is UNEXERCISED


@pytest.mark.parametrize(
    ("steps", "expected", "words"),
    [
        (("F", "E", *LOGIN, "F", "F", "R"), NOTED, "does not count"),
        (("F", "E", *LOGIN, "F", "F"), NOTED, "counts as a retry"),
        (("F", "E", *LOGIN, "F"), NOTED, "came to 3"),
        (("F", "E", *LOGIN, "F", "R"), UNEXERCISED, ""),
        (("F", "R"), UNEXERCISED, ""),
        (("F", "5", "E", *LOGIN, "F"), UNEXERCISED, ""),
    ],
)
def test_whether_a_403_counts_is_noted(steps: tuple[str, ...], expected: object, words: str) -> None:
    said = verdict(calling(*steps), "C-REAUTH-10")

    assert said.state is expected
    assert words in str(said.observations)


@pytest.mark.parametrize("failing", ["TOKEN", "APPLY"])
def test_when_the_login_fails_the_old_tokens_stay_dead(failing: str) -> None:
    login = ["E", *(("TOKEN",) if failing == "APPLY" else ()), Step(failing, gets=503)]

    assert state(calling("C", *login), "C-REAUTH-11") is PASSED
    assert state(calling("C", *login, "DROP"), "C-REAUTH-11") is PASSED
    assert state(calling("C", *login, *LOGIN, "R"), "C-REAUTH-11") is PASSED
    assert state(calling("C", *login, "R"), "C-REAUTH-11") is FAILED
    assert state(calling("C", "E", *LOGIN, "R"), "C-REAUTH-11") is UNEXERCISED


@pytest.mark.parametrize("access", [1, 2])
def test_a_masked_trace_gives_the_same_verdict(access: int) -> None:
    run = calling("C", "E", "TOKEN", carrying("APPLY", access), "-", carrying("DROP", access))
    masked = Run(mask(run.trace))

    for rule in ("C-REAUTH-03", "C-REAUTH-04"):
        assert state(masked, rule) is state(run, rule) is (PASSED if access == 2 else FAILED)
