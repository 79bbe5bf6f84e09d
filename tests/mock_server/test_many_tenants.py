"""A thousand tenants on one platform, all in a call at once: each sees its own, and removed, they leave nothing."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter

from mock_cec.app import app
from mock_cec.clock import SteppedClock
from mock_cec.platform import Platform
from mock_cec.recording import Record, Recorder
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.script import CallScript, Hold
from mock_cec.session import Session
from mock_cec.tenant import Credentials, Tenant
from msgspec.structs import replace

from tests.conftest import tenant
from tests.mock_server.asgi import Ask, User, turn

MANY = 1000
PLAN = plan(load("title: t\nevents: [{after: 1s, event: {id: 1, desc: mine}}, {after: 1s, event: connected}]", "test"))


class Mine:
    """A tenant with an event of its own, and its user."""

    def __init__(self, number: int, platform: Platform, loop: asyncio.AbstractEventLoop) -> None:
        own, connected = PLAN.timeline
        self.event = 200_000 + number
        self.clock = SteppedClock()
        keys = Credentials(f"key-{number}", f"secret-{number}", f"channel-{number}")
        plan = replace(PLAN, timeline=(replace(own, id=self.event), connected))
        self.tenant = Tenant(plan, self.clock, keys, name=f"t{number}")
        platform.add(self.tenant)
        self.user = User(app(platform), loop, keys)

    def poll(self) -> Ask:
        return self.user.ask("getClickToCallEvents")


def events(polls: list[Ask]) -> list[int | None]:
    """Give what each poll has brought; `None` for one that is held, or has brought nothing."""
    return [poll.answer.get("eventId") if poll.whole else None for poll in polls]


def play(platform: Platform, loop: asyncio.AbstractEventLoop) -> None:
    """Have everybody call at once, half of the clocks step, then the other half, and remove all in mid-call."""
    tenants = [Mine(number, platform, loop) for number in range(MANY)]
    creates = [mine.user.ask("createClickToCall") for mine in tenants]
    turn(loop, 5)
    assert {create.answer["resultCode"] for create in creates} == {"0"}
    polls = [mine.poll() for mine in tenants]
    turn(loop, 5)
    for number, mine in enumerate(tenants):
        mine.clock.advance(1.0 if number % 2 else 0.5)
    turn(loop, 5)
    assert events(polls) == [mine.event if number % 2 else None for number, mine in enumerate(tenants)]
    for mine in tenants[::2]:
        mine.clock.advance(0.5)
    turn(loop, 5)
    assert events(polls) == [mine.event for mine in tenants]
    held = [mine.poll() for mine in tenants]
    turn(loop, 5)
    assert {len(mine.tenant.sessions) for mine in tenants} == {1}
    assert {len(mine.tenant.recorder.records) for mine in tenants} == {5}
    for mine in tenants:
        platform.remove(mine.tenant)
    turn(loop, 5)
    assert all(poll.whole for poll in held)
    assert events(held) == [None] * MANY


def living() -> Counter[str]:
    """Count what tenants are made of, and the tasks that work for them."""
    gc.collect()
    kinds = (Tenant, Session, CallScript, Hold, Record, Recorder, SteppedClock, asyncio.Task)
    return Counter(type(thing).__name__ for thing in gc.get_objects() if isinstance(thing, kinds))


def test_a_thousand_tenants_in_a_call_at_once_see_only_their_own_and_leave_nothing() -> None:
    with asyncio.Runner() as runner:
        platform, loop = Platform(tenant("quiet")), runner.get_loop()
        before = living()
        play(platform, loop)
        turn(loop, 5)
        assert platform.tenants == (platform.first,)
        assert platform.first.recorder.serial == 0
        assert living() - before == Counter()
