"""Visits about polling (guide §5 step 4).

Every visit ends its call, so that the next one finds its user without one.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, EventId

from cec_conformance.cases.writing import scenario
from cec_conformance.server.departures import Departure
from cec_conformance.server.visit import Means, Visits
from cec_conformance.server.visits.beginning import in_a_call

if TYPE_CHECKING:
    from cec_conformance.server.visitor import User, Visitor

VISITS: Final = Visits()

MOST_POLLS: Final = 4
"""How often a call is polled whose end may be far away."""

LONG_ENOUGH: Final = 5.0
"""Seconds after which nothing more is waited for where nothing is to come."""

EVERY_EVENT: Final = (
    "500ms queued",
    "500ms connected",
    "500ms transferred",
    "500ms queued",
    "500ms connected",
    "500ms released",
)


async def poll_till_quiet(user: User) -> None:
    """Poll until nothing came, and hang up."""
    for _ in range(MOST_POLLS):
        seen = await user.poll()
        if seen.event is None or seen.terminal:
            break
    await user.drop()


@VISITS.visit(
    "quiet-call",
    "A poll in a call in which nothing happens",
    "通话中没有任何事件时轮询",
    scenario=scenario(hold="3s"),
    aims=("S-POL-02", "S-POL-03", "S-POL-04", "S-POL-09"),
    calls=1,
    smoke=True,
)
async def quiet_call(visitor: Visitor) -> None:
    """Poll until nothing came."""
    if user := await in_a_call(visitor):
        await poll_till_quiet(user)


@VISITS.visit(
    "long-hold",
    "A poll is held for as long as the platform likes",
    "轮询保持到平台自己的时限",
    scenario=scenario(),
    aims=("S-POL-02", "S-POL-03", "S-POL-04"),
    calls=1,
    slow=True,
)
async def long_hold(visitor: Visitor) -> None:
    """Poll until nothing came."""
    if user := await in_a_call(visitor):
        await poll_till_quiet(user)


@VISITS.visit(
    "call-and-hang-up",
    "A call that is dropped once it is connected",
    "接通后挂断",
    scenario=scenario(events=EVERY_EVENT[:2], hold="3s"),
    aims=("S-POL-03", "S-POL-06", "S-POL-08", "S-POL-09", "S-POL-11", "S-DRP-01"),
    calls=1,
    smoke=True,
)
async def call_and_hang_up(visitor: Visitor) -> None:
    """Poll until the call is connected, but not on when nothing comes."""
    if user := await in_a_call(visitor):
        for _ in range(MOST_POLLS):
            seen = await user.poll()
            if seen.event in {None, EventId.CONNECTED} or seen.terminal:
                break
        await user.drop()


@VISITS.visit(
    "every-event",
    "Queued, connected, transferred, queued, connected, released; then another poll",
    "排队、接通、转移、再排队、再接通、释放；之后再轮询一次",
    scenario=scenario(events=EVERY_EVENT, hold="3s"),
    aims=(
        *("S-POL-01", "S-POL-05", "S-POL-06", "S-POL-07", "S-POL-08", "S-POL-09"),
        *("S-POL-10", "S-POL-11", "S-POL-12"),
    ),
    means=(Means.CONTROL,),
    calls=1,
    smoke=True,
)
async def every_event(visitor: Visitor) -> None:
    """Follow the call to its end and poll on."""
    await follow_and_poll_on(visitor)


@VISITS.visit(
    "queue-timeout",
    "Queued until the queue times out; then another poll",
    "排队直至超时；之后再轮询一次",
    scenario=scenario(events=["500ms queued", "1s queue_timeout"], hold="3s"),
    aims=("S-POL-01", "S-POL-07", "S-POL-09", "S-POL-10", "S-POL-11", "S-POL-12"),
    means=(Means.CONTROL,),
    calls=1,
)
async def queue_timeout(visitor: Visitor) -> None:
    """Follow the call to its end and poll on."""
    await follow_and_poll_on(visitor)


@VISITS.visit(
    "call-failed",
    "The call fails; then another poll",
    "呼叫失败；之后再轮询一次",
    scenario=scenario(events=["500ms failed"], hold="3s"),
    aims=("S-POL-01", "S-POL-07", "S-POL-09", "S-POL-10", "S-POL-11", "S-POL-12"),
    means=(Means.CONTROL,),
    calls=1,
)
async def call_failed(visitor: Visitor) -> None:
    """Follow the call to its end and poll on."""
    await follow_and_poll_on(visitor)


async def follow_and_poll_on(visitor: Visitor) -> None:
    """Follow a call to its end, and poll once more."""
    if user := await in_a_call(visitor):
        last = await user.follow()
        await (user.poll() if last.terminal else user.drop())


@VISITS.visit(
    "events-between-polls",
    "Two events arise while nobody polls",
    "没有轮询时产生了两个事件",
    scenario=scenario(events=["300ms queued", "1s queued", "500ms connected", "3s released"], hold="3s"),
    aims=("S-POL-01", "S-POL-10", "S-POL-11"),
    means=(Means.CONTROL,),
    calls=1,
)
async def events_between_polls(visitor: Visitor) -> None:
    """Wait between the first poll and the others."""
    if user := await in_a_call(visitor):
        await user.poll()
        await visitor.wait(3)
        if not (await user.follow()).terminal:
            await user.drop()


@VISITS.visit(
    "poll-before-create",
    "A poll of a user who has no call",
    "用户没有通话时轮询",
    scenario=scenario(hold="2s"),
    aims=("S-POL-13",),
    means=(Means.LICENCE,),
)
async def poll_before_create(visitor: Visitor) -> None:
    """Poll as somebody who never calls, and do not wait for the end of the hold."""
    user = visitor.user("conformance-nobody")
    if await user.login():
        await user.post(user.letter(Endpoint.EVENTS), leave_after=LONG_ENOUGH)


@VISITS.visit(
    "two-polls-at-once",
    "Two polls of one user at the same time",
    "同一用户的两个轮询同时等待",
    scenario=scenario(events=["2s connected", "30s released"], hold="4s"),
    aims=("S-POL-14",),
    means=(Means.CONTROL,),
    calls=1,
)
async def two_polls_at_once(visitor: Visitor) -> None:
    """Poll twice, the second time before the first has been answered."""
    if user := await in_a_call(visitor):
        await asyncio.gather(user.poll(), _later(visitor, user))
        await user.drop()


async def _later(visitor: Visitor, user: User) -> None:
    await visitor.wait(0.3)
    await user.poll()


@VISITS.visit(
    "client-goes-away",
    "The client closes the connection of a held poll; an event arises before it polls again",
    "客户端断开正在等待的轮询；再次轮询之前产生了一个事件",
    scenario=scenario(events=["3s queued", "1s connected", "2s released"], hold="4s"),
    aims=("S-POL-15",),
    means=(Means.CONTROL,),
    calls=1,
)
async def client_goes_away(visitor: Visitor) -> None:
    """Leave the first poll."""
    if user := await in_a_call(visitor):
        await user.post(user.letter(Endpoint.EVENTS), leave_after=0.5)
        await visitor.wait(4)
        if not (await user.follow()).terminal:
            await user.drop()


@VISITS.visit(
    "poll-without-channel",
    "A poll without channel",
    "不带 channel 的轮询",
    scenario=scenario(hold="2s"),
    aims=("S-POL-16",),
    means=(Means.LICENCE,),
    calls=1,
)
async def poll_without_channel(visitor: Visitor) -> None:
    """Leave the channel out."""
    if user := await in_a_call(visitor):
        await user.poll(Departure.NO_CHANNEL)
        await user.drop()
