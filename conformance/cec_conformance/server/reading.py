"""Reading the trace of a visit: whose a request was, whether it was meant to be good, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from cec_client.protocol import Endpoint

from cec_conformance.run import SUCCESS, Seen
from cec_conformance.server.departures import Departure, Occasion
from cec_conformance.server.visitor import MEANT, USER
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.run import Run

JSON_BROKEN: Final = frozenset({"S-GEN-05"})
"""For `Rule.yields_to`: an answer that is no JSON shows nothing else."""

_WORDS: Final[dict[str, Words]] = {member.value: member.words for member in (*Departure, *Occasion)}


def user(seen: Seen) -> str:
    """Give the user who sent a request."""
    return str(seen.exchange.script.get(USER, ""))


def meant(seen: Seen) -> str:
    """Say what was wrong with a request on purpose, or what is special about it; an empty text if nothing was."""
    return str(seen.exchange.script.get(MEANT, ""))


def meaning(seen: Seen) -> Words:
    """Say the same in both languages, where it is one of the known ones."""
    said = meant(seen)
    return _WORDS.get(said, Words(said, said))


def good(run: Run, *endpoints: Endpoint) -> Iterator[Seen]:
    """Give the requests with which nothing was wrong: to these endpoints, or to all."""
    return (seen for seen in run.calls if not meant(seen) and (not endpoints or seen.endpoint in endpoints))


def with_departure(run: Run, *departures: Departure | Occasion) -> Iterator[Seen]:
    """Give the requests that departed in one of these ways and were answered."""
    values = {departure.value for departure in departures}
    return (seen for seen in answered(run) if meant(seen) in values)


def answered(run: Run) -> Iterator[Seen]:
    """Give the requests to documented paths that have their whole answer."""
    return (seen for seen in run.calls if seen.exchange.answer_ended is not None)


def elsewhere(run: Run) -> Iterator[Seen]:
    """Give the answered requests to paths that no document knows, read like a step of the call."""
    return (
        Seen(exchange, Endpoint.CHECK)
        for exchange in run.trace.exchanges
        if exchange.endpoint is None and exchange.answer_ended is not None
    )


def in_call(run: Run, name: str, when: Seen) -> bool:
    """Say whether a user had a call, as far as answers had told by the time of a request."""
    lives = False
    for seen in run.calls:
        if user(seen) == name and seen.before(when):
            if seen.endpoint is Endpoint.CREATE and seen.ok:
                lives = True
            elif seen.terminal or (seen.endpoint is Endpoint.DROP and seen.ok):
                lives = False
    return lives


def is_object(body: bytes) -> bool:
    """Say whether a body is a JSON object."""
    try:
        return isinstance(msgspec.json.decode(body), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def came(seen: Seen) -> Words:
    """Say what came of a request, in short."""
    if seen.status is None or seen.exchange.answer_ended is None:
        return Words("no answer came", "没有响应")
    if seen.status != SUCCESS or seen.endpoint is Endpoint.TOKEN:
        return Words(f"HTTP {seen.status} came", f"返回 HTTP {seen.status}")
    if not is_object(seen.exchange.response_body):
        return Words("HTTP 200 came, without a JSON object", "返回 HTTP 200，但不是 JSON 对象")
    if seen.code is None:
        return Words("HTTP 200 came, without a resultCode", "返回 HTTP 200，但没有 resultCode")
    return Words(f"HTTP 200 came, with resultCode {seen.code[:20]}", f"返回 HTTP 200，resultCode 为 {seen.code[:20]}")


def let_in(seen: Seen) -> Words | None:
    """Find fault with a request that was to be refused and succeeded."""
    if not seen.ok:
        return None
    wrong = meaning(seen)
    return Words(f"{wrong.en}, and it succeeded", f"{wrong.zh}，却成功了")
