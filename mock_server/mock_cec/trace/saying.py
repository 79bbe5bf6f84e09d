"""What requests and answers say, in the few words that fit on an arrow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from cec_client.protocol import Endpoint
from cec_client.protocol.codes import EXPIRED_TEXT, OK

from mock_cec.replies import HINT_HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_client.protocol import Exchange

LATE: Final = 0.05
"""Seconds after which an event that was due counts as late: nobody polled when it came."""

_MEDIA: Final = {"0": "audio", "1": "video"}


class Tone(Enum):
    """How much something deserves to be seen."""

    PLAIN = auto()
    QUIET = auto()
    GOOD = auto()
    BAD = auto()
    LOST = auto()
    NOTE = auto()


@dataclass(frozen=True, slots=True)
class Saying:
    """Some words, and their tone."""

    text: str
    tone: Tone = Tone.PLAIN


def members(body: bytes) -> dict[str, Any]:
    """Read the members of a JSON object; whatever is none has no members."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def request(exchange: Exchange) -> str:
    """Name a request: the endpoint, what is special about this one, and a method that is not the documented one."""
    endpoint, body = exchange.endpoint, members(exchange.request_body)
    if endpoint is None:
        return f"{exchange.method} {exchange.target}"
    words = [endpoint.value]
    if exchange.method != endpoint.method:
        words.insert(0, exchange.method)
    if endpoint is Endpoint.CREATE:
        words.append(_MEDIA.get(str(body.get("mediaAbility")), ""))
    elif endpoint is Endpoint.SEND:
        words.append(str(body.get("controlType", "")))
        words.append(str(body.get("content") or "") if body.get("controlType") == "CHAT" else "")
    elif endpoint is Endpoint.APPLY_TOKEN:
        words.append(str(body.get("userId", "")))
    return " ".join(word for word in words if word)


def answer(exchange: Exchange) -> Saying:
    """Say what an answer says."""
    status, body = exchange.status, members(exchange.response_body)
    if status is None:
        return Saying("an answer without a status", Tone.BAD)
    if status != HTTPStatus.OK:
        return Saying(f"{status} {_phrase(status, body)}".rstrip(), Tone.BAD)
    if not body:
        unrecorded = "unrecorded" in exchange.script
        return Saying("200", Tone.PLAIN) if unrecorded else Saying("200, not a JSON object", Tone.BAD)
    code = body.get("resultCode")
    if exchange.endpoint is Endpoint.TOKEN:
        return (
            Saying(f"AccessToken for {body.get('Expires', '?')} s")
            if "AccessToken" in body
            else _missing("AccessToken")
        )
    if code != OK:
        return Saying(f"resultCode {code}", Tone.BAD) if "resultCode" in body else _missing("resultCode")
    return _success(exchange, body)


def _success(exchange: Exchange, body: dict[str, Any]) -> Saying:
    endpoint = exchange.endpoint
    if endpoint is Endpoint.APPLY_TOKEN:
        return Saying("ccmessaging token") if "token" in body else _missing("token")
    if endpoint is Endpoint.CHECK:
        flags = [("WebRTC", body.get("webRTCSupported")), ("click-to-call", body.get("clickToCallSupported"))]
        no = [name for name, flag in flags if flag is not True]
        return Saying(f"no {', no '.join(no)}", Tone.BAD) if no else Saying("supported")
    if endpoint is Endpoint.EVENTS:
        if "eventId" not in body:
            return Saying("no event", Tone.QUIET)
        return Saying(f"{body['eventId']} {body.get('resultDesc', '')}".rstrip(), Tone.GOOD)
    if endpoint is Endpoint.POLL_TEXT:
        return _messages(body.get("downlinkMessages"))
    return Saying("ok")


def _messages(messages: object) -> Saying:
    said = [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
    if not said:
        return Saying("no message", Tone.QUIET)
    return Saying(", ".join(str(one.get("content") or one.get("controlType", "?")) for one in said), Tone.GOOD)


def _missing(name: str) -> Saying:
    return Saying(f"200 without {name}", Tone.BAD)


def _phrase(status: int, body: dict[str, Any]) -> str:
    if body.get("exceptionInfo") == EXPIRED_TEXT:
        return "illegal or expired token"
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else ""


def empty(exchange: Exchange) -> bool:
    """Say whether it is a poll that brought nothing, as it should be, and nothing else is to be told of it."""
    if exchange.endpoint not in {Endpoint.EVENTS, Endpoint.POLL_TEXT} or exchange.answer_ended is None:
        return False
    return answer(exchange).tone is Tone.QUIET and not list(notes(exchange))


def notes(exchange: Exchange) -> Iterator[Saying]:
    """Tell what the script knew of an exchange, and what was wrong with it."""
    script, body = exchange.script, members(exchange.response_body)
    late = lateness(exchange)
    if "step" in script:
        yield Saying(f"{script['step']}{f', {seconds(late)} late' if late else ''}", Tone.NOTE)
    problem = script.get("problem") or _hint(exchange)
    if problem:
        yield Saying(str(problem), Tone.BAD)
    elif body.get("resultCode", OK) != OK and body.get("resultDesc"):
        yield Saying(f'"{body["resultDesc"]}"', Tone.BAD)
    elif "exceptionInfo" in body and body["exceptionInfo"] != EXPIRED_TEXT:
        yield Saying(f'"{body["exceptionInfo"]}"', Tone.BAD)
    for name, value in script.items():
        if name not in {"step", "due", "problem"}:
            yield Saying(f"{name}: {value}", Tone.NOTE)


def _hint(exchange: Exchange) -> str | None:
    hint = members((exchange.response_header(HINT_HEADER.decode()) or "").encode())
    if not hint:
        return None
    return f"{hint.get('where')}: got {hint.get('got')}, expected {hint.get('expected')}"


def lateness(exchange: Exchange) -> float:
    """Give the seconds for which an event was due and had not been delivered; 0.0 if it came in time."""
    due, begun = exchange.script.get("due"), exchange.answer_begun
    if not isinstance(due, int | float) or begun is None or begun - due <= LATE:
        return 0.0
    return begun - due


def seconds(duration: float) -> str:
    """Write a duration."""
    return f"{duration:.3f} s" if duration < 10 else f"{duration:.1f} s"  # noqa: PLR2004  (more digits tell nothing)
