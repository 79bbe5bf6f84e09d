"""SIP messages as this client writes and reads them (RFC 3261, RFC 7118).

`sipmessage` parses, and writes headers and addresses. Where a header of the other side is to be sent back it is copied
as it came: written anew it might differ by a letter, and some refuse that in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sipmessage import URI, Message, Request, Response
from sipmessage.message import Headers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cec_client.media.addresses import Destination

ALLOW: Final = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO"
"""The methods that are understood here."""

PHRASES: Final = {
    200: "OK",
    405: "Method Not Allowed",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    500: "Server Internal Error",
}
"""What this client answers, in the words of RFC 3261 §21."""

_NAME: Final = re.compile(r'^\s*"(?:[^"\\]|\\.)*"')
_TAG: Final = re.compile(r";\s*tag\s*=\s*([^;,\s]+)", re.IGNORECASE)
_BRANCH: Final = re.compile(r";\s*branch\s*=\s*([^;,\s]+)", re.IGNORECASE)
_ADDRESS: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,<"])*<[^>]*>[^,]*')
_URI: Final = re.compile(r"<([^<>\s]+)>|^\s*([^<>;,\s]+)")
_TEXT: Final = re.compile(r'text\s*=\s*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_WARNING: Final = re.compile(r'^\s*\d+\s+\S+\s+"((?:[^"\\]|\\.)*)"')


class Unreadable(ValueError):  # noqa: N818  (named as what it is)
    """Raised for a frame that is no SIP message, or lacks what every one has (RFC 3261 §8.1.1); the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """What all messages of one call over one socket have in common.

    Attributes:
        caller: Our address.
        callee: The address that is called.
        host: Our own name, under `.invalid` as nobody can reach it but by this socket (RFC 7118 §5).
        transport: `WS` or `WSS`, for Via.
        tag: The tag of our side.
        call_id: The call's id.
    """

    caller: URI
    callee: URI
    host: str
    transport: str
    tag: str
    call_id: str

    @property
    def contact(self) -> str:
        """Where requests to us are addressed."""
        return f"<{URI(scheme='sip', user=self.caller.user, host=self.host)};transport=ws>"

    def via(self, branch: str) -> str:
        """Give the Via of a request of ours."""
        return f"SIP/2.0/{self.transport} {self.host};branch={branch}"


def line_to(there: Destination, url: str, token: Callable[[], str]) -> Line:
    """Make the line for one attempt at a WebSocket's URL; `token` gives a new random word at each call."""
    caller, callee = (
        URI(scheme="sip", user=user, host=there.domain, port=there.port) for user in (there.caller, there.callee)
    )
    return Line(caller, callee, f"{token()}.invalid", url.partition("://")[0].upper(), token(), token())


def write(start: str, lines: Iterable[tuple[str, str]], body: str = "") -> str:
    """Write a message; its Content-Length is counted in bytes (RFC 3261 §20.14)."""
    headers = Headers()
    for name, value in lines:
        headers.add(name, value)
    headers.set("Content-Length", str(len(body.encode())))
    return f"{start}\r\n{headers}{body}"


def reply(request: Request, status: int, tag: str, more: Iterable[tuple[str, str]] = (), body: str = "") -> str:
    """Answer a request, with what every answer copies of it (RFC 3261 §8.2.6.2)."""
    to = request.headers["To"]
    lines = [("Via", via) for via in request.headers.getlist("Via")]
    lines += [("Record-Route", route) for route in request.headers.getlist("Record-Route")]
    lines += [
        ("From", request.headers["From"]),
        ("To", to if tag_of(to) else f"{to};tag={tag}"),
        ("Call-ID", request.call_id),
        ("CSeq", request.headers["CSeq"]),
    ]
    return write(f"SIP/2.0 {status} {PHRASES[status]}", [*lines, *more], body)


def read(frame: str | bytes) -> Request | Response:
    """Read a frame as a message that has what every message has.

    Raises:
        Unreadable: It is none.
    """
    try:
        message = Message.parse(frame.encode() if isinstance(frame, str) else frame)
        for name in ("Via", "From", "To", "Call-ID"):
            _ = message.headers[name]
        _ = message.cseq
        length = message.content_length
    except KeyError as error:
        raise Unreadable("a header is missing that every message has") from error
    except (ValueError, TypeError) as error:  # a parameter named like an argument is a TypeError to sipmessage
        raise Unreadable(str(error)) from error
    if length is not None:
        if not 0 <= length <= len(message.body):
            raise Unreadable(f"its Content-Length is {length}, its body has {len(message.body)} bytes")
        message.body = message.body[:length]
    return message


def branch_of(message: Message) -> str:
    """Name the transaction that a message belongs to (RFC 3261 §17.1.3)."""
    found = _BRANCH.search(message.headers["Via"])
    return found.group(1) if found else ""


def tag_of(address: str) -> str:
    """Give the tag of a raw From or To; empty if there is none."""
    found = _TAG.search(address.rpartition(">")[2])
    return found.group(1) if found else ""


def uri_in(address: str) -> str | None:
    """Give the URI in a raw Contact as it was written; `None` if there is none."""
    found = _URI.search(_NAME.sub("", address))
    return (found.group(1) or found.group(2)) if found else None


def route_set(message: Message) -> tuple[str, ...]:
    """Give the route that an answer's Record-Route lays for requests of the caller (RFC 3261 §12.1.2)."""
    recorded = ", ".join(message.headers.getlist("Record-Route"))
    return tuple(route.strip() for route in reversed(_ADDRESS.findall(recorded)))


def body_of(message: Message) -> str:
    """Give a message's body as text."""
    return message.body.decode(errors="replace")


def reason_in(message: Message) -> str:
    """Say why, in the words of a Reason (RFC 3326) or a Warning (RFC 3261 §20.43); empty if there are none."""
    for name, pattern in (("Reason", _TEXT), ("Warning", _WARNING)):
        for value in message.headers.getlist(name):
            if found := pattern.search(value):
                return re.sub(r"\\(.)", r"\1", found.group(1))
    return ""
