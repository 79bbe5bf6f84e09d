"""Whatever clients do, events come in order, never twice, and none is lost but by the scenario's own wish.

This is the property of `test_script.py` seen from the wire: the whole emulator but for sockets, with clients that leave
at any turn of the event loop, also between the moment at which a poll is woken and that at which its answer is written.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from mock_cec.app import app
from mock_cec.clock import SteppedClock
from mock_cec.platform import Platform

from tests.conftest import tenant
from tests.mock_server.asgi import Ask, User, turn

if TYPE_CHECKING:
    from mock_cec.recording import Record

pytestmark = pytest.mark.uncovered

SCENARIO = """
title: Two events at one instant, a slow create, failing polls, and answers that are lost
hold: 10s
tokens: {access: 1h, ccmessaging: 24h}
events:
  - {after: 300ms, event: {id: 168201, desc: first}}
  - {after: 0s, event: {id: 168202, desc: second}}
  - {after: 2s, event: {id: 168203, desc: third}}
  - {after: 5s, event: {id: 168204, desc: fourth}}
  - {after: 30s, event: released}
on_drop: {after: 100ms, event: released}
answers:
  createClickToCall:
    every 2: {delay: 700ms}
  getClickToCallEvents:
    every 5: {status: 503}
    every 7: {status: 502, loses: event}
    every 11: {code: "1", desc: busy}
"""
AXIS = ((0.3, 168201), (0.3, 168202), (2.3, 168203), (7.3, 168204), (37.3, 168110))
"""The events of a call, each with the seconds from create."""

ON_DROP = (0.1, 168110)
HOLD = 10.0

NAMES = ("alice", "bob")
SOMEBODY = st.sampled_from(("alice", "alice", "alice", "bob"))
"""Mostly the same user: what can go wrong goes wrong between requests of one."""

SEEN_WITHIN = 1
"""Turns of the loop in which a leaving client is not seen yet, if only `receive` tells of it."""


class Owed(NamedTuple):
    """An event that a user has not got, with the time at which it is due."""

    at: float
    event: int


class AnyClients(RuleBasedStateMachine):
    """Two users of one tenant, with as many requests at once as they please.

    The model knows nothing of the emulator but what was written to the clients: an accepted create owes the user the
    events of the scenario, an accepted drop takes them back for another one, and each event pays the oldest debt.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = SteppedClock()
        self.tenant = tenant(SCENARIO, self.clock)
        self.owed: dict[str, list[Owed]] = {name: [] for name in NAMES}
        application = app(Platform(self.tenant))
        self.users = {name: User(application, self.loop, self.tenant.credentials, name, self.heard) for name in NAMES}
        self.asks: list[Ask] = []
        self.wrong: list[str] = []
        self.turns = 0
        self.left_in: dict[Ask, int] = {}

    @property
    def open(self) -> list[Ask]:
        return [ask for ask in self.asks if ask.open]

    def turn(self, times: int) -> None:
        for _ in range(times):
            self.turns += 1
            turn(self.loop, 1)

    def check(self, right: bool, what: str) -> None:  # noqa: FBT001  (what has to be so)
        """Note what is wrong: an exception would end in the emulator's task, where nobody sees it."""
        if not right:
            self.wrong.append(f"{what}, at {self.clock.now()} s")

    # what is heard

    def heard(self, ask: Ask) -> None:
        """Take note of an answer at the moment at which it is written."""
        now, owed = self.clock.now(), self.owed[ask.user.name]
        if ask.name == "createClickToCall" and ask.answer["resultCode"] == "0":
            owed[:] = [Owed(now + after, event) for after, event in AXIS]
        elif ask.name == "dropClickToCall" and ask.answer["resultCode"] == "0":
            owed[:] = [Owed(now + ON_DROP[0], ON_DROP[1])]
        elif ask.name == "getClickToCallEvents":
            event = ask.answer.get("eventId") if ask.status == 200 else self.lost(ask)
            if event is not None:
                self.paid(ask, event)

    def paid(self, ask: Ask, event: int) -> None:
        owed = self.owed[ask.user.name]
        self.check(not ask.left or self.may_be_unseen(ask), f"{event} went to a client that had gone")
        if not owed:
            self.check(False, f"{event} came, and nothing was owed")  # noqa: FBT003
            return
        due = owed.pop(0)
        self.check(due.event == event, f"{event} came in place of {due.event}")
        self.check(due.at <= self.clock.now() + 1e-9, f"{event} came early, before {due.at} s")
        newer = [other for other in self.asks[self.asks.index(ask) + 1 :] if self.holds(other, ask.user)]
        self.check(not newer, f"{event} went to a poll while a newer one was held")

    def lost(self, ask: Ask) -> int | None:
        """Name the event that the scenario has let be lost with this answer."""
        record: Record = next(
            record for record in self.tenant.recorder.records if record.client == (ask.user.name, ask.number)
        )
        assert record.reply is not None
        if record.reply.lost is None:
            return None
        self.check(ask.status == 502, "an event was lost with an answer that has no such wish")
        return record.reply.lost.event.id

    def leave(self, ask: Ask) -> None:
        self.left_in[ask] = self.turns
        ask.leave()

    def holds(self, ask: Ask, user: User) -> bool:
        return ask.user is user and ask.name == "getClickToCallEvents" and ask.arrived and ask.open

    def may_be_unseen(self, ask: Ask) -> bool:
        return ask.connection is None and self.turns - self.left_in[ask] <= SEEN_WITHIN

    # what happens

    @precondition(lambda self: len(self.open) < 8)
    @rule(name=SOMEBODY, connected=st.booleans())
    def poll(self, name: str, connected: bool) -> None:  # noqa: FBT001
        self.asks.append(self.users[name].ask("getClickToCallEvents", connected=connected))

    @precondition(lambda self: len(self.open) < 8)
    @rule(name=SOMEBODY, wish=st.sampled_from(["createClickToCall", "dropClickToCall"]))
    def call(self, name: str, wish: str) -> None:
        self.asks.append(self.users[name].ask(wish))

    @rule(seconds=st.sampled_from([0.1, 0.3, 0.7, 2.0, 5.0, 10.0, 70.0]))
    def time_steps_and_nobody_has_had_a_turn(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @precondition(lambda self: any(self.owed.values()))
    @rule()
    def an_event_becomes_due(self) -> None:
        due = min(owed.at for debts in self.owed.values() for owed in debts)
        self.clock.advance_to(due)
        self.everything_happens_that_can()

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def a_client_leaves(self, data: st.DataObject) -> None:
        self.leave(data.draw(st.sampled_from(self.open)))

    @rule(times=st.integers(1, 3))
    def turns_pass(self, times: int) -> None:
        self.turn(times)

    @rule()
    def everything_happens_that_can(self) -> None:
        """Nobody is held beyond the end of the hold, or while an event is owed; who left is not held at all."""
        self.turn(20)
        now = self.clock.now()
        for name, user in self.users.items():
            due = [owed for owed in self.owed[name] if owed.at <= now]
            held = [ask for ask in self.asks if self.holds(ask, user)]
            assert not (due and held), f"{name} polls, and is not told of {due}"
        for session in self.tenant.sessions:
            assert all(hold.until > now for hold in session.script.held)
        assert self.tenant.waiting == len(self.open)

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert self.wrong == []

    def teardown(self) -> None:
        """Let every client leave, and one come that polls until it has all that it is owed."""
        try:
            for ask in self.open:
                self.leave(ask)
            self.turn(5)
            for name, user in self.users.items():
                for _ in range(20):
                    if self.owed[name]:
                        self.poll_to_the_end(user)
            assert self.wrong == []
            assert self.owed == {name: [] for name in NAMES}, "events were lost"
            failures = [ask.task.exception() for ask in self.asks if ask.task.done()]
            assert [failure for failure in failures if failure] == []
        finally:
            self.tenant.close()
            self.turn(5)
            self.loop.close()

    def poll_to_the_end(self, user: User) -> None:
        ask = user.ask("getClickToCallEvents")
        self.asks.append(ask)
        self.turn(5)
        end = self.clock.now() + HOLD
        while ask.open and self.clock.now() < end:
            due = self.clock.next_due()
            self.clock.advance_to(end if due is None else min(due, end))
            self.turn(5)
        assert ask.whole, "a poll was held beyond the end of its hold"


TestAnyClients = AnyClients.TestCase
TestAnyClients.settings = settings(max_examples=120, stateful_step_count=30, report_multiple_bugs=False)
