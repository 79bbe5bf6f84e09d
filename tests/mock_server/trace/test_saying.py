"""Requests and answers in a few words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cec_client.protocol import Endpoint, Exchange
from cec_client.protocol.codes import EXPIRED_TEXT
from mock_cec.trace.saying import Tone, answer, empty, notes, request, seconds


def exchange(endpoint: Endpoint = Endpoint.EVENTS, body: object = None, **members: Any) -> Exchange:
    known: dict[str, Any] = {"serial": 1, "method": endpoint.method, "target": endpoint.path, "status": 200}
    known["response_body"] = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(**(known | members))


@pytest.mark.parametrize(
    ("endpoint", "body", "words"),
    [
        (Endpoint.EVENTS, {}, "getClickToCallEvents"),
        (Endpoint.CREATE, {"mediaAbility": "1"}, "createClickToCall video"),
        (Endpoint.CREATE, {"mediaAbility": "7"}, "createClickToCall"),
        (Endpoint.SEND, {"controlType": "CONNECT", "content": "x"}, "send CONNECT"),
        (Endpoint.SEND, {"controlType": "CHAT", "content": "您好"}, "send CHAT 您好"),
        (Endpoint.SEND, [], "send"),
        (Endpoint.APPLY_TOKEN, {"userId": "alice"}, "applyToken alice"),
    ],
)
def test_a_request_is_named(endpoint: Endpoint, body: object, words: str) -> None:
    assert request(exchange(endpoint, request_body=json.dumps(body).encode())) == words


def test_a_wrong_method_and_an_unknown_path_are_shown() -> None:
    assert request(exchange(Endpoint.DROP, method="GET")) == "GET dropClickToCall"
    assert request(exchange(target="/nowhere?a")) == "GET /nowhere?a"


@pytest.mark.parametrize(
    ("endpoint", "body", "words", "tone"),
    [
        (Endpoint.TOKEN, {"AccessToken": "x", "Expires": "600"}, "AccessToken for 600 s", Tone.PLAIN),
        (Endpoint.TOKEN, {"Expires": "600"}, "200 without AccessToken", Tone.BAD),
        (Endpoint.APPLY_TOKEN, {"resultCode": "0", "token": "x"}, "ccmessaging token", Tone.PLAIN),
        (Endpoint.APPLY_TOKEN, {"resultCode": "0"}, "200 without token", Tone.BAD),
        (Endpoint.DROP, {"resultCode": "0"}, "ok", Tone.PLAIN),
        (Endpoint.DROP, {"resultCode": "13"}, "resultCode 13", Tone.BAD),
        (Endpoint.DROP, {"resultDesc": ""}, "200 without resultCode", Tone.BAD),
        (Endpoint.DROP, b"<html>", "200, not a JSON object", Tone.BAD),
        (Endpoint.DROP, b"[" * 100_000, "200, not a JSON object", Tone.BAD),
        (
            Endpoint.CHECK,
            {"resultCode": "0", "webRTCSupported": True, "clickToCallSupported": True},
            "supported",
            Tone.PLAIN,
        ),
        (Endpoint.CHECK, {"resultCode": "0", "webRTCSupported": False}, "no WebRTC, no click-to-call", Tone.BAD),
        (Endpoint.EVENTS, {"resultCode": "0"}, "no event", Tone.QUIET),
        (Endpoint.EVENTS, {"resultCode": "0", "eventId": 168102, "resultDesc": "Q"}, "168102 Q", Tone.GOOD),
        (Endpoint.EVENTS, {"resultCode": "0", "eventId": "7"}, "7", Tone.GOOD),
        (Endpoint.POLL_TEXT, {"resultCode": "0", "downlinkMessages": []}, "no message", Tone.QUIET),
        (Endpoint.POLL_TEXT, {"resultCode": "0"}, "no message", Tone.QUIET),
        (
            Endpoint.POLL_TEXT,
            {"resultCode": "0", "downlinkMessages": [{"content": "hi"}, {"controlType": "DISCONNECT"}, {}]},
            "hi, DISCONNECT, ?",
            Tone.GOOD,
        ),
    ],
)
def test_an_answer_is_told(endpoint: Endpoint, body: object, words: str, tone: Tone) -> None:
    said = answer(exchange(endpoint, body))
    assert (said.text, said.tone) == (words, tone)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, {"exceptionInfo": EXPIRED_TEXT}, "403 illegal or expired token"),
        (403, {}, "403 Forbidden"),
        (503, b"", "503 Service Unavailable"),
        (599, b"", "599"),
        (None, b"", "an answer without a status"),
    ],
)
def test_other_statuses_stand_out(status: int | None, body: object, words: str) -> None:
    said = answer(exchange(body=body, status=status))
    assert (said.text, said.tone) == (words, Tone.BAD)


def test_a_body_that_was_not_recorded_is_no_mistake() -> None:
    said = answer(exchange(body=b"", script={"unrecorded": "answer body"}))
    assert (said.text, said.tone) == ("200", Tone.PLAIN)


def told(body: object = None, **members: Any) -> list[str]:
    return [note.text for note in notes(exchange(body=body, **members))]


def test_notes_tell_what_the_script_knew() -> None:
    assert told(script={"step": "events[0] queued", "due": 1.0}, answer_begun=1.01) == ["events[0] queued"]
    assert told(script={"step": "s", "due": 1.0}, answer_begun=1.6) == ["s, 0.600 s late"]
    assert told(script={"problem": "p", "other": 1.5}) == ["p", "other: 1.5"]
    assert told(script={"due": "soon"}, answer_begun=2.0) == []


def test_notes_tell_what_was_wrong() -> None:
    hint = (("X-Mock-CEC-Hint", '{"where": "path", "got": "a", "expected": "b"}'),)
    assert told({"exceptionInfo": "x"}, response_headers=hint) == ["path: got a, expected b"]
    assert told({"resultCode": "1", "resultDesc": "busy"}) == ['"busy"']
    assert told({"exceptionInfo": "x"}) == ['"x"']
    assert told({"exceptionInfo": EXPIRED_TEXT}) == []


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"answer_ended": 1.0}, True),
        ({}, False),
        ({"answer_ended": 1.0, "script": {"step": "x"}}, False),
        ({"answer_ended": 1.0, "target": Endpoint.DROP.path}, False),
    ],
)
def test_an_empty_poll_is_one_of_which_nothing_is_to_be_told(members: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert empty(exchange(body={"resultCode": "0"}, **members)) is expected


def test_durations_have_as_many_digits_as_tell_something() -> None:
    assert (seconds(0.3), seconds(25.04)) == ("0.300 s", "25.0 s")
