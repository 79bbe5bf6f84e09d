"""The call script: what each poll of a session gets (guide §5 step 4, and what `docs/assumptions.md` adds)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint, EventId
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.script import DESERTED, CallScript, Due, Hold, Nothing

if TYPE_CHECKING:
    from mock_cec.scenario.plan import Plan, Step

TRANSFER = """
title: Queued, answered, transferred, answered again, released
hold: 25s
events:
  - {after: 300ms, event: queued}
  - {after: 2s, event: connected}
  - {after: 5s, event: transferred}
  - {after: 500ms, event: connected}
  - {after: 30s, event: released}
on_drop: {after: 100ms, event: released}
"""

QUIET_DROP = """
title: Answered; a drop is followed by nothing
events:
  - {after: 1s, event: connected}
on_drop: silence
"""


def script(text: str = TRANSFER) -> CallScript:
    return CallScript(plan(load(text, "test")))


def collected(calls: CallScript, hold: Hold, now: float) -> int | None:
    """Give the id of the event a poll gets, or `None` for an answer without one."""
    taken = calls.collect(hold, now)
    assert taken is not Nothing.NOT_YET
    return taken.event.id if isinstance(taken, Due) else None


def test_events_come_at_their_times_and_in_order() -> None:
    calls = script()
    assert calls.create(now=100.0)
    for due, event in ((100.3, 168102), (102.3, 168101), (107.3, 168106), (107.8, 168101), (137.8, 168110)):
        hold = calls.poll(due - 0.2)
        assert calls.collect(hold, due - 0.1) is Nothing.NOT_YET
        assert calls.next_due() == pytest.approx(due)
        assert calls.ready(due) == [hold]
        assert collected(calls, hold, due) == event
    assert not calls.live(138.0)


def test_events_that_arise_between_polls_wait_for_the_next_ones() -> None:
    calls = script()
    calls.create(now=0.0)
    assert [collected(calls, calls.poll(60.0), 60.0) for _ in range(5)] == [168102, 168101, 168106, 168101, 168110]


def test_a_poll_without_an_event_runs_out_after_the_hold() -> None:
    calls = script()
    hold = calls.poll(10.0)
    assert calls.next_due() == 35.0
    assert calls.ready(34.9) == []
    assert calls.ready(35.0) == [hold]
    assert collected(calls, hold, 35.0) is None
    assert calls.next_due() is None


def test_a_poll_that_waits_for_a_call_gets_the_events_of_that_call() -> None:
    calls = script()
    hold = calls.poll(10.0)
    calls.create(now=20.0)
    assert collected(calls, hold, 20.3) == EventId.QUEUED


def test_after_the_end_polls_are_held_and_end_empty() -> None:
    calls = script()
    calls.create(now=0.0)
    for _ in range(5):
        calls.collect(calls.poll(50.0), 50.0)
    hold = calls.poll(51.0)
    assert calls.collect(hold, 60.0) is Nothing.NOT_YET
    assert collected(calls, hold, 76.0) is None


def test_of_two_held_polls_the_newer_gets_the_event() -> None:
    calls = script()
    calls.create(now=0.0)
    older, newer = calls.poll(0.1), calls.poll(0.2)
    assert calls.ready(0.3) == [newer]
    assert calls.collect(older, 0.3) is Nothing.NOT_YET
    assert collected(calls, newer, 0.3) == EventId.QUEUED
    assert collected(calls, older, 2.3) == EventId.CONNECTED


def test_the_older_of_two_polls_runs_out_empty_although_an_event_waits() -> None:
    calls = script()
    older = calls.poll(0.0)
    newer = calls.poll(20.0)
    calls.create(now=24.8)
    assert collected(calls, older, 25.1) is None
    assert collected(calls, newer, 25.1) == EventId.QUEUED


def test_a_client_that_left_while_its_poll_was_held_loses_nothing() -> None:
    calls = script()
    calls.create(now=0.0)
    calls.leave(calls.poll(0.1), 0.15)
    assert calls.ready(1.0) == []
    assert collected(calls, calls.poll(1.0), 1.0) == EventId.QUEUED


def test_a_second_create_is_refused_while_the_call_lives() -> None:
    calls = script()
    assert calls.create(now=0.0)
    assert not calls.create(now=1.0)
    assert calls.calls == 1


def test_a_second_create_succeeds_once_the_call_is_over() -> None:
    calls = script()
    calls.create(now=0.0)
    assert calls.create(now=40.0)
    assert collected(calls, calls.poll(40.0), 40.3) == EventId.QUEUED


def test_a_second_create_succeeds_when_the_client_abandoned_its_held_poll() -> None:
    calls = script()
    calls.create(now=0.0)
    calls.leave(calls.poll(0.1), 0.15)
    assert calls.live(3.0)
    assert not calls.engaged(3.0)
    assert calls.create(now=3.0)
    assert [collected(calls, calls.poll(5.3), 5.3) for _ in range(2)] == [168102, 168101]


def test_a_second_create_succeeds_when_nobody_has_polled_for_a_minute() -> None:
    calls = script("title: t\nevents:\n  - {after: 0s, event: connected}\n")
    calls.create(now=0.0)
    calls.collect(calls.poll(10.0), 10.0)
    hold = calls.poll(20.0)
    calls.collect(hold, 45.0)
    assert not calls.create(now=104.9)
    assert calls.create(now=105.0)


def test_a_call_is_over_for_its_client_when_its_end_was_collected_or_it_was_dropped() -> None:
    calls = script()
    calls.create(now=0.0)
    assert not calls.over(1.0)
    for _ in range(5):
        assert not calls.over(40.0)
        calls.collect(calls.poll(40.0), 40.0)
    assert calls.over(40.0)
    calls.create(now=50.0)
    calls.drop(now=51.0)
    assert calls.over(51.0)


def test_a_client_that_polls_again_has_not_abandoned_its_call() -> None:
    calls = script()
    calls.create(now=0.0)
    calls.leave(calls.poll(0.1), 0.15)
    calls.poll(0.2)
    assert not calls.create(now=0.3)


def test_of_two_held_polls_one_may_leave_without_abandoning_the_call() -> None:
    calls = script()
    calls.create(now=0.0)
    older = calls.poll(0.1)
    calls.poll(0.2)
    calls.leave(older, 0.22)
    assert not calls.create(now=0.25)


def test_a_drop_takes_back_what_was_not_delivered_and_is_followed_by_the_release() -> None:
    calls = script()
    calls.create(now=0.0)
    hold = calls.poll(5.0)
    assert collected(calls, hold, 5.0) == EventId.QUEUED  # connected is still to be delivered
    assert calls.drop(now=5.1)
    assert collected(calls, calls.poll(5.1), 5.2) == EventId.RELEASED


def test_a_silent_drop_ends_the_held_polls_at_once() -> None:
    calls = script(QUIET_DROP)
    calls.create(now=0.0)
    hold = calls.poll(0.5)
    assert calls.drop(now=0.6)
    assert calls.ready(0.6) == [hold]
    assert collected(calls, hold, 0.6) is None


@pytest.mark.parametrize("moment", ["before any call", "after a drop", "after the end"])
def test_a_drop_without_a_live_call_is_refused(moment: str) -> None:
    calls = script()
    if moment != "before any call":
        calls.create(now=0.0)
    if moment == "after a drop":
        calls.drop(now=1.0)
    assert not calls.drop(now=60.0)


def test_a_server_that_stops_ends_every_held_poll() -> None:
    calls = script()
    holds = [calls.poll(0.0), calls.poll(1.0)]
    calls.end_polls(2.0)
    assert calls.ready(2.0) == holds
    assert [collected(calls, hold, 2.0) for hold in holds] == [None, None]


def event(name: str, after: str = "0s", now: float = 0.0) -> Due:
    (made,) = plan(load(f"title: t\nevents: [{{after: {after}, event: {name}}}]", "test")).timeline
    return Due(now + made.after, made)


FAILURE = plan(load("title: t\nanswers: {getClickToCallEvents: {1: {status: 403}}}", "test")).answers[Endpoint.EVENTS][
    0
]


INJECTED = event("transferred").event


@pytest.mark.parametrize("fate", [Nothing.EMPTY, FAILURE, event("transferred")])
def test_what_is_decided_over_a_held_poll_goes_before_what_is_due(fate: Due | Step | Nothing) -> None:
    calls = script()
    calls.create(now=0.0)
    older, newer = calls.poll(0.1), calls.poll(0.1)
    assert calls.decide(older, fate, 0.2)
    assert not calls.decide(older, Nothing.EMPTY, 0.2)
    assert calls.ready(0.2) == [older]
    assert calls.collect(older, 0.3) is fate
    assert not calls.decide(older, fate, 0.3)
    assert collected(calls, newer, 0.3) == EventId.QUEUED


def test_an_event_that_was_fated_to_a_client_which_left_waits_at_the_head() -> None:
    calls = script()
    calls.create(now=0.0)
    hold = calls.poll(0.1)
    calls.decide(hold, event("transferred"), 0.4)
    calls.leave(hold, 0.5)
    assert [collected(calls, calls.poll(0.5), 0.5) for _ in range(2)] == [EventId.TRANSFERRED, EventId.QUEUED]


def test_a_fated_end_ends_the_call() -> None:
    calls = script()
    calls.create(now=0.0)
    calls.decide(calls.poll(0.1), event("released"), 0.2)
    assert not calls.live(0.2)
    assert calls.coming(0.2) == ()


def test_an_injected_event_comes_in_its_own_time_behind_what_is_due_with_it() -> None:
    calls = script()
    calls.create(now=0.0)
    calls.inject(event("transferred", "2300ms"))
    assert [due.event.id for due in calls.coming(0.0)][:3] == [168102, 168101, 168106]
    assert [collected(calls, calls.poll(2.4), 2.4) for _ in range(3)] == [168102, 168101, 168106]
    calls.inject(event("released", "1s", now=2.4))
    assert [due.event.id for due in calls.coming(2.5)] == [168110]
    assert [due.event.id for due in calls.waiting(3.4)] == [168110]
    assert not calls.live(3.4)


def test_another_scenario_is_played_from_the_next_call_on() -> None:
    calls = script()
    other = plan(load(QUIET_DROP + "hold: 3s\n", "test"))
    calls.create(now=0.0)
    calls.swap(other, 0.1)
    assert collected(calls, calls.poll(0.3), 0.3) == EventId.QUEUED
    calls.drop(now=0.4)
    assert collected(calls, calls.poll(0.5), 0.5) == EventId.RELEASED
    calls.create(now=1.0)
    assert collected(calls, calls.poll(2.0), 2.0) == EventId.CONNECTED


def test_without_a_call_another_scenario_is_played_at_once() -> None:
    calls = script()
    calls.swap(plan(load("title: t\nhold: 3s\n", "test")), 0.0)
    assert calls.poll(0.0).until == 3.0


class AnyClient(RuleBasedStateMachine):
    """Whatever a client does, events come in order, at most once, and none is lost that was not dropped."""

    holds = Bundle("holds")

    def __init__(self) -> None:
        super().__init__()
        self.plan: Plan = plan(load(TRANSFER, "test"))
        self.calls = CallScript(self.plan)
        self.now = 0.0
        self.ends = 0.0
        self.unpolled_since = 0.0
        self.expected: list[tuple[float, int]] = []
        self.left = False
        self.held: list[Hold] = []

    @rule(seconds=st.floats(0.0, 40.0))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @property
    def live(self) -> bool:
        return self.now < self.ends

    @rule()
    def create(self) -> None:
        accepted = self.calls.create(self.now)
        deserted = not self.held and self.now - self.unpolled_since >= DESERTED
        assert accepted == (not self.live or self.left or deserted)
        if accepted:
            self.expected = [(self.now + event.after, event.id) for event in self.plan.timeline]
            self.ends = self.expected[-1][0]
            self.unpolled_since = self.now
            self.left = False

    @rule()
    def drop(self) -> None:
        assert self.calls.drop(self.now) == self.live
        if self.live:
            self.expected = [(self.now + 0.1, int(EventId.RELEASED))]
            self.ends = self.now

    @rule(target=holds)
    def poll(self) -> Hold:
        hold = self.calls.poll(self.now)
        self.held.append(hold)
        self.left = False
        return hold

    @rule(hold=consumes(holds))
    def client_leaves(self, hold: Hold) -> None:
        if hold in self.held:
            self.calls.leave(hold, self.now)
            self.held.remove(hold)
            self.unpolled_since = self.now
            self.left = not self.held

    @precondition(lambda self: self.held)
    @rule(data=st.data(), fate=st.sampled_from([Nothing.EMPTY, FAILURE]))
    def somebody_decides_over_a_poll(self, data: st.DataObject, fate: Step | Nothing) -> None:
        hold = data.draw(st.sampled_from(self.held))
        assert self.calls.decide(hold, fate, self.now)
        assert self.calls.collect(hold, self.now) is fate
        self.held.remove(hold)
        self.unpolled_since = self.now

    @rule(after=st.floats(0.0, 20.0))
    def somebody_injects_an_event(self, after: float) -> None:
        due = Due(self.now + after, INJECTED)
        self.calls.inject(due)
        place = sum(at <= due.at for at, _ in self.expected)
        self.expected.insert(place, (due.at, INJECTED.id))

    @precondition(lambda self: self.held)
    @rule()
    def ready_polls_are_answered(self) -> None:
        for hold in self.calls.ready(self.now):
            newest = hold is self.held[-1]
            taken = self.calls.collect(hold, self.now)
            self.held.remove(hold)
            self.unpolled_since = self.now
            due = [event for event in self.expected if event[0] <= self.now]
            if newest and due:
                assert isinstance(taken, Due)
                at, event = self.expected.pop(0)
                assert taken.at == pytest.approx(at)
                assert taken.event.id == event
            else:
                assert taken is Nothing.EMPTY
                assert hold.until <= self.now

    @invariant()
    def who_is_not_ready_has_nothing_to_collect(self) -> None:
        ready = self.calls.ready(self.now)
        for hold in self.held:
            if hold not in ready:
                assert hold.until > self.now
                assert self.calls.collect(hold, self.now) is Nothing.NOT_YET

    @invariant()
    def the_next_look_is_never_too_late(self) -> None:
        due = self.calls.next_due()
        assert (due is None) == (not self.held)
        if due is not None and not self.calls.ready(self.now):
            assert due > self.now
            assert all(due <= hold.until for hold in self.held)
            assert not self.expected or due <= max(self.expected[0][0], self.now) or self.expected[0][0] <= self.now


TestAnyClient = AnyClient.TestCase
