"""What a client dialled at the gateway, read from the SIP messages of a trace (pure).

No more is read than the first INVITE of each dialog says: whom it calls, where, and as whom. Whatever else is odd in it
is SIP's affair and not the guide's. The labels of a masked trace stand where the values stood, and are read like them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from cec_client.protocol import SignalKind
from mock_cec.trace.places import LABEL
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cec_client.protocol import Trace

ANONYMOUS: Final = "anonymous.invalid"
"""The host in From of a caller who does not show who it is (RFC 3323 §4.1.1.3)."""

_LABEL: Final = LABEL.pattern.replace("?P<kind>", "?:").replace("?P<number>", "?:")
_URI: Final = re.compile(
    rf"sips?:(?:(?P<user>(?:{_LABEL}|[^@\s<>\"])+)@)?"
    rf"(?P<host>\[[^\]\s]*\]|(?:{_LABEL}|[^\s:;?,<>\"])+)",
    re.IGNORECASE,
)
_INVITE: Final = re.compile(r"INVITE +(?P<uri>.+) SIP/2\.0")
_FOLDED: Final = re.compile(r"\n[ \t]+")
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_TAG: Final = re.compile(r";\s*tag\s*=", re.IGNORECASE)
_COMPACT: Final = {"f": "from", "t": "to", "i": "call-id"}


class Dialled(Struct, frozen=True):
    """An INVITE that begins a media call.

    Attributes:
        serial: Of the signal.
        at: Seconds at which it came.
        callee: The user of the Request-URI, empty if it has none; `None` if it cannot be read.
        domains: The hosts of the Request-URI and of To, in small letters.
        caller: The user of From, empty if it has none; `None` if it cannot be read, or is hidden.
    """

    serial: int
    at: float
    callee: str | None
    domains: tuple[str, ...]
    caller: str | None


def dialled(trace: Trace) -> Iterator[Dialled]:
    """Give the first INVITE of each dialog, in order of time; what cannot be read as one is left out."""
    known: set[str] = set()
    for signal in trace.signals:
        if signal.kind is not SignalKind.RECEIVED:
            continue
        first, _, rest = _head(signal.text).partition("\n")
        invite, headers = _INVITE.fullmatch(first.rstrip()), _headers(rest)
        if invite is None or _TAG.search(headers.get("to", "")):
            continue
        dialog = headers.get("call-id", "")
        if dialog and dialog in known:
            continue
        known.add(dialog)
        target, to = _URI.match(invite["uri"]), _URI.search(headers.get("to", ""))
        domains = dict.fromkeys(uri["host"].lower() for uri in (target, to) if uri is not None)
        yield Dialled(signal.serial, signal.at, _user(target), tuple(domains), _caller(headers))


def as_sent(trace: Trace, serial: int) -> tuple[str, ...]:
    """Give the lines of a message that say whom it calls and as whom; nothing if the trace has no such signal."""
    text = next((signal.text for signal in trace.signals if signal.serial == serial), "")
    first, *lines = _head(text).split("\n")
    names = ("from", "to", "p-preferred-identity", "p-asserted-identity")
    return (first, *(line for line in lines if _name(line) in names)) if first else ()


def _caller(headers: Mapping[str, str]) -> str | None:
    """Say who calls; behind a From that hides it, what is told to the gateway alone counts (RFC 3325 §9)."""
    uri = _URI.search(headers.get("from", ""))
    if uri is not None and uri["host"].lower() == ANONYMOUS:
        uri = _URI.search(headers.get("p-preferred-identity", headers.get("p-asserted-identity", "")))
    return _user(uri)


def _user(uri: re.Match[str] | None) -> str | None:
    """Give the user part without its escapes, and without the password that may follow it (RFC 3261 §19.1.1)."""
    return None if uri is None else unquote((uri["user"] or "").partition(":")[0])


def _head(text: str) -> str:
    return _FOLDED.sub(" ", text.replace("\r\n", "\n").partition("\n\n")[0])


def _headers(lines: str) -> dict[str, str]:
    """Read header lines by their names; of several of one name the first counts, and display names are left out."""
    found: dict[str, str] = {}
    for line in lines.split("\n"):
        found.setdefault(_name(line), _QUOTED.sub("", line.partition(":")[2]).strip())
    return found


def _name(line: str) -> str:
    name = line.partition(":")[0].strip().lower()
    return _COMPACT.get(name, name)
