"""Ten thousand polls, held at once: how late are their answers, and how much memory do they take?

**How both sides get the same due instants.** In the emulator an event is due so many seconds after its call's create,
so each poll has a user, a connection and a call of its own. The yardstick does the same sum: it notes the time of a
create and its poll sleeps until so many seconds later. The load generator paces the creates, a thousand a second on
both sides, so both face the same spread of due instants, and no server is busy with two things at a time:

    log in everybody - create, paced - poll, all of them - quiet - due, one after the other - answers

**One instant.** The creates of ten thousand calls cannot be one instant, so the server is made to miss the spread: it
is stopped (SIGSTOP) before the first event is due and continued (SIGCONT) after the last one was. When it wakes, all
ten thousand are due, and that moment is the instant from which their lateness counts. The commands are the real ones
and nothing in them knows of it; the yardstick is stopped in the same way. Where there are no such signals (Windows)
this part is left out.

**Lateness** is the time from the due instant to the last byte of the answer, as the load generator sees it. In the
spread, the due instant counts from the moment the create was *sent*, which is before the server noted it: lateness is
never flattered. An answer before its time ends the measurement, and so does a poll that was not held before the first
event was due.

**Memory** is what the server's resident memory grows by from when everyone is logged in and has a call until all polls
are held, divided by the polls. The emulator's trace is bounded, and with ten thousand polls it would forget logins to
make room for them, which would flatter it; so this is measured in the spread, with six polls in place of ten: logins,
creates and polls then fit into the trace together. "In all" counts from the server's first answer: connections, users,
calls and trace. The peak is the most that it ever had, answers included, counted from that first answer as well.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Final

from dialogue import CONNECTED, done
from servers import emulator, running, yardstick
from table import Line, Rounds
from wire import LONGEST_SILENCE, Load, Wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dialogue import Dialogue
    from servers import Server, Side
    from wire import Answer, Connection, Talk

MOST: Final = 1.0
"""How many times as late, and as large, as the yardstick the emulator may be."""

CREATES_PER_SECOND: Final = 1000
LOGINS_AT_ONCE: Final = 32
SHARE_IN_SPREAD: Final = 0.6
"""The share of the polls that are held in the spread, for the sake of the memory they are measured with."""

TIME_TO_POLL: Final = 15.0
"""Seconds from the last create to the first due event: time enough for all polls to arrive and the server to rest."""

SCENARIO: Final = """\
title: An agent answers after a while, and a poll waits for longer than that
hold: 10m
events:
  - {{after: {after}s, event: connected}}
"""


@dataclass(frozen=True)
class Held:
    """What one run of one side gave; lateness in milliseconds, memory in bytes per poll."""

    p50: float
    p99: float
    last: float
    poll: float
    in_all: float
    peak: float | None


def held_polls(rounds: int, polls: int) -> list[Line]:
    """Measure both sides in turn, first with the spread of due instants, then with a single one."""
    after = round(polls / CREATES_PER_SECOND + TIME_TO_POLL)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        scenario = Path(folder) / "connected_later.yaml"
        scenario.write_text(SCENARIO.format(after=after), encoding="utf-8")
        sides = (yardstick("--connected-after", str(after)), emulator("--scenario", str(scenario)))
        for at_one_instant in (False, True) if sys.platform != "win32" else (False,):
            held = polls if at_one_instant else round(polls * SHARE_IN_SPREAD)
            lines += _measure(sides, rounds, held, after, at_one_instant=at_one_instant)
    return lines


def _measure(sides: tuple[Side, Side], rounds: int, polls: int, after: float, *, at_one_instant: bool) -> list[Line]:
    names = [side.name for side in sides]
    measured = {key: Rounds(names) for key in ("p50", "p99", "last", "poll", "in_all", "peak")}
    for _ in range(rounds):
        for side in sides:
            with running(side) as server:
                held = _run(server, polls, after, at_one_instant=at_one_instant)
            for key, values in measured.items():
                value = getattr(held, key)
                if value is not None:
                    values.add(side.name, value)
    due = "at one instant" if at_one_instant else f"{CREATES_PER_SECOND:,} a second"
    lines = [
        Line(f"{polls:,} held polls due {due}: median lateness", "ms", *measured["p50"].pair(*names)),
        Line(f"{polls:,} held polls due {due}: p99 lateness", "ms", *measured["p99"].pair(*names), most=MOST),
        Line(f"{polls:,} held polls due {due}: the last one", "ms", *measured["last"].pair(*names)),
    ]
    lines.append(
        Line("Memory in all, of each poll with its user", "KB", *_kilobytes(*measured["in_all"].pair(*names)))
        if at_one_instant
        else Line("Memory of a held poll", "KB", *_kilobytes(*measured["poll"].pair(*names)), most=MOST)
    )
    if at_one_instant and sys.platform == "linux":
        lines.append(Line("The same at its peak", "KB", *_kilobytes(*measured["peak"].pair(*names))))
    return lines


def _kilobytes(base: float, emulator: float, ratio: float) -> tuple[float, float, float]:
    return base / 1024, emulator / 1024, ratio


def _run(server: Server, polls: int, after: float, *, at_one_instant: bool) -> Held:
    """Hold so many polls of one server, and have them answered."""
    dialogue = server.side.dialogue(server.port)
    memory_at_first = server.memory()
    with Load(server.port, polls) as load:
        headers = _log_in(load, dialogue)
        created = _create(load, dialogue, headers)
        _quiet(server)
        memory_before = server.memory()

        for connection, its_headers in zip(load.connections, headers, strict=True):
            connection.send(dialogue.poll(its_headers))
        _quiet(server)
        memory_held = server.memory()
        if time.monotonic() > created[0] + after - 1 or any(load.answers(0)):
            raise Wrong("this machine is too slow: an event was due before all polls were held")

        due = [moment + after for moment in created]
        if at_one_instant:
            due = [_miss(server, due[0], due[-1])] * polls
        answers = _collect(load)
    lateness = _check(dialogue, [answers[connection] for connection in load.connections], due)
    peak = server.most_memory()
    return Held(
        p50=median(lateness),
        p99=quantiles(lateness, n=100)[-1],
        last=max(lateness),
        poll=(memory_held - memory_before) / polls,
        in_all=(memory_held - memory_at_first) / polls,
        peak=None if peak is None else (peak - memory_at_first) / polls,
    )


def _log_in(load: Load, dialogue: Dialogue) -> list[str]:
    """Log in a user for each connection, and give their headers; they share an AccessToken."""
    headers: list[str] = []

    def log_in_everybody() -> Iterator[Talk]:
        access_token = ""

        def first() -> Talk:
            nonlocal access_token
            access_token = yield from dialogue.token()

        def user(number: int) -> Talk:
            headers.append((yield from dialogue.login(f"user-{number}", access_token)))

        yield first()
        for number in range(len(load.connections)):
            yield user(number)

    load.hold(log_in_everybody(), 1)
    return headers


def _create(load: Load, dialogue: Dialogue, headers: list[str]) -> list[float]:
    """Start everybody's call, at an even pace; give the moments at which the requests were sent."""
    sent: list[float] = []
    answered = 0
    begun = time.monotonic()
    while answered < len(headers):
        due = min(len(headers), int((time.monotonic() - begun) * CREATES_PER_SECOND) + 1)
        for number in range(len(sent), due):
            sent.append(time.monotonic())
            load.connections[number].send(dialogue.create(headers[number]))
        for _, answer in load.answers(1 / CREATES_PER_SECOND):
            done(answer.body, "createClickToCall")
            answered += 1
        if time.monotonic() > sent[-1] + LONGEST_SILENCE:
            raise Wrong(f"{len(headers) - answered} creates were not answered")
    return sent


def _quiet(server: Server) -> None:
    """Wait until the server has used next to no processor time for half a second."""
    busy = server.processor_time()
    while True:
        time.sleep(0.5)
        before, busy = busy, server.processor_time()
        if busy - before < 0.03:  # noqa: PLR2004  (three ticks)
            return


def _miss(server: Server, first: float, last: float) -> float:
    """Keep the server stopped from before the first event is due until after the last; give when it went on."""
    time.sleep(first - 0.5 - time.monotonic())
    os.kill(server.process.pid, signal.SIGSTOP)
    time.sleep(last + 0.5 - time.monotonic())
    moment = time.monotonic()
    os.kill(server.process.pid, signal.SIGCONT)
    return moment


def _collect(load: Load) -> dict[Connection, Answer]:
    """Wait until every poll is answered."""
    answers: dict[Connection, Answer] = {}
    last = time.monotonic()
    while len(answers) < len(load.connections):
        for connection, answer in load.answers(1):
            answers[connection] = answer
            last = answer.at
        if time.monotonic() > last + LONGEST_SILENCE:
            raise Wrong(f"{len(load.connections) - len(answers)} polls were not answered")
    return answers


def _check(dialogue: Dialogue, answers: list[Answer], due: list[float]) -> list[float]:
    """Check every answer, and give how late it was, in milliseconds."""
    lateness = []
    for answer, moment in zip(answers, due, strict=True):
        dialogue.check_event(answer.body, CONNECTED)
        if answer.at < moment:
            raise Wrong(f"an event came {moment - answer.at:.3f} s before it was due")
        lateness.append((answer.at - moment) * 1000)
    return lateness
