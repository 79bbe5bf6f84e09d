"""Telling a scenario to a person: what a client sees on the time axis, and what does not go as it usually would.

Only ASCII is drawn, so that every terminal shows it; what stands in the scenario is shown as it is, always at the end
of a line, where the width of Chinese letters moves nothing.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from cec_client.protocol.codes import CLOSED, CLOSED_TEXT, REFUSED

from mock_cec.scenario.answering import told
from mock_cec.scenario.durations import duration
from mock_cec.scenario.explain_gateway import at_the_gateway
from mock_cec.scenario.model import GatewaySetting, Refusal, Scenario, Support, Tokens
from mock_cec.scenario.plan import plan
from mock_cec.scenario.rehearsal import RETRIES, rehearse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mock_cec.scenario.dialect import Dialect, DialectName
    from mock_cec.scenario.plan import Plan, PlannedEvent, PlannedLine
    from mock_cec.scenario.rehearsal import Polled

    Row = tuple[str, ...]


def explain(name: str, scenario: Scenario, dialect: DialectName | None = None) -> str:
    """Tell a scenario, several lines of text.

    Args:
        name: How it is called.
        scenario: The scenario.
        dialect: In place of its own.
    """
    playing = plan(scenario, dialect)
    lines = [f"{name}: {scenario.title}"]
    lines += _section("The call", _call(playing))
    lines += _section("Answers of their own", _answers(playing))
    lines += _section("At the gateway", at_the_gateway(playing))
    lines += _section("Text session", _text(playing))
    lines += _section("Settings", _settings(playing.scenario))
    return "\n".join(lines)


def _call(playing: Plan) -> Iterator[str]:
    scenario = playing.scenario
    if not (scenario.support.webrtc and scenario.support.click_to_call):
        yield f"There is none: checkClickToCallSupport says {_flags(scenario.support)}."
        return
    if isinstance(scenario.create, Refusal):
        yield f"There is none: createClickToCall says {_result(scenario.create.code, scenario.create.desc)}."
        return
    yield "as a client sees it that polls on at once; the last line is what a drop brings:"
    yield ""
    yield from _table(_axis(playing), rights=(0,))


def _axis(playing: Plan) -> Iterator[Row]:
    polls = rehearse(playing)
    yield (_clock(0.0), "create", "the call begins", "")
    for _, group in groupby(polls, lambda poll: poll.ordinal if poll.event or poll.step else 0):
        yield _polled(tuple(group), playing.dialect)
    seen = sum(poll.event is not None or poll.lost is not None for poll in polls)
    if polls[-1].failed:
        yield ("", "then", "gives up", f"{RETRIES} retries have failed")
    for event in playing.timeline[seen:]:
        yield (_clock(event.after), "due", *_event(event))
    over = bool(playing.timeline) and playing.timeline[-1].terminal
    if not over:
        yield ("", "then", "nothing", f"every poll ends after {duration(playing.hold)}, until someone hangs up")
    drop = playing.on_drop
    yield (f"+ {_clock(drop.after)}", "drop", *_event(drop)) if drop else ("", "drop", "nothing", "polls end at once")


def _polled(group: tuple[Polled, ...], dialect: Dialect) -> Row:
    first, last = group[0], group[-1]
    number = f"poll {first.ordinal}" if first is last else f"polls {first.ordinal}-{last.ordinal}"
    if last.step:
        return (_clock(last.at), number, *told(last.step.answer, dialect.expired_status))
    return (_clock(last.at), number, *(_event(last.event) if last.event else ("no event", "")))


def _event(event: PlannedEvent) -> tuple[str, str]:
    words = f"{event.id}  {event.text}"
    if event.cause:
        words += f"  (cause {event.cause.id}: {event.cause.desc})"
    return event.step.rpartition(" ")[2], words


def _answers(playing: Plan) -> Iterator[str]:
    rows = [
        (endpoint if number == 0 else "", f"request {ordinal}", *told(answer, playing.dialect.expired_status))
        for endpoint, lines in playing.scenario.answers.items()
        for number, (ordinal, answer) in enumerate(lines.items())
    ]
    yield from _table(rows)


def _text(playing: Plan) -> Iterator[str]:
    kind = playing.scenario.text
    if kind == "closed":
        yield f"There is none: send (CONNECT) says {_result(CLOSED, CLOSED_TEXT)}."
    elif kind == "unavailable":
        yield f"There is none: send (CONNECT) says {_result(REFUSED, 'No ccucs address available!')}."
    elif playing.lines:
        yield f"send (CONNECT) reaches the {kind}; times count from the line before, or from a chat:"
        yield ""
        yield from _table(map(_line, playing.lines), rights=(0,))


def _line(planned: PlannedLine) -> Row:
    line = planned.line
    moment = "after a chat" if line.on else ""
    return (
        f"+ {_clock(planned.after)}",
        moment,
        line.by,
        "ends the session" if line.disconnect else f"says {line.say}",
    )


def _settings(scenario: Scenario) -> Iterator[str]:
    usual = Scenario(title="x")
    if scenario.dialect != usual.dialect:
        yield f"Where the guide and the API reference disagree, the {scenario.dialect} is right."
    if scenario.hold != usual.hold:
        yield f"A poll waits {scenario.hold} at most."
    if scenario.tokens != Tokens():
        yield f"Tokens live {scenario.tokens.access} (access) and {scenario.tokens.ccmessaging} (ccmessaging) at most."
    if scenario.tokens.ccmessaging_value is not None:
        yield f"The ccmessaging token is always {scenario.tokens.ccmessaging_value}"
    for key, value in _gateway(scenario.gateway):
        yield f"connected hands out {key} {value}"
    if scenario.cors == "none":
        yield "Pages of another origin are not let in (cors: none)."


def _gateway(gateway: GatewaySetting) -> Iterator[tuple[str, str]]:
    given = {
        "domain": gateway.domain,
        "gwAddresses": "as host:port, without a scheme"
        if gateway.addresses == "bare"
        else ", ".join(gateway.addresses or ()),
        "accessCode": gateway.callee,
        "clickToCallCaller": gateway.caller,
    }
    return ((key, value) for key, value in given.items() if value)


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        if number == 0:
            yield f"\n{title}"
        yield f"  {line}".rstrip()


def _table(rows: Iterable[Row], rights: tuple[int, ...] = ()) -> Iterator[str]:
    """Align rows in columns; those in `rights` to the right, for numbers."""
    table = tuple(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [
            cell.rjust(width) if position in rights else cell.ljust(width)
            for position, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


def _clock(seconds: float) -> str:
    """Write a time of the axis in seconds, so that times under each other can be compared."""
    whole, _, part = f"{seconds:.3f}".partition(".")
    return f"{whole}.{(part.rstrip('0') or '0') + ' s':<5}"


def _flags(support: Support) -> str:
    flags = {"webRTCSupported": support.webrtc, "clickToCallSupported": support.click_to_call}
    return " and ".join(f"{name} {str(value).lower()}" for name, value in flags.items())


def _result(code: str, desc: str) -> str:
    return f'resultCode {code} "{desc}"'
