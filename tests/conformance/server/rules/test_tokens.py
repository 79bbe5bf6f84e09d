from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.rule import Saw
from cec_conformance.server.departures import BAD_AUTHORIZATION, BAD_NAMES, OTHER_METHODS, Departure, Occasion

from tests.conformance.server.asked_traces import (
    BLOCKED,
    BROKEN,
    ERROR,
    EXPIRED,
    GOOD,
    IDLE,
    KEPT,
    NOTED,
    OK,
    Asked,
    said,
    state,
    verdict,
)

if TYPE_CHECKING:
    from cec_conformance.judging import State

TOKEN, APPLY = Endpoint.TOKEN, Endpoint.APPLY_TOKEN
REFUSED = OK | {"resultCode": "1"}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"answer": {"access_token": "access"}}, "HTTP 200 came, without an AccessToken"),
        ({"answer": {"AccessToken": ""}}, "HTTP 200 came, without an AccessToken"),
        ({"answer": {"AccessToken": 5}}, "HTTP 200 came, without an AccessToken"),
        ({"status": 500, "answer": ERROR}, "HTTP 500 came"),
        ({"status": None}, "no answer came"),
    ],
)
def test_good_credentials_get_an_access_token(answer: dict[str, Any], words: str) -> None:
    found = verdict(Asked().ask(TOKEN, **answer), "S-TOK-01")

    assert (found.state, said(found)) == (BROKEN, words)


def test_what_is_no_json_is_charged_as_that() -> None:
    assert state(Asked().ask(TOKEN, answer=b"<html>"), "S-TOK-01") is BLOCKED


def test_only_a_login_as_in_the_guide_has_to_be_granted() -> None:
    assert state(Asked().login(), "S-TOK-01") is KEPT
    assert state(Asked().ask(TOKEN, headers={"x-token-expire": None}, status=400), "S-TOK-01") is IDLE
    assert state(Asked().ask(TOKEN, Departure.WRONG_SECRET, status=401), "S-TOK-01") is IDLE


@pytest.mark.parametrize("departure", [Departure.WRONG_SECRET, Departure.UNKNOWN_KEY])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 401, "answer": ERROR}, KEPT),
        ({"status": 403, "answer": EXPIRED}, KEPT),
        ({"status": 200, "answer": REFUSED}, BROKEN),
        ({"status": 401, "answer": {"AccessToken": "access"}}, BROKEN),
        ({}, BROKEN),
        ({"status": None}, IDLE),
    ],
)
def test_bad_credentials_get_none(departure: Departure, answer: dict[str, Any], expected: State) -> None:
    assert state(Asked().ask(TOKEN, departure, **answer), "S-TOK-02") is expected


def test_a_life_beyond_an_hour_may_be_refused() -> None:
    assert state(Asked().ask(TOKEN, Departure.LONG_LIFE, ERROR, 400), "S-TOK-03") is KEPT
    assert state(Asked().ask(TOKEN, Departure.LONG_LIFE), "S-TOK-03") is IDLE


@pytest.mark.parametrize(
    ("wait", "answer", "expected"),
    [
        (3610.0, {"status": 403, "answer": EXPIRED}, KEPT),
        (3610.0, {}, BROKEN),
        (3590.0, {}, IDLE),
        (3610.0, {"access": "unknown"}, IDLE),
    ],
)
def test_a_life_beyond_an_hour_that_was_granted_ends_with_the_hour(
    wait: float, answer: dict[str, Any], expected: State
) -> None:
    asked = Asked().ask(TOKEN, Departure.LONG_LIFE).ask(APPLY, Occasion.OLD, wait=wait, **answer)

    assert state(asked, "S-TOK-03") is expected


def test_how_long_it_worked_is_said() -> None:
    asked = Asked().ask(TOKEN, Departure.LONG_LIFE).ask(APPLY, Occasion.OLD, wait=3609.9)

    assert said(verdict(asked, "S-TOK-03")) == "it worked 3610 s after it was given"


@pytest.mark.parametrize(
    ("expires", "expected", "words"),
    [
        ("60", KEPT, ""),
        ("30", KEPT, ""),
        (None, NOTED, "there is no Expires"),
        (60, BROKEN, "Expires was 60"),
        ("1m", BROKEN, 'Expires was "1m"'),
        ("٦٠", BROKEN, 'Expires was "٦٠"'),
        ("1" * 10, BROKEN, 'Expires was "1111111111"'),
        ("600", BROKEN, '60 s were asked for, Expires was "600"'),
    ],
)
def test_expires_is_the_life_in_digits(expires: object, expected: State, words: str) -> None:
    asked = Asked().ask(TOKEN, answer=GOOD[TOKEN] | {"Expires": expires}, headers={"x-token-expire": "60"})
    found = verdict(asked, "S-TOK-04")

    assert (found.state, said(found)) == (expected, words)


def test_expires_is_not_looked_for_where_no_token_came() -> None:
    assert state(Asked().ask(TOKEN, answer=ERROR, status=500), "S-TOK-04") is IDLE


@pytest.mark.parametrize(
    ("answer", "saw", "words"),
    [
        ({"answer": ERROR, "status": 400}, Saw.NOTED, "refused: HTTP 400 came"),
        ({"answer": {"AccessToken": "access"}}, Saw.NOTED, "granted; there is no Expires"),
        ({}, Saw.NOTED, "600 s by default"),
        ({"answer": GOOD[TOKEN] | {"Expires": 600}}, Saw.NOTED, "600 s by default"),
        ({"answer": GOOD[TOKEN] | {"Expires": "0"}}, Saw.BROKEN, 'Expires was "0"'),
        ({"answer": GOOD[TOKEN] | {"Expires": "86400"}}, Saw.BROKEN, 'Expires was "86400"'),
        ({"answer": GOOD[TOKEN] | {"Expires": "never"}}, Saw.BROKEN, 'Expires was "never"'),
    ],
)
def test_what_a_server_grants_by_default_is_noted(answer: dict[str, Any], saw: Saw, words: str) -> None:
    found = verdict(Asked().ask(TOKEN, headers={"x-token-expire": None}, **answer), "S-TOK-05")

    assert (found.state, found.observations[0].saw, said(found)) == (NOTED, saw, words)


def test_whoever_asks_for_a_life_or_gets_no_answer_shows_no_default() -> None:
    assert state(Asked().login(), "S-TOK-05") is IDLE
    assert state(Asked().ask(TOKEN, headers={"x-token-expire": None}, status=None), "S-TOK-05") is IDLE


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"answer": OK | {"ccmessagingToken": "ccmessaging"}}, 'resultCode "0" came, without a token'),
        ({"answer": OK | {"token": ""}}, 'resultCode "0" came, without a token'),
        ({"answer": REFUSED}, "HTTP 200 came, with resultCode 1"),
        ({"answer": {"token": "ccmessaging"}}, "HTTP 200 came, without a resultCode"),
        ({"answer": EXPIRED, "status": 403}, "HTTP 403 came"),
    ],
)
def test_a_good_applytoken_gets_a_token(answer: dict[str, Any], words: str) -> None:
    found = verdict(Asked().ask(TOKEN).ask(APPLY, **answer), "S-APP-01")

    assert (found.state, said(found)) == (BROKEN, words)


def test_the_type_of_the_result_code_is_anothers() -> None:
    assert state(Asked().login(), "S-APP-01") is KEPT
    assert state(Asked().ask(APPLY, answer={"resultCode": 0, "token": "ccmessaging"}), "S-APP-01") is KEPT
    assert state(Asked().ask(APPLY, answer=b"{resultCode:0}"), "S-APP-01") is BLOCKED
    assert state(Asked().ask(TOKEN), "S-APP-01") is IDLE


@pytest.mark.parametrize("departure", OTHER_METHODS)
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 405, "answer": ERROR}, KEPT),
        ({"status": 404, "answer": b""}, KEPT),
        ({"status": 405, "answer": GOOD[APPLY]}, BROKEN),
        ({"answer": REFUSED}, BROKEN),
        ({}, BROKEN),
    ],
)
def test_applytoken_has_no_other_method(departure: Departure, answer: dict[str, Any], expected: State) -> None:
    assert state(Asked().ask(APPLY, departure, **answer), "S-APP-02") is expected


@pytest.mark.parametrize("departure", BAD_NAMES)
@pytest.mark.parametrize(
    ("answer", "expected"),
    [({"answer": REFUSED}, KEPT), ({"status": 400, "answer": ERROR}, KEPT), ({}, BROKEN)],
)
def test_applytoken_wants_its_four_members(departure: Departure, answer: dict[str, Any], expected: State) -> None:
    found = verdict(Asked().ask(APPLY, departure, **answer), "S-APP-03")

    assert found.state is expected
    assert said(found) == (f"{departure.value}, and it succeeded" if expected is BROKEN else "")


@pytest.mark.parametrize("meant", [*BAD_AUTHORIZATION, Occasion.EXPIRED])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 403, "answer": EXPIRED}, KEPT),
        ({"status": 401, "answer": b""}, NOTED),
        ({"answer": REFUSED}, BROKEN),
        ({"status": 500, "answer": ERROR}, BROKEN),
        ({}, BROKEN),
    ],
)
def test_a_bad_access_token_is_forbidden(meant: Departure | Occasion, answer: dict[str, Any], expected: State) -> None:
    assert state(Asked().ask(APPLY, meant, **answer), "S-APP-04") is expected


def test_at_the_steps_a_bad_access_token_is_for_others() -> None:
    assert state(Asked().ask(Endpoint.CHECK, Departure.NO_AUTHORIZATION), "S-APP-04") is IDLE


def test_a_user_id_has_at_most_32_characters() -> None:
    assert state(Asked().ask(APPLY, Departure.LONG_USER_ID, REFUSED), "S-APP-05") is KEPT
    assert state(Asked().ask(APPLY, Departure.LONG_USER_ID), "S-APP-05") is BROKEN
