"""What came back: from status, headers and bytes to a typed answer.

Every answer is exactly one of six classes. `Ok` has the value that the endpoint promises; the others say why there is
none. The status is looked at before the body, so that a 403 with an empty or an HTML body is a 403 all the same.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cec_client.account import Tokens, sendable
from cec_client.events import CallEvent, read_event, text
from cec_client.protocol import Endpoint
from cec_client.protocol.codes import EXPIRED_STATUS, OK
from cec_client.protocol.headers import CCMESSAGING_TOKEN, DATE, RETRY_AFTER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GOOD: Final = 200
"""The only HTTP status of success (guide §5)."""

EXPIRED: Final = frozenset({EXPIRED_STATUS, 401})
"""Statuses that mean "log in again": 403 (guide §6.1) and 401 (the API reference, facts §0)."""

_PASSING: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})
"""Statuses below 500 that say nothing against the request: sent again later, it may be taken."""

_EXCERPT: Final = 80


@dataclass(frozen=True, slots=True)
class Done:
    """A request was accepted, and there is no more to say than perhaps the platform's own words.

    Attributes:
        desc: The platform's `resultDesc`; often empty.
    """

    desc: str = ""


@dataclass(frozen=True, slots=True)
class Support:
    """What the platform supports (guide §5 step 2); a flag that is not JSON's `true` counts as no.

    Attributes:
        webrtc: The tenant supports WebRTC.
        click_to_call: The channel supports click-to-call.
    """

    webrtc: bool
    click_to_call: bool

    @property
    def both(self) -> bool:
        """Whether a call may be created."""
        return self.webrtc and self.click_to_call


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A message of the text session, from an agent, a robot or the system (facts §4).

    Attributes:
        source: `AGENT`, `ROBOT` or `SYSTEM`.
        control: `CHAT`, `DISCONNECT` or `READ`.
        media: `TEXT`, `IMAGE` and so on.
        content: What was said; `None` where there are no words.
        nickname: The sender's name, if it has one.
        timestamp: Milliseconds since 1970, if it was given.
    """

    source: str
    control: str
    media: str
    content: str | None
    nickname: str | None
    timestamp: int | None


Value = str | Tokens | Done | Support | CallEvent | tuple[TextMessage, ...]


@dataclass(frozen=True, slots=True)
class Ok:
    """The endpoint did what it was asked for.

    Attributes:
        endpoint: Who answered.
        value: A token for the two logins, else what the endpoint promises.
        renewed: A fresh `ccmessaging-token` that came in a header of the answer (facts §2).
    """

    endpoint: Endpoint
    value: Value
    renewed: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Status 200 and a `resultCode` other than "0" (guide §5)."""

    endpoint: Endpoint
    code: str
    desc: str = ""


@dataclass(frozen=True, slots=True)
class Expired:
    """Status 403 or 401: the tokens are not good (guide §6.1)."""

    endpoint: Endpoint
    status: int = EXPIRED_STATUS
    info: str = ""


@dataclass(frozen=True, slots=True)
class HttpFailed:
    """Any other status that is not 200.

    Attributes:
        endpoint: Who answered.
        status: The HTTP status.
        info: The platform's `exceptionInfo`; often empty.
        retry_after: Seconds after which the platform wants to be asked again; `None` if it did not say.
    """

    endpoint: Endpoint
    status: int
    info: str = ""
    retry_after: float | None = None

    @property
    def may_pass(self) -> bool:
        """Whether the same request may be answered otherwise later: after a 5xx, 408 or 429."""
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR or self.status in _PASSING


@dataclass(frozen=True, slots=True)
class Garbled:
    """Status 200 and a body that is not what the protocol says; `why` tells what is wrong with it."""

    endpoint: Endpoint
    why: str


@dataclass(frozen=True, slots=True)
class NetworkFailed:
    """No answer at all; `cause` is the HTTP library's error."""

    endpoint: Endpoint
    cause: Exception
    timed_out: bool = False


Failure = Refused | Expired | HttpFailed | Garbled | NetworkFailed
Answer = Ok | Failure


def read(
    endpoint: Endpoint, status: int, headers: Mapping[str, str], body: bytes, now: datetime | None = None
) -> Answer:
    """Read an HTTP answer.

    Args:
        endpoint: Who was asked.
        status: The HTTP status.
        headers: The answer's headers; looked up in lower case.
        body: The whole body.
        now: The time of day, for a date in the headers where the platform does not tell its own time.
    """
    if status in EXPIRED:
        return Expired(endpoint, status, _exception_info(body))
    if status != GOOD:
        return HttpFailed(endpoint, status, _exception_info(body), _retry_after(headers, now))
    answer = _json_object(body)
    if answer is None:
        return Garbled(endpoint, f"the body is no JSON object but {_excerpt(endpoint, body)}")
    return _read_object(endpoint, headers, answer)


def _read_object(endpoint: Endpoint, headers: Mapping[str, str], answer: Mapping[str, Any]) -> Answer:
    code = text(answer.get("resultCode"))
    if code is None and endpoint is not Endpoint.TOKEN:
        return Garbled(endpoint, "the answer has no resultCode")
    if code not in (OK, None):
        return Refused(endpoint, code, text(answer.get("resultDesc")) or "")
    value = _VALUES.get(endpoint, _done)(answer)
    if value is None:
        return Garbled(endpoint, "the answer has no usable token")
    renewed = headers.get(CCMESSAGING_TOKEN, "")
    return Ok(endpoint, value, renewed if sendable(renewed) else None)


def _retry_after(headers: Mapping[str, str], now: datetime | None) -> float | None:
    """Read `Retry-After`, seconds or a date; a date counts from the answer's own, so that no clock need be right."""
    value = headers.get(RETRY_AFTER, "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    then, since = _http_date(value), _http_date(headers.get(DATE, "")) or now
    return None if then is None or since is None else max(0.0, (then - since).total_seconds())


def _http_date(value: str) -> datetime | None:
    try:
        read_date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):  # what it raises differs between versions of Python
        return None
    return read_date if read_date.tzinfo else read_date.replace(tzinfo=UTC)


def _json_object(body: bytes) -> Mapping[str, Any] | None:
    try:
        answer = msgspec.json.decode(body.removeprefix(codecs.BOM_UTF8))  # as RFC 8259 §8.1 allows
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _exception_info(body: bytes) -> str:
    answer = _json_object(body)
    return text(answer.get("exceptionInfo")) or "" if answer else ""


def _excerpt(endpoint: Endpoint, body: bytes) -> str:
    if not body:
        return "empty"
    if endpoint in {Endpoint.TOKEN, Endpoint.APPLY_TOKEN}:
        return f"{len(body)} bytes, not shown here since a token may stand in them"
    start = body[:_EXCERPT].decode(errors="replace")
    return repr(start) + (" ..." if len(body) > _EXCERPT else "")


def _token(member: str) -> Callable[[Mapping[str, Any]], Value | None]:
    def value(answer: Mapping[str, Any]) -> Value | None:
        found = answer.get(member)
        return found if isinstance(found, str) and sendable(found) else None

    return value


def _done(answer: Mapping[str, Any]) -> Value:
    return Done(text(answer.get("resultDesc")) or "")


def _support(answer: Mapping[str, Any]) -> Value:
    return Support(answer.get("webRTCSupported") is True, answer.get("clickToCallSupported") is True)


def _messages(answer: Mapping[str, Any]) -> Value:
    raw = answer.get("downlinkMessages")
    messages = raw if isinstance(raw, list) else []
    return tuple(_message(message) for message in messages if isinstance(message, dict))


def _message(message: Mapping[str, Any]) -> TextMessage:
    stamp = text(message.get("timestamp")) or ""
    return TextMessage(
        source=text(message.get("sourceType")) or "",
        control=text(message.get("controlType")) or "",
        media=text(message.get("mediaType")) or "",
        content=text(message.get("content")),
        nickname=text(message.get("senderNickname")),
        timestamp=int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) < _EXCERPT else None,
    )


_VALUES: Final[Mapping[Endpoint, Callable[[Mapping[str, Any]], Value | None]]] = {
    Endpoint.TOKEN: _token("AccessToken"),
    Endpoint.APPLY_TOKEN: _token("token"),
    Endpoint.CHECK: _support,
    Endpoint.EVENTS: read_event,
    Endpoint.POLL_TEXT: _messages,
}
