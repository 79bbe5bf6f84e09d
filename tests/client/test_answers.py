"""Answers as they come off the wire, well formed and otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cec_client.answers import Answer, Done, Expired, Garbled, HttpFailed, Ok, Refused, Support, TextMessage, read
from cec_client.events import (
    CallEvent,
    CallFailed,
    Cause,
    Connected,
    Gateway,
    NothingYet,
    Queued,
    QueueTimeout,
    Released,
    Transferred,
    UnknownEvent,
)
from cec_client.protocol import Endpoint
from hypothesis import given
from hypothesis import strategies as st

TOKEN, APPLY, CHECK, DROP = Endpoint.TOKEN, Endpoint.APPLY_TOKEN, Endpoint.CHECK, Endpoint.DROP

HIDDEN = "the body is no JSON object but {} bytes, not shown here since a token may stand in them"
POLL, TEXT = Endpoint.EVENTS, Endpoint.POLL_TEXT


@pytest.mark.parametrize(
    ("endpoint", "body", "value"),
    [
        (TOKEN, b'{"AccessToken": "t", "more": 1}', "t"),
        (TOKEN, b'{"AccessToken": "t", "resultCode": "0"}', "t"),
        (APPLY, b'{"resultCode": "0", "token": "m"}', "m"),
        (DROP, b'{"resultCode": "0", "resultDesc": "well"}', Done("well")),
        (DROP, b'{"resultCode": 0, "resultDesc": null}', Done()),
        (CHECK, b'{"resultCode": "0", "webRTCSupported": true, "clickToCallSupported": true}', Support(True, True)),  # noqa: FBT003
        (CHECK, b'{"resultCode": "0", "webRTCSupported": "true"}', Support(False, False)),  # noqa: FBT003
        (TEXT, b'{"resultCode": "0", "downlinkMessages": null}', ()),
        (
            TEXT,
            b'{"resultCode": "0", "downlinkMessages": [{"sourceType": "AGENT", "content": null, "timestamp": "12"}]}',
            (TextMessage("AGENT", "", "", None, None, 12),),
        ),
    ],
)
def test_good_answers(endpoint: Endpoint, body: bytes, value: object) -> None:
    assert read(endpoint, 200, {}, body) == Ok(endpoint, value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("endpoint", "status", "body", "expected"),
    [
        (CHECK, 200, b'{"resultCode": "13", "resultDesc": "no"}', Refused(CHECK, "13", "no")),
        (CHECK, 200, b'{"resultCode": 7}', Refused(CHECK, "7")),
        (TOKEN, 200, b'{"resultCode": "1"}', Refused(TOKEN, "1")),
        (CHECK, 403, b"", Expired(CHECK, 403)),
        (CHECK, 401, b"<html>", Expired(CHECK, 401)),
        (CHECK, 403, b'{"exceptionInfo": "auth fail!"}', Expired(CHECK, 403, "auth fail!")),
        (CHECK, 500, b'{"exceptionInfo": 5}', HttpFailed(CHECK, 500, "5")),
        (CHECK, 202, b'{"resultCode": "0"}', HttpFailed(CHECK, 202)),
        (DROP, 200, b'\xef\xbb\xbf{"resultCode": "13"}', Refused(DROP, "13", "")),
        (CHECK, 200, b"", Garbled(CHECK, "the body is no JSON object but empty")),
        (TOKEN, 200, b'{"AccessToken":"abc', Garbled(TOKEN, HIDDEN.format(19))),
        (APPLY, 200, b"[1]", Garbled(APPLY, HIDDEN.format(3))),
        (CHECK, 200, b"[1]", Garbled(CHECK, "the body is no JSON object but '[1]'")),
        (CHECK, 200, b'{resultCode:"0"}', Garbled(CHECK, "the body is no JSON object but '{resultCode:\"0\"}'")),
        (CHECK, 200, b"{}", Garbled(CHECK, "the answer has no resultCode")),
        (CHECK, 200, b'{"resultCode": true}', Garbled(CHECK, "the answer has no resultCode")),
        (TOKEN, 200, b"{}", Garbled(TOKEN, "the answer has no usable token")),
        (TOKEN, 200, b'{"AccessToken": "two\\nlines"}', Garbled(TOKEN, "the answer has no usable token")),
        (APPLY, 200, b'{"resultCode": "0", "token": ""}', Garbled(APPLY, "the answer has no usable token")),
    ],
)
def test_other_answers(endpoint: Endpoint, status: int, body: bytes, expected: Answer) -> None:
    assert read(endpoint, status, {}, body) == expected


@pytest.mark.parametrize("body", [b"\xff" * 200, b"[" * 100_000, b'{"resultCode": "0"'])
def test_no_bytes_are_too_odd(body: bytes) -> None:
    answer = read(CHECK, 200, {}, body)
    assert isinstance(answer, Garbled)
    assert len(answer.why) < 400


NOON = datetime(2024, 8, 19, 12, tzinfo=UTC)
DATE = "Mon, 19 Aug 2024 11:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": " 120 "}, 120.0),
        ({"retry-after": "9" * 5000}, float("inf")),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "１"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Mon, 19 Aug 2024 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Mon, 19 Aug 2024 12:00:30 -0000"}, 30.0),
        ({"retry-after": "Monday, 19-Aug-24 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Mon Aug 19 12:00:30 2024"}, 30.0),
        ({"retry-after": "Mon, 19 Aug 2024 11:59:30 GMT"}, 0.0),
        ({"retry-after": "Mon, 19 Aug 2024 11:00:30 GMT", "date": DATE}, 30.0),
        ({"retry-after": "Mon, 19 Aug 2024 12:00:30 GMT", "date": "yesterday"}, 30.0),
    ],
)
def test_the_pause_that_a_platform_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert read(POLL, 503, headers, b"", NOON) == HttpFailed(POLL, 503, retry_after=seconds)


def test_a_date_without_any_clock_asks_for_nothing() -> None:
    assert read(POLL, 503, {"retry-after": DATE}, b"") == HttpFailed(POLL, 503)


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]+ [A-Z][a-z]{2} [0-9]+ [0-9:]+ [A-Z+0-9-]*"), st.text())
def test_no_retry_after_is_too_odd(value: str, date: str) -> None:
    answer = read(POLL, 429, {"retry-after": value, "date": date}, b"", NOON)
    assert isinstance(answer, HttpFailed)
    assert answer.retry_after is None or answer.retry_after >= 0


@pytest.mark.parametrize(("status", "may_pass"), [(400, False), (404, False), (408, True), (429, True), (500, True)])
def test_what_may_be_answered_otherwise_later(status: int, *, may_pass: bool) -> None:
    assert HttpFailed(TOKEN, status).may_pass == may_pass


@pytest.mark.parametrize(("header", "renewed"), [("fresh", "fresh"), ("", None), ("b\u00f6se", None), ("a\tb", None)])
def test_a_token_in_a_header(header: str, renewed: str | None) -> None:
    answer = read(DROP, 200, {"ccmessaging-token": header}, b'{"resultCode": "0"}')
    assert answer == Ok(DROP, Done(), renewed)


GATEWAY = b'{"domain": "d", "gwAddresses": ["a", 5, "b"], "accessCode": 179, "clickToCallCaller": "me", "more": {}}'


@pytest.mark.parametrize(
    ("members", "event"),
    [
        (b'"eventId": 168102', Queued()),
        (b'"eventId": "168102"', Queued()),
        (b'"eventId": 168102.0', Queued()),
        (b'"eventId": 168106', Transferred()),
        (b'"eventId": 168101, "content": ' + GATEWAY, Connected(Gateway("d", ("a", "b"), "179", "me"))),
        (b'"eventId": 168101, "content": {"gwAddresses": "a"}', Connected(Gateway(None, ("a",)))),
        (b'"eventId": 168101, "content": {"gwAddresses": 5}', Connected(Gateway())),
        (b'"eventId": 168101', Connected(Gateway())),
        (b'"eventId": 168110, "content": {"causeId": -1, "causeDesc": "x"}', Released(Cause(-1, "x"))),
        (b'"eventId": 168110, "content": {"causeId": "-1"}', Released(Cause(-1))),
        (b'"eventId": 168110, "content": {"causeId": "none"}', Released(Cause())),
        (b'"eventId": 168103, "content": []', QueueTimeout(Cause())),
        (b'"eventId": 168105', CallFailed(Cause())),
        (b'"eventId": null', NothingYet()),
        (b'"eventId": ""', NothingYet()),
        (b'"eventId": 0', NothingYet()),
        (b'"more": 1', NothingYet()),
        (b'"eventId": 168199, "resultDesc": "new", "content": [1]', UnknownEvent(168199, "new", [1])),
        (b'"eventId": "soon"', UnknownEvent(None, "", None)),
        (b'"eventId": "' + b"9" * 5000 + b'"', UnknownEvent(None, "", None)),
        (b'"eventId": true', UnknownEvent(None, "", None)),
        (b'"eventId": [1]', UnknownEvent(None, "", None)),
        (b'"eventId": 1.5', UnknownEvent(None, "", None)),
    ],
)
def test_events(members: bytes, event: CallEvent) -> None:
    assert read(POLL, 200, {}, b'{"resultCode": "0", ' + members + b"}") == Ok(POLL, event)


def test_the_guides_own_values() -> None:
    body = (
        b'{"resultCode":"0","resultDesc":"Call connected","eventId":168101,"content":{"domain":"xxx",'
        b'"gwAddresses":["xx1","xx2"],"accessCode":"179080000537636","clickToCallCaller":"AnonymousCard"}}'
    )
    gateway = Gateway("xxx", ("xx1", "xx2"), "179080000537636", "AnonymousCard")
    assert read(POLL, 200, {}, body) == Ok(POLL, Connected(gateway))
