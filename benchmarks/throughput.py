"""Throughput on keep-alive connections: token requests alone, and whole calls with every event checked.

Both servers stay up and are asked in turn, round by round, so that a disturbance of the machine meets both. A round is
as long for one as for the other; each answer is checked, and one wrong answer ends the measurement.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING, Final

from servers import HERE, emulator, running, yardstick
from table import Line, Rounds
from wire import Load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dialogue import Dialogue
    from servers import Server
    from wire import Talk

    Work = Callable[[Dialogue], Talk]

CONNECTIONS: Final = 32
LEAST_TOKENS: Final = 0.8
LEAST_FLOWS: Final = 0.9
"""How many times as many per second as the yardstick the emulator has to manage."""

_users: Final = count()


def tokens(rounds: int, seconds: float) -> list[Line]:
    """Measure `tokenByAkSk` requests per second."""
    speed, cost = _measure(_one_token, rounds, seconds)
    return [
        Line(f"Token requests, {CONNECTIONS} connections", "1/s", *speed.pair("R", "emulator"), least=LEAST_TOKENS),
        Line("Processor time of a token request", "µs", *cost.pair("R", "emulator")),
    ]


def flows(rounds: int, seconds: float) -> list[Line]:
    """Measure whole calls per second: two tokens, send, check, create, three polls, drop; each by another user."""
    speed, cost = _measure(_one_flow, rounds, seconds)
    return [
        Line(f"Whole flows, {CONNECTIONS} connections", "1/s", *speed.pair("R", "emulator"), least=LEAST_FLOWS),
        Line("Processor time of a flow", "µs", *cost.pair("R", "emulator")),
    ]


def _one_token(dialogue: Dialogue) -> Talk:
    return dialogue.token_alone()


def _one_flow(dialogue: Dialogue) -> Talk:
    return dialogue.flow(f"user-{next(_users)}")


def _measure(work: Work, rounds: int, seconds: float) -> tuple[Rounds, Rounds]:
    """Give how many pieces of work a second each side does, and the processor time in µs that one costs it."""
    speed, cost = Rounds(("R", "emulator")), Rounds(("R", "emulator"))
    with ExitStack() as stack:
        servers = [
            stack.enter_context(running(side))
            for side in (yardstick(), emulator("--scenario", str(HERE / "events_at_once.yaml")))
        ]
        for number in range(rounds + 1):
            for server in servers:
                busy = server.processor_time()
                done, taken = _round(server, work, seconds if number else min(seconds, 1.0))
                if number:  # the first one warms up
                    speed.add(server.side.name, done / taken)
                    cost.add(server.side.name, (server.processor_time() - busy) / done * 1_000_000)
    return speed, cost


def _round(server: Server, work: Work, seconds: float) -> tuple[int, float]:
    """Work on all connections at once until the time is over; give how much was done in how many seconds."""
    dialogue = server.side.dialogue(server.port)
    with Load(server.port, CONNECTIONS) as load:
        begun = time.perf_counter()

        def talks() -> Iterator[Talk]:
            while time.perf_counter() < begun + seconds:
                yield work(dialogue)

        done = load.hold(talks(), CONNECTIONS)
        return done, time.perf_counter() - begun
