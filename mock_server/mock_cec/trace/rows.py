"""The rows of a sequence diagram, whoever draws it: what happened when, in order, with equal empty polls folded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from http import HTTPStatus
from itertools import groupby
from math import inf
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from mock_cec.gateway.words import PROBLEM, junk, of
from mock_cec.trace.saying import Saying, Tone, answer, empty, lateness, notes, request, seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cec_client.protocol import Exchange, Signal, Trace

HELD: Final = 0.1
"""Seconds after which an answer counts as held."""

FOLDED: Final = 3
"""How many equal empty polls in a row are folded."""


class Kind(Enum):
    """What a row tells; of two at the same moment the one that stands first here comes first."""

    DUE = auto()
    """An event became due while nobody could get it."""
    ASK = auto()
    HELD = auto()
    """How long the answer below was awaited."""
    ANSWER = auto()
    CUT = auto()
    """An answer began, and its connection was closed before it ended."""
    GONE = auto()
    """The connection was closed before an answer began."""
    OPEN = auto()
    """The trace ends, and there was no answer."""
    FOLD = auto()
    """Some polls more, like the one above."""
    SIP_IN = auto()
    """The client sent a message to the gateway."""
    SIP_OUT = auto()
    """The gateway sent a message to the client."""
    NEWS = auto()
    """Something happened to a WebSocket or to media; it stands in the notes."""


_ENDS: Final = frozenset({Kind.ANSWER, Kind.CUT, Kind.GONE})


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        kind: What it tells.
        time: When it was, in seconds; `None` if nobody saw it.
        exchange: Of which exchange it tells; `None` for a signal of a media call.
        saying: What it says.
        notes: What stands beside it.
        overlapped: Others asked or were answered while this exchange lasted, so that it needs a number.
        signal: Of which signal of a media call it tells; `None` for an exchange.
    """

    kind: Kind
    time: float | None
    exchange: Exchange | None
    saying: Saying
    notes: tuple[Saying, ...] = ()
    overlapped: bool = False
    signal: Signal | None = None


def rows(trace: Trace) -> list[Row]:
    """Lay out a trace as rows, in order of time."""
    moments: list[tuple[float, int, int, Row]] = []
    clock = 0.0
    for place, exchange in enumerate(trace.exchanges):
        asked = None
        for row in _of(exchange):
            if row.kind is Kind.DUE:
                moments.append((row.time or 0.0, -1, 0, row))
                continue
            clock = clock if row.time is None else row.time
            asked = clock if asked is None else asked
            at = inf if row.kind is Kind.OPEN else max(clock, asked)
            moments.append((at, place, row.kind.value, row))
    behind = len(trace.exchanges)
    moments += [(signal.at, behind, number, _signalled(signal)) for number, signal in enumerate(trace.signals)]
    ordered = [row for *_, row in sorted(moments, key=lambda moment: moment[:3])]
    return list(_folded(_with_holds(ordered, _overlapped(ordered))))


def _of(exchange: Exchange) -> Iterator[Row]:
    """Tell an exchange: what was asked, and how it ended."""
    late = lateness(exchange)
    if late and exchange.answer_begun is not None:
        due = Saying(f"{exchange.script.get('step', 'an event')} is due", Tone.NOTE)
        yield Row(Kind.DUE, exchange.answer_begun - late, exchange, Saying(""), (due,))
    yield Row(Kind.ASK, exchange.request_complete, exchange, Saying(request(exchange)))
    beside = tuple(notes(exchange))
    if exchange.status is None and exchange.answer_begun is None:
        if exchange.connection_gone is not None:
            yield Row(Kind.GONE, exchange.connection_gone, exchange, Saying("connection closed", Tone.LOST), beside)
        else:
            yield Row(Kind.OPEN, None, exchange, Saying("no answer in the trace", Tone.LOST), beside)
    elif exchange.answer_ended is None and exchange.connection_gone is not None:
        said = Saying(f"{exchange.status or 'an answer'}, cut short", Tone.LOST)
        yield Row(Kind.CUT, exchange.connection_gone, exchange, said, beside)
    else:
        begun = exchange.answer_begun if exchange.answer_begun is not None else exchange.answer_ended
        yield Row(Kind.ANSWER, begun, exchange, answer(exchange), beside)


def _signalled(signal: Signal) -> Row:
    """Tell a signal; what happened to media stands beside the arrows, as they have no direction."""
    words = of(signal)
    if signal.kind == "state":
        tone = Tone.BAD if words.text.startswith(PROBLEM) else Tone.NOTE
        return Row(Kind.NEWS, signal.at, None, Saying(""), (Saying(words.text, tone),), signal=signal)
    kind = Kind.SIP_IN if signal.kind == "received" else Kind.SIP_OUT
    refused = words.status >= HTTPStatus.BAD_REQUEST or junk(words)
    return Row(kind, signal.at, None, Saying(f"SIP {words.text}", Tone.BAD if refused else Tone.PLAIN), signal=signal)


def _overlapped(ordered: list[Row]) -> set[int]:
    """Find the exchanges while which others asked or were answered."""
    asked: dict[int, int] = {}
    found = set()
    for place, row in enumerate(row for row in ordered if row.kind is not Kind.DUE and row.exchange is not None):
        serial = id(row.exchange)
        if place > asked.setdefault(serial, place) + 1:
            found.add(serial)
    return found


def _with_holds(ordered: Iterable[Row], overlapped: set[int]) -> Iterator[Row]:
    """Say before the end of an exchange how long it was held, and mark those that overlap with others."""
    for row in ordered:
        mine = id(row.exchange) in overlapped
        start = row.exchange.request_complete if row.exchange else None
        if row.kind in _ENDS and row.time is not None and start is not None and row.time - start >= HELD:
            held = Saying(f"held {seconds(row.time - start)}", Tone.QUIET)
            yield Row(Kind.HELD, None, row.exchange, Saying(""), (held,), mine)
        yield replace(row, overlapped=mine)


def _folded(unfolded: Iterable[Row]) -> Iterator[Row]:
    """Fold runs of empty polls of one endpoint that nothing comes between."""
    units = [tuple(unit) for _, unit in groupby(unfolded, key=lambda row: id(row.exchange or row))]
    for kind, run in groupby(units, key=_foldable):
        found = list(run)
        if kind is None or len(found) < FOLDED:
            yield from (row for unit in found for row in unit)
            continue
        yield from found[0]
        last = found[-1][-1]
        what = "event" if kind is Endpoint.EVENTS else "message"
        saying = Saying(f"{len(found) - 1} more polls, no {what}", Tone.QUIET)
        yield Row(Kind.FOLD, last.time, last.exchange, saying)


def _foldable(unit: tuple[Row, ...]) -> Endpoint | None:
    whole = unit[0].kind is Kind.ASK and unit[-1].kind is Kind.ANSWER
    exchange = unit[0].exchange
    return exchange.endpoint if exchange and whole and empty(exchange) else None
