"""The sequence diagram of a trace as Mermaid text, which code hosts and wikis draw.

Text in Mermaid may hold nearly anything, but a semicolon ends a line, a hash begins an entity, and some words are
keywords; so whatever could be more than text becomes an entity (`#59;`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from mock_cec.trace.columns import printable
from mock_cec.trace.rows import Kind, rows
from mock_cec.trace.saying import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_client.protocol import Trace

    from mock_cec.trace.rows import Row

_HARMFUL: Final = re.compile(r"[#;\"<>{}\[\]|\\%&$@*~^`]")
_KEYWORD: Final = re.compile(r"\b(end|wrap|nowrap)\b", re.IGNORECASE)

_ARROWS: Final = {
    Kind.ASK: "client->>+CEC",
    Kind.ANSWER: "CEC-->>-client",
    Kind.CUT: "CEC--x-client",
    Kind.SIP_IN: "client->>gateway",
    Kind.SIP_OUT: "gateway->>client",
}

_BAD: Final = "rect rgb(255, 226, 226)"
_LOST: Final = "rect rgb(255, 243, 205)"


def mermaid(trace: Trace, user: str | None) -> str:
    """Write the diagram of one user, in lines.

    Args:
        trace: The exchanges of that user.
        user: The user; `None` is nobody known.
    """
    lines = [
        "sequenceDiagram",
        f"    participant client as {escape(user if user is not None else 'nobody known').replace(':', '#58;')}",
        "    participant CEC",
        *(["    participant gateway"] if trace.signals else []),
    ]
    for row in rows(trace):
        lines += _framed(row, list(_row(row)))
    return "\n".join(lines) + "\n"


def escape(text: str) -> str:
    """Write a text so that Mermaid takes it as text."""
    safe = _HARMFUL.sub(lambda letter: f"#{ord(letter[0])};", printable(text))
    return _KEYWORD.sub(lambda word: f"#{ord(word[0][0])};{word[0][1:]}", safe)


def _row(row: Row) -> Iterator[str]:
    time = "" if row.time is None else f"{row.time:.3f}: "
    number = f"no. {row.exchange.serial}, " if row.exchange and row.overlapped else ""
    words = escape(f"{time}{number}{row.saying.text}")
    if row.kind in _ARROWS:
        yield f"{_ARROWS[row.kind]}: {words}"
    elif row.kind is Kind.GONE:
        yield f"client-xCEC: {words}"
        yield "deactivate CEC"
    elif row.saying.text:
        yield f"Note over client,CEC: {words}"
    if row.notes:
        time = time if row.kind in {Kind.DUE, Kind.NEWS} else ""
        place = "gateway" if row.exchange is None else "CEC"
        yield f"Note right of {place}: {time}{'<br/>'.join(escape(note.text) for note in row.notes)}"


def _framed(row: Row, lines: list[str]) -> Iterator[str]:
    """Put what went wrong on a coloured ground."""
    frame = {Tone.BAD: _BAD, Tone.LOST: _LOST}.get(row.saying.tone)
    if frame is None:
        yield from (f"    {line}" for line in lines)
        return
    yield f"    {frame}"
    yield from (f"        {line}" for line in lines)
    yield "    end"
