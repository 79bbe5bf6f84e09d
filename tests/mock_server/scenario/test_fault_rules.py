"""Scripted answers that cannot be meant are refused, with the reason; those that can are taken."""

from __future__ import annotations

import pytest
from mock_cec.scenario.loading import ScenarioError, load

HEAD = "nobody would see it: the connection ends before the answer"
BODY = "nobody would see it: the connection ends after the head"
EMPTY = "nobody would see it: the body is empty"
PAGE = "nobody would see it: the body is an HTML page"
READ = ".loses: the client would read the answer; expected beside it: "


def message(answer: str, endpoint: str = "getClickToCallEvents") -> str:
    with pytest.raises(ScenarioError) as raised:
        load(f"title: x\nanswers: {{{endpoint}: {{1: {answer}}}}}", "f.yaml")
    return str(raised.value).removeprefix(f"f.yaml:2: answers.{endpoint}[1]")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("{expire: both, code: '1'}", ': "expire" and "code" exclude each other: that a token is dead is told by a'),
        ("{close: after the head, reset: after the head}", ': "close" and "reset" exclude each other: a connection'),
        ("{hang: true, delay: 1s}", ".hang: a request that is never answered has nothing else; leave the other keys"),
        ("{desc: x, delay: 1s}", ': "desc" needs a "code" or a "status" to describe'),
        ("{retry_after: 1s}", '.retry_after: this needs a "status", such as 503 or 429'),
        ("{pieces: 3}", '.pieces: this needs "drip", the pause between the pieces'),
        ("{close: before the answer, status: 500}", f".status: {HEAD}"),
        ("{close: before the answer, content_type: none}", f".content_type: {HEAD}"),
        ("{reset: before the answer, body: html}", f".body: {HEAD}"),
        ("{reset: after the head, code: '1'}", f".code: {BODY}"),
        ("{close: after the head, drip: 1s}", f".drip: {BODY}"),
        ("{close: within the body, body: empty}", ".body: the connection ends within the body, and an empty one has"),
        ("{status: 500, body: empty, drip: 1s}", f".drip: {EMPTY}"),
        ("{body: empty, add: {x: 1}}", f".add: {EMPTY}"),
        ("{status: 502, desc: x, body: html}", f".desc: {PAGE}"),
        ("{body: html, remove: [x]}", f".remove: {PAGE}"),
        ("{set: {x: 1}, remove: [x]}", '.remove: "x" stands in two of "set", "add" and "remove"'),
        ("{loses: event}", READ),
        ("{loses: event, close: after the answer}", READ),
        ("{loses: answer, status: 502}", '.loses: the answer of a poll is an event; did you mean "event"?'),
        ("{close: soon}", '.close: "soon" is not known here; there is: after the answer, after the head, before the'),
        ("{body: hmtl}", '.body: "hmtl" is not known here; did you mean "html"? there is: '),
        ("{content_type: ''}", '.content_type: "" does not fit; expected: a media type such as text/plain or'),
        ("{content_type: 中文}", '.content_type: "中文" does not fit; expected: a media type'),
        ("{drip: 1s, pieces: 1}", ".pieces: 1 does not fit; expected: a whole number from 2 to 1000"),
        ("{expire: all}", '.expire: "all" is not known here; there is: access, both, ccmessaging'),
        ("{remove: content}", '.remove: "content" does not fit; expected: a list, each item on a line that begins'),
        ("{set: [x]}", ".set: a list stands here; expected: a mapping"),
    ],
)
def test_what_makes_no_sense_is_refused(answer: str, expected: str) -> None:
    assert message(answer).startswith(expected)


@pytest.mark.parametrize(
    ("answer", "endpoint", "expected"),
    [
        ("{expire: access}", "tokenByAkSk", ".expire: nobody is known at tokenByAkSk, so there is no user whose"),
        ("{status: 502, loses: event}", "createClickToCall", ".loses: only getClickToCallEvents brings events; did"),
    ],
)
def test_what_makes_no_sense_at_an_endpoint_is_refused(answer: str, endpoint: str, expected: str) -> None:
    assert message(answer, endpoint).startswith(expected)


@pytest.mark.parametrize(
    "answer",
    [
        "{expire: both, close: before the answer}",
        "{expire: access, status: 401, body: empty, delay: 1s}",
        "{set: {any: {thing: [1, 2.5, null, true]}}, body: members twice, drip: 1s, reset: after the answer}",
        "{status: 429, retry_after: 1s, close: after the head, cors: none}",
        "{body: html, charset: utf-16, content_type: text/html; charset=UTF-16}",
        "{delay: 1s, reset: within the body, loses: event}",
        "{code: '1', desc: x, body: cut short, loses: event}",
    ],
)
def test_what_can_be_meant_is_taken(answer: str) -> None:
    assert load(f"title: x\nanswers: {{getClickToCallEvents: {{1: {answer}}}}}", "f.yaml").title == "x"
