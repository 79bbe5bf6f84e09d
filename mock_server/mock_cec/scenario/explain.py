"""Telling a scenario to a person: its events on the time axis, and what does not go as it usually would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_cec.scenario.durations import duration, seconds
from mock_cec.scenario.model import GatewaySetting, Refusal, Scenario, Support, Tokens
from mock_cec.scenario.plan import plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_cec.scenario.model import Line, ScriptedAnswer
    from mock_cec.scenario.plan import Plan, PlannedEvent


def explain(name: str, scenario: Scenario) -> str:
    """Tell the timeline of a scenario, several lines of text."""
    playing = plan(scenario)
    lines = [f"{name}: {scenario.title}", ""]
    lines += _call(playing)
    lines += _section("Answers that differ", _answers(scenario))
    lines += _section("Text session", _text(scenario))
    lines += _section("Settings", _settings(scenario))
    return "\n".join(lines)


def _call(playing: Plan) -> Iterator[str]:
    scenario = playing.scenario
    if not (scenario.support.webrtc and scenario.support.click_to_call):
        yield "There is no call: checkClickToCallSupport forbids it."
        return
    if isinstance(scenario.create, Refusal):
        yield f"There is no call: createClickToCall says {_refusal(scenario.create)}."
        return
    yield "Time after createClickToCall:"
    yield _row(0.0, "created", "")
    for event in playing.timeline:
        yield _event(event)
    if not (playing.timeline and playing.timeline[-1].terminal):
        yield f"{'':>10}  then nothing, until someone hangs up"
    if playing.on_drop is None:
        yield f"{'drop':>10}  polls end; no event follows"
    else:
        yield f"{'drop +' + duration(playing.on_drop.after):>10}  {_words(playing.on_drop)}"


def _event(event: PlannedEvent) -> str:
    return _row(event.after, _words(event), "")


def _words(event: PlannedEvent) -> str:
    words = f"{event.step.partition(' ')[2]:<14} {event.id}  {event.text}"
    return f"{words}  (cause {event.cause.id}: {event.cause.desc})" if event.cause else words


def _answers(scenario: Scenario) -> Iterator[str]:
    for endpoint, lines in scenario.answers.items():
        for ordinal, answer in lines.items():
            yield f"{endpoint}, request {ordinal}: {_answer(answer)}"


def _answer(answer: ScriptedAnswer) -> str:
    words = []
    if answer.status is not None:
        words.append(f"HTTP {answer.status}")
    if answer.code is not None:
        words.append(f"resultCode {answer.code}")
    if answer.desc is not None:
        words.append(f'"{answer.desc}"')
    if answer.delay is not None:
        words.append(f"{answer.delay} later")
    return " ".join(words)


def _text(scenario: Scenario) -> Iterator[str]:
    if scenario.text in {"closed", "unavailable"}:
        yield f"send (CONNECT) is refused: {scenario.text}"
        return
    if scenario.agent:
        yield f"send (CONNECT) reaches the {scenario.text}; then"
    for line in scenario.agent:
        yield f"{duration(seconds(line.after)):>7} after {_moment(line)}: {line.by} {_act(line)}"


def _moment(line: Line) -> str:
    return "the customer's next message" if line.on else "that"


def _act(line: Line) -> str:
    return "ends the session" if line.disconnect else f"says {line.say}"


def _settings(scenario: Scenario) -> Iterator[str]:
    if scenario.hold != Scenario(title="x").hold:
        yield f"a poll waits {scenario.hold} at most"
    if scenario.tokens != Tokens():
        yield f"tokens live {scenario.tokens.access} (access) and {scenario.tokens.ccmessaging} (ccmessaging) at most"
    if scenario.support != Support():
        flags = scenario.support
        yield f"webRTCSupported {flags.webrtc}, clickToCallSupported {flags.click_to_call}".lower()
    if scenario.gateway != GatewaySetting():
        yield "the gateway's data are fixed by the scenario"
    if scenario.cors == "none":
        yield "pages of another origin are not let in (cors: none)"


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == 0:
            yield f"\n{title}:"
        yield f"  {line}"


def _row(at: float, what: str, more: str) -> str:
    return f"{duration(at):>10}  {what}{more}"


def _refusal(refusal: Refusal) -> str:
    return f'resultCode {refusal.code} "{refusal.desc}"'
