"""What a scenario means in numbers: durations as seconds, ordinals as sets, events with their ids and texts."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from cec_client.protocol import BY_NAME, TERMINAL, Endpoint, EventId
from msgspec import Struct
from msgspec.structs import replace

from mock_cec.scenario.answering import in_place, odd
from mock_cec.scenario.dialect import DIALECTS, Dialect
from mock_cec.scenario.durations import seconds
from mock_cec.scenario.model import EventKind, ScriptedEvent, event_id, event_word
from mock_cec.scenario.ordinals import Ordinals, ordinals

if TYPE_CHECKING:
    from mock_cec.scenario.dialect import DialectName
    from mock_cec.scenario.model import CauseSetting, GatewaySetting, Line, Scenario, ScriptedAnswer


class PlannedEvent(Struct, frozen=True):
    """An event of the script.

    Attributes:
        step: The line of the scenario it comes from, for the trace: `events[2] connected`.
        after: Seconds from create, or from drop for the event that answers a drop.
        id: Its number.
        text: Its `resultDesc`.
        terminal: Whether it ends the call.
        cause: The cause it gives.
        gateway: What it says of the gateway, beside the scenario's own settings.
    """

    step: str
    after: float
    id: int
    text: str
    terminal: bool
    cause: CauseSetting | None = None
    gateway: GatewaySetting | None = None


class Step(Struct, frozen=True):
    """A scripted answer and the requests it is for.

    Attributes:
        name: The line of the scenario it comes from, for the trace: `answers.poll[2]`.
        ordinals: The requests of the endpoint that get it.
        answer: What they get.
        delay: Seconds that the answer takes longer.
        drip: Seconds between the pieces of its body; 0 where it does not drip.
        in_place: Whether the answer stands in place of the real one.
        oddities: What is odd about it, in words; empty where it is no more than another answer, or a later one.
    """

    name: str
    ordinals: Ordinals
    answer: ScriptedAnswer
    delay: float
    drip: float
    in_place: bool
    oddities: str


class PlannedLine(Struct, frozen=True):
    """A line of the text session, its `after` in seconds."""

    after: float
    line: Line


class Plan(Struct, frozen=True):
    """A scenario, ready to be played; durations are seconds.

    Attributes:
        scenario: Where the rest stands, as it was written.
        dialect: Whose word the answers go by.
        hold: The longest a poll waits for an event.
        access_life: The longest life of an AccessToken.
        ccmessaging_life: The life of a ccmessaging token.
        timeline: The events, in order.
        on_drop: The event that answers a drop; `None` for silence.
        answers: For each endpoint that has them, the scripted answers in the order of the file.
        lines: The other side of the text session.
    """

    scenario: Scenario
    dialect: Dialect
    hold: float
    access_life: float
    ccmessaging_life: float
    timeline: tuple[PlannedEvent, ...]
    on_drop: PlannedEvent | None
    answers: dict[Endpoint, tuple[Step, ...]]
    lines: tuple[PlannedLine, ...]


def plan(scenario: Scenario, dialect: DialectName | None = None) -> Plan:
    """Read a scenario's durations, ordinals and events once, so that playing it needs no more reading.

    Args:
        scenario: What is played.
        dialect: In place of the scenario's own.
    """
    scenario = replace(scenario, dialect=dialect or scenario.dialect)
    moments = accumulate(seconds(event.after) for event in scenario.events)
    drop = scenario.on_drop
    spoken = DIALECTS[scenario.dialect]
    return Plan(
        scenario=scenario,
        dialect=spoken,
        hold=seconds(scenario.hold),
        access_life=seconds(scenario.tokens.access),
        ccmessaging_life=seconds(scenario.tokens.ccmessaging),
        timeline=tuple(
            _event(event, moment, f"events[{position}]", spoken)
            for position, (event, moment) in enumerate(zip(scenario.events, moments, strict=True))
        ),
        on_drop=_event(drop, seconds(drop.after), "on_drop", spoken) if isinstance(drop, ScriptedEvent) else None,
        answers={
            BY_NAME[name]: tuple(_step(f"answers.{name}[{text}]", text, answer) for text, answer in lines.items())
            for name, lines in scenario.answers.items()
        },
        lines=tuple(PlannedLine(seconds(line.after), line) for line in scenario.agent),
    )


def _step(name: str, ordinal: str, answer: ScriptedAnswer) -> Step:
    return Step(
        name=name,
        ordinals=ordinals(ordinal),
        answer=answer,
        delay=seconds(answer.delay or "0s"),
        drip=seconds(answer.drip or "0s"),
        in_place=in_place(answer),
        oddities=", ".join(odd(answer)),
    )


def _event(event: ScriptedEvent, moment: float, place: str, dialect: Dialect) -> PlannedEvent:
    number = event_id(event)
    return PlannedEvent(
        step=f"{place} {event_word(event)}",
        after=moment,
        id=number,
        text=_text(event, number, dialect),
        terminal=number in TERMINAL,
        cause=event.cause,
        gateway=event.gateway,
    )


def _text(event: ScriptedEvent, number: int, dialect: Dialect) -> str:
    kind = event.event
    if isinstance(kind, EventKind):
        return kind.desc if kind.desc or number in set(EventId) else dialect.unknown_text
    return dialect.texts[EventId(number)]
