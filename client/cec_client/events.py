"""What happens during a call, as the objects that iterating over a call yields.

Some are the platform's events (guide §5 step 4), the others are steps of the client itself, so that a log of them reads
as the story of the call. Platform answers are read leniently: a number may be a numeric string, a missing or misshapen
member is `None`, an unknown member is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cec_client.protocol import EventId

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.errors import CecError
    from cec_client.protocol import Endpoint

_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where the WebRTC gateway is, whom to call there, and as whom (guide §5 step 4).

    Attributes:
        domain: The gateway's domain name.
        addresses: Its addresses, in the platform's order of preference.
        access_code: The callee.
        caller: The caller.
    """

    domain: str | None = None
    addresses: tuple[str, ...] = ()
    access_code: str | None = None
    caller: str | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a call ended (guide §5 step 4); both are `None` if the platform did not say.

    Attributes:
        id: The cause's number.
        desc: Its text.
    """

    id: int | None = None
    desc: str | None = None


@dataclass(frozen=True, slots=True)
class CallEvent:
    """The parent of all events.

    Attributes:
        kind: The event's name in a log.
        terminal: Whether the call is over with it.
    """

    kind: ClassVar[str] = "event"
    terminal: ClassVar[bool] = False


# Steps of the client


@dataclass(frozen=True, slots=True)
class LoggedIn(CallEvent):
    """Both tokens are there (guide §2); `renewed` if they replace older ones (guide §6.1)."""

    kind: ClassVar[str] = "logged_in"
    renewed: bool


@dataclass(frozen=True, slots=True)
class TokensExpired(CallEvent):
    """An endpoint refused the tokens; a login follows (guide §6.1)."""

    kind: ClassVar[str] = "tokens_expired"
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class LoginFailed(CallEvent):
    """A login failed while the call lives; it is tried again. `attempt` counts from 1."""

    kind: ClassVar[str] = "login_failed"
    failure: CecError
    attempt: int


@dataclass(frozen=True, slots=True)
class TextConnected(CallEvent):
    """The text session is connected (guide §5 step 1)."""

    kind: ClassVar[str] = "text_connected"


@dataclass(frozen=True, slots=True)
class TextFailed(CallEvent):
    """The text session could not join the call, which goes on."""

    kind: ClassVar[str] = "text_failed"
    failure: CecError


@dataclass(frozen=True, slots=True)
class SupportChecked(CallEvent):
    """The platform told what it supports (guide §5 step 2); only if both are true a call is created."""

    kind: ClassVar[str] = "support_checked"
    webrtc: bool
    click_to_call: bool


@dataclass(frozen=True, slots=True)
class CallCreated(CallEvent):
    """The call exists (guide §5 step 3); polling begins."""

    kind: ClassVar[str] = "call_created"


@dataclass(frozen=True, slots=True)
class PollFailed(CallEvent):
    """A poll failed; `attempt` counts the unbroken streak from 1 (guide §5 step 4)."""

    kind: ClassVar[str] = "poll_failed"
    failure: CecError
    attempt: int


@dataclass(frozen=True, slots=True)
class HangUpFailed(CallEvent):
    """A hang-up failed; `attempt` counts from 1."""

    kind: ClassVar[str] = "hang_up_failed"
    failure: CecError
    attempt: int


@dataclass(frozen=True, slots=True)
class HungUp(CallEvent):
    """The platform accepted the user's hang-up (guide §5 step 5); a `Released` may follow."""

    kind: ClassVar[str] = "hung_up"


# Events of the platform


@dataclass(frozen=True, slots=True)
class Queued(CallEvent):
    """168102: the call waits for an agent."""

    kind: ClassVar[str] = "queued"


@dataclass(frozen=True, slots=True)
class Connected(CallEvent):
    """168101: an agent is there; the media can be connected at the gateway."""

    kind: ClassVar[str] = "connected"
    gateway: Gateway


@dataclass(frozen=True, slots=True)
class Transferred(CallEvent):
    """168106: the call moves to another agent."""

    kind: ClassVar[str] = "transferred"


@dataclass(frozen=True, slots=True)
class NothingYet(CallEvent):
    """A poll ended without an event, as long polls do."""

    kind: ClassVar[str] = "nothing_yet"


@dataclass(frozen=True, slots=True)
class UnknownEvent(CallEvent):
    """An event that nobody documents; the call goes on.

    Attributes:
        id: Its number; `None` if it was none.
        desc: The platform's text for it.
        content: What came with it, as plain JSON values.
    """

    kind: ClassVar[str] = "unknown_event"
    id: int | None
    desc: str
    content: object


@dataclass(frozen=True, slots=True)
class Released(CallEvent):
    """168110: the call was released."""

    kind: ClassVar[str] = "released"
    terminal: ClassVar[bool] = True
    cause: Cause


@dataclass(frozen=True, slots=True)
class QueueTimeout(CallEvent):
    """168103: no agent came in time."""

    kind: ClassVar[str] = "queue_timeout"
    terminal: ClassVar[bool] = True
    cause: Cause


@dataclass(frozen=True, slots=True)
class CallFailed(CallEvent):
    """168105: the call failed."""

    kind: ClassVar[str] = "call_failed"
    terminal: ClassVar[bool] = True
    cause: Cause


def read_event(answer: Mapping[str, Any]) -> CallEvent:
    """Read the JSON object of a successful poll as an event (guide §5 step 4). It never fails.

    An `eventId` that is absent, null, zero or empty means that nothing happened.
    """
    raw = answer.get("eventId")
    if raw is None or raw in ("", 0):
        return NothingYet()
    content = answer.get("content")
    number = whole_number(raw)
    if number in _READERS:
        return _READERS[number](content)
    return UnknownEvent(number, text(answer.get("resultDesc")) or "", content)


def whole_number(value: object) -> int | None:
    """Read a number that may be written as a string; `None` for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        digits = value.strip().removeprefix("-")
        readable = digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS
        return int(value) if readable else None
    return value if isinstance(value, int) else None


def text(value: object) -> str | None:
    """Read a text that may be written as a number; `None` for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _gateway(content: object) -> Gateway:
    if not isinstance(content, Mapping):
        return Gateway()
    raw = content.get("gwAddresses")
    addresses = [raw] if isinstance(raw, str) else raw if isinstance(raw, list) else []
    return Gateway(
        domain=text(content.get("domain")),
        addresses=tuple(address for address in addresses if isinstance(address, str)),
        access_code=text(content.get("accessCode")),
        caller=text(content.get("clickToCallCaller")),
    )


def _cause(content: object) -> Cause:
    if not isinstance(content, Mapping):
        return Cause()
    return Cause(id=whole_number(content.get("causeId")), desc=text(content.get("causeDesc")))


_READERS: Final[Mapping[int | None, Callable[[object], CallEvent]]] = {
    EventId.QUEUED: lambda _: Queued(),
    EventId.TRANSFERRED: lambda _: Transferred(),
    EventId.CONNECTED: lambda content: Connected(_gateway(content)),
    EventId.RELEASED: lambda content: Released(_cause(content)),
    EventId.QUEUE_TIMEOUT: lambda content: QueueTimeout(_cause(content)),
    EventId.FAILED: lambda content: CallFailed(_cause(content)),
}
