"""The trace: what went over the wire, as frozen data, with a versioned JSON form.

The trace is the one currency between emulator, judge, reports and recordings. It holds facts only: who asked what, what
came back, and when; whoever judges it brings the rules. Times are seconds on one monotonic clock that starts at
`Trace.started`; a time that nobody saw is `None`, never a guess.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cec_client.protocol.endpoints import BY_PATH, Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = "cec-trace"
VERSION: Final = 1

Headers = tuple[tuple[str, str], ...]
"""Header lines in order, names as they were sent or in lower case, duplicates kept."""


class TraceError(ValueError):
    """Raised when something that should be a stored trace is not one; the text says where it departs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One HTTP request with its answer, or with what happened in place of one.

    Attributes:
        serial: The place of the request in order of arrival, from 1.
        method: HTTP method as sent.
        target: Path and query as sent.
        request_headers: Header lines of the request.
        request_body: Raw bytes of the request's body.
        connection: Which connection carried it, for example the client's address and port; `None` if unknown.
        request_complete: Seconds at which the whole request had been read.
        status: HTTP status of the answer; `None` if there was none.
        response_headers: Header lines of the answer.
        response_body: Raw bytes of the answer's body, as far as they were written.
        answer_begun: Seconds at which the first byte of the answer was written.
        answer_ended: Seconds at which its last byte was written.
        connection_gone: Seconds at which the connection was seen closed under this exchange.
        script: What the script knew of it, such as `step` (the line that answered) or `due` (seconds); may be empty.
    """

    serial: int
    method: str
    target: str
    request_headers: Headers = ()
    request_body: bytes = b""
    connection: str | None = None
    request_complete: float | None = None
    status: int | None = None
    response_headers: Headers = ()
    response_body: bytes = b""
    answer_begun: float | None = None
    answer_ended: float | None = None
    connection_gone: float | None = None
    script: Mapping[str, str | float] = field(default_factory=dict)

    @property
    def endpoint(self) -> Endpoint | None:
        """The endpoint, judged by the path alone; `None` for a path the protocol does not know."""
        return BY_PATH.get(self.target.partition("?")[0])

    def request_header(self, name: str) -> str | None:
        """Give the first value of a request header, whatever the case of its name; `None` if it was not sent."""
        return _first(self.request_headers, name)

    def response_header(self, name: str) -> str | None:
        """Give the first value of an answer's header, whatever the case of its name; `None` if it was not sent."""
        return _first(self.response_headers, name)


class SignalKind(StrEnum):
    """What a signal is."""

    RECEIVED = "received"
    """A SIP message from the client."""
    SENT = "sent"
    """A SIP message to the client."""
    STATE = "state"
    """News of the WebSocket or of the media, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A step of a media call at the gateway: a SIP message, or a state of its WebSocket or its media.

    Attributes:
        serial: Its place among the signals, from 1.
        at: Seconds at which it came, was sent, or happened.
        kind: Which of these.
        text: The SIP message as it went over the wire; for a state the news in words, such as `media connected`.
        connection: Which WebSocket carried it, for example the client's address and port; `None` if unknown.
        call: The callee, which is the `accessCode` of "connected" (guide §5 step 4); `None` before it is known.
        user: Whose call it is; `None` if the callee is nobody's.
    """

    serial: int
    at: float
    kind: SignalKind
    text: str
    connection: str | None = None
    call: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All exchanges in order of arrival.

    Attributes:
        exchanges: The exchanges.
        signals: The media calls at the gateway, in order of time.
        started: Wall-clock time of second 0, RFC 3339; `None` if unknown.
        facts: What is known of the run beside the traffic, such as `scenario` or `app_key`.
    """

    exchanges: tuple[Exchange, ...] = ()
    signals: tuple[Signal, ...] = ()
    started: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """Write the versioned JSON form; bodies are text where they are UTF-8, else Base64."""
        return msgspec.json.encode(
            {
                "format": FORMAT,
                "version": VERSION,
                "started": self.started,
                "facts": dict(self.facts),
                "exchanges": [_plain(exchange) for exchange in self.exchanges],
                "signals": self.signals,
            }
        )

    @classmethod
    def from_json(cls, data: bytes) -> Trace:
        """Read the versioned JSON form.

        Raises:
            TraceError: The data is not JSON, not a trace, or of a version this program does not know.
        """
        try:
            stored = msgspec.json.decode(data, type=_StoredTrace)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise TraceError(f"this is not a stored trace: {error}") from error
        if stored.format != FORMAT:
            raise TraceError(f'this is not a stored trace: its "format" is {stored.format!r}, not {FORMAT!r}')
        if stored.version != VERSION:
            raise TraceError(f"the trace has version {stored.version}; this program reads version {VERSION}")
        return cls(
            exchanges=tuple(exchange.revive() for exchange in stored.exchanges),
            signals=stored.signals,
            started=stored.started,
            facts=stored.facts,
        )


def _first(headers: Headers, name: str) -> str | None:
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


class _Base64(msgspec.Struct, frozen=True):
    base64: str


class _StoredExchange(msgspec.Struct, frozen=True, kw_only=True):
    """An `Exchange` as it stands in the file; unlike it, with bodies as text."""

    serial: int
    method: str
    target: str
    request_headers: Headers = ()
    request_body: str | _Base64 = ""
    connection: str | None = None
    request_complete: float | None = None
    status: int | None = None
    response_headers: Headers = ()
    response_body: str | _Base64 = ""
    answer_begun: float | None = None
    answer_ended: float | None = None
    connection_gone: float | None = None
    script: dict[str, str | float] = msgspec.field(default_factory=dict)

    def revive(self) -> Exchange:
        members: dict[str, Any] = {name: getattr(self, name) for name in self.__struct_fields__}
        members["request_body"] = _bytes(self.request_body)
        members["response_body"] = _bytes(self.response_body)
        return Exchange(**members)


class _StoredTrace(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    version: int
    started: str | None = None
    facts: dict[str, str] = msgspec.field(default_factory=dict)
    exchanges: tuple[_StoredExchange, ...] = ()
    signals: tuple[Signal, ...] = ()


def _plain(exchange: Exchange) -> dict[str, Any]:
    members: dict[str, Any] = {name: getattr(exchange, name) for name in Exchange.__slots__}
    members["request_body"] = _text(exchange.request_body)
    members["response_body"] = _text(exchange.response_body)
    return members


def _text(body: bytes) -> str | _Base64:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return _Base64(base64.b64encode(body).decode("ascii"))


def _bytes(body: str | _Base64) -> bytes:
    if isinstance(body, str):
        return body.encode()
    try:
        return base64.b64decode(body.base64, validate=True)
    except ValueError as error:
        raise TraceError(f"a body of the trace is not Base64: {error}") from error
