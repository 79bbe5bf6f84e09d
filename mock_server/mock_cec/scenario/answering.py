"""What a scripted answer means: whether the request still has its effect, and all that is odd about it, in words.

The theory. A scripted answer either *stands in place* of the real one or *alters* it:

    in place    status, code, expire, hang, and whatever keeps a client from reading the answer: a body that is not
                usable, a connection that ends before the last byte. The request has no effect, no event is taken.
    altered     delay, drip, members set, added or removed, another content type or charset, a connection that ends
                after the last byte. The request has its effect, an event counts as delivered.

`loses` makes the first kind have its effect all the same: what the client was to be told is lost.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cec_client.protocol.codes import EXPIRED_STATUS, OK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_cec.scenario.model import ScriptedAnswer

UNUSABLE: Final = frozenset({"html", "empty", "not json", "cut short"})
"""The bodies that hold no answer."""

PIECES: Final = 5
"""In how many pieces a body drips, where the scenario does not say."""

_WHOLE: Final = "after the answer"

_BODIES: Final = {
    "html": "a gateway's HTML page",
    "empty": "an empty body",
    "not json": "a body that is not JSON",
    "cut short": "half of the JSON",
    "members twice": "every member twice",
}

_DEAD: Final = {"access": "AccessTokens", "ccmessaging": "ccmessaging tokens", "both": "tokens of both kinds"}


def status_of(answer: ScriptedAnswer, expired: int = EXPIRED_STATUS) -> int | None:
    """Give the HTTP status that stands in place of the usual one; `None` if none does.

    Args:
        answer: The scripted answer.
        expired: The status of a dead token, in the dialect that is spoken.
    """
    return expired if answer.status is None and answer.expire else answer.status


def unreadable(answer: ScriptedAnswer) -> bool:
    """Say whether the client cannot read the answer, whatever it is."""
    ends = answer.close or answer.reset
    return answer.hang or answer.body in UNUSABLE or ends not in {None, _WHOLE}


def in_place(answer: ScriptedAnswer) -> bool:
    """Say whether it stands in place of the real answer, rather than alter it."""
    return status_of(answer) is not None or answer.code is not None or unreadable(answer)


def fails(answer: ScriptedAnswer) -> bool:
    """Say whether a client has to count its request as failed (guide §5 step 4)."""
    return unreadable(answer) or status_of(answer) is not None or answer.code not in {None, OK}


def told(answer: ScriptedAnswer, expired: int = EXPIRED_STATUS) -> tuple[str, str]:
    """Tell a scripted answer: what comes, and what is meant or odd about it; for `expired` see `status_of`."""
    late = f"{answer.delay} late" if answer.delay else ""
    return _what(answer, expired), ", ".join(filter(None, (_meaning(answer, expired), *odd(answer), late)))


def _what(answer: ScriptedAnswer, expired: int) -> str:
    if answer.hang or "before the answer" in (answer.close, answer.reset):
        return "no answer"
    if status := status_of(answer, expired):
        return f"HTTP {status}"
    if answer.code is not None:
        return f"resultCode {answer.code}"
    if unreadable(answer):
        return "broken"
    return "altered" if any(odd(answer)) else "as usual"


def _meaning(answer: ScriptedAnswer, expired: int) -> str:
    if answer.desc:
        return f'"{answer.desc}"'
    if answer.status is not None and not answer.expire:
        return "the token has expired" if answer.status == expired else "the request fails"
    if answer.code == OK:
        return "says yes" if answer.loses else "says yes, does nothing"
    return "the request fails" if answer.code is not None else ""


def odd(answer: ScriptedAnswer) -> Iterator[str]:
    """Name what is odd about an answer beside its status, its code and its time."""
    if answer.hang:
        yield "the request is never answered"
    if answer.expire:
        yield f"the user's {_DEAD[answer.expire]} are dead"
    yield from _odd_body(answer)
    yield from _odd_way(answer)
    if answer.loses:
        yield "the event is lost" if answer.loses == "event" else "what was done is not told"


def _odd_body(answer: ScriptedAnswer) -> Iterator[str]:
    if answer.body in _BODIES:
        yield _BODIES[answer.body]
    for name, value in (*answer.set.items(), *answer.add.items()):
        yield f"{name} is {json.dumps(value, ensure_ascii=False)}"
    if answer.remove:
        yield f"without {' and '.join(answer.remove)}"
    if answer.charset:
        yield f"letters in {answer.charset}"


def _odd_way(answer: ScriptedAnswer) -> Iterator[str]:
    if answer.content_type:
        yield f"Content-Type {answer.content_type}"
    if answer.retry_after:
        yield f"Retry-After {answer.retry_after}"
    if answer.cors:
        yield "no page may read it" if answer.cors == "none" else "any page may read it"
    if answer.drip:
        yield f"in {answer.pieces or PIECES} pieces, {answer.drip} apart"
    for how, moment in (("closed", answer.close), ("reset", answer.reset)):
        if moment:
            yield f"{how} {moment}"
