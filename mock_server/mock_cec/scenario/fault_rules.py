"""What cannot be meant in a scripted answer: keys that exclude each other, or of which a client would see nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_cec.scenario.answering import in_place, status_of
from mock_cec.scenario.model import ScriptedAnswer
from mock_cec.scenario.ordinals import ordinals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mock_cec.scenario.yaml_tree import Path

    Findings = Iterator[tuple[Path, str]]

_MEMBERS: Final = ("set", "add", "remove")
_BODY: Final = ("code", "desc", "body", *_MEMBERS, "charset", "drip")
_HEAD: Final = ("status", "retry_after", "content_type", "cors")


def faults(endpoint: str, ordinal: str, answer: ScriptedAnswer) -> Findings:
    """Find what is wrong with one scripted answer; the paths count from it.

    Args:
        endpoint: The endpoint it is for, by name.
        ordinal: The requests it is for, as written.
        answer: What they get.
    """
    try:
        ordinals(ordinal)
    except ValueError as error:
        yield (), str(error)
    if answer == ScriptedAnswer():
        yield (), 'this answer says nothing; expected: "status", "code", "delay" or another of its keys'
    yield from _exclusive(answer)
    yield from _needy(answer)
    yield from _unseen(answer)
    yield from _twice(answer)
    yield from _misplaced(endpoint, answer)


def _exclusive(answer: ScriptedAnswer) -> Findings:
    if answer.status is not None and answer.code is not None:
        yield (), '"status" and "code" exclude each other: a resultCode comes with status 200'
    if answer.expire and answer.code is not None:
        yield (), '"expire" and "code" exclude each other: that a token is dead is told by a status'
    if answer.close and answer.reset:
        yield (), '"close" and "reset" exclude each other: a connection ends once'
    if answer.hang and answer != ScriptedAnswer(hang=True):
        yield ("hang",), "a request that is never answered has nothing else; leave the other keys out"


def _needy(answer: ScriptedAnswer) -> Findings:
    if answer.desc is not None and status_of(answer) is None and answer.code is None:
        yield (), '"desc" needs a "code" or a "status" to describe'
    if answer.retry_after and answer.status is None:
        yield ("retry_after",), 'this needs a "status", such as 503 or 429'
    if answer.pieces and not answer.drip:
        yield ("pieces",), 'this needs "drip", the pause between the pieces'


def _unseen(answer: ScriptedAnswer) -> Findings:
    """Find what could be left out, as the client never gets that far."""
    ends = answer.close or answer.reset
    end = f"the connection ends {ends}"
    if ends == "before the answer":
        yield from _lost((*_HEAD, *_BODY), answer, end)
    elif ends == "after the head":
        yield from _lost(_BODY, answer, end)
    elif ends == "within the body" and answer.body == "empty":
        yield ("body",), f"{end}, and an empty one has no middle"
    elif answer.body == "empty":
        yield from _lost(("code", "desc", *_MEMBERS, "charset", "drip"), answer, "the body is empty")
    elif answer.body == "html":
        yield from _lost(("code", "desc", *_MEMBERS), answer, "the body is an HTML page")


def _lost(keys: Iterable[str], answer: ScriptedAnswer, why: str) -> Findings:
    usual = ScriptedAnswer()
    for key in keys:
        if getattr(answer, key) != getattr(usual, key):
            yield (key,), f"nobody would see it: {why}"


def _twice(answer: ScriptedAnswer) -> Findings:
    named: set[str] = set()
    for key in _MEMBERS:
        for member in getattr(answer, key):
            if member in named:
                yield (key,), f'"{member}" stands in two of "set", "add" and "remove"'
            named.add(member)


def _misplaced(endpoint: str, answer: ScriptedAnswer) -> Findings:
    if answer.expire and endpoint == "tokenByAkSk":
        yield ("expire",), "nobody is known at tokenByAkSk, so there is no user whose tokens could die"
    if answer.loses and not in_place(answer):
        yield ("loses",), 'the client would read the answer; expected beside it: "status", "body: html", "close" or so'
    if answer.loses == "event" and endpoint != "getClickToCallEvents":
        yield ("loses",), 'only getClickToCallEvents brings events; did you mean "answer"?'
    if answer.loses == "answer" and endpoint == "getClickToCallEvents":
        yield ("loses",), 'the answer of a poll is an event; did you mean "event"?'
