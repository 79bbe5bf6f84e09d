"""Where in a text the values stand that names speak of: spans, so that all around them stays byte for byte.

The texts of a trace are what clients and servers really sent, so nothing here asks for well-formedness: JSON may be cut
short or have unquoted keys, a query may have no names, an `Authorization` no scheme.
"""

from __future__ import annotations

import json
import re
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote, unquote

from mock_cec.trace.names import Holding, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Naming = Callable[[str], Holding | None]

FIRST_NUMBER: Final = 9_007_199_254_000_000
"""A masked JSON number is this and its ordinal: still a number, and exact in JavaScript."""

LABEL: Final = re.compile(f"<(?P<kind>{'|'.join(Kind)}) (?P<number>[1-9][0-9]*)(?: decoded)?>")
"""What stands in place of a masked value."""

NUMBER_LABEL: Final = re.compile(r"9007199254(?P<number>[0-9]{6})")
"""What stands in place of a masked JSON number."""


class Spelling(Enum):
    """How a value is spelled where it stands."""

    PLAIN = auto()
    JSON = auto()
    PERCENT = auto()
    NUMBER = auto()

    def read(self, raw: str) -> str:
        """Give the value that is spelled so."""
        if self is Spelling.PERCENT:
            return unquote(raw, errors="surrogateescape")
        if self is Spelling.JSON and "\\" in raw:
            try:
                return str(json.loads(f'"{raw}"', strict=False))
            except ValueError:
                return raw
        return raw

    def write(self, label: str) -> str:
        """Spell a label; the letters of labels need no escapes in JSON."""
        return quote(label, safe="") if self is Spelling.PERCENT else label


class Place(NamedTuple):
    """A span of a text that holds a value of interest."""

    start: int
    end: int
    holding: Holding
    spelling: Spelling = Spelling.PLAIN


SCHEMES: Final = frozenset({"bearer", "basic", "digest", "token", "negotiate", "apikey", "oauth"})
"""The words that stand before a token in a header, in lower case."""

WORD: Final = re.compile(rf"(?:{LABEL.pattern}|\S)+".replace("?P<kind>", "?:").replace("?P<number>", "?:"))
"""A word of a header's value; a label is part of one, though there is a space in it."""

_REST: Final = re.compile(rf"^\s*(?:(?:{'|'.join(sorted(SCHEMES))})\s+)?(\S)", re.IGNORECASE)
_PAIR: Final = re.compile(r"(?:^|[?&#])([^=&?#]*)=([^&#]*)")
_COOKIE: Final = re.compile(r"(?:^|;)\s*(?:[^=;]*=)?([^;]*)")
_JSON: Final = re.compile(
    r'"(?P<text>(?:[^"\\]|\\.)*+)(?:"|\\?\Z)|(?P<sign>[{}\[\],:])|(?P<bare>[^\s"{}\[\],:]+)', re.DOTALL
)
_MOBILE: Final = re.compile(r"(?<!\w)(?:\+?86[- ]?)?1[3-9][0-9]{9}(?!\w)")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def words(value: str, holding: Holding) -> Iterator[Place]:
    """Find the words of a header's value, schemes such as `Bearer` excepted."""
    for word in WORD.finditer(value):
        if word[0].lower() not in SCHEMES:
            yield Place(*word.span(), holding)


def rest(value: str, holding: Holding) -> Iterator[Place]:
    """Find what stands after the scheme, if there is one, as a whole: a secret other than a token may have spaces."""
    found = _REST.search(value)
    yield Place(found.start(1) if found else 0, len(value.rstrip()), holding)


def parameters(text: str, naming: Naming) -> Iterator[Place]:
    """Find the parameters of a query, a form, or of a URL in some text."""
    for pair in _PAIR.finditer(text):
        if found := naming(unquote(pair[1])):
            yield Place(*pair.span(2), found, Spelling.PERCENT)


def cookies(value: str, *, answer: bool) -> Iterator[Place]:
    """Find the values of a `Cookie` header, or the one value of a `Set-Cookie` header (RFC 6265 §4)."""
    for number, pair in enumerate(_COOKIE.finditer(value)):
        if number == 0 or not answer:
            yield Place(*pair.span(1), Holding(Kind.COOKIE))


def looks_like_json(text: str) -> bool:
    """Say whether a text is JSON, or was meant to be."""
    return text.lstrip()[:1] in {"{", "[", '"'}


def scalars(text: str) -> Iterator[tuple[int, int]]:
    """Find the texts, numbers and bare words of JSON, names included: where each begins and ends, without quotes."""
    for token in _JSON.finditer(text):
        if token["sign"] is None:
            yield token.span("text" if token["text"] is not None else "bare")


def phones(text: str) -> Iterator[Place]:
    """Find mobile numbers of the guide's country, as they stand in chats and messages."""
    strings = [token.span("text") for token in _JSON.finditer(text) if token["text"] is not None]
    for number in _MOBILE.finditer(text):
        quoted = any(start <= number.start() < end for start, end in strings)
        bare = not quoted and looks_like_json(text)
        yield Place(*number.span(), Holding(Kind.PHONE), Spelling.NUMBER if bare else Spelling.PLAIN)


def members(text: str, naming: Naming) -> Iterator[Place]:
    """Find the members of JSON, or of what was meant to be JSON, at any depth.

    What stands inside an array or object under a secret's name is secret as well.
    """
    outer: list[Holding | None] = [None]
    here: Holding | None = None
    last: re.Match[str] | None = None
    for token in _JSON.finditer(text):
        sign = token["sign"]
        if sign is None:
            last = token
            continue
        if sign == ":":
            here = (naming(_name(last)) if last else None) or outer[-1]
        else:
            yield from _scalar(last, here)
            if sign in "{[":
                outer.append(here if here and here.kind is not Kind.TEXT else None)
                here = outer[-1]
            else:
                if sign in "}]" and len(outer) > 1:
                    outer.pop()
                here = outer[-1]
        last = None
    yield from _scalar(last, here)


def _name(token: re.Match[str]) -> str:
    return token["bare"] or Spelling.JSON.read(token["text"])


def _scalar(token: re.Match[str] | None, holding: Holding | None) -> Iterator[Place]:
    if token is None or holding is None:
        return
    if token["text"] is not None:
        yield Place(*token.span("text"), holding, Spelling.JSON)
    elif token["bare"] not in {"true", "false", "null"}:
        spelling = Spelling.NUMBER if _NUMBER.fullmatch(token["bare"]) else Spelling.PLAIN
        yield Place(*token.span("bare"), holding, spelling)
