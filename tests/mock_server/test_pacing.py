"""The clock `auto`: hours of emulated time in moments of real time, which itself leaps here."""

from __future__ import annotations

import asyncio
import gc
import weakref
from typing import TYPE_CHECKING

import pytest
from mock_cec.app import app
from mock_cec.clock import AutoClock
from mock_cec.platform import Platform
from mock_cec.scenario import catalogue
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Credentials, Tenant

from tests.conftest import tenant
from tests.mock_server.asgi import Ask, User, turn
from tests.mock_server.leaping import LeapingLoop

if TYPE_CHECKING:
    from collections.abc import Iterator

CALL = """
title: t
hold: 25s
events:
  - {after: 300ms, event: queued}
  - {after: 1h, event: connected}
answers:
  send: {1: {delay: 10s}, 2: {hang: true}}
"""


@pytest.fixture
def loop() -> Iterator[LeapingLoop]:
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, LeapingLoop)
        yield loop


class House:
    """A tenant with the clock `auto`, and the real time beside its own."""

    def __init__(self, loop: LeapingLoop, scenario: str = CALL) -> None:
        self.loop = loop
        self.tenant = tenant(scenario, AutoClock())
        self.application = app(Platform(self.tenant))

    def user(self, name: str = "alice") -> User:
        return User(self.application, self.loop, self.tenant.credentials, name)

    def pass_time(self, seconds: float) -> tuple[float, float]:
        """Let real time pass; give how much has passed, and the tenant's time."""
        self.loop.call_later(seconds, self.loop.stop)
        self.loop.run_forever()
        return self.loop.time(), self.tenant.clock.now()

    def wait(self, *asks: Ask) -> None:
        """Let real time pass until these have been answered."""
        for ask in asks:
            self.loop.run_until_complete(ask.task)


def test_it_is_stepped_time_that_starts_on_the_day_of_the_guide() -> None:
    assert AutoClock().started == 1724025600.0  # 2024-08-19T00:00:00Z


def test_it_steps_to_the_event_once_a_poll_has_been_held_for_50_ms(loop: LeapingLoop) -> None:
    house = House(loop)
    user = house.user()
    user.told("createClickToCall")
    poll = user.ask("getClickToCallEvents")
    assert house.pass_time(0.049) == pytest.approx((0.049, 0.0))
    assert not poll.whole
    assert house.pass_time(0.002) == pytest.approx((0.051, 0.3))
    assert poll.answer["eventId"] == 168102


def test_an_hour_takes_50_ms_for_each_poll(loop: LeapingLoop) -> None:
    house = House(loop)
    user = house.user()
    user.told("createClickToCall")
    events: list[int] = []
    polls = 0
    while events[-1:] != [168101]:
        poll = user.ask("getClickToCallEvents")
        house.wait(poll)
        if poll.status == 403:
            user.login()
        else:
            polls += 1
            events += [poll.answer["eventId"]] if "eventId" in poll.answer else []
    assert events == [168102, 168101]
    assert house.tenant.clock.now() == 3600.3
    assert polls == 1 + 3600 // 25
    assert polls * 0.05 <= loop.time() < polls * 0.052


def test_another_request_puts_it_off(loop: LeapingLoop) -> None:
    house = House(loop)
    user = house.user()
    user.told("createClickToCall")
    user.ask("getClickToCallEvents")
    for _ in range(5):
        house.pass_time(0.04)
        user.told("checkClickToCallSupport")
    assert house.tenant.clock.now() == 0.0
    assert house.pass_time(0.06)[1] == 0.3


def test_nothing_steps_while_nobody_waits(loop: LeapingLoop) -> None:
    house = House(loop)
    user = house.user()
    user.told("createClickToCall")
    assert house.pass_time(60.0) == (60.0, 0.0)
    poll = user.ask("getClickToCallEvents")
    house.pass_time(0.01)
    poll.leave()
    assert house.pass_time(60.0)[1] == 0.0


def test_what_is_due_first_comes_first_be_it_an_event_a_delay_or_the_end_of_a_hold(loop: LeapingLoop) -> None:
    house = House(loop)
    alice, bob = house.user(), house.user("bob")
    alice.told("createClickToCall")
    asks = [
        alice.ask("send"),
        bob.ask("getClickToCallEvents"),
        alice.ask("getClickToCallEvents"),
    ]
    house.wait(*asks)
    assert [record.answer_ended for record in house.tenant.recorder.records][-3:] == [10.0, 25.0, 0.3]


def test_an_answer_that_never_comes_does_not_keep_time_from_stepping(loop: LeapingLoop) -> None:
    house = House(loop, "title: t\nanswers: {send: {1: {hang: true}}}")
    user = house.user()
    never = user.ask("send")
    assert house.pass_time(5.0)[1] == 0.0
    poll = user.ask("getClickToCallEvents")
    house.wait(poll)
    assert (house.tenant.clock.now(), never.whole) == (25.0, False)


def test_it_can_be_moved_by_hand_too(loop: LeapingLoop) -> None:
    house = House(loop)
    house.tenant.clock.advance_to(3600.0)  # type: ignore[attr-defined]
    assert house.tenant.clock.now() == 3600.0


@pytest.mark.parametrize("end", ["answered", "left", "cancelled", "reset"])
def test_when_nobody_waits_any_more_no_timer_is_left(loop: LeapingLoop, end: str) -> None:
    house = House(loop)
    poll = house.user().ask("getClickToCallEvents")
    turn(loop)
    if end == "answered":
        house.wait(poll)
    elif end == "left":
        poll.leave()
    elif end == "cancelled":
        poll.task.cancel()
    else:
        house.tenant.reset()
    turn(loop)
    with pytest.raises(AssertionError, match="nobody will ever wake them"):
        loop.run_forever()


def test_a_tenant_is_forgotten_as_soon_as_it_is_removed(loop: LeapingLoop) -> None:
    platform = Platform(tenant("quiet"))
    other = Tenant(plan(catalogue.find("quiet")), AutoClock(), Credentials("other-key"), name="other")
    platform.add(other)
    user = User(app(platform), loop, other.credentials)
    poll = user.ask("getClickToCallEvents")
    turn(loop)
    platform.remove(other)
    turn(loop)
    assert poll.whole
    gone = weakref.ref(other)
    del other, user, poll
    gc.collect()
    assert gone() is None
