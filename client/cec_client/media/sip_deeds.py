"""What a call by SIP wants done, and how it may end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class By(StrEnum):
    """Who or what ended a call."""

    CALLER = "caller"
    """This side hung up."""
    GATEWAY = "gateway"
    """A BYE came."""
    REFUSAL = "refusal"
    """The INVITE was refused, or answered in a way that cannot be used."""
    SILENCE = "silence"
    """Something did not come in time."""
    SOCKET = "socket"
    """The WebSocket closed."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended.

    Attributes:
        by: Who or what ended it.
        why: In words.
        status: The SIP status of a refusal.
    """

    by: By
    why: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """A text frame is to be sent."""

    text: str


@dataclass(frozen=True, slots=True)
class Rang:
    """A provisional answer other than 100 came, with its status and phrase."""

    status: int
    phrase: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The call is up; here is the answer to the offer."""

    sdp: str


@dataclass(frozen=True, slots=True)
class Offered:
    """The gateway makes a new offer in mid-call (hold, resume); `SipCall.answer` follows."""

    sdp: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The call is over; nothing follows."""

    ending: Ending


Deed = Send | Rang | Answered | Offered | Ended
