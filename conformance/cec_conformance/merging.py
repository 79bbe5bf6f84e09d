"""Recordings made into runs (pure): several files merged by time into one trace, and a trace split into single calls.

A call is often recorded in two places: the browser sees the polls, a backend that holds the secret sees the token
calls. Their clocks differ. What cannot be otherwise sets them right: a token is issued before it is used.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, Exchange, Trace
from cec_client.protocol.headers import AUTHORIZATION, CCMESSAGING_TOKEN
from mock_cec.trace.grouping import by_user

from cec_conformance import facts
from cec_conformance.run import LOGIN, Kind, Run, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cec_client.protocol import Signal

_TIMES: Final = ("request_complete", "answer_begun", "answer_ended", "connection_gone")
_UNRECORDED: Final = "not recorded"

EDGE: Final = 0.001
"""Seconds between what was issued in one recording and used in the other, where their clocks have to be set."""

ROUNDNESS: Final = 0.01
"""Seconds by which the sum of a recorder's rounded phases may be off."""


def merge(traces: Sequence[Trace]) -> Trace:
    """Merge recordings by time.

    The one with most requests beside the logins is the clock that counts; the others are shifted as little as it takes
    for each token to be issued before its first use.

    Args:
        traces: At least one.
    """
    if len(traces) == 1:
        return traces[0]
    first = max(traces, key=lambda trace: len(Run(trace).business))
    start = _start(first)
    timed = [first]
    for trace in traces:
        if trace is not first:
            moved = _shifted(trace, _seconds_between(start, _start(trace)))
            timed.append(_shifted(moved, _correction(first, moved)))
    earliest = min((_moment(exchange, 0.0) for trace in timed for exchange in trace.exchanges), default=0.0)
    began = None if start is None else (start + timedelta(seconds=earliest)).isoformat()
    merged = Trace(
        exchanges=_in_order(timed), signals=_signals_in_order(timed), started=began, facts=_facts(first, timed)
    )
    return _shifted(merged, -earliest)


def settle(trace: Trace) -> Trace:
    """Take the roundness out of recorded times.

    Recorders round each phase of a request to milliseconds, so that a request made because of an answer may seem to
    begin a moment before its end. Such an answer ended when that request began.
    """
    exchanges = list(trace.exchanges)
    for place, exchange in enumerate(exchanges):
        ended = exchange.answer_ended
        starts = [later.request_complete for later in exchanges[place + 1 :] if later.request_complete is not None]
        near = [start for start in starts if ended is not None and start < ended <= start + ROUNDNESS]
        if ended is not None and near:
            begun = None if exchange.answer_begun is None else min(exchange.answer_begun, *near)
            exchanges[place] = replace(exchange, answer_begun=begun, answer_ended=min(near))
    return replace(trace, exchanges=tuple(exchanges))


def calls(trace: Trace) -> tuple[tuple[str | None, Trace], ...]:
    """Split a recording into single calls, each with its user, `None` if nobody knows the user.

    What the judge itself has recorded is one run, and stays whole.
    """
    if facts.EXIT_STATUS in trace.facts:
        return ((None, trace),)
    found = [(user, call) for user, part in by_user(trace).items() if Run(part).calls for call in _single_calls(part)]
    return tuple(found)


def _single_calls(trace: Trace) -> Iterator[Trace]:
    """Cut where a new call begins: at a check or create after the end of a created call, with the login before it."""
    begun = 0
    over: Seen | None = None
    created = False
    places = {exchange.serial: place for place, exchange in enumerate(trace.exchanges)}
    for seen in Run(trace).calls:
        if over is not None and seen.endpoint in {Endpoint.CHECK, Endpoint.CREATE} and over.before(seen):
            cut = _preparation(trace.exchanges, places[seen.serial])
            yield _part(trace, begun, cut)
            begun, over, created = cut, None, False
        created = created or (seen.endpoint is Endpoint.CREATE and seen.ok)
        if created and over is None and (seen.terminal or (seen.endpoint is Endpoint.DROP and seen.ok)):
            over = seen
    yield _part(trace, begun, len(trace.exchanges))


def _part(trace: Trace, begun: int, cut: int) -> Trace:
    """Give some exchanges in a row, with the signals of the time from the first of them to the next one's beginning."""
    since = _moment(trace.exchanges[begun], 0.0) if begun else -inf
    until = _moment(trace.exchanges[cut], 0.0) if cut < len(trace.exchanges) else inf
    signals = tuple(signal for signal in trace.signals if since <= signal.at < until)
    return replace(trace, exchanges=trace.exchanges[begun:cut], signals=signals)


def _preparation(exchanges: tuple[Exchange, ...], place: int) -> int:
    """Go back over what belongs to the call that begins here: its login, and a text session before it."""
    while exchanges[place - 1].endpoint in {*LOGIN, Endpoint.SEND}:
        place -= 1
    return place


def _correction(clock: Trace, other: Trace) -> float:
    """Give the seconds by which another recording has to move, as few as can be.

    No token is used before it is issued; and where a 403 comes before the first use of a new token, the login for it
    came after the 403, as far as the tokens allow.
    """
    issued_here = [used - issued for issued, used in _handed_over(clock, other)]
    issued_there = [used - issued for issued, used in _handed_over(other, clock)]
    refused = [over - asked for over, asked in _made_for(clock, other)]
    latest = min(issued_there, default=inf) - EDGE
    earliest = max([-used for used in issued_here] + refused, default=-inf) + EDGE
    return min(max(0.0, earliest), latest)


def _handed_over(issuer: Trace, user: Trace) -> Iterator[tuple[float, float]]:
    """Give, for each token issued in one recording and used in another, when it was issued and first used."""
    issued = _issued(issuer)
    for seen in Run(user).calls:
        used = [login for token in _carried(seen) if (login := issued.pop(token, None)) is not None]
        yield from ((login.over or 0.0, seen.started) for login in used)


def _made_for(user: Trace, issuer: Trace) -> Iterator[tuple[float, float]]:
    """Give, for each login that a 403 asked for, when that was over and when the login began."""
    issued = _issued(issuer)
    refused: float | None = None
    for seen in Run(user).calls:
        new = [login for token in _carried(seen) if (login := issued.pop(token, None)) is not None]
        if new and refused is not None:
            yield refused, min(login.started for login in new)
            refused = None
        if seen.kind is Kind.EXPIRED:
            refused = seen.over


def _issued(trace: Trace) -> dict[str, Seen]:
    """Give the token calls by the token that they brought; without times they tell nothing of clocks."""
    found: dict[str, Seen] = {}
    for login in Run(trace).to(*LOGIN):
        token = login.answer.get("AccessToken" if login.endpoint is Endpoint.TOKEN else "token")
        if isinstance(token, str) and token and login.over is not None:
            found.setdefault(token, login)
    return found


def _carried(seen: Seen) -> tuple[str, ...]:
    """Give the tokens that a request carries."""
    return (seen.header(AUTHORIZATION) or "").split(" ")[-1], seen.header(CCMESSAGING_TOKEN) or ""


def _in_order(traces: Sequence[Trace]) -> tuple[Exchange, ...]:
    """Order by when requests were complete; within a recording its own order stays."""
    placed: list[tuple[float, int, Exchange]] = []
    for number, trace in enumerate(traces):
        moment = float("-inf")
        for exchange in trace.exchanges:
            moment = max(moment, _moment(exchange, moment))
            placed.append((moment, number, exchange))
    placed.sort(key=lambda entry: entry[:2])
    return tuple(replace(exchange, serial=serial) for serial, (_, _, exchange) in enumerate(placed, 1))


def _signals_in_order(traces: Sequence[Trace]) -> tuple[Signal, ...]:
    ordered = sorted((signal for trace in traces for signal in trace.signals), key=lambda signal: signal.at)
    return tuple(replace(signal, serial=serial) for serial, signal in enumerate(ordered, 1))


def _moment(exchange: Exchange, otherwise: float) -> float:
    """Give the first moment that is known of an exchange."""
    known = (getattr(exchange, name) for name in _TIMES)
    return next((time for time in known if time is not None), otherwise)


def _shifted(trace: Trace, seconds: float) -> Trace:
    if not seconds:
        return trace
    return replace(
        trace,
        exchanges=tuple(_later(exchange, seconds) for exchange in trace.exchanges),
        signals=tuple(replace(signal, at=round(signal.at + seconds, 6)) for signal in trace.signals),
    )


def _later(exchange: Exchange, seconds: float) -> Exchange:
    def moved(time: float | None) -> float | None:
        return None if time is None else round(time + seconds, 6)

    return replace(
        exchange,
        request_complete=moved(exchange.request_complete),
        answer_begun=moved(exchange.answer_begun),
        answer_ended=moved(exchange.answer_ended),
        connection_gone=moved(exchange.connection_gone),
    )


def _start(trace: Trace) -> datetime | None:
    """Give the moment of second 0; `None` if it is not known."""
    try:
        moment = datetime.fromisoformat(trace.started or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds_between(clock: datetime | None, other: datetime | None) -> float:
    return 0.0 if clock is None or other is None else (other - clock).total_seconds()


def _facts(first: Trace, traces: Sequence[Trace]) -> Mapping[str, str]:
    """Join the facts; `Authorization` counts as left out where requests that have to carry it lack it."""
    joined = {name: text for trace in reversed(traces) for name, text in trace.facts.items()} | dict(first.facts)
    joined.pop("authorization", None)
    lacking = [
        trace
        for trace in traces
        if trace.facts.get("authorization") == _UNRECORDED
        and any(seen.endpoint is not Endpoint.TOKEN for seen in Run(trace).calls)
    ]
    return joined | ({"authorization": _UNRECORDED} if lacking else {})
