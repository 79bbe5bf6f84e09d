"""What a signal says, in the few words that fit on an arrow or into a line of the log (pure)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from cec_client.protocol import Signal

_REQUEST: Final = re.compile(r"(?P<method>[A-Z]+) (?P<uri>\S+) SIP/2\.0\r?\n")
_RESPONSE: Final = re.compile(r"SIP/2\.0 (?P<status>[1-6][0-9]{2}) ?(?P<phrase>[^\r\n]*)")
_CSEQ: Final = re.compile(r"^CSeq[ \t]*:[ \t]*[0-9]+[ \t]+(?P<method>\S+)", re.IGNORECASE | re.MULTILINE)
_CALL_ID: Final = re.compile(r"^(?:Call-ID|i)[ \t]*:[ \t]*(?P<value>\S+)", re.IGNORECASE | re.MULTILINE)
_REASON: Final = re.compile(r"^Reason[ \t]*:[^\r\n]*text=\"(?P<text>[^\"\r\n]*)\"", re.IGNORECASE | re.MULTILINE)
_DIRECTION: Final = re.compile(r"^a=(?P<direction>sendonly|recvonly|inactive)\r?$", re.MULTILINE)
_VIDEO: Final = re.compile(r"^m=video [1-9]", re.MULTILINE)
_DIGIT: Final = re.compile(r"^Signal[ \t]*=[ \t]*(?P<digit>\S+)", re.IGNORECASE | re.MULTILINE)
_KEEP_ALIVE: Final = "keep-alive"
_LONGEST: Final = 60

PROBLEM: Final = "problem: "
"""What a state begins with that tells of a mistake of the caller's."""


class Words(Struct, frozen=True):
    """What a SIP message says.

    Attributes:
        text: In words.
        method: Of which method it is the request, or the response to; empty if nobody can say.
        status: Of a response; 0 for a request.
    """

    text: str
    method: str = ""
    status: int = 0


def call_id(text: str) -> str | None:
    """Give the Call-ID of a message; `None` where there is none."""
    found = _CALL_ID.search(_head(text))
    return found["value"] if found else None


def said(text: str) -> Words:
    """Say what a SIP message says; whatever is none is named as such."""
    if not text.strip():
        return Words(_KEEP_ALIVE)
    head = _head(text)
    found = _CSEQ.search(head)
    method = found["method"] if found else ""
    if response := _RESPONSE.match(text):
        status = int(response["status"])
        words = f"{status} {response['phrase']}".rstrip()
        return Words(f"{words} to {method}" if method else words, method, status)
    request = _REQUEST.match(text)
    if request is None:
        return Words(f"no SIP: {text[:_LONGEST]!r}")
    return Words(" ".join([request["method"], *_special(request["method"], request["uri"], text)]), request["method"])


def junk(words: Words) -> bool:
    """Say whether a message is none of SIP."""
    return not words.method and not words.status and words.text != _KEEP_ALIVE


def of(signal: Signal) -> Words:
    """Say what a signal says, a message or a state."""
    return Words(signal.text) if signal.kind == "state" else said(signal.text)


def _special(method: str, uri: str, text: str) -> list[str]:
    """Name what is special about a request: whom it calls, what it offers, why it ends."""
    if method in {"INVITE", "UPDATE"}:
        offers = [found["direction"] for found in _DIRECTION.finditer(text)][:1]
        video = ["with video"] if _VIDEO.search(text) else []
        return [uri.removeprefix("sips:").removeprefix("sip:").partition("@")[0], *video, *offers]
    if method == "BYE":
        reason = _REASON.search(_head(text))
        return [f"({reason['text']})"] if reason else []
    if method == "INFO":
        digit = _DIGIT.search(text)
        return [f"key {digit['digit']}"] if digit else []
    return []


def _head(text: str) -> str:
    return text.replace("\r\n", "\n").partition("\n\n")[0]
