"""Where in a SIP message the values stand that are secret or personal; nothing here asks for well-formedness."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mock_cec.trace.names import Holding, Kind
from mock_cec.trace.places import WORD, Place, Spelling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Values = Callable[[str, str], Iterable[Place]]

_LINE: Final = re.compile(r"^(?P<name>[A-Za-z][\w.!%*+`'~-]*)[ \t]*:[ \t]*(?P<value>[^\r\n]*)", re.MULTILINE)
_KEYS: Final = re.compile(
    rf"^a=(?:ice-pwd:(?P<password>{WORD.pattern})|crypto:\S+ \S+ inline:(?P<key>{WORD.pattern}))", re.MULTILINE
)
_CANDIDATE: Final = re.compile(rf"^a=candidate:\S+ \d+ \S+ \d+ (?P<address>{WORD.pattern})", re.MULTILINE)
_FROM: Final = re.compile(
    r"^(?:From|f|Contact|m|P-Asserted-Identity|P-Preferred-Identity)[ \t]*:[ \t]*"
    r"(?:\"(?P<quoted>[^\"\r\n]*)\"|(?P<name>[^<\"\r\n]*?))[ \t]*<?sips?:(?P<user>[^@;>\s]+)@",
    re.IGNORECASE | re.MULTILINE,
)


def secrets(text: str, values: Values) -> Iterator[Place]:
    """Find the secrets of a message: in its headers what the names speak of, in its SDP the keys of the media.

    Args:
        text: The message.
        values: Finds the places in the value of a header of a name.
    """
    end = _end_of_head(text)
    for line in _LINE.finditer(text, 0, end):
        start = line.start("value")
        for place in values(line["name"].lower(), line["value"]):
            yield place._replace(start=start + place.start, end=start + place.end)
    for keys in _KEYS.finditer(text, end):
        yield Place(*keys.span("password" if keys["password"] else "key"), Holding(Kind.SECRET))


def persons(text: str) -> Iterator[Place]:
    """Find what tells of a person: who calls, and from which addresses."""
    end = _end_of_head(text)
    for caller in _FROM.finditer(text, 0, end):
        shown = "quoted" if caller["quoted"] is not None else "name"
        if caller[shown]:
            yield Place(*caller.span(shown), Holding(Kind.NAME))
        spelling = Spelling.PERCENT if "%" in caller["user"] else Spelling.PLAIN
        yield Place(*caller.span("user"), Holding(Kind.PHONE), spelling)
    for candidate in _CANDIDATE.finditer(text, end):
        yield Place(*candidate.span("address"), Holding(Kind.CONNECTION))


def _end_of_head(text: str) -> int:
    found = re.search(r"\r?\n\r?\n", text)
    return found.start() if found else len(text)
