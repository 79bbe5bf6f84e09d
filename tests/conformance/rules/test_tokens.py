from __future__ import annotations

from typing import Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.judging import State

from tests.conformance.rules.step_traces import FAIL, OK, Talk, event, state

KEPT, BROKEN, IDLE = State.PASSED, State.FAILED, State.NOT_EXERCISED
TOKEN, APPLY, CHECK, CREATE, EVENTS, DROP = (
    Endpoint.TOKEN,
    Endpoint.APPLY_TOKEN,
    Endpoint.CHECK,
    Endpoint.CREATE,
    Endpoint.EVENTS,
    Endpoint.DROP,
)


def test_the_first_applytoken_waits_for_the_accesstoken_and_carries_it() -> None:
    assert state(Talk().login(), "C-AUTH-05") is KEPT
    assert state(Talk().steps(APPLY), "C-AUTH-05") is BROKEN
    assert state(Talk().ask(TOKEN, at=1, takes=0.5).ask(APPLY, at=1.2), "C-AUTH-05") is BROKEN
    assert state(Talk().ask(TOKEN, status=503).ask(APPLY), "C-AUTH-05") is BROKEN
    saved = {"Authorization": "Bearer saved-before"}
    assert state(Talk().ask(TOKEN).ask(APPLY, headers=saved), "C-AUTH-05") is BROKEN
    assert state(Talk().login().ask(APPLY, headers=saved), "C-AUTH-05") is KEPT  # the later ones are for others
    assert state(Talk().steps(TOKEN), "C-AUTH-05") is IDLE


@pytest.mark.parametrize("value", [None, "access-token-1", "Bearer", "Bearer  access-token-1", "Basic abc"])
def test_an_authorization_of_another_form_is_for_its_own_rule(value: str | None) -> None:
    talk = Talk().ask(TOKEN).ask(APPLY, headers={"Authorization": value})

    assert state(talk, "C-AUTH-05") is KEPT
    assert state(talk, "C-HDR-02") is BROKEN


@pytest.mark.parametrize(
    "apply",
    [{"answer": FAIL}, {"answer": OK}, {"answer": OK | {"token": ""}}, {"status": 503}, {"status": None}, {"takes": 9}],
)
def test_no_step_starts_before_applytoken_has_given_a_token(apply: dict[str, Any]) -> None:
    assert state(Talk().login().steps(CHECK), "C-AUTH-06") is KEPT
    assert state(Talk().ask(TOKEN).ask(APPLY, **apply).ask(CHECK, at=2), "C-AUTH-06") is BROKEN


def test_a_client_that_never_logs_in_is_seen_by_the_judge_who_started_it() -> None:
    tokens: dict[str, str | None] = {"Authorization": "Bearer stored", "ccmessaging-token": "stored"}

    assert state(Talk().ask(CHECK, headers=tokens), "C-AUTH-06") is BROKEN
    assert state(Talk(exit_status=None).ask(CHECK, headers=tokens), "C-AUTH-06") is IDLE


@pytest.mark.parametrize(
    "differs",
    [
        {"headers": {"x-app-secret": "the-app-secret"}},
        {"query": "channel=WEB&secret=the%2Dapp-secret"},
        {"body": {"secret": "the-app-secret"}},
        {"body": b"secret=the-app-secret"},
    ],
)
def test_the_secret_goes_to_the_token_call_only(differs: dict[str, Any]) -> None:
    assert state(Talk().login().ask(CHECK, **differs), "C-AUTH-07") is BROKEN
    assert state(Talk().login().steps(CHECK), "C-AUTH-07") is KEPT


def test_a_secret_is_not_found_within_other_words_nor_where_it_is_the_key() -> None:
    assert state(Talk(app_secret="cess").login(), "C-AUTH-07") is KEPT
    assert state(Talk(app_secret="the-app-key").login(), "C-AUTH-07") is IDLE
    assert state(Talk(app_secret="").login(), "C-AUTH-07") is IDLE


@pytest.mark.parametrize(
    ("life", "at", "expected"),
    [
        ("600", 100, BROKEN),
        ("600", 479, BROKEN),
        ("600", 490, KEPT),
        ("100", 90, KEPT),
        ("0", 10, KEPT),
        (None, 100, BROKEN),  # as asked for: 600
        ("unlimited", 100, BROKEN),
    ],
)
def test_a_new_login_waits_for_the_last_fifth_of_the_life(life: str | None, at: float, expected: State) -> None:
    answer = {"AccessToken": "first"} | ({} if life is None else {"Expires": life})
    talk = Talk().ask(TOKEN, answer=answer).steps(APPLY, CHECK).ask(TOKEN, at=at).steps(APPLY)

    assert state(talk, "C-AUTH-08") is expected


def test_a_life_nobody_knows_is_not_judged() -> None:
    talk = Talk().ask(TOKEN, answer={"AccessToken": "first"}, headers={"X-Token-Expire": None}).steps(APPLY)

    assert state(talk.login(), "C-AUTH-08") is KEPT


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_request_is_a_reason_to_log_in(status: int) -> None:
    assert state(Talk().login().ask(EVENTS, status=status).login().steps(EVENTS), "C-AUTH-08") is KEPT
    assert state(Talk().login().ask(EVENTS, status=500).login().steps(EVENTS), "C-AUTH-08") is BROKEN


def test_a_login_that_failed_half_way_is_begun_again() -> None:
    talk = Talk().ask(TOKEN).ask(APPLY, answer=FAIL).login().ask(EVENTS, status=403)

    assert state(talk.ask(TOKEN).ask(APPLY, answer=FAIL).login(), "C-AUTH-08") is KEPT
    assert state(Talk().steps(TOKEN), "C-AUTH-08") is IDLE


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, KEPT),
        ({"Authorization": "Bearer other"}, BROKEN),
        ({"ccmessaging-token": "other"}, BROKEN),
        ({"ccmessaging-token": "access-token-1"}, BROKEN),
        ({"Authorization": "access-token-1"}, KEPT),  # its form is for another rule
        ({"Authorization": None, "ccmessaging-token": None}, KEPT),
    ],
)
def test_the_steps_carry_the_tokens_of_the_login(headers: dict[str, str | None], expected: State) -> None:
    assert state(Talk().login().ask(CHECK, headers=headers), "C-AUTH-09") is expected


def test_a_token_call_that_failed_gives_no_token_to_compare() -> None:
    assert state(Talk().ask(TOKEN, status=503).login().steps(CHECK), "C-AUTH-09") is KEPT
    assert state(Talk().ask(TOKEN, answer=FAIL).login().steps(CHECK), "C-AUTH-05") is KEPT


def test_what_follows_the_next_login_is_for_another_rule() -> None:
    talk = Talk().login().steps(CHECK).ask(EVENTS, status=403).login()

    assert state(talk.ask(EVENTS, headers={"ccmessaging-token": "other"}), "C-AUTH-09") is KEPT
    assert state(Talk().ask(TOKEN).ask(APPLY, answer=FAIL).steps(CHECK), "C-AUTH-09") is IDLE


def test_a_token_used_before_there_was_one_is_charged_once() -> None:
    early: dict[str, str | None] = {"ccmessaging-token": "undefined"}
    talk = Talk().ask(TOKEN).ask(CHECK, headers=early).ask(APPLY).ask(CREATE, headers=early)

    assert state(talk, "C-AUTH-06") is BROKEN
    assert state(talk, "C-AUTH-09") is State.BLOCKED


def test_recordings_without_what_is_compared_are_not_judged() -> None:
    sanitised = Talk(authorization="not recorded").login().steps(CHECK, CREATE).ask(EVENTS, answer=event(168110))

    assert state(sanitised, "C-AUTH-05") is IDLE
    assert state(sanitised, "C-AUTH-09") is IDLE
    assert state(sanitised, "C-AUTH-06") is KEPT
    assert state(sanitised.ask(DROP, script={"unrecorded": "answer body"}), "C-AUTH-06") is IDLE
