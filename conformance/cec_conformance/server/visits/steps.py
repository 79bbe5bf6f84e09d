"""Visits about send, check, create (guide §5 steps 1 to 3)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, EventId

from cec_conformance.cases.writing import scenario
from cec_conformance.server.departures import BAD_MEDIA, LACKING_SENDS, Departure, Occasion
from cec_conformance.server.visit import Means, Visits

if TYPE_CHECKING:
    from cec_conformance.server.visitor import User, Visitor

VISITS: Final = Visits()

ANSWERED: Final = ("300ms queued", "1s connected")
"""The events of a call that is answered and lasts."""


@VISITS.visit(
    "text-then-call",
    "send, check, create, one poll, drop",
    "依次 send、check、create、一次轮询、drop",
    scenario=scenario(events=ANSWERED),
    aims=("S-SND-01", "S-SND-02", "S-CHK-01", "S-CRE-01", "S-CRE-05", "S-GEN-01", "S-GEN-02", "S-GEN-05"),
    calls=1,
    smoke=True,
)
async def text_then_call(visitor: Visitor) -> None:
    """Take the second flow of guide §4.2."""
    user = visitor.user()
    if await user.login() and (await user.ask(Endpoint.SEND)).ok and await user.create():
        await user.poll()
        await user.drop()


@VISITS.visit(
    "call-then-text",
    "check, create, send beside a poll, drop",
    "依次 check、create，轮询的同时 send，最后 drop",
    scenario=scenario(events=ANSWERED),
    aims=("S-SND-02", "S-CHK-01", "S-CRE-01", "S-CRE-05"),
    calls=1,
)
async def call_then_text(visitor: Visitor) -> None:
    """Take the third flow of guide §4.2."""
    user = visitor.user()
    if await user.login() and await user.create():
        await asyncio.gather(user.poll(), user.ask(Endpoint.SEND))
        await user.drop()


@VISITS.visit(
    "send-with-members-missing",
    "send without each of its mandatory members",
    "send 逐一缺少必选参数",
    scenario=scenario(),
    aims=("S-SND-03",),
    means=(Means.LICENCE,),
)
async def lacking_sends(visitor: Visitor) -> None:
    """Try each."""
    user = visitor.user()
    if await user.login():
        for departure in LACKING_SENDS:
            await user.ask(Endpoint.SEND, departure)


@VISITS.visit(
    "checks-in-a-row",
    "Two checks in a row",
    "连续两次 check",
    scenario=scenario(),
    aims=("S-CHK-01", "S-CHK-02"),
)
async def checks_in_a_row(visitor: Visitor) -> None:
    """Check without wanting a call."""
    user = visitor.user()
    if await user.login():
        await user.ask(Endpoint.CHECK)
        await user.ask(Endpoint.CHECK)


@VISITS.visit(
    "check-without-channel",
    "A check without channel",
    "缺少 channel 的 check",
    scenario=scenario(),
    aims=("S-CHK-03",),
    means=(Means.LICENCE,),
)
async def check_without_channel(visitor: Visitor) -> None:
    """Leave the query out."""
    user = visitor.user()
    if await user.login():
        await user.ask(Endpoint.CHECK, Departure.NO_CHANNEL)


@VISITS.visit(
    "checks-during-a-call",
    "Two users have a call each; one of them checks twice in it, and fares like the other",
    "两个用户各有一个通话，其中一个在通话中两次 check，二者的经过应相同",
    scenario=scenario(events=ANSWERED),
    aims=("S-CHK-02",),
    means=(Means.CONTROL, Means.LICENCE),
    calls=2,
)
async def checks_during_a_call(visitor: Visitor) -> None:
    """Have one check, and the other not."""
    alice, bob = visitor.user(), visitor.user("conformance-bob")
    if not (await alice.login() and await bob.login()):
        return

    async def answered(user: User, checks: int) -> None:
        if await user.create():
            await user.poll()
            for _ in range(checks):
                await user.post(user.letter(Endpoint.CHECK), Occasion.CHECK_IN_CALL.value)
            if (await user.poll_until(EventId.CONNECTED)).event == EventId.CONNECTED:
                await user.drop()

    await asyncio.gather(answered(alice, 2), answered(bob, 0))


@VISITS.visit(
    "create-with-bad-media",
    'create without mediaAbility, and with "2"',
    "create 缺少 mediaAbility，以及其值为 “2”",
    scenario=scenario(events=ANSWERED),
    aims=("S-CRE-02",),
    means=(Means.LICENCE,),
    calls=2,
)
async def bad_media(visitor: Visitor) -> None:
    """Try each; should a call come of it, hang up."""
    user = visitor.user()
    if not await user.login() or not (await user.ask(Endpoint.CHECK)).ok:
        return
    for departure in BAD_MEDIA:
        if (await user.ask(Endpoint.CREATE, departure)).ok:
            await user.drop()


@VISITS.visit(
    "create-although-unsupported",
    "The check says that the channel takes no calls; create all the same",
    "check 表明渠道不支持点击通话，仍然 create",
    scenario=scenario(support={"click_to_call": False}),
    aims=("S-CHK-01", "S-CRE-03"),
    means=(Means.CONTROL, Means.LICENCE),
    calls=1,
)
async def create_unsupported(visitor: Visitor) -> None:
    """Create where the check forbids it."""
    user = visitor.user()
    if not await user.login():
        return
    check = await user.ask(Endpoint.CHECK)
    if check.ok and check.answer.get("clickToCallSupported") is False:
        await user.post(user.letter(Endpoint.CREATE), Occasion.CREATE_UNSUPPORTED.value)


@VISITS.visit(
    "create-twice",
    "A second create at once after the first; where it is granted, the events of a user who creates once beside it",
    "create 之后立即再次 create；若被接受，则与只 create 一次的用户对比事件",
    scenario=scenario(events=(*ANSWERED, "1s released")),
    aims=("S-CRE-04",),
    means=(Means.CONTROL, Means.LICENCE),
    calls=3,
)
async def create_twice(visitor: Visitor) -> None:
    """Create twice, and compare where the answer leaves it open what that made."""
    alice, bob = visitor.user(), visitor.user("conformance-bob")
    if not (await alice.login() and await bob.login() and await alice.create()):
        return
    again = await alice.post(alice.letter(Endpoint.CREATE), Occasion.CREATE_IN_CALL.value)
    if not again.ok:
        await alice.drop()
    elif await bob.create():
        await asyncio.gather(alice.follow(), bob.follow())
