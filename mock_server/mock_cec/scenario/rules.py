"""What the types of a scenario allow and the protocol does not: things that could never happen, or mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import TERMINAL, EventId
from cec_client.protocol.codes import OK

from mock_cec.scenario.fault_rules import faults
from mock_cec.scenario.model import GatewayScript, Refusal, ScriptedEvent, event_id, event_word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_cec.scenario.model import Line, Scenario
    from mock_cec.scenario.yaml_tree import Path

    Findings = Iterator[tuple[Path, str]]

_USUAL: Final = GatewayScript()


def contradictions(scenario: Scenario) -> Findings:
    """Find what cannot be meant, each with its place and what to write instead."""
    if isinstance(scenario.create, Refusal) and scenario.create.code == OK:
        yield (
            ("create", "code"),
            '"0" means success, so nothing would be refused; expected: another code, or "create: ok"',
        )
    yield from _events(scenario.events)
    if isinstance(scenario.on_drop, ScriptedEvent):
        yield from _misplaced(scenario.on_drop, ("on_drop",))
        if event_id(scenario.on_drop) not in TERMINAL:
            yield ("on_drop", "event"), 'after a drop only an event that ends the call can come, such as "released"'
    for endpoint, lines in scenario.answers.items():
        for ordinal, answer in lines.items():
            for place, message in faults(endpoint, ordinal, answer):
                yield ("answers", endpoint, ordinal, *place), message
    yield from _lines(scenario.agent)
    yield from _gateway(scenario.gateway)


def _gateway(script: GatewayScript) -> Findings:
    if isinstance(script.on_hangup, ScriptedEvent):
        path: Path = ("gateway", "on_hangup")
        yield from _misplaced(script.on_hangup, path)
        if event_id(script.on_hangup) not in TERMINAL:
            yield (
                (*path, "event"),
                'after the caller hung up only an event that ends the call can come, such as "released"',
            )
    if script.answer == "ok":
        return
    for key in ("media", "direction", "stops", "ice", "dtmf"):
        if getattr(script, key) != getattr(_USUAL, key):
            yield (
                ("gateway", key),
                f'with "answer: {script.answer}" there are no media; expected: "answer: ok", or no "{key}"',
            )
    if script.answer == "never" and script.ring != _USUAL.ring:
        yield ("gateway", "ring"), 'with "answer: never" it rings for as long as the caller waits'


def _events(events: tuple[ScriptedEvent, ...]) -> Findings:
    over: str | None = None
    for position, event in enumerate(events):
        path: Path = ("events", position)
        if over:
            yield path, f'nothing can follow "{over}": the call is over'
        yield from _misplaced(event, path)
        over = event_word(event) if event_id(event) in TERMINAL else None


def _misplaced(event: ScriptedEvent, path: Path) -> Findings:
    if event.gateway is not None and event_id(event) != EventId.CONNECTED:
        yield (*path, "gateway"), 'only "connected" hands out a gateway'
    if event.cause is not None and event_id(event) not in TERMINAL:
        yield (*path, "cause"), 'only the events that end a call have a cause: "released", "queue_timeout", "failed"'


def _lines(lines: tuple[Line, ...]) -> Findings:
    ended = False
    for position, line in enumerate(lines):
        path: Path = ("agent", position)
        if ended:
            yield path, "nothing can follow a disconnect: the text session is over"
        if (line.say is None) != line.disconnect:
            yield path, 'a line has either "say" or "disconnect: true"'
        ended = line.disconnect
