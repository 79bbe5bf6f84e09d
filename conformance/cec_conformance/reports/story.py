"""A violation told as a story (pure): the rule, the smallest script, what went to and fro, and how to see it again."""

from __future__ import annotations

import shlex
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from cec_conformance.cases.fixed import FIXED
from cec_conformance.cases.recorded import RECORDED
from cec_conformance.dialling import as_sent
from cec_conformance.evidence import scenario_text
from cec_conformance.judging import State
from cec_conformance.reports.next_step import turn
from cec_conformance.rule import Saw
from cec_conformance.run import Run
from cec_conformance.scenario_file import options_of
from cec_conformance.server.curl import LIBRARIES, lines

if TYPE_CHECKING:
    from cec_client.protocol import Exchange, Signal, Trace

    from cec_conformance.cases.case import Case
    from cec_conformance.reports.next_step import Turn
    from cec_conformance.reports.summary import Summary, Tally
    from cec_conformance.results import CaseResult
    from cec_conformance.rule import Observation, Rule
    from cec_conformance.words import Words

MOST_SHOWN: Final = 24
"""How many exchanges a story shows before it leaves some out."""

_AROUND: Final = 6
"""How many exchanges it shows before the decisive one then, and how many at the beginning."""

_AFTERWARDS: Final = 2
"""How many it shows after it."""


class Scene(Struct, frozen=True):
    """Some exchanges in a row.

    Attributes:
        left_out: How many before them are not shown.
        trace: They.
    """

    left_out: int
    trace: Trace


class Story(Struct, frozen=True):
    """A violation, told.

    Attributes:
        rule: What was broken.
        result: The case that tells it best.
        got: What came instead.
        decisive: The serials of the exchanges that show it.
        signals: The serials of the messages to the gateway that show it.
        turn: Where the client left the flow; `None` if it is no matter of order.
        sent: The decisive request as it was sent, where its form is the matter, or the decisive message to the gateway;
            else nothing.
        answered: The answer to it as it came, where a server is judged; else nothing.
        scenes: The messages, with what is left out of a long trace.
        left_out: How many messages after the last scene are not shown.
        scenario: The script as YAML; `None` for a recording, which has none.
        file: The file into which `again` wants the script to be put; `None` if it names a case that is known.
        others: The other cases in which the rule was broken.
        again: Command lines that show it again.
        curl: Lines for a shell that do to a server what the visit did; nothing where a client is judged.
    """

    rule: Rule
    result: CaseResult
    got: tuple[Words, ...]
    decisive: tuple[int, ...]
    signals: tuple[int, ...]
    turn: Turn | None
    sent: tuple[str, ...]
    answered: tuple[str, ...]
    scenes: tuple[Scene, ...]
    left_out: int
    scenario: str | None
    file: str | None
    others: tuple[str, ...]
    again: tuple[str, ...]
    curl: tuple[str, ...] = ()


def tell(summary: Summary, tally: Tally) -> Story:
    """Tell how a rule was broken."""
    rule = tally.rule
    result = summary.telling(rule.id)
    example = summary.examples.get(rule.id)
    verdict = summary.verdict(rule.id, result)
    broken = [seen for seen in (verdict.observations if verdict else ()) if seen.saw is Saw.BROKEN]
    decisive = broken[0].at if broken else ()
    signals = broken[0].signals if broken else ()
    scenes, left_out = _scenes(result.trace, decisive)
    recorded = result.case.scenario == RECORDED
    of_server = summary.began.subject == "server"
    went_astray = None if of_server or signals else _turn(result.trace, decisive)
    fixed = example is None or result.case in FIXED
    return Story(
        rule=rule,
        result=result,
        got=_distinct(broken),
        decisive=decisive,
        signals=signals,
        turn=went_astray,
        sent=_sent(result.trace, decisive, signals) if went_astray is None else (),
        answered=_answered(result.trace, decisive) if of_server else (),
        scenes=scenes,
        left_out=left_out,
        scenario=None if recorded else (example.scenario if example else scenario_text(result.case)),
        file=None if recorded or fixed else file_of(result.case),
        others=tuple(name for name in tally.cases[State.FAILED] if name != result.case.name),
        again=_again(summary, result, fixed=fixed),
        curl=lines(result.trace, decisive, None if recorded else result.case.scenario) if of_server else (),
    )


def file_of(case: Case) -> str:
    """Name the file into which the scenario of a case may be put."""
    return f"{case.name}.yaml"


def again(case: Case, client: str, *, fixed: bool) -> tuple[str, ...]:
    """Give the command lines that show a case again.

    Args:
        case: The case.
        client: The arguments that say which client, such as `-- node my-client.js`.
        fixed: Whether the judge knows the case by its name; else its scenario is to be put into a file.
    """
    if fixed:
        return (f"cec-conformance client --case {shlex.quote(case.name)} {client}",)
    file = file_of(case)
    options = " ".join(shlex.quote(option) for option in options_of(case))
    return (
        " ".join(filter(None, ("cec-conformance client --scenario", shlex.quote(file), options, client))),
        f"mock-cec --scenario {shlex.quote(file)}",
    )


def _sent(trace: Trace, decisive: tuple[int, ...], signals: tuple[int, ...]) -> tuple[str, ...]:
    """Write the decisive request as it was sent, without the headers that every HTTP library adds."""
    if signals:
        return as_sent(trace, signals[-1])
    found = _decisive(trace, decisive)
    if found is None:
        return ()
    headers = [f"{name}: {value}" for name, value in found.request_headers if name.lower() not in _OF_LIBRARIES]
    body = found.request_body.decode("utf-8", "replace")
    return (f"{found.method} {found.target}", *headers, *([body] if body else []))


def _answered(trace: Trace, decisive: tuple[int, ...]) -> tuple[str, ...]:
    """Write the answer to the decisive request as it came, without the headers that every server adds."""
    found = _decisive(trace, decisive)
    if found is None or found.status is None:
        return ()
    headers = [f"{name}: {value}" for name, value in found.response_headers if name.lower() in _TELLING]
    body = found.response_body[:_MOST_OF_A_BODY].decode("utf-8", "replace")
    more = "…" if len(found.response_body) > _MOST_OF_A_BODY else ""
    return (f"HTTP {found.status}", *headers, *([body + more] if body else []))


def _decisive(trace: Trace, decisive: tuple[int, ...]) -> Exchange | None:
    return next((one for one in trace.exchanges if decisive and one.serial == decisive[-1]), None)


_MOST_OF_A_BODY: Final = 2000
"""Bytes of an answer that a story shows."""

_TELLING: Final = frozenset({"content-type", "location", "ccmessaging-token", "retry-after"})
"""The headers of an answer that say something of the protocol."""

_OF_LIBRARIES: Final = frozenset(
    LIBRARIES
    | {
        "accept-language",
        "origin",
        "referer",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-ch-ua",
        "cache-control",
        "pragma",
    }
)


def _again(summary: Summary, result: CaseResult, *, fixed: bool) -> tuple[str, ...]:
    """A recording is judged again by the very command; a case by one that plays it alone."""
    case, told = result.case, summary.began.settings
    if "server" in told:
        return () if result.searched else (f"cec-conformance server --case {shlex.quote(case.name)} {told['server']}",)
    if case.scenario == RECORDED:
        return tuple(command for name, command in told.items() if name == "command")
    return again(case, told.get("client", f"-- {summary.began.target}"), fixed=fixed)


def _distinct(broken: list[Observation]) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(seen.got for seen in broken if seen.got is not None))


def _turn(trace: Trace, decisive: tuple[int, ...]) -> Turn | None:
    run = Run(trace)
    seen = next((seen for seen in run.calls if decisive and seen.serial == decisive[-1]), None)
    return None if seen is None else turn(run, seen)


def _scenes(trace: Trace, decisive: tuple[int, ...]) -> tuple[tuple[Scene, ...], int]:
    """Choose what is shown: all of a short trace; of a long one its beginning and what stands around the decisive."""
    exchanges = trace.exchanges
    places = [place for place, exchange in enumerate(exchanges) if exchange.serial in decisive]
    if len(exchanges) <= MOST_SHOWN:
        return ((Scene(0, trace),) if exchanges else ()), 0
    chosen = set(range(_AROUND))
    for place in places[:1] + places[-1:]:
        chosen |= set(range(max(0, place - _AROUND), min(len(exchanges), place + _AFTERWARDS + 1)))
    scenes: list[Scene] = []
    last = -1
    for _, run in groupby(enumerate(sorted(chosen)), lambda pair: pair[1] - pair[0]):
        kept = [place for _, place in run]
        shown: tuple[Exchange, ...] = exchanges[kept[0] : kept[-1] + 1]
        part = replace(trace, exchanges=shown, signals=_signals_beside(trace, kept[0], kept[-1] + 1))
        scenes.append(Scene(kept[0] - last - 1, part))
        last = kept[-1]
    return tuple(scenes), len(exchanges) - last - 1


def _signals_beside(trace: Trace, begun: int, end: int) -> tuple[Signal, ...]:
    """Give the signals from the beginning of one exchange to that of another, by their places; at the edges all."""
    since = trace.exchanges[begun].request_complete if begun else None
    until = trace.exchanges[end].request_complete if end < len(trace.exchanges) else None
    return tuple(
        signal
        for signal in trace.signals
        if (since is None or since <= signal.at) and (until is None or signal.at < until)
    )
