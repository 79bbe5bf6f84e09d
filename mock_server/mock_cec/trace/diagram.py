"""The sequence diagram of a trace for a terminal: times, the client, CEC, and what the script says at the right.

    time  client                              CEC     the script
          │ getClickToCallEvents ──────────────>│
          │                                     │┊    held 2.000 s
    2.300 │<────────────── 168102 Call in queue │     events[0] queued

A `┊` beside CEC is a request that waits for its answer; a `╳` is a closed connection. A request during which others
came and went has its number on both arrows.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from mock_cec.trace.columns import clip, pad, printable, width, wrap
from mock_cec.trace.har import EPOCH, start_of
from mock_cec.trace.rows import Kind, Row, rows
from mock_cec.trace.saying import Saying, Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cec_client.protocol import Trace

WIDTH: Final = 80
"""The columns of a diagram."""

_TIME: Final = 9
_ARROW: Final = 33
_LANES: Final = 3
_NOTES: Final = WIDTH - _TIME - _ARROW - _LANES - 4

Line = tuple[Saying, ...]
"""A line of a diagram, in pieces of one tone each."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What lines are drawn with."""

    life: str
    arrow: str
    waiting: str
    lost: str
    more: str
    omission: str


BOXES: Final = Signs(life="│", arrow="─", waiting="┊", lost="╳", more="⋮", omission="…")
ASCII: Final = Signs(life="|", arrow="-", waiting=":", lost="X", more=":", omission="...")


def draw(trace: Trace, user: str | None, encoding: str = "utf-8") -> Iterator[Line]:
    """Draw the trace of one user.

    Args:
        trace: The exchanges of that user.
        user: The user; `None` is nobody known.
        encoding: What the terminal understands. Box characters are drawn in Unicode only: where other encodings have
            them, terminals disagree on their width.
    """
    yield from _Drawing(encoding).draw(trace, user)


def plain(lines: Iterable[Line]) -> str:
    """Give the text of lines, without their tones."""
    return "".join("".join(piece.text for piece in line) + "\n" for line in lines)


class _Drawing:
    """A diagram in the making: it knows the pen and which requests are waiting."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._signs = BOXES if encoding.lower().replace("-", "").replace("_", "").startswith("utf") else ASCII
        self._waiting: list[int | None] = []
        self._last_time = ""

    def draw(self, trace: Trace, user: str | None) -> Iterator[Line]:
        count = len(trace.exchanges)
        heading = [user if user is not None else "nobody known", f"{count} exchange{'s' if count != 1 else ''}"]
        if signals := len(trace.signals):
            heading.append(f"{signals} signal{'s' if signals != 1 else ''}")
        if (started := start_of(trace)) != EPOCH:
            heading.append(f"from {started:%Y-%m-%d %H:%M:%S %Z}")
        yield (Saying(self._say("  ".join(heading)), Tone.PLAIN),)
        gap = " " * (_ARROW + 2 - len("client") - len("CEC") + 1)
        yield (Saying(f"{'seconds':>{_TIME}} client{gap}CEC", Tone.QUIET),)
        for row in rows(trace):
            yield from self._row(row)

    def _row(self, row: Row) -> Iterator[Line]:
        arrow = self._arrow(row)
        lanes = self._lanes(row)
        after = lanes if row.kind is not Kind.ASK else self._lanes(None)
        notes = [Saying(line, note.tone) for note in row.notes for line in wrap(self._say(note.text), _NOTES)]
        first = (Saying(self._time(row.time), Tone.QUIET), arrow, lanes)
        blank = (Saying(" " * _TIME, Tone.QUIET), Saying(" " * _ARROW), after)
        for number, note in zip_longest(range(max(1, len(notes))), notes, fillvalue=Saying("")):
            yield self._line(*(first if number == 0 else blank), note)

    def _line(self, time: Saying, arrow: Saying, lanes: str, note: Saying) -> Line:
        life = self._signs.life
        pieces = [time, Saying(f" {life}"), arrow, Saying(f"{life}{lanes:<{_LANES}} "), note]
        if not note.text:
            pieces[-2:] = [Saying(f"{life}{lanes}".rstrip())]
        return tuple(pieces)

    def _time(self, time: float | None) -> str:
        """Write a time, unless the row above has the same."""
        written = "" if time is None else f"{time:.3f}"
        if written in {"", self._last_time}:
            return " " * _TIME
        self._last_time = written
        return f"{written:>{_TIME}}"

    def _lanes(self, row: Row | None) -> str:
        """Draw the requests that wait beside this row, and note whether this one begins or ends to wait."""
        mine = id(row.exchange or row) if row else None
        if row and row.kind in {Kind.ANSWER, Kind.CUT, Kind.GONE} and mine in self._waiting:
            self._waiting[self._waiting.index(mine)] = None
        lanes = "".join(" " if lane is None else self._signs.waiting for lane in self._waiting)
        if row and row.kind is Kind.ASK:
            if None in self._waiting:
                self._waiting[self._waiting.index(None)] = mine
            else:
                self._waiting.append(mine)
        return lanes[:_LANES]

    def _arrow(self, row: Row) -> Saying:
        signs, tone = self._signs, row.saying.tone
        number = f"#{row.exchange.serial} " if row.exchange and row.overlapped and row.saying.text else ""
        if row.kind is Kind.FOLD:
            number = f"{signs.more} "
        text = clip(number + self._say(row.saying.text), _ARROW - 5, signs.omission)
        line = signs.arrow * (_ARROW - 3 - width(text))
        if row.kind in {Kind.ASK, Kind.SIP_IN}:
            return Saying(f" {text} {line}>", tone)
        if row.kind in {Kind.ANSWER, Kind.SIP_OUT}:
            return Saying(f"<{line} {text} ", tone)
        if row.kind is Kind.CUT:
            return Saying(f"{signs.lost}{line} {text} ", tone)
        if row.kind is Kind.GONE:
            return Saying(f" {text} {line}{signs.lost}", tone)
        return Saying(pad(f" {text}", _ARROW), tone)

    def _say(self, text: str) -> str:
        return printable(text, self._encoding)
