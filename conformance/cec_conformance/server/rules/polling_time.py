"""Rules on the time that polls take, and on whose an event is when there are two (guide §5 step 4).

Times are the visitor's and include the network, so what may not take long has a margin, and what may not be short has
none: a network makes nothing shorter.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Level, broken, kept
from cec_conformance.run import Kind
from cec_conformance.server.calls import GRACE, betrays, calls, tells, took, unaccounted
from cec_conformance.server.lifetimes import surely_alive
from cec_conformance.server.reading import good
from cec_conformance.server.rules.polling_order import POLLING
from cec_conformance.server.visitor import LEFT
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run

__all__ = ["POLLING"]

LONGEST_HOLD: Final = 60.0
"""Seconds that the guide's sample waits for the answer of a poll: who answers later is not heard."""

SHORTEST_HOLD: Final = 1.0
"""Seconds that a quiet poll is held at least: less is no long poll."""

PROMPT: Final = 2.0
"""Seconds within which an event reaches a poll that waits for it."""


@POLLING.rule(
    "S-POL-03",
    Level.MUST,
    Basis.INFERRED,
    "§5.4",
    Words("A poll is answered in less than 60 s.", "轮询在 60 秒之内得到应答。"),
    accepts=Words("one second more, for the network", "为网络多留一秒"),
    needs=[Fact.TIMES],
    twin=Words("holds it for 90 s", "保持 90 秒"),
)
def answers_in_time(run: Run) -> Iterator[Observation]:
    """Look at every poll that was not left on purpose and whose connection did not break."""
    for poll in good(run, Endpoint.EVENTS):
        if poll.kind in {Kind.NET_ERROR, Kind.OPEN} or LEFT in poll.exchange.script:
            continue
        if took(poll) < LONGEST_HOLD + GRACE:
            if poll.status is not None:
                yield kept(poll)
        else:
            got = "no answer came" if poll.status is None else "the answer came"
            zh = "没有应答" if poll.status is None else "才应答"
            yield broken([poll], f"{got} in {took(poll):.0f} s", f"{took(poll):.0f} 秒{zh}")


@POLLING.rule(
    "S-POL-04",
    Level.SHOULD,
    Basis.DOCUMENTED,
    "§5.4",
    Words("With no event, a poll in a live call is held for 1 s at least.", "通话中没有事件时，轮询至少保持 1 秒。"),
    accepts=Words(
        "a poll beside which another was made, or whose token ran out", "同时有另一个轮询，或令牌过期时，不作判断"
    ),
    needs=[Fact.TIMES],
    twin=Words("answers at once that there is no event", "立即返回“没有事件”"),
)
def holds_quiet_polls(run: Run) -> Iterator[Observation]:
    """Look at every quiet poll of a live call."""
    for call in calls(run):
        beside = {poll.serial for pair in call.overlapping for poll in pair}
        for poll in call.live_polls:
            quiet = poll.kind is Kind.DONE and not betrays(poll)
            if not quiet or poll.serial in beside or not surely_alive(run, poll):
                continue
            if took(poll) < SHORTEST_HOLD:
                yield broken([poll], f"it was held for {took(poll):.2f} s", f"只保持了 {took(poll):.2f} 秒")
            else:
                yield kept(poll)


@POLLING.rule(
    "S-POL-05",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.4",
    Words(
        "An event that arises while a poll is held is answered within 2 s.",
        "轮询保持期间产生的事件，在 2 秒内返回。",
    ),
    accepts=Words(
        "one second more, and as much as it took to create the call, for the network",
        "为网络多留一秒，再加上创建呼叫所用的时间",
    ),
    needs=[Fact.EVENTS, Fact.TIMES],
    yields_to=["S-POL-01", "S-POL-10"],
    twin=Words("always waits for the end of the hold", "总是等到保持时间结束才应答"),
)
def answers_with_events_soon(run: Run) -> Iterator[Observation]:
    """Look at every event beside the poll that was held when it arose."""
    for call in calls(run):
        for due in call.expected if call.orderly and not call.left else ():
            for poll in call.live_polls:
                answered = poll.started + took(poll)
                if not poll.started < due.earliest <= answered:
                    continue
                if answered > due.latest + PROMPT + GRACE:
                    late = answered - due.latest
                    yield broken([poll], f"{due.id} waited for {late:.1f} s", f"{due.id} 等待了 {late:.1f} 秒")
                else:
                    yield kept(poll)


@POLLING.rule(
    "S-POL-14",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.4",
    Words(
        "Of two polls of one user at the same time, at most one brings a given event.",
        "同一用户的两个轮询同时等待时，一个事件最多由其中一个返回。",
    ),
    accepts=Words("either of them", "由任何一个返回均可"),
    needs=[Fact.EVENTS, Fact.TIMES],
    twin=Words("answers both with the same event", "两个轮询返回同一事件"),
)
def gives_an_event_to_one(run: Run) -> Iterator[Observation]:
    """Look at every pair of polls in one call that was under way at the same time."""
    for call in calls(run):
        sent = Counter(due.id for due in call.expected)
        came = Counter(tells(poll) for poll in call.polls)
        for one, other in () if call.doubtful else call.overlapping:
            if tells(one) is not None and tells(one) == tells(other) and came[tells(one)] > sent[tells(one) or 0]:
                yield broken([one, other], f"both brought {one.event}", f"两者都返回了 {one.event}")
            elif tells(one) or tells(other):
                yield kept(one, other)


@POLLING.rule(
    "S-POL-15",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.4",
    Words(
        "When the client has gone away from a poll, the next event comes with its next poll.",
        "客户端在轮询保持期间断开后，下一个事件由其下一次轮询返回。",
    ),
    accepts=Words(
        "the loss of an event up to a second after the connection was closed", "连接关闭后一秒之内的事件丢失不计"
    ),
    needs=[Fact.EVENTS, Fact.TIMES],
    twin=Words("writes the event to the dead connection and forgets it", "把事件写入已断开的连接后丢弃"),
)
def keeps_events_of_lost_polls(run: Run) -> Iterator[Observation]:
    """Look at every call in which the visitor left a poll."""
    for call in calls(run):
        if not (call.left and call.orderly):
            continue
        gone = max(poll.over or poll.started for poll in call.left)
        fault = unaccounted(call)
        if fault is not None:
            yield fault
        elif any(poll.started > gone for poll in call.told):
            yield kept(*call.told)
