"""Cases for the rules on failing polls and retries (guide §5 step 4): each kind of failure one to five times in a row.

Broken connections break after the first byte of an answer: before it, many HTTP libraries send the request again by
themselves, and nobody could tell that from a retry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import first, scenario
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

FAILS: Final[Mapping[str, Any]] = {"code": "1", "desc": "system busy"}
BREAKS: Final[Mapping[str, Any]] = {"reset": "within the body"}

KINDS: Final[Mapping[str, tuple[Mapping[str, Any], Words, tuple[str, ...]]]] = {
    "fails": (
        FAILS,
        Words("has a resultCode that is not “0”", "resultCode 不为“0”"),
        ("C-RETRY-01", "C-RETRY-02", "C-RETRY-03", "C-RETRY-04"),
    ),
    "503": (
        {"status": 503},
        Words("gets a 503", "返回 503"),
        ("C-RETRY-04", "C-RETRY-06", "C-RETRY-07"),
    ),
    "reset": (
        BREAKS,
        Words("loses its connection in mid-answer", "应答中途连接被重置"),
        ("C-RETRY-04", "C-RETRY-06", "C-RETRY-07"),
    ),
}
"""How a poll can fail: what the script says, how a title tells it, and which rules that concerns."""


def _in_a_row(kind: str, times: int) -> Case:
    answer, words, aims = KINDS[kind]
    polls = "The first poll" if times == 1 else f"Each of the first {times} polls"
    return Case(
        name=f"poll-{kind}-{times}",
        title=Words(f"{polls} {words.en}", f"前 {times} 次轮询{words.zh}"),
        scenario=scenario(events=["300ms connected", "300ms released"], polls={first(times): answer}),
        aims=aims,
    )


CASES: Final[tuple[Case, ...]] = (
    *(_in_a_row(kind, times) for kind in KINDS for times in range(1, 6)),
    Case(
        name="poll-fails-in-mid-call",
        title=Words("A poll fails between a transfer and the second “connected”", "转移与再次接通之间轮询失败一次"),
        scenario=scenario(
            events=["200ms queued", "200ms connected", "200ms transferred", "200ms connected", "300ms released"],
            polls={"4": FAILS},
        ),
        smoke=True,
        aims=("C-RETRY-01", "C-RETRY-04"),
    ),
    Case(
        name="poll-fails-between-successes",
        title=Words(
            "A poll fails, one succeeds, three fail, the call goes on", "轮询失败一次、成功一次、再失败三次，通话继续"
        ),
        scenario=scenario(events=["1s connected", "1s released"], hold="200ms", polls={"1": FAILS, "3-5": FAILS}),
        aims=("C-RETRY-01", "C-RETRY-04", "C-RETRY-05"),
    ),
    Case(
        name="poll-fails-in-many-ways",
        title=Words(
            "Polls fail in turn: resultCode, 503, no JSON, half an answer",
            "轮询依次失败：resultCode、503、非 JSON、半个应答",
        ),
        scenario=scenario(
            events=["300ms connected", "2s released"],
            hold="300ms",
            polls={"1": FAILS, "3": {"status": 503}, "5": {"body": "html"}, "7": {"close": "after the head"}},
        ),
        aims=("C-RETRY-01", "C-RETRY-04"),
    ),
    Case(
        name="create-keeps-failing",
        title=Words("Every create is refused: no agents", "创建呼叫始终被拒绝：没有可用座席"),
        scenario=scenario(create={"code": "13", "desc": "No agents available currently"}),
        aims=("C-RETRY-08",),
    ),
)
"""The cases."""
