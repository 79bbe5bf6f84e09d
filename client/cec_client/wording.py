"""What happens during a call, in words: for people, and as plain data for programs."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from cec_client import events
from cec_client.media import events as media
from cec_client.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.answers import TextMessage
    from cec_client.errors import CecError
    from cec_client.media.statistics import MediaStatistics, StreamStatistics


@dataclass(frozen=True, slots=True)
class Said(events.CallEvent):
    """The customer said something in the text session."""

    kind = "said"
    content: str


@dataclass(frozen=True, slots=True)
class Heard(events.CallEvent):
    """Somebody said something in the text session."""

    kind = "heard"
    message: TextMessage


@dataclass(frozen=True, slots=True)
class ChatFailed(events.CallEvent):
    """The text session has a problem; the call goes on."""

    kind = "chat_failed"
    failure: CecError


@dataclass(frozen=True, slots=True)
class HangingUp(events.CallEvent):
    """The user hangs up."""

    kind = "hanging_up"
    why: str


class Side(Enum):
    """Which way a line of the timeline points, and its colour on a terminal."""

    OUT = ">", "→", "cyan"
    IN = "<", "←", "green"
    CHAT = "#", "»", "magenta"
    MEDIA = "~", "♪", "blue"
    QUIET = ".", "·", "dim"
    TROUBLE = "!", "!", "yellow"
    END = "=", "■", "bold"

    def __init__(self, plain: str, sign: str, style: str) -> None:
        self.plain = plain
        self.sign = sign
        self.style = style


ENDINGS = {
    Outcome.RELEASED: "the call was released",
    Outcome.QUEUE_TIMEOUT: "no agent came in time",
    Outcome.CALL_FAILED: "the platform reports that the call failed",
    Outcome.UNSUPPORTED: "click-to-call is not supported here",
    Outcome.REJECTED: "the platform refused the call",
    Outcome.HUNG_UP: "you hung up",
    Outcome.GAVE_UP: "the poll for events kept failing",
    Outcome.ERROR: "something went wrong",
    Outcome.SKIP: "this client cannot do that",
}


def sentence(event: events.CallEvent) -> tuple[Side, str]:
    """Say in a line what happened, and which way it points."""
    side, words = _WORDS[type(event)]
    return side, words if isinstance(words, str) else words(event)


def as_data(event: events.CallEvent) -> dict[str, Any]:
    """Give an event as plain JSON values, its kind under `event`."""
    return {"event": event.kind} | {field.name: _plain(getattr(event, field.name)) for field in fields(event)}


def _plain(value: object) -> object:
    if isinstance(value, Exception):
        return {"error": type(value).__name__, "message": str(value)}
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return [_plain(member) for member in value] if isinstance(value, tuple) else value


def _yes(flag: bool) -> str:  # noqa: FBT001 - it says the flag itself
    return "yes" if flag else "no"


def _gateway(gateway: events.Gateway) -> str:
    where = ", ".join(gateway.addresses) or "no address"
    return f"call {gateway.access_code or '?'} as {gateway.caller or '?'} at {where} ({gateway.domain or 'no domain'})"


def _speech(message: TextMessage) -> str:
    speaker = message.nickname or message.source.lower() or "somebody"
    if message.control == "DISCONNECT":
        return f"{speaker} left the text session"
    words = message.content if message.content is not None else f"[{message.control.lower()}]"
    return f"{speaker}: {words}" if message.media in ("TEXT", "") else f"{speaker}: [{message.media.lower()}] {words}"


def _counts(statistics: MediaStatistics) -> str:
    if not statistics.seconds:
        return ", before they were connected"
    return "".join(f"; {_stream(stream)}" for stream in statistics.streams)


def _stream(stream: StreamStatistics) -> str:
    if stream.codec is None:
        return f"{stream.kind} was refused"
    parts = [f"{stream.kind} {stream.codec}: {stream.packets_sent} packets sent, {stream.packets_received} received"]
    parts.append(f"{stream.packets_lost} lost ({stream.loss:.1%})")
    if stream.jitter is not None:
        parts.append(f"jitter {stream.jitter * 1000:.1f} ms")
    if stream.round_trip_time is not None:
        parts.append(f"round trip {stream.round_trip_time * 1000:.1f} ms")
    own = "tone" if stream.kind == "audio" else "picture"
    delay = "" if stream.echo_delay is None else f" after {stream.echo_delay * 1000:.0f} ms"
    parts.append(f"own {own} came back{delay}" if stream.echo else f"own {own} did not come back")
    return ", ".join(parts)


def _ended(event: str) -> Callable[[Any], str]:
    def words(terminal: events.Released | events.QueueTimeout | events.CallFailed) -> str:
        cause = terminal.cause
        if cause.desc is None and cause.id is None:
            return event
        return f"{event}: {cause.desc or 'cause'} ({'?' if cause.id is None else cause.id})"

    return words


_WORDS: dict[type[events.CallEvent], tuple[Side, str | Callable[[Any], str]]] = {
    events.LoggedIn: (Side.OUT, lambda e: "logged in again: fresh tokens" if e.renewed else "logged in: both tokens"),
    events.TextConnected: (Side.OUT, "text session connected"),
    events.SupportChecked: (
        Side.OUT,
        lambda e: f"support checked: WebRTC {_yes(e.webrtc)}, click-to-call {_yes(e.click_to_call)}",
    ),
    events.CallCreated: (Side.OUT, "call created; polling for events"),
    HangingUp: (Side.OUT, lambda e: f"hanging up: {e.why}"),
    events.HungUp: (Side.OUT, "the platform accepted the hang-up"),
    events.Queued: (Side.IN, "in queue"),
    events.Connected: (Side.IN, lambda e: f"connected: {_gateway(e.gateway)}"),
    events.Transferred: (Side.IN, "transferred to another agent"),
    events.UnknownEvent: (Side.IN, lambda e: f"undocumented event {e.id} {e.desc}".rstrip() + "; the call goes on"),
    events.Released: (Side.IN, _ended("released")),
    events.QueueTimeout: (Side.IN, _ended("queue time-out")),
    events.CallFailed: (Side.IN, _ended("call failed")),
    events.NothingYet: (Side.QUIET, "poll ended without an event"),
    Said: (Side.CHAT, lambda e: f"you: {e.content}"),
    Heard: (Side.CHAT, lambda e: _speech(e.message)),
    events.TokensExpired: (Side.TROUBLE, lambda e: f"{e.endpoint.value} refused the tokens; logging in again"),
    events.LoginFailed: (Side.TROUBLE, lambda e: f"login failed (attempt {e.attempt}): {e.failure}"),
    events.PollFailed: (Side.TROUBLE, lambda e: f"poll failed ({e.attempt} in a row): {e.failure}"),
    events.HangUpFailed: (Side.TROUBLE, lambda e: f"hang-up failed (attempt {e.attempt}): {e.failure}"),
    events.TextFailed: (Side.TROUBLE, lambda e: f"text session: {e.failure}"),
    media.MediaDialling: (Side.MEDIA, lambda e: f"media: dialling {e.callee} at {e.address}"),
    media.MediaAddressFailed: (Side.TROUBLE, lambda e: f"media: {e.address}: {e.why}"),
    media.MediaRinging: (Side.MEDIA, lambda e: f"media: {e.status} {e.phrase}".rstrip().lower()),
    media.MediaConnected: (Side.MEDIA, lambda e: f"media connected: {', '.join(e.codecs)}"),
    media.MediaFailed: (Side.TROUBLE, lambda e: f"no media: {e.failure}"),
    media.MediaEnded: (Side.MEDIA, lambda e: f"media ended: {e.why}{_counts(e.statistics)}"),
    ChatFailed: (Side.TROUBLE, lambda e: f"text session: {e.failure}"),
}
