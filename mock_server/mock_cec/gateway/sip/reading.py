"""Messages read at the edge: whatever comes in a frame is a whole and valid message here, or is not let in.

A frame is one message (RFC 7118 §5.2), so `Content-Length` may be missing, but it may not promise more than there is.
Folded lines and spaces before a colon are legal (RFC 3261 §7.3.1) and understood.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from sipmessage import CSeq, Headers
from sipmessage.message import COMPACT_FORMS

from mock_cec.gateway.sip.addresses import Address, Via, address, values, via

LONGEST_HEAD: Final = 16_384
"""Bytes of start line and headers; a browser's are below 2,000."""

MOST_LINES: Final = 128
"""Lines of a head."""

NEEDED: Final = ("Via", "From", "To", "Call-ID", "CSeq")
"""What every message has, and every answer repeats (RFC 3261 §8.1.1, §8.2.6.2)."""

_ONCE: Final = (
    *("From", "To", "Call-ID", "CSeq", "Max-Forwards", "Content-Length", "Content-Type"),
    *("Expires", "Session-Expires", "Min-SE"),
)
_FOLD: Final = re.compile(r"\r\n[ \t]+")
_STRAY: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_REQUEST: Final = re.compile(r"(?P<method>[A-Za-z0-9.!%*_+`'~-]+) (?P<uri>[^ ]+) SIP/(?P<version>\d+\.\d+)")
_RESPONSE: Final = re.compile(r"SIP/2\.0 (?P<status>[1-6]\d\d)(?: .*)?")
_HEADER: Final = re.compile(r"(?P<name>[A-Za-z0-9.!%*_+`'~-]+)[ \t]*:(?P<value>.*)")
_NUMBER: Final = re.compile(r"[0-9]{1,10}")
_TEXT: Final = re.compile(r'text[ \t]*=[ \t]*"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_LARGEST: Final = 2**31


class NotSip(ValueError):  # noqa: N818  (it says what a frame is)
    """Raised for a frame that cannot be answered; the text says why."""


class BadRequest(ValueError):  # noqa: N818  (named like its answer, 400)
    """Raised for a request that is malformed but can be answered.

    Attributes:
        headers: What the answer repeats is there.
        status: 400, or 505 for another version of SIP.
    """

    def __init__(self, headers: Headers, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.headers = headers
        self.status = status


class Request(Struct, frozen=True):
    """A request that is whole.

    Attributes:
        method: Its method.
        uri: Its Request-URI as it was written.
        headers: All headers, raw, under their long names.
        via: The first Via.
        sender: From.
        recipient: To.
        call_id: Call-ID.
        number: The number in CSeq.
        hops: Max-Forwards, if given.
        expires: Expires, seconds, if given.
        body: The body, cut to its Content-Length.
    """

    method: str
    uri: str
    headers: Headers
    via: Via
    sender: Address
    recipient: Address
    call_id: str
    number: int
    hops: int | None
    expires: int | None
    body: bytes

    def one(self, name: str) -> str:
        """Give a header that stands once, or an empty string."""
        return self.headers.get(name) or ""

    def options(self, name: str) -> list[str]:
        """Give the words of a header that lists them (Require, Supported)."""
        return [word.strip() for line in self.headers.getlist(name) for word in line.split(",") if word.strip()]

    @property
    def content_type(self) -> str:
        """The media type of the body, without parameters, in small letters; empty without Content-Type."""
        return self.one("Content-Type").partition(";")[0].strip().lower()

    @property
    def reason(self) -> str:
        """The words of its Reason header (RFC 3326): the text, or all of it if there is no text."""
        reason = self.one("Reason")
        found = _TEXT.search(reason)
        return re.sub(r"\\(.)", r"\1", found[1]) if found else reason

    def offer(self) -> str:
        """Give the SDP of an INVITE or UPDATE.

        Raises:
            LookupError: It has none: an offer in the 200 is legal (RFC 3261 §13.2.1), but not made here.
            ValueError: It is not UTF-8.
        """
        if not self.body.strip():
            raise LookupError(f"{self.method} has to bring an offer: none is made here")
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            raise ValueError("the body is not UTF-8") from None


class Response(Struct, frozen=True):
    """An answer to a request of this side.

    Attributes:
        status: Its code.
        branch: The branch of the request's Via.
        method: The request's method.
    """

    status: int
    branch: str
    method: str


def read(data: bytes) -> Request | Response | None:
    """Read a frame that is not a keep-alive.

    Returns:
        A request, an answer, or `None` for an answer or an ACK that is malformed: nobody waits for an answer to them.

    Raises:
        BadRequest: It can be answered 400 or 505.
        NotSip: It cannot be answered.
    """
    head, end, body = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if len(head) > LONGEST_HEAD:
        raise NotSip(f"the headers have {len(head)} bytes, more than {LONGEST_HEAD}")
    try:
        first, *lines = _FOLD.sub(" ", head.decode()).split("\r\n")
    except UnicodeDecodeError:
        raise NotSip("the headers are not UTF-8") from None
    if answer := _RESPONSE.fullmatch(first):
        return _response(int(answer["status"]), _headers(lines)[0])
    start = _REQUEST.fullmatch(first)
    if start is None:
        raise NotSip("the first line is neither a request's nor an answer's")
    if start["method"] == "ACK":
        try:
            return _request(start, lines, body, whole=bool(end))
        except (BadRequest, NotSip):
            return None
    return _request(start, lines, body, whole=bool(end))


def _request(start: re.Match[str], lines: list[str], body: bytes, *, whole: bool) -> Request:
    headers, trouble = _headers(lines)
    missing = [name for name in NEEDED if not headers.get(name)]
    if missing:
        raise NotSip(f"a request without {missing[0]} cannot be answered")
    if start["version"] != "2.0":
        raise BadRequest(headers, f"SIP/{start['version']} is not spoken here", 505)
    if not whole:
        trouble = trouble or "no empty line ends the headers"
    if trouble:
        raise BadRequest(headers, trouble)
    try:
        return _checked(start["method"], start["uri"], headers, body)
    except ValueError as error:
        raise BadRequest(headers, str(error)) from None


def _headers(lines: list[str]) -> tuple[Headers, str]:
    """Collect headers, and say what is wrong with the first one that is wrong."""
    headers, trouble = Headers(), ""
    if len(lines) > MOST_LINES:
        trouble = f"more than {MOST_LINES} headers"
    for number, line in enumerate(lines[:MOST_LINES], start=2):
        found = _HEADER.fullmatch(line)
        if found is None or _STRAY.search(line):
            trouble = trouble or f"line {number} is no header"
            continue
        name = COMPACT_FORMS.get(found["name"].lower(), found["name"])
        headers.add(name, found["value"].strip(" \t"))
    for name in _ONCE:
        if len(headers.getlist(name)) > 1:
            trouble = trouble or f"{name} stands there more than once"
    return headers, trouble


def _checked(method: str, uri: str, headers: Headers, body: bytes) -> Request:
    cseq = _cseq(headers)
    if cseq.method != method:
        raise ValueError(f"CSeq names {cseq.method}, the request is {method}")
    sender = address(headers["From"])
    if not sender.tag and method != "REGISTER":
        raise ValueError("From has no tag")
    length = _number(headers, "Content-Length", 2**31)
    if length is not None and length > len(body):
        raise ValueError(f"Content-Length is {length}, the body has {len(body)} bytes")
    return Request(
        method=method,
        uri=uri,
        headers=headers,
        via=_via(headers),
        sender=sender,
        recipient=address(headers["To"]),
        call_id=headers["Call-ID"],
        number=cseq.sequence,
        hops=_number(headers, "Max-Forwards", 255),
        expires=_number(headers, "Expires", 2**32),
        body=body if length is None else body[:length],
    )


def _via(headers: Headers) -> Via:
    found = values(headers.getlist("Via"))
    if not found:
        raise ValueError("Via is empty")
    return via(found[0])


def _cseq(headers: Headers) -> CSeq:
    try:
        cseq = CSeq.parse(headers["CSeq"])
    except ValueError:
        raise ValueError("CSeq is no number and method") from None
    if cseq.sequence >= _LARGEST:
        raise ValueError(f"CSeq has to be below {_LARGEST}")
    return cseq


def _number(headers: Headers, name: str, most: int) -> int | None:
    value = headers.get(name)
    if value is None:
        return None
    if not _NUMBER.fullmatch(value) or int(value) > most:
        raise ValueError(f"{name} is no number from 0 to {most}")
    return int(value)


def _response(status: int, headers: Headers) -> Response | None:
    try:
        return Response(status, _via(headers).branch, _cseq(headers).method)
    except (ValueError, KeyError):
        return None
