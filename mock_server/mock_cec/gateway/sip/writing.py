"""Messages written: answers that repeat what they have to, letter by letter, and requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sipmessage import Headers

from mock_cec.gateway.sip.addresses import address

if TYPE_CHECKING:
    from collections.abc import Iterable

Lines = tuple[tuple[str, str], ...]
"""Headers to be added, by name."""

PHRASES: Final = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    410: "Gone",
    414: "Request-URI Too Long",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    422: "Session Interval Too Small",
    469: "Bad Info Package",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    483: "Too Many Hops",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    503: "Service Unavailable",
    504: "Server Time-out",
    505: "Version Not Supported",
    600: "Busy Everywhere",
    603: "Decline",
    604: "Does Not Exist Anywhere",
    606: "Not Acceptable",
}
"""Reason phrases (RFC 3261 §21, RFC 4028 §6, RFC 6086 §4.2.2)."""

_CLASSES: Final = ("Trying", "OK", "Redirection", "Client Error", "Server Error", "Global Failure")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def phrase(status: int) -> str:
    """Give the words for a status."""
    return PHRASES.get(status) or _CLASSES[status // 100 - 1]


def plain(text: str) -> str:
    """Take control characters out of a text, so that it stays in its line."""
    return _CONTROL.sub(" ", text).strip()


def quoted(text: str) -> str:
    """Write a text as a quoted string (RFC 3261 §25.1)."""
    return '"' + plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def tagged(value: str, tag: str) -> str:
    """Add this side's tag to a To that has none; one that cannot be read stays as it is."""
    try:
        known = address(value).tag
    except ValueError:
        return value
    return value if known or not tag else f"{value};tag={tag}"


def status_line(status: int, why: str = "") -> str:
    """Write the first line of an answer; of a 400 it says what was wrong (RFC 3261 §21.4.1)."""
    words = plain(why) if status == 400 else ""  # noqa: PLR2004  (Bad Request)
    return f"SIP/2.0 {status} {words or phrase(status)}"


def response(asked: Headers, start: str, tag: str = "", more: Lines = (), body: str = "") -> str:
    """Write an answer.

    Args:
        asked: The headers of the request.
        start: The first line.
        tag: This side's tag for To; empty: none.
        more: Headers to be added.
        body: The body.
    """
    headers = Headers()
    for name in ("Via", "Record-Route", "From"):
        _add(headers, ((name, value) for value in asked.getlist(name)))
    _add(headers, (("To", tagged(value, tag)) for value in asked.getlist("To")[:1]))
    for name in ("Call-ID", "CSeq"):
        _add(headers, ((name, value) for value in asked.getlist(name)))
    _add(headers, more)
    return _message(start, headers, body)


def request(method: str, uri: str, lines: Lines, body: str = "") -> str:
    """Write a request."""
    headers = Headers()
    _add(headers, lines)
    return _message(f"{method} {uri} SIP/2.0", headers, body)


def _add(headers: Headers, lines: Iterable[tuple[str, str]]) -> None:
    for name, value in lines:
        headers.add(name, value)


def _message(start: str, headers: Headers, body: str) -> str:
    content = body.encode(errors="replace")
    headers.set("Content-Length", str(len(content)))
    return f"{start}\r\n{headers}{content.decode()}"
