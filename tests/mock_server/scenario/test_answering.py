"""What a scripted answer means, and how it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mock_cec.scenario.answering import fails, in_place, odd, status_of, told
from mock_cec.scenario.loading import load

if TYPE_CHECKING:
    from mock_cec.scenario.model import ScriptedAnswer


def answer(text: str, endpoint: str = "getClickToCallEvents") -> ScriptedAnswer:
    scenario = load(f"title: x\nanswers: {{{endpoint}: {{1: {text}}}}}", "f")
    return next(iter(scenario.answers.values()))["1"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{delay: 1s}", ("as usual", "1s late")),
        ("{status: 403}", ("HTTP 403", "the token has expired")),
        ("{status: 403, desc: x, delay: 1s}", ("HTTP 403", '"x", 1s late')),
        ("{status: 502, body: html}", ("HTTP 502", "the request fails, a gateway's HTML page")),
        ("{code: '0'}", ("resultCode 0", "says yes, does nothing")),
        ("{code: '0', loses: event}", ("resultCode 0", "says yes, the event is lost")),
        ("{code: '1'}", ("resultCode 1", "the request fails")),
        ("{expire: access}", ("HTTP 403", "the user's AccessTokens are dead")),
        ("{expire: both, status: 401}", ("HTTP 401", "the user's tokens of both kinds are dead")),
        ("{hang: true}", ("no answer", "the request is never answered")),
        ("{close: before the answer}", ("no answer", "closed before the answer")),
        (
            "{expire: both, reset: before the answer}",
            ("no answer", "the user's tokens of both kinds are dead, reset before the answer"),
        ),
        ("{delay: 1s, reset: within the body}", ("broken", "reset within the body, 1s late")),
        ("{body: empty}", ("broken", "an empty body")),
        ("{body: members twice}", ("altered", "every member twice")),
        ("{set: {a: b}, add: {c: [1]}, remove: [d, e]}", ("altered", 'a is "b", c is [1], without d and e')),
        ("{charset: gbk, content_type: text/html}", ("altered", "letters in gbk, Content-Type text/html")),
        ("{status: 503, retry_after: 2s}", ("HTTP 503", "the request fails, Retry-After 2s")),
        ("{cors: none}", ("altered", "no page may read it")),
        ("{cors: echo}", ("altered", "any page may read it")),
        ("{drip: 1s}", ("altered", "in 5 pieces, 1s apart")),
        (
            "{drip: 1s, pieces: 9, close: after the answer}",
            ("altered", "in 9 pieces, 1s apart, closed after the answer"),
        ),
    ],
)
def test_an_answer_is_told_in_words(text: str, words: tuple[str, str]) -> None:
    assert told(answer(text)) == words


def test_an_answer_that_is_lost_is_told() -> None:
    words = told(answer("{status: 502, loses: answer}", "createClickToCall"))
    assert words == ("HTTP 502", "the request fails, what was done is not told")


def test_what_is_never_answered_is_odd() -> None:
    assert list(odd(answer("{hang: true}"))) == ["the request is never answered"]


@pytest.mark.parametrize(
    ("text", "instead", "failed"),
    [
        ("{delay: 1s}", False, False),
        ("{status: 403}", True, True),
        ("{code: '0'}", True, False),
        ("{code: '1'}", True, True),
        ("{expire: access}", True, True),
        ("{hang: true}", True, True),
        ("{body: html}", True, True),
        ("{body: not json}", True, True),
        ("{body: members twice}", False, False),
        ("{close: after the head}", True, True),
        ("{reset: within the body}", True, True),
        ("{reset: after the answer}", False, False),
        ("{set: {x: 1}, drip: 1s, charset: gbk}", False, False),
    ],
)
def test_an_answer_stands_in_place_of_the_real_one_or_alters_it(text: str, instead: bool, failed: bool) -> None:  # noqa: FBT001
    assert (in_place(answer(text)), fails(answer(text))) == (instead, failed)


@pytest.mark.parametrize(
    ("text", "status"), [("{delay: 1s}", None), ("{expire: both}", 403), ("{expire: both, status: 401}", 401)]
)
def test_expiry_has_a_status(text: str, status: int | None) -> None:
    assert status_of(answer(text)) == status
