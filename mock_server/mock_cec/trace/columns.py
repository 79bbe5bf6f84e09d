"""Text in columns: how wide it is on a terminal, where Chinese letters take two columns, and how it is cut to fit."""

from __future__ import annotations

import unicodedata
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def printable(text: str, encoding: str = "utf-8") -> str:
    """Give a text that moves no cursor and that the encoding can say: one line, control characters visible."""
    shown = "".join(letter if letter.isprintable() else _visible(letter) for letter in text)
    return shown.encode(encoding, "replace").decode(encoding)


def _visible(letter: str) -> str:
    return " " if letter in "\t\r\n" else "�"


def width(text: str) -> int:
    """Count the columns a printable text takes (Unicode annex 11: wide and full-width letters take two)."""
    return sum(map(_columns, text))


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def clip(text: str, columns: int, sign: str = "…") -> str:
    """Shorten a text to so many columns; where something was left out, the sign says so."""
    if width(text) <= columns:
        return text
    return _beginning(text, columns - width(sign)) + sign


def pad(text: str, columns: int) -> str:
    """Fill a text up to so many columns."""
    return text + " " * (columns - width(text))


def wrap(text: str, columns: int) -> Iterator[str]:
    """Break a text into lines of so many columns, between words where it can be, else within them."""
    line = ""
    for word in text.split():
        rest = word
        if line and width(line) + 1 + width(rest) <= columns:
            line += " " + rest
            continue
        if line:
            yield line
        while width(rest) > columns:
            piece = _beginning(rest, columns)
            yield piece
            rest = rest[len(piece) :]
        line = rest
    if line:
        yield line


def _beginning(text: str, columns: int) -> str:
    return text[: sum(taken <= columns for taken in accumulate(map(_columns, text)))]
