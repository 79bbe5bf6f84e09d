"""A call of an hour with everything that an hour brings, played twice without waiting, is the same to the last byte."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from mock_cec import MockCec
from mock_cec.tenant import Credentials

from tests.mock_server.asgi import TURNS, Ask, User, turn
from tests.mock_server.leaping import LeapingLoop

HOUR = """
title: An hour with several events, a failing poll, a slow one, and tokens that expire every ten minutes
hold: 25s
tokens: {access: 10m, ccmessaging: 25m}
events:
  - {after: 300ms, event: queued}
  - {after: 4m, event: connected}
  - {after: 20m, event: transferred}
  - {after: 7s, event: connected}
  - {after: 36m, event: released}
answers:
  getClickToCallEvents:
    9: {code: "1", desc: busy}
    30: {delay: 3s}
"""
EVENTS = [168102, 168101, 168106, 168101, 168110]


class Told:
    """Everything that the emulator said in one run.

    Attributes:
        answers: Of each request the endpoint, the status and the body.
        trace: The whole trace, as it is exported.
        ended: When the call ended, in seconds of its own time.
        waited: The real seconds that the loop would have had to wait.
    """

    def __init__(self) -> None:
        self.answers: list[tuple[str, int | None, bytes]] = []
        with asyncio.Runner(loop_factory=LeapingLoop) as runner:
            cec = MockCec(HOUR, clock="stepped")
            loop = runner.get_loop()
            user = User(cec.app, loop, Credentials(), hear=self._hear)
            user.told("createClickToCall")
            while self.events[-1:] != [168110]:
                poll = user.ask("getClickToCallEvents")
                turn(loop, TURNS)
                if not poll.whole:
                    runner.run(cec.clock.play_async(poll.task))
                if poll.status == 403:
                    user.login()
            self.trace = cec.trace.to_json()
            self.ended = cec.clock.now()
            self.waited = loop.time()

    def _hear(self, ask: Ask) -> None:
        self.answers.append((ask.name, ask.status, ask.body))

    @property
    def events(self) -> list[Any]:
        bodies = (json.loads(body) for _, _, body in self.answers)
        return [body["eventId"] for body in bodies if "eventId" in body]

    def times(self, endpoint: str, status: int = 200) -> int:
        """Count the answers of an endpoint with a status."""
        return sum(answer[:2] == (endpoint, status) for answer in self.answers)


def test_it_takes_no_time_and_is_the_same_twice() -> None:
    first, second = Told(), Told()
    assert first.answers == second.answers
    assert first.trace == second.trace
    assert first.events == EVENTS
    assert first.ended == pytest.approx(0.3 + 4 * 60 + 20 * 60 + 7 + 36 * 60)
    assert first.times("getClickToCallEvents", 403) == first.times("applyToken") - 1
    assert first.times("tokenByAkSk") == 6  # a life of ten minutes each, and the rest of the poll in which it ends
    assert first.waited == second.waited == 0.0
