from __future__ import annotations

from typing import Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.judging import State

from tests.conformance.rules.step_traces import BODIES, Talk, state

KEPT, BROKEN, IDLE = State.PASSED, State.FAILED, State.NOT_EXERCISED
SEND, CHECK, CREATE, EVENTS, DROP = (
    Endpoint.SEND,
    Endpoint.CHECK,
    Endpoint.CREATE,
    Endpoint.EVENTS,
    Endpoint.DROP,
)


@pytest.mark.parametrize(("endpoint", "rule"), [(CHECK, "C-REQ-01"), (EVENTS, "C-REQ-05")])
@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({}, KEPT),
        ({"query": "_=17&channel=WEB"}, KEPT),
        ({"query": "channel=%57EB"}, KEPT),
        ({"query": ""}, BROKEN),
        ({"query": "channel="}, BROKEN),
        ({"query": "channel=web"}, BROKEN),
        ({"query": "Channel=WEB"}, BROKEN),
        ({"method": "POST"}, BROKEN),
        ({"method": "HEAD"}, BROKEN),
    ],
)
def test_what_is_asked_by_get_has_the_channel_in_its_query(
    endpoint: Endpoint, rule: str, differs: dict[str, Any], expected: State
) -> None:
    assert state(Talk().ask(endpoint, **differs), rule) is expected


@pytest.mark.parametrize(("endpoint", "rule"), [(CREATE, "C-REQ-02"), (DROP, "C-REQ-06")])
@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({"body": {"channel": "WEB", "mediaAbility": "0", "more": 1}}, KEPT),
        ({"body": {"channel": "web"}}, BROKEN),
        ({"body": {"channel": None}}, BROKEN),
        ({"body": {}}, BROKEN),
        ({"body": b""}, BROKEN),
        ({"body": b"channel=WEB"}, BROKEN),
        ({"body": "WEB"}, BROKEN),
        ({"method": "GET", "query": "channel=WEB"}, BROKEN),
    ],
)
def test_what_is_posted_has_the_channel_in_its_body(
    endpoint: Endpoint, rule: str, differs: dict[str, Any], expected: State
) -> None:
    assert state(Talk().ask(endpoint, **differs), rule) is expected


@pytest.mark.parametrize(
    ("wanted", "sent", "meaning", "form"),
    [
        ("0", "0", KEPT, KEPT),
        ("1", "1", KEPT, KEPT),
        ("1", 1, KEPT, BROKEN),
        ("1", "0", BROKEN, KEPT),
        ("0", 1, BROKEN, BROKEN),
        ("0", False, BROKEN, BROKEN),
        ("0", "voice", BROKEN, KEPT),
        ("0", None, BROKEN, BROKEN),
    ],
)
def test_the_media_are_the_wanted_ones_as_a_string(wanted: str, sent: Any, meaning: State, form: State) -> None:
    talk = Talk(media=wanted).ask(CREATE, body={"channel": "WEB", "mediaAbility": sent})

    assert (state(talk, "C-REQ-03"), state(talk, "C-REQ-04")) == (meaning, form)


def test_media_that_are_not_named_are_charged_once() -> None:
    unnamed = Talk().ask(CREATE, body={"channel": "WEB"})
    no_json = Talk().ask(CREATE, body=b"channel=WEB&mediaAbility=0")

    assert [state(unnamed, rule) for rule in ("C-REQ-02", "C-REQ-03", "C-REQ-04")] == [KEPT, BROKEN, IDLE]
    assert [state(no_json, rule) for rule in ("C-REQ-02", "C-REQ-03", "C-REQ-04")] == [BROKEN, IDLE, IDLE]
    assert state(Talk(media=None).ask(CREATE), "C-REQ-03") is IDLE


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in BODIES[SEND].items() if name not in names}


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        ({}, KEPT),
        ({"body": BODIES[SEND] | {"content": ""}}, KEPT),
        ({"body": without("content")}, KEPT),
        ({"body": BODIES[SEND] | {"content": None}}, KEPT),
        ({"body": BODIES[SEND] | {"senderNickname": "Anna"}}, KEPT),
        ({"body": BODIES[SEND] | {"content": 5}}, BROKEN),
        ({"body": BODIES[SEND] | {"from": "the-channel", "to": "the-user"}}, BROKEN),
        ({"body": BODIES[SEND] | {"controlType": "CHAT"}}, BROKEN),
        ({"body": BODIES[SEND] | {"mediaType": "text"}}, BROKEN),
        ({"method": "PUT"}, BROKEN),
        ({"body": b"start"}, BROKEN),
        *(({"body": without(name)}, BROKEN) for name in BODIES[SEND] if name != "content"),
    ],
)
def test_send_enters_the_text_session(differs: dict[str, Any], expected: State) -> None:
    assert state(Talk().ask(SEND, **differs), "C-REQ-07") is expected


def test_what_is_said_in_the_text_session_is_not_judged() -> None:
    chat: dict[str, Any] = {"body": {"controlType": "CHAT", "content": "hello?"}}

    assert state(Talk().steps(SEND).ask(SEND, **chat), "C-REQ-07") is KEPT
    assert state(Talk().ask(SEND, **chat).steps(SEND), "C-REQ-07") is BROKEN
    assert state(Talk().steps(SEND).ask(SEND, body=without("to")), "C-REQ-07") is BROKEN
    assert state(Talk(user_id=None).steps(SEND), "C-REQ-07") is IDLE
