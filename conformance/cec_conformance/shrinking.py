"""Smaller cases: all that differ from a case by one step of simplification (pure).

Every step makes a case lighter (`weight`), so that going from smaller to smaller comes to an end. What comes out is a
scenario that a server may play: it loads, its events stand in an order that CEC can have, and the call still ends.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from cec_client.protocol import TERMINAL, EventId
from mock_cec.scenario.durations import duration, seconds
from mock_cec.scenario.model import Scenario, event_id
from mock_cec.scenario.ordinals import ordinals
from mock_cec.scenario.rules import contradictions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.cases.case import Case

_LETTERS: Final[dict[int, str]] = {
    EventId.QUEUED: "Q",
    EventId.CONNECTED: "C",
    EventId.TRANSFERRED: "X",
    EventId.QUEUE_TIMEOUT: "T",
    EventId.FAILED: "F",
    EventId.RELEASED: "R",
}
_MOMENTS: Final = {"queued": EventId.QUEUED, "connected": EventId.CONNECTED}
_LEGAL: Final = re.compile(r"Q*(C(XQ*C?)*)?([RF]|(?<!C)T)?")
"""The orders in which the events of one call can come; whoever is connected does not wait in a queue."""

_PAUSES: Final = (0.1, 0.3, 1.0, 3.0, 12.0)
"""The durations that are tried, in seconds, in place of longer ones."""

_DURATIONS: Final = frozenset({"after", "delay", "drip", "hold", "retry_after"})

Text = dict[str, Any]
"""A scenario as plain data, as it stands in a file."""


def smaller(case: Case) -> Iterator[Case]:
    """Give every case that is one step simpler, the largest steps first."""
    text: Text = msgspec.to_builtins(case.scenario)
    legal = _legal(case.scenario)
    for simpler in _simpler_wishes(case):
        if _ends(simpler):
            yield simpler
    for changed in _simpler_texts(text):
        scenario = _read(changed)
        if scenario is None or (legal and not _legal(scenario)):
            continue
        simpler = msgspec.structs.replace(case, scenario=scenario)
        if _ends(simpler) or not _ends(case):
            yield simpler


def weight(case: Case) -> tuple[int, int, float]:
    """Weigh a case: how much there is in it, how many requests its answers are for, and how long it takes."""
    text: Text = msgspec.to_builtins(case.scenario)
    wishes = (case.flow != "call") + (case.media != "0") + case.connect_media + (case.hangup_after is not None)
    moment = case.hangup_when != "connected"
    spans = sum(_span(ordinal) for lines in text.get("answers", {}).values() for ordinal in lines)
    return _leaves(text) + wishes + moment, spans, _length(text) + (case.hangup_after or 0.0)


def length(case: Case) -> float:
    """Estimate how many seconds a case takes, for those who want to begin with the longest."""
    return _length(msgspec.to_builtins(case.scenario)) + (case.hangup_after or 0.0)


# What the user wants


def _simpler_wishes(case: Case) -> Iterator[Case]:
    replace = msgspec.structs.replace
    if case.flow != "call":
        yield replace(case, flow="call")
    if case.media != "0":
        yield replace(case, media="0")
    if case.connect_media:
        yield replace(case, connect_media=False)
    if case.hangup_after is not None:
        yield replace(case, hangup_after=None, hangup_when="connected")
        if case.hangup_when != "connected":
            yield replace(case, hangup_when="connected")
        for pause in _PAUSES:
            if pause < case.hangup_after:
                yield replace(case, hangup_after=pause)


# What the platform does


def _simpler_texts(text: Text) -> Iterator[Text]:
    """Leave out whole parts, then their parts, then shorten what is there."""
    yield from _without_members(text, keep=("title", "events"))
    yield from _with(text, "events", _shorter_lists(text.get("events", [])))
    answers = text.get("answers", {})
    yield from _with(text, "answers", _without_members(answers))
    for endpoint, lines in answers.items():
        yield from _with(text, "answers", _with(answers, endpoint, _simpler_lines(lines)))
    yield from _shorter_times(text)


def _simpler_lines(lines: Text) -> Iterator[Text]:
    yield from _without_members(lines)
    for ordinal, line in lines.items():
        for fewer in _fewer(ordinal):
            if fewer not in lines:
                yield {(fewer if key == ordinal else key): value for key, value in lines.items()}
        yield from _with(lines, ordinal, _without_members(line))


def _shorter_lists(items: list[Any]) -> Iterator[list[Any]]:
    if len(items) > 2:  # noqa: PLR2004  (or it is the same as leaving out one)
        yield items[-1:]
    for position in range(len(items)):
        yield items[:position] + items[position + 1 :]


def _without_members(mapping: Text, keep: tuple[str, ...] = ()) -> Iterator[Text]:
    for name in mapping:
        if name not in keep and len(mapping) > 1:  # to be empty is to be left out, which is a step of its own
            yield {key: value for key, value in mapping.items() if key != name}


def _with(mapping: Text, name: str, values: Iterator[Any]) -> Iterator[Text]:
    for value in values:
        yield {**mapping, name: value}


def _fewer(ordinal: str) -> Iterator[str]:
    """Give ordinals that are for fewer requests."""
    read = ordinals(ordinal)
    if read.last is None:
        yield from (str(read.first), f"{read.first}-{read.first + 3}")
    elif read.last > read.first:
        yield str(read.first)
        if read.last > read.first + 1:
            yield f"{read.first}-{read.last - 1}"


def _shorter_times(value: Any, name: str = "") -> Iterator[Any]:  # noqa: ANN401  (plain data)
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _with(value, key, _shorter_times(inner, key))
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            for shorter in _shorter_times(inner):
                yield [*value[:position], shorter, *value[position + 1 :]]
    elif name in _DURATIONS and isinstance(value, str):
        yield from (duration(pause) for pause in _PAUSES if pause < seconds(value))


# What may come out


def _read(text: Text) -> Scenario | None:
    scenario = msgspec.convert(text, Scenario)
    return None if any(True for _ in contradictions(scenario)) else scenario


def _legal(scenario: Scenario) -> bool:
    events = [event_id(event) for event in scenario.events]
    letters = "".join(_LETTERS.get(event, "") for event in events)
    return _LEGAL.fullmatch(letters) is not None


def _ends(case: Case) -> bool:
    """Say whether the call comes to an end: by its last event, or by the user, whose moment has to come."""
    events = [event_id(event) for event in case.scenario.events]
    if events and events[-1] in TERMINAL:
        return True
    moment = _MOMENTS.get(case.hangup_when)
    return case.hangup_after is not None and (moment is None or moment in events)


# Weighing


def _leaves(value: Any) -> int:  # noqa: ANN401  (plain data)
    if isinstance(value, dict):
        return sum(1 + _leaves(inner) for inner in value.values())
    return sum(1 + _leaves(inner) for inner in value) if isinstance(value, list | tuple) else 0


def _span(ordinal: str) -> int:
    read = ordinals(ordinal)
    return 1_000_000 // read.step if read.last is None else (read.last - read.first) // read.step + 1


def _length(value: Any, name: str = "") -> float:  # noqa: ANN401  (plain data)
    if isinstance(value, dict):
        return sum(_length(inner, key) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return sum(_length(inner) for inner in value)
    return seconds(value) if name in _DURATIONS and isinstance(value, str) else 0.0
