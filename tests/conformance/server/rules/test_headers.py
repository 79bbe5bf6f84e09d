from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.run import STEPS
from cec_conformance.server.departures import (
    BAD_APP_KEY,
    BAD_AUTHORIZATION,
    BAD_CCMESSAGING_TOKEN,
    Departure,
    Occasion,
)

from tests.conformance.server.asked_traces import (
    BLOCKED,
    BROKEN,
    ERROR,
    EXPIRED,
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

CHECK = Endpoint.CHECK


@pytest.mark.parametrize(
    ("status", "answer", "expected", "words"),
    [
        (403, EXPIRED, KEPT, ""),
        (403, b"<html>", BROKEN, "HTTP 403, and errorCode is nothing"),
        (403, {"errorCode": 0, "exceptionInfo": "no"}, BROKEN, "HTTP 403, and errorCode is 0"),
        (403, {"errorCode": "0"}, BROKEN, "HTTP 403, and exceptionInfo is nothing"),
        (403, [EXPIRED], BROKEN, "HTTP 403, and errorCode is nothing"),
        (401, b"", IDLE, ""),
    ],
)
def test_a_403_has_code_and_text(status: int, answer: Any, expected: State, words: str) -> None:
    found = verdict(Asked().ask(CHECK, Departure.NO_AUTHORIZATION, answer, status), "S-ERR-01")

    assert (found.state, said(found)) == (expected, words)


@pytest.mark.parametrize("meant", [*BAD_AUTHORIZATION, *BAD_CCMESSAGING_TOKEN, Occasion.EXPIRED])
def test_a_403_about_a_token_has_the_text_of_the_guide(meant: Departure | Occasion) -> None:
    forbidden = {"errorCode": "0", "exceptionInfo": "forbidden"}

    assert state(Asked().ask(CHECK, meant, EXPIRED, 403), "S-ERR-02") is KEPT
    assert said(verdict(Asked().ask(CHECK, meant, forbidden, 403), "S-ERR-02")) == 'it was "forbidden"'
    assert state(Asked().ask(CHECK, meant, b"", 403), "S-ERR-02") is BLOCKED
    assert state(Asked().ask(CHECK, meant, EXPIRED, 401), "S-ERR-02") is IDLE


def test_the_text_of_a_403_about_something_else_is_free() -> None:
    forbidden = {"errorCode": "0", "exceptionInfo": "this key is not yours"}

    assert state(Asked().ask(CHECK, Departure.WRONG_APP_KEY, forbidden, 403), "S-ERR-02") is IDLE


@pytest.mark.parametrize(
    ("meant", "status", "answer", "expected"),
    [
        (Departure.NO_CHANNEL, 400, ERROR, KEPT),
        (Departure.NO_CHANNEL, 400, b"bad request", BROKEN),
        (Departure.UNKNOWN_PATH, 404, ERROR, KEPT),
        (Departure.UNKNOWN_PATH, 404, b"404 page not found", BROKEN),
        (Departure.NO_AUTHORIZATION, 401, b"", BROKEN),
        (Departure.NO_AUTHORIZATION, 403, b"", IDLE),
        (Departure.NO_CHANNEL, 200, OK, IDLE),
    ],
)
def test_other_errors_have_code_and_text_too(meant: Departure, status: int, answer: Any, expected: State) -> None:
    assert state(Asked().ask(CHECK, meant, answer, status), "S-ERR-03") is expected


@pytest.mark.parametrize("endpoint", STEPS)
@pytest.mark.parametrize("departure", BAD_AUTHORIZATION)
def test_every_step_wants_authorization(endpoint: Endpoint, departure: Departure) -> None:
    assert state(Asked().ask(endpoint, departure, EXPIRED, 403), "S-HDR-01") is KEPT
    assert state(Asked().ask(endpoint, departure, b"", 401), "S-HDR-01") is NOTED
    found = verdict(Asked().ask(endpoint, departure, OK | {"resultCode": "13"}), "S-HDR-01")
    assert (found.state, said(found)) == (BROKEN, f"{departure.value}: HTTP 200 came, with resultCode 13")


def test_the_authorization_of_applytoken_is_for_others() -> None:
    assert state(Asked().ask(Endpoint.APPLY_TOKEN, Departure.NO_AUTHORIZATION), "S-HDR-01") is IDLE


@pytest.mark.parametrize(("rule", "departures"), [("S-HDR-02", BAD_CCMESSAGING_TOKEN), ("S-HDR-03", BAD_APP_KEY)])
@pytest.mark.parametrize(
    ("endpoint", "answer", "expected"),
    [
        (Endpoint.SEND, {"status": 403, "answer": EXPIRED}, KEPT),
        (Endpoint.EVENTS, {"status": 401, "answer": b""}, KEPT),
        (Endpoint.DROP, {"answer": OK | {"resultCode": "1"}}, KEPT),
        (Endpoint.CHECK, {"status": 400, "answer": ERROR}, KEPT),
        (Endpoint.SEND, {}, BROKEN),
        (Endpoint.EVENTS, {}, BROKEN),
        (Endpoint.CREATE, {}, IDLE),
        (Endpoint.APPLY_TOKEN, {}, IDLE),
    ],
)
def test_the_steps_but_create_want_the_other_headers(
    rule: str, departures: tuple[Departure, ...], endpoint: Endpoint, answer: dict[str, Any], expected: State
) -> None:
    for departure in departures:
        assert state(Asked().ask(endpoint, departure, **answer), rule) is expected


def test_header_names_have_no_case() -> None:
    capitals = Occasion.IN_CAPITALS
    refused = verdict(Asked().ask(CHECK).ask(CHECK, capitals, EXPIRED, 403), "S-HDR-04")

    assert state(Asked().ask(CHECK).ask(CHECK, capitals), "S-HDR-04") is KEPT
    assert (refused.state, said(refused)) == (BROKEN, "in capitals: HTTP 403 came")


def test_capitals_show_nothing_where_small_letters_fail_as_well() -> None:
    capitals = Occasion.IN_CAPITALS
    failed = Asked().ask(CHECK, answer=EXPIRED, status=403)

    assert state(failed.ask(CHECK, capitals, EXPIRED, 403), "S-HDR-04") is IDLE
    assert state(Asked().ask(CHECK, user="bob").ask(CHECK, capitals, EXPIRED, 403), "S-HDR-04") is IDLE
