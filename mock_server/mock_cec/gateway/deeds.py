"""What a line wants done: messages to be sent, and news of its calls for whoever decides over them."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class By(StrEnum):
    """Who or what ended a call."""

    CALLER = "caller"
    """A BYE came, or an answer (481, 408) that says that the caller knows the call no longer."""
    CANCEL = "cancel"
    """A CANCEL came before the call was answered, or the INVITE was not answered within its Expires."""
    GATEWAY = "gateway"
    """This side hung up, or refused."""
    SOCKET = "socket"
    """The WebSocket closed."""
    SILENCE = "silence"
    """No ACK came to an answer (RFC 3261 §13.3.1.4), or no answer to an INFO (§12.2.1.2)."""


class Send(Struct, frozen=True):
    """A message, or the answer to a keep-alive, is to be sent as one text frame."""

    text: str


class Close(Struct, frozen=True):
    """The WebSocket is to be closed, with a status code (RFC 6455 §7.4.1) and words for it."""

    code: int
    why: str


class Dialled(Struct, frozen=True):
    """An INVITE starts a call; 100 has been sent. What follows: `ring`, `accept` or `refuse` of the line.

    Attributes:
        call: By which number the line knows the call; no two of a line are the same.
        callee: The user part of the Request-URI, unescaped.
        domain: Its host.
        caller: The user part of From, unescaped.
        offer: The caller's SDP.
    """

    call: int
    callee: str
    domain: str
    caller: str
    offer: str


class Offered(Struct, frozen=True):
    """A re-INVITE or an UPDATE brings a new offer: hold, resume, another section; `accept` or `refuse` follows."""

    call: int
    offer: str


class Confirmed(Struct, frozen=True):
    """The ACK to the answer of a call has come."""

    call: int


class Digit(Struct, frozen=True):
    """A key was pressed, told by INFO (`application/dtmf-relay`, `application/dtmf`)."""

    call: int
    signal: str
    milliseconds: int


class Ended(Struct, frozen=True):
    """A call is over; nothing more will be said of it.

    Attributes:
        call: Which.
        by: Who ended it.
        why: The text of its Reason header, or the status, in words; may be empty.
    """

    call: int
    by: By
    why: str = ""


Deed = Send | Close | Dialled | Offered | Confirmed | Digit | Ended
