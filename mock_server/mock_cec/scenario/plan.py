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
from mock_cec.scenario.model import CauseSetting, EventKind, ScriptedEvent, event_id, event_word
from mock_cec.scenario.ordinals import Ordinals, ordinals

if TYPE_CHECKING:
    from mock_cec.scenario.dialect import DialectName
    from mock_cec.scenario.model import GatewayScript, GatewaySetting, Line, Scenario, ScriptedAnswer


_NOT_DIALLED = ScriptedEvent(after="0s", event="released", cause=CauseSetting(desc="the caller did not dial"))
"""What ends a call whose caller does not come to the gateway."""


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


class PlannedGateway(Struct, frozen=True):
    """What the gateway does with a call, its durations in seconds; the rest is as the scenario says.

    Attributes:
        ring: How long it rings.
        stops: How long after media began to flow no more packets are sent; `None`: they go on.
        drop_socket: How long after the first INVITE of a call the WebSocket is cut; `None`: never.
        dial_within: How long after "connected" the caller has to have dialled; `None`: as long as the call lives.
        not_dialled: The event that follows if the caller has not.
        on_hangup: The event that follows if the caller's side ends; `None` for silence.
    """

    ring: float
    stops: float | None
    drop_socket: float | None
    dial_within: float | None
    not_dialled: PlannedEvent
    on_hangup: PlannedEvent | None


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
        gateway: What the gateway does.
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
    gateway: PlannedGateway


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
        gateway=_gateway(scenario.gateway, spoken),
    )


def _gateway(script: GatewayScript, dialect: Dialect) -> PlannedGateway:
    follows = script.on_hangup
    return PlannedGateway(
        ring=seconds(script.ring),
        stops=_optional(script.stops),
        drop_socket=_optional(script.drop_socket),
        dial_within=_optional(script.dial_within),
        not_dialled=_event(_NOT_DIALLED, 0.0, "gateway.dial_within", dialect),
        on_hangup=_event(follows, seconds(follows.after), "gateway.on_hangup", dialect)
        if isinstance(follows, ScriptedEvent)
        else None,
    )


def _optional(duration: str | None) -> float | None:
    return None if duration is None else seconds(duration)


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
