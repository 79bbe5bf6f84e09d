"""Rules on the time that polls take, and on how many there are (guide §5 step 4).

What the guide calls usual, more than 10 seconds, has to be waited for; its sample waits for 60. Times are the server's,
and each limit has a margin, so that no verdict hangs on the speed of a machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.calls import PATIENCE, given_up_after, next_poll, polls_made_after, with_previous
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Level, broken, kept
from cec_conformance.rules.polling import POLLING
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

__all__ = ["POLLING"]

USUAL_WAIT: Final = 12.0
"""Seconds that every client has to wait for the answer of a poll: more than the 10 that the guide calls usual."""

LONG_WAIT: Final = 55.0
"""Seconds that a client should wait: a little less than the 60 of the guide's sample."""

MARGIN: Final = 0.5
"""Seconds by which a wait may seem shorter than it was, for the client's clock starts before the server's."""

OVERLAP: Final = 1.0
"""Seconds after which a server has surely seen that a client has closed a connection."""

LAST_POLLS: Final = 5
"""How many polls after a drop are enough to fetch the last event."""


@POLLING.rule(
    "C-POLL-08",
    Level.MUST,
    Basis.INFERRED,
    "§5.4",
    Words(
        "A poll is made only when the one before has been answered, or has been given up.",
        "上一次轮询得到应答（或已放弃）之后，才发起下一次轮询。",
    ),
    accepts=Words(
        "an earlier poll whose connection the server sees closed up to a second later",
        "服务器最多迟一秒才看到上一次轮询的连接关闭",
    ),
    needs=[Fact.TIMES],
    twin=Words(
        "polls by a timer, whether or not the last poll has been answered", "按定时器轮询，不管上一次是否已应答"
    ),
)
def one_poll_at_a_time(run: Run) -> Iterator[Observation]:
    """Look at every poll that is not the first, beside the earlier one that was open for longest."""
    for place, poll in enumerate(run.polls[1:], 1):
        longest = max(run.polls[:place], key=lambda earlier: _end(run, earlier))
        if _end(run, longest) > poll.started + OVERLAP:
            yield broken(
                [longest, poll],
                f"it came while poll {longest.serial} was still waiting, and that went on for "
                f"{_end(run, longest) - poll.started:.1f} s",
                f"发出时第 {longest.serial} 号轮询仍在等待，并又等待了 {_end(run, longest) - poll.started:.1f} 秒",
            )
        else:
            yield kept(poll)


@POLLING.rule(
    "C-POLL-09",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words("The client waits at least 12 s for the answer of a poll.", "客户端等待轮询应答的时间至少为 12 秒。"),
    accepts=Words("any limit above", "任何更长的超时时间"),
    needs=[Fact.TIMES],
    yields_to=["C-FLOW-08", "C-FLOW-09"],
    twin=Words("gives a poll up after 10 s", "轮询 10 秒即超时"),
)
def waits_as_long_as_usual(run: Run) -> Iterator[Observation]:
    """Look at every poll that took so long, or was given up earlier."""
    return _waits(run, USUAL_WAIT, least=0.0)


@POLLING.rule(
    "C-POLL-10",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.4",
    Words(
        "The client waits at least 55 s for the answer of a poll; the guide's sample allows 60 s.",
        "客户端等待轮询应答的时间应至少为 55 秒（文档示例为 60 秒）。",
    ),
    accepts=Words("any limit above", "任何更长的超时时间"),
    needs=[Fact.TIMES],
    yields_to=["C-POLL-09"],
    twin=Words("gives a poll up after 30 s", "轮询 30 秒即超时"),
)
def waits_as_long_as_the_sample(run: Run) -> Iterator[Observation]:
    """Look at every poll that took so long, or was given up earlier but not too early for C-POLL-09."""
    return _waits(run, LONG_WAIT, least=USUAL_WAIT - MARGIN)


@POLLING.rule(
    "C-POLL-12",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.4",
    Words(
        "After a successful poll that does not end the call, the next one comes within 5 s.",
        "轮询成功且通话未结束时，应在 5 秒内发起下一次轮询。",
    ),
    needs=[Fact.TIMES],
    twin=Words("sleeps 15 s between two polls", "两次轮询之间休眠 15 秒"),
)
def polls_on_soon(run: Run) -> Iterator[Observation]:
    """Look at every successful poll that is followed by another with no other request between them."""
    for _, poll in with_previous(run):
        following = next_poll(run, poll)
        if not poll.ok or following is None or poll.over is None or following.serial != poll.serial + 1:
            continue
        pause = following.started - poll.over
        if pause > PATIENCE:
            yield broken([poll, following], f"it came {pause:.1f} s later", f"隔了 {pause:.1f} 秒才发出")
        else:
            yield kept(poll, following)


@POLLING.rule(
    "C-POLL-13",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.5",
    Words(
        "After a successful dropClickToCall at most five more polls are made, and none after the event that ends the "
        "call.",
        "dropClickToCall 成功后，最多再轮询五次；收到通话结束事件后不再轮询。",
    ),
    accepts=Words(
        "no poll at all, or as many as it takes to fetch 168110", "不再轮询，或继续轮询直到取得 168110，均可"
    ),
    needs=[Fact.TIMES],
    twin=Words("polls on after the drop for as long as nothing comes", "挂断后只要没有事件就一直轮询"),
)
def few_polls_after_drop(run: Run) -> Iterator[Observation]:
    """Look at every drop that succeeded before the call had ended."""
    for drop in run.drops:
        if not drop.ok or any(poll.terminal and poll.before(drop) for poll in run.polls):
            continue
        polls = polls_made_after(run, drop)
        end = next((poll for poll in polls if poll.terminal), None)
        after_end = [poll for poll in polls if end is not None and end.before(poll)]
        if after_end:
            yield broken(
                [drop, after_end[0]],
                "a poll came after the event that had ended the call",
                "在通话结束事件之后又发起轮询",
            )
        elif len(polls) > LAST_POLLS:
            yield broken([drop, polls[-1]], f"{len(polls)} polls came", f"又轮询了 {len(polls)} 次")
        else:
            yield kept(drop, *polls)


def _waits(run: Run, wait: float, least: float) -> Iterator[Observation]:
    for poll in run.polls:
        limit = given_up_after(run, poll)
        if poll.over is not None and poll.over - poll.started >= wait - MARGIN:
            yield kept(poll)
        elif limit is not None and limit >= least:
            yield broken([poll], f"the client gave it up after {limit:.1f} s", f"客户端在 {limit:.1f} 秒后放弃了该请求")


def _end(run: Run, poll: Seen) -> float:
    """Give the second until which a poll was open: to the end of the trace, if that is not known."""
    if poll.over is not None:
        return poll.over
    return max(seen.over or seen.started for seen in run.calls)
