from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.server.departures import Departure

from tests.conformance.server.asked_traces import BROKEN, ERROR, EXPIRED, IDLE, KEPT, OK, Asked, said, state, verdict

if TYPE_CHECKING:
    from cec_conformance.judging import State

TOKEN, APPLY, SEND, CHECK, CREATE = (
    Endpoint.TOKEN,
    Endpoint.APPLY_TOKEN,
    Endpoint.SEND,
    Endpoint.CHECK,
    Endpoint.CREATE,
)
Q, C, R = 168102, 168101, 168110


def test_what_happens_to_one_user_is_not_told_to_another() -> None:
    found = verdict(Asked().create().poll(Q, user="bob").poll(C), "S-ISO-01")

    assert (found.state, said(found)) == (BROKEN, "168102 came to bob, who has no call")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked().create().poll(None, user="bob").poll(Q), KEPT),
        (Asked().create().ask(Endpoint.EVENTS, status=None, user="bob").poll(Q), KEPT),
        (Asked().create().poll(None, user="bob"), IDLE),
        (Asked().create().poll(None, user="bob").poll(None), IDLE),
        (Asked().create().poll(R).poll(Q, user="bob").poll(Q), IDLE),
        (Asked().create().create(user="bob").poll(Q, user="bob").poll(Q), IDLE),
        (Asked().poll(Q, user="bob").poll(Q), IDLE),
        (Asked().create().poll(Q), IDLE),
    ],
    ids=[
        "none",
        "left",
        "nothing to tell",
        "nothing told",
        "the call is over",
        "both have calls",
        "nobody has",
        "one user",
    ],
)
def test_that_users_are_apart_shows_where_one_has_something_to_hear(asked: Asked, expected: State) -> None:
    assert state(asked, "S-ISO-01") is expected


@pytest.mark.parametrize(
    ("endpoint", "answer", "expected", "words"),
    [
        (CHECK, {}, KEPT, ""),
        (CHECK, {"answer": {"resultCode": "13"}}, KEPT, ""),
        (CHECK, {"answer": {"resultCode": 0}}, BROKEN, "it was 0"),
        (APPLY, {"answer": {"token": "ccmessaging"}}, BROKEN, "there was none"),
        (TOKEN, {}, IDLE, ""),
        (CHECK, {"answer": EXPIRED, "status": 403}, IDLE, ""),
        (CHECK, {"answer": b"OK"}, IDLE, ""),
        (CHECK, {"status": None}, IDLE, ""),
    ],
)
def test_a_result_code_is_a_string(endpoint: Endpoint, answer: dict[str, Any], expected: State, words: str) -> None:
    found = verdict(Asked().ask(endpoint, **answer), "S-GEN-01")

    assert (found.state, said(found)) == (expected, words)


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        ({}, KEPT, ""),
        ({"label": "Application/JSON ; charset=UTF-8"}, KEPT, ""),
        ({"label": "text/plain"}, BROKEN, 'it was "text/plain"'),
        ({"label": None}, BROKEN, "there was no Content-Type"),
        ({"label": "text/html", "answer": ERROR, "status": 404, "path": "/nowhere"}, BROKEN, 'it was "text/html"'),
        ({"label": "text/html", "answer": b"<html>", "status": 404}, IDLE, ""),
        ({"label": "text/plain", "answer": b"\xff"}, IDLE, ""),
        ({"label": "text/plain", "answer": b"[" * 5000}, IDLE, ""),
    ],
)
def test_json_is_called_json(answer: dict[str, Any], expected: State, words: str) -> None:
    found = verdict(Asked().ask(CHECK, **answer), "S-GEN-02")

    assert (found.state, said(found)) == (expected, words)


@pytest.mark.parametrize(
    ("status", "answer", "expected", "words"),
    [
        (404, ERROR, KEPT, ""),
        (400, b"", KEPT, ""),
        (200, OK | {"resultCode": "1"}, KEPT, ""),
        (200, OK, BROKEN, "HTTP 200 came, with resultCode 0"),
        (200, b"<html>", BROKEN, "HTTP 200 came, without a JSON object"),
        (200, {"hello": "world"}, BROKEN, "HTTP 200 came, without a resultCode"),
        (None, b"", IDLE, ""),
    ],
)
def test_there_is_nothing_at_unknown_paths(status: int | None, answer: Any, expected: State, words: str) -> None:
    found = verdict(Asked().ask(CHECK, Departure.UNKNOWN_PATH, answer, status), "S-GEN-03")

    assert (found.state, said(found)) == (expected, words)


@pytest.mark.parametrize(
    ("status", "answer", "expected", "words"),
    [
        (400, ERROR, KEPT, ""),
        (200, OK | {"resultCode": "1"}, KEPT, ""),
        (500, ERROR, BROKEN, "HTTP 500 came"),
        (200, OK, BROKEN, "a body that is not JSON, and it succeeded"),
        (None, b"", IDLE, ""),
    ],
)
def test_a_body_that_is_no_json_is_refused(status: int | None, answer: Any, expected: State, words: str) -> None:
    found = verdict(Asked().ask(SEND, Departure.NOT_JSON, answer, status), "S-GEN-04")

    assert (found.state, said(found)) == (expected, words)


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (200, OK, KEPT),
        (200, {}, KEPT),
        (200, b'{resultCode: "0"}', BROKEN),
        (200, b'{"resultCode": "0",}', BROKEN),
        (200, b'["0"]', BROKEN),
        (200, b"", BROKEN),
        (502, b"<html>", IDLE),
        (None, b"", IDLE),
    ],
)
def test_every_200_is_a_json_object(status: int | None, answer: Any, expected: State) -> None:
    assert state(Asked().ask(CREATE, answer=answer, status=status), "S-GEN-05") is expected


def test_a_page_at_an_unknown_path_is_for_others() -> None:
    assert state(Asked().ask(CHECK, Departure.UNKNOWN_PATH, b"<html>"), "S-GEN-05") is IDLE
