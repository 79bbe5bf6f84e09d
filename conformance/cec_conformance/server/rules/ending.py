"""Rules on drop (guide §5 step 5); those on tokens that run out stand in `expiry`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, EventId

from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, kept
from cec_conformance.run import SUCCESS
from cec_conformance.server.calls import GRACE, calls, tells, took
from cec_conformance.server.lifetimes import surely_alive
from cec_conformance.server.reading import good, meant, user
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen
    from cec_conformance.server.calls import Call

ENDING: Final = Family("drop and expiry", "挂断与令牌过期")

LIVELY: Final = frozenset({EventId.QUEUED, EventId.CONNECTED, EventId.TRANSFERRED})
"""The events of a call that goes on."""

PROMPT: Final = 2.0
"""Seconds within which a held poll is answered once its call has been dropped."""

ARRIVAL: Final = 0.5
"""Seconds after which a poll is taken to have reached the platform."""

CLEARING: Final = 2.0
"""Seconds after a drop within which a platform may not yet be ready for the next call."""


@ENDING.rule(
    "S-DRP-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.5",
    Words(
        "dropClickToCall in a live call is answered 200 and resultCode 0, be the call queued, connected or "
        "transferred.",
        "通话进行中（无论排队、接通或已转移），dropClickToCall 返回 200 且 resultCode 为 0。",
    ),
    accepts=Words(
        "a refusal where the call had ended meanwhile, as a later poll or the scenario shows",
        "若通话此时已结束（由后续轮询或场景可知），可以拒绝",
    ),
    twin=Words("refuses to drop a call in the queue", "排队时拒绝挂断"),
)
def lets_users_hang_up(run: Run) -> Iterator[Observation]:
    """Look at the first drop of every call."""
    for call in calls(run):
        drops = [seen for seen in call.requests if seen.endpoint is Endpoint.DROP and not meant(seen)]
        for drop in drops[:1]:
            if call.doubtful or not _in_the_call(call, drop) or drop.status is None:
                continue
            if drop.ok:
                yield kept(drop)
            elif _known_to_live(run, call, drop) and surely_alive(run, drop):
                got = f"HTTP {drop.status}" if drop.status != SUCCESS else f"resultCode {drop.code}"
                yield broken([*call.told[-1:], drop], f"it was answered {got}", f"返回 {got}")


@ENDING.rule(
    "S-DRP-02",
    Level.MUST,
    Basis.INFERRED,
    "§5.5",
    Words(
        "When dropClickToCall has succeeded, no 168101, 168102 or 168106 of that call is delivered any more.",
        "dropClickToCall 成功后，不再投递该通话的 168101、168102、168106。",
    ),
    accepts=Words(
        "168110 or no event at all; an event that crossed the drop on its way",
        "可以投递 168110，也可以没有任何事件；与挂断请求交错的事件不计",
    ),
    yields_to=["S-ISO-01"],
    twin=Words("delivers a 168101 that was waiting when the call was dropped", "挂断后仍投递此前等待中的 168101"),
)
def takes_back_what_was_waiting(run: Run) -> Iterator[Observation]:
    """Look at every poll that was sent when the drop had succeeded."""
    for call in calls(run):
        dropped = call.dropped
        later = [poll for poll in call.polls if dropped is not None and dropped.before(poll)]
        for poll in () if call.doubtful else later:
            if tells(poll) in LIVELY:
                yield broken([dropped, poll] if dropped else [poll], f"{poll.event} came", f"收到 {poll.event}")
            elif poll.status is not None:
                yield kept(poll)


@ENDING.rule(
    "S-DRP-03",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.5",
    Words(
        "dropClickToCall without a live call is answered without a server error.",
        "没有通话时，dropClickToCall 不返回 5xx。",
    ),
    accepts=Words("resultCode 0 or another", "resultCode 是否为 0 均可"),
    twin=Words("answers a second drop with 500", "第二次挂断返回 500"),
)
def survives_idle_drops(run: Run) -> Iterator[Observation]:
    """Look at every drop of a user who had no call, or whose call was over."""
    mine = {seen.serial for call in calls(run) for seen in call.requests if _in_the_call(call, seen)}
    for drop in good(run, Endpoint.DROP):
        if drop.serial in mine or drop.status is None:
            continue
        if drop.server_error:
            yield broken([drop], f"it was answered HTTP {drop.status}", f"返回 HTTP {drop.status}")
        else:
            yield kept(drop)


@ENDING.rule(
    "S-DRP-04",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.5",
    Words(
        "A poll that is held when dropClickToCall succeeds is answered within 2 s.",
        "dropClickToCall 成功时正在等待的轮询，在 2 秒内得到应答。",
    ),
    accepts=Words("whatever the answer is; one second more, for the network", "应答内容不限；为网络多留一秒"),
    needs=[Fact.TIMES],
    twin=Words("leaves it until the hold ends", "让它一直等到保持时间结束"),
)
def frees_held_polls(run: Run) -> Iterator[Observation]:
    """Look at every poll that was under way when its call was dropped."""
    for call in calls(run):
        dropped = call.dropped
        if dropped is None or dropped.over is None:
            continue
        for poll in call.polls:
            answered = poll.started + took(poll)
            if poll.started + ARRIVAL > dropped.started or answered < dropped.started or poll in call.left:
                continue
            late = answered - dropped.over
            if late > PROMPT + GRACE:
                yield broken([dropped, poll], f"it was answered {late:.1f} s later", f"{late:.1f} 秒后才应答")
            else:
                yield kept(dropped, poll)


@ENDING.rule(
    "S-DRP-05",
    Level.SHOULD,
    Basis.INFERRED,
    "§4.2",
    Words("After dropClickToCall the same user can create a call again.", "挂断之后，同一用户可以再次创建呼叫。"),
    accepts=Words("a refusal in the first 2 s, if a later create succeeds", "挂断后 2 秒内可以拒绝，之后能创建即可"),
    needs=[Fact.TIMES],
    twin=Words("keeps the user busy", "该用户一直处于忙碌状态"),
)
def lets_users_call_again(run: Run) -> Iterator[Observation]:
    """Look at the creates that followed every drop."""
    for call in calls(run):
        dropped = call.dropped
        if dropped is None or dropped.over is None:
            continue
        mine = (seen for seen in good(run, Endpoint.CREATE) if user(seen) == user(dropped) and dropped.before(seen))
        creates = [create for create in mine if surely_alive(run, create)]
        again = next((create for create in creates if create.ok), None)
        if again is not None:
            yield kept(dropped, again)
        elif creates and creates[-1].started >= dropped.over + CLEARING and creates[-1].status is not None:
            yield broken([dropped, creates[-1]], "create was refused", "创建呼叫被拒绝")


def _in_the_call(call: Call, seen: Seen) -> bool:
    """Say whether, as far as its user was told, a call lived when something was sent."""
    hung_up = call.hung_up
    return (call.end is None or not call.end.before(seen)) and (hung_up is None or seen.serial <= hung_up.serial)


def _known_to_live(run: Run, call: Call, drop: Seen) -> bool:
    """Say whether a call surely lived when its drop was answered: the scenario says so, or polls after it do."""
    over = drop.over or drop.started
    if run.knows(Fact.EVENTS):
        return not any(due.id not in LIVELY and due.earliest <= over for due in call.expected)
    return any(drop.before(poll) and tells(poll) in LIVELY for poll in call.polls)
