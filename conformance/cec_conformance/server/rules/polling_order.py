"""Rules on which events come, and in which order (guide §5 step 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import Endpoint

from cec_conformance.event_order import Stage, following
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Level, broken, kept
from cec_conformance.server.calls import calls, tells, unaccounted
from cec_conformance.server.reading import good, user
from cec_conformance.server.rules.polling import POLLING
from cec_conformance.server.visitor import LEFT
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run
    from cec_conformance.server.calls import Call

__all__ = ["POLLING"]


@POLLING.rule(
    "S-POL-10",
    Level.MUST,
    Basis.INFERRED,
    "§5.4",
    Words(
        "Every event of a call is delivered once, the oldest first, also if no poll was waiting when it arose.",
        "呼叫的每个事件按先后次序各投递一次，即使产生时没有轮询在等待。",
    ),
    accepts=Words(
        "anything where polls overlapped or failed, or where a connection was closed",
        "轮询重叠、失败或连接中断时不作判断",
    ),
    needs=[Fact.EVENTS, Fact.TIMES],
    yields_to=["S-POL-01", "S-POL-11", "S-ISO-01", "S-CHK-02"],
    twin=Words("forgets a 168102 that arises between two polls", "丢弃两次轮询之间产生的 168102"),
)
def delivers_each_event_once(run: Run) -> Iterator[Observation]:
    """Compare what came with what the platform was to send, in every call that met no fault and no new login."""
    for call in calls(run):
        if call.orderly and not call.left and not call.logins:
            yield from _accounted(call)


@POLLING.rule(
    "S-POL-11",
    Level.MUST,
    Basis.INFERRED,
    "§5.4",
    Words(
        "The events of a call come in an order that one call can have: 168102 any number of times, then 168101, after "
        "it any number of 168106 with 168102 and 168101 behind it, then one that ends the call; 168103 only before the "
        "first 168101 or after a 168106.",
        "事件的次序符合一次通话的过程：若干 168102，然后 168101，其后若干次 168106（其后可有 168102、168101），最后是"
        "一个结束事件；168103 只能在首个 168101 之前或 168106 之后。",
    ),
    accepts=Words(
        "168101 without a 168102 before it; anything after a 168106; nothing is judged from the drop on, nor where "
        "polls overlapped or failed",
        "168101 之前没有 168102；168106 之后的任何合理事件；挂断之后、轮询重叠或失败时不作判断",
    ),
    yields_to=["S-ISO-01"],
    twin=Words("sends 168103 straight after 168101", "168101 之后紧接着发送 168103"),
)
def keeps_the_order(run: Run) -> Iterator[Observation]:
    """Follow the events of every call through the table."""
    for call in calls(run):
        stage = Stage.WAITING
        for poll in call.told if call.orderly and not call.left else ():
            after = following(stage, poll.event or 0)
            if after is None:
                yield broken([poll], f"{poll.event} came {stage.value.en}", f"{stage.value.zh}收到 {poll.event}")
                break
            stage = after
            yield kept(poll)


@POLLING.rule(
    "S-POL-12",
    Level.MUST,
    Basis.INFERRED,
    "§5.4",
    Words(
        "After the event that ends a call, no other event of that call is delivered.",
        "通话结束事件之后，不再投递该通话的任何事件。",
    ),
    accepts=Words(
        "polls without an event, and a resultCode that is not 0", "没有事件的轮询，以及非 0 的 resultCode，均可"
    ),
    yields_to=["S-ISO-01"],
    twin=Words("repeats 168110 on every poll", "每次轮询都重复返回 168110"),
)
def is_silent_after_the_end(run: Run) -> Iterator[Observation]:
    """Look at every poll that was sent when the end had come."""
    for call in calls(run):
        later = [poll for poll in call.polls if call.end is not None and call.end.before(poll)]
        for poll in () if call.doubtful else later:
            if tells(poll) is not None:
                yield broken([call.end, poll] if call.end else [poll], f"{poll.event} came", f"又收到 {poll.event}")
            elif poll.status is not None:
                yield kept(poll)


@POLLING.rule(
    "S-POL-13",
    Level.MUST,
    Basis.INFERRED,
    "§4.2",
    Words("Before createClickToCall a poll brings no event.", "createClickToCall 之前，轮询不返回任何事件。"),
    accepts=Words("a poll that fails, or is held for as long as one likes to wait", "轮询失败，或一直保持，均可"),
    yields_to=["S-ISO-01"],
    twin=Words("reports 168102 to a user who has no call", "对没有通话的用户返回 168102"),
)
def is_silent_before_create(run: Run) -> Iterator[Observation]:
    """Look at every poll that was over before its user first tried to create a call."""
    first: dict[str, float] = {}
    for create in run.creates:
        first.setdefault(user(create), create.started)
    for poll in good(run, Endpoint.EVENTS):
        unheard = poll.status is None and LEFT not in poll.exchange.script
        if unheard or poll.over is None or poll.over > first.get(user(poll), poll.over):
            continue
        if tells(poll) is None:
            yield kept(poll)
        else:
            yield broken([poll], f"{poll.event} came", f"收到 {poll.event}")


def _accounted(call: Call) -> Iterator[Observation]:
    fault = unaccounted(call)
    if fault is not None:
        yield fault
    elif call.told:
        yield kept(*call.told)
