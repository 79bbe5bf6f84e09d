"""Cases for the rules on long polling (guide §5 step 4): every event, quiet spells, slow answers."""

from __future__ import annotations

from typing import Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import AT_LAST, scenario
from cec_conformance.words import Words

CASES: Final[tuple[Case, ...]] = (
    Case(
        name="answered",
        title=Words("Queued, connected, transferred, connected, released", "排队、接通、转移、再接通、释放"),
        scenario=scenario(
            events=["200ms queued", "200ms connected", "300ms transferred", "200ms connected", "300ms released"]
        ),
        smoke=True,
        aims=("C-POLL-01", "C-POLL-02", "C-POLL-03", "C-POLL-05", "C-POLL-12"),
    ),
    Case(
        name="transferred-twice",
        title=Words(
            "Connected, transferred into another queue, connected, transferred again, failed",
            "接通，转移到另一队列，再接通，再次转移，呼叫失败",
        ),
        scenario=scenario(
            events=[
                "200ms connected",
                "200ms transferred",
                "200ms queued",
                "200ms connected",
                "200ms transferred",
                "200ms failed",
            ]
        ),
        aims=("C-POLL-03", "C-POLL-07"),
    ),
    Case(
        name="queue-timeout",
        title=Words("Quiet polls, queued, quiet polls, queue timeout", "无事件、排队、无事件、排队超时"),
        scenario=scenario(events=["800ms queued", "800ms queue_timeout"], hold="200ms"),
        smoke=True,
        aims=("C-POLL-01", "C-POLL-04", "C-POLL-06"),
    ),
    Case(
        name="call-failed",
        title=Words("Queued, then the call fails", "排队后呼叫失败"),
        scenario=scenario(events=["200ms queued", "300ms failed"]),
        aims=("C-POLL-07",),
    ),
    Case(
        name="long-hold",
        title=Words("The first poll is held for 3 s", "第一次轮询被保持 3 秒"),
        scenario=scenario(events=["3s connected", "300ms released"], hold="5s"),
        aims=("C-POLL-08",),
    ),
    Case(
        name="slow-poll",
        title=Words("The first poll is answered after 12 s", "第一次轮询 12 秒后才应答"),
        scenario=scenario(events=["300ms connected", "12s released"], polls={"1": {"delay": "12s"}}),
        aims=("C-POLL-09",),
    ),
    Case(
        name="very-slow-poll",
        title=Words("The first poll is answered after 55 s", "第一次轮询 55 秒后才应答"),
        scenario=scenario(events=["300ms connected", "55s released"], polls={"1": {"delay": "55s"}}),
        slow=True,
        aims=("C-POLL-09", "C-POLL-10"),
    ),
    Case(
        name="unknown-event",
        title=Words("Queued, an event that no document names, connected, released", "排队、未列出的事件、接通、释放"),
        scenario=scenario(events=["200ms queued", "200ms 168199", "200ms connected", "200ms released"]),
        aims=("C-POLL-11",),
    ),
    Case(
        name="silence-after-drop",
        title=Words(
            "The user hangs up; polls after that bring nothing, time and again",
            "用户挂断；此后的轮询一直没有事件",
        ),
        scenario=scenario(events=["200ms connected", AT_LAST], on_drop="silence", hold="200ms"),
        hangup_after=0.3,
        aims=("C-POLL-13",),
    ),
    Case(
        name="released-after-drop",
        title=Words("The user hangs up; the release comes half a second later", "用户挂断；半秒后收到释放事件"),
        scenario=scenario(
            events=["200ms connected", AT_LAST], on_drop={"after": "500ms", "event": "released"}, hold="8s"
        ),
        hangup_after=0.3,
        aims=("C-POLL-13",),
    ),
)
"""The cases."""
