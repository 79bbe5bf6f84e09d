"""Visits about drop and expiry (guide §5 step 5, §6.1)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, EventId
from cec_client.protocol.headers import X_TOKEN_EXPIRE

from cec_conformance.cases.writing import scenario
from cec_conformance.server.calls import refused_token
from cec_conformance.server.departures import with_header
from cec_conformance.server.letters import Tokens
from cec_conformance.server.visit import Means, Visits
from cec_conformance.server.visits.beginning import in_a_call

if TYPE_CHECKING:
    from cec_conformance.server.visitor import User, Visitor

VISITS: Final = Visits()

MOST_POLLS: Final = 6
"""How many events a call may have before a poll is held for long enough."""

HELD: Final = 1.0
"""Seconds after which a poll is held, and not about to be answered."""

LONG_ENOUGH: Final = 3.0
"""Seconds within which the last event of a call comes, if there is one."""

LIFE: Final = 6
"""Seconds that tokens are to live: long enough to create a call, short enough to be waited for."""


@VISITS.visit(
    "drop-at-once",
    "A call is dropped as soon as it is created; then another one is created",
    "创建后立即挂断；之后再次创建呼叫",
    scenario=scenario(events=["10s queued"], hold="2s"),
    aims=("S-DRP-01", "S-DRP-02", "S-DRP-05"),
    calls=3,
    smoke=True,
)
async def drop_at_once(visitor: Visitor) -> None:
    """Drop, fetch the last event if there is one, and call again; once more if the platform needs a moment."""
    user = await in_a_call(visitor)
    if user is None or not (await user.drop()).ok:
        return
    await user.post(user.letter(Endpoint.EVENTS), leave_after=LONG_ENOUGH)
    if not await user.create():
        await visitor.wait(3)
        await user.create()
    await user.drop()


async def drop_after(visitor: Visitor, event: EventId) -> None:
    """Drop a call when an event has come, and poll until it has ended."""
    if user := await in_a_call(visitor):
        await user.poll_until(event)
        await user.drop()
        await user.follow(most=2)


@VISITS.visit(
    "drop-when-queued",
    "The user hangs up in the queue",
    "用户在排队时挂断",
    scenario=scenario(events=["300ms queued", "20s connected"], hold="2s"),
    aims=("S-DRP-01", "S-DRP-02"),
    means=(Means.CONTROL,),
    calls=1,
)
async def drop_when_queued(visitor: Visitor) -> None:
    """Drop at 168102."""
    await drop_after(visitor, EventId.QUEUED)


@VISITS.visit(
    "drop-when-connected",
    "The user hangs up when connected",
    "用户在接通后挂断",
    scenario=scenario(events=["300ms queued", "300ms connected", "20s released"], hold="2s"),
    aims=("S-DRP-01", "S-DRP-02"),
    means=(Means.CONTROL,),
    calls=1,
)
async def drop_when_connected(visitor: Visitor) -> None:
    """Drop at 168101."""
    await drop_after(visitor, EventId.CONNECTED)


@VISITS.visit(
    "drop-when-transferred",
    "The user hangs up during a transfer",
    "用户在转移过程中挂断",
    scenario=scenario(events=["300ms connected", "300ms transferred", "20s connected"], hold="2s"),
    aims=("S-DRP-01", "S-DRP-02"),
    means=(Means.CONTROL,),
    calls=1,
)
async def drop_when_transferred(visitor: Visitor) -> None:
    """Drop at 168106."""
    await drop_after(visitor, EventId.TRANSFERRED)


@VISITS.visit(
    "drop-overtakes-an-event",
    "The user hangs up while 168101 is waiting to be fetched",
    "168101 等待取走时，用户挂断",
    scenario=scenario(events=["300ms queued", "500ms connected"], hold="2s"),
    aims=("S-DRP-01", "S-DRP-02"),
    means=(Means.CONTROL,),
    calls=1,
)
async def drop_overtakes_an_event(visitor: Visitor) -> None:
    """Drop without fetching it, and poll."""
    if user := await in_a_call(visitor):
        await user.poll()
        await visitor.wait(2)
        await user.drop()
        await user.follow(most=2)


@VISITS.visit(
    "drop-beside-a-poll",
    "The user hangs up while a poll is held",
    "轮询保持期间用户挂断",
    scenario=scenario(hold="20s"),
    aims=("S-DRP-01", "S-DRP-04"),
    calls=1,
    smoke=True,
)
async def drop_beside_a_poll(visitor: Visitor) -> None:
    """Poll on until a poll has been held for a second, and drop beside it."""
    if user := await in_a_call(visitor):
        held = asyncio.ensure_future(user.poll())
        for _ in range(MOST_POLLS):
            answered, _ = await asyncio.wait([held], timeout=HELD)
            if not answered or not held.result().ok or held.result().terminal:
                break
            held = asyncio.ensure_future(user.poll())
        try:
            await user.drop()
        finally:
            await held


@VISITS.visit(
    "drop-twice",
    "The user hangs up twice",
    "用户挂断两次",
    scenario=scenario(),
    aims=("S-DRP-01", "S-DRP-03"),
    calls=1,
)
async def drop_twice(visitor: Visitor) -> None:
    """Drop, and drop again."""
    if user := await in_a_call(visitor):
        await user.drop()
        await user.drop()


@VISITS.visit(
    "drop-after-release",
    "The call is released; then the user hangs up",
    "呼叫释放之后用户挂断",
    scenario=scenario(events=["300ms connected", "300ms released"], hold="2s"),
    aims=("S-DRP-03",),
    means=(Means.CONTROL,),
    calls=1,
)
async def drop_after_release(visitor: Visitor) -> None:
    """Drop what is over."""
    if user := await in_a_call(visitor):
        await user.follow()
        await user.drop()


@VISITS.visit(
    "drop-without-a-call",
    "A user who has no call hangs up",
    "没有通话的用户挂断",
    scenario=scenario(),
    aims=("S-DRP-03",),
    means=(Means.LICENCE,),
)
async def drop_without_a_call(visitor: Visitor) -> None:
    """Drop nothing."""
    user = visitor.user("conformance-nobody")
    if await user.login():
        await user.drop()


async def login_for(user: User, seconds: int) -> bool:
    """Log in with an AccessToken that is to live for so many seconds (guide §2.1); `False` if that was refused."""
    token = await user.post(with_header(user.letter(Endpoint.TOKEN), X_TOKEN_EXPIRE, str(seconds)))
    if not token.ok:
        return False
    user.tokens = Tokens(token.answer["AccessToken"])
    applied = await user.ask(Endpoint.APPLY_TOKEN)
    if not applied.ok:
        return False
    user.tokens = Tokens(token.answer["AccessToken"], applied.answer["token"])
    return True


@VISITS.visit(
    "token-runs-out",
    "A token is used early and late in its life, and when that is over",
    "令牌在有效期之初、将尽及过期之后使用",
    scenario=scenario(hold="6s"),
    aims=("S-EXP-01", "S-EXP-02", "S-EXP-04"),
)
async def token_runs_out(visitor: Visitor) -> None:
    """Check at once, after two thirds of the life, and after its end; then poll."""
    user = visitor.user()
    if not await login_for(user, LIFE):
        return
    await user.ask(Endpoint.CHECK)
    await visitor.wait(LIFE * 2 / 3)
    await user.ask(Endpoint.CHECK)
    await visitor.wait(LIFE / 3 + 2.5)
    await user.ask(Endpoint.CHECK)
    await user.poll()


@VISITS.visit(
    "token-runs-out-in-mid-call",
    "A token runs out while a poll is held; its user logs in anew, and the call goes on",
    "轮询保持期间令牌过期；用户重新登录，通话继续",
    scenario=scenario(events=["8s connected", "1s transferred", "1s connected", "2s released"], hold="10s"),
    aims=("S-EXP-03", "S-EXP-05"),
    means=(Means.CONTROL,),
    calls=1,
)
async def token_runs_out_in_mid_call(visitor: Visitor) -> None:
    """Poll until a token is refused, log in a moment later, and follow the call to its end."""
    user = visitor.user()
    if not (await login_for(user, LIFE) and await user.create()):
        return
    last = await user.follow()
    if refused_token(last):
        await visitor.wait(1.5)
        if await user.login():
            last = await user.follow()
    if not last.terminal:
        await user.drop()
