"""Rules on the contract between the judge and the client that it starts (`docs/driver-contract.md`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import EventId

from cec_conformance import facts
from cec_conformance.facts import Fact
from cec_conformance.patience import GRACE, MARGIN
from cec_conformance.rule import Basis, Family, Level, broken, kept
from cec_conformance.rules.astray import ASTRAY
from cec_conformance.run import Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

CONTRACT: Final = Family("The launch contract", "启动约定")

OUTCOMES: Final = {
    EventId.RELEASED: "released",
    EventId.QUEUE_TIMEOUT: "queue_timeout",
    EventId.FAILED: "call_failed",
}
"""What is reported of the events that end a call."""

SKIP: Final = "skip"
"""What a client reports that has no such flow or media."""


@CONTRACT.rule(
    "C-LIFE-01",
    Level.MUST,
    Basis.CONTRACT,
    "",
    Words(
        "Once the call is over, or could not be made, the client ends by itself within 30 s.",
        "呼叫结束或无法建立之后，客户端在 30 秒内自行退出。",
    ),
    accepts=Words(
        "Counted from the end of its last request; a few polls after a drop are part of the call.",
        "自最后一次请求结束时起算；挂断之后的少量轮询仍算在呼叫之内。",
    ),
    twin=Words("hangs after the call, and never ends", "呼叫结束后一直不退出"),
    needs=[Fact.ENDING, Fact.TIMES],
    yields_to=ASTRAY,
)
def ends_by_itself(run: Run) -> Iterator[Observation]:
    """Look at the time between its last request and its end."""
    if not run.calls:
        return
    idle, last = _idle(run), run.calls[-1]
    over = run.ended_call or next((drop for drop in run.drops if drop.ok), None)
    if idle is not None and idle >= GRACE + MARGIN:
        yield broken(
            [last], f"it still ran {idle:.0f} s after its last request", f"最后一次请求过后 {idle:.0f} 秒仍未退出"
        )
    elif not _killed(run):
        yield kept(last)
    elif over is not None:
        yield broken(
            [over, last], "it went on after the call was over, and had to be ended", "呼叫结束后仍不停止，只得强行终止"
        )


@CONTRACT.rule(
    "C-LIFE-02",
    Level.MUST,
    Basis.CONTRACT,
    "",
    Words(
        "The client ends with exit status 0, by no signal and no uncaught error.",
        "客户端以退出码 0 结束，不因信号或未捕获的异常而终止。",
    ),
    accepts=Words("Whatever the outcome of the call: 0 is right for each.", "无论呼叫结果如何，退出码都是 0。"),
    twin=Words("ends by an uncaught error", "因未捕获的异常而终止"),
    needs=[Fact.ENDING],
    yields_to=ASTRAY,
)
def exits_in_order(run: Run) -> Iterator[Observation]:
    """Look at the exit status of a client that ended by itself."""
    status = run.fact(facts.EXIT_STATUS)
    if _killed(run) or not run.calls:
        return
    if status == "0":
        yield kept(run.calls[-1])
    else:
        yield broken(run.calls[-1:], f"its exit status was {status}", f"退出码为 {status}")


@CONTRACT.rule(
    "C-LIFE-03",
    Level.MUST,
    Basis.CONTRACT,
    "",
    Words(
        "The outcome that the client prints is what the traffic shows.",
        "客户端输出的结果与实际通信相符。",
    ),
    accepts=Words(
        "Where a drop and the event that ends the call cross: either. Where polls failed in other ways than by "
        "resultCode: gave_up or error. After a drop when polls had failed, or that nobody wished: hung_up as well.",
        "挂断与结束事件交错时，两者皆可；轮询失败不只因 resultCode 时，gave_up 或 error 皆可；"
        "轮询失败之后的挂断，或并非用户要求的挂断，hung_up 亦可。",
    ),
    twin=Words("always prints that the call was released", "总是输出 released"),
    needs=[Fact.ENDING],
    yields_to=ASTRAY | {"C-LIFE-01", "C-LIFE-02"},
)
def tells_the_truth(run: Run) -> Iterator[Observation]:
    """Compare the outcome with what came over the wire."""
    said = run.fact(facts.OUTCOME)
    if said is None or said == SKIP or _killed(run):
        return
    fitting = outcomes(run)
    if said in fitting:
        yield kept(*run.calls[-1:])
    else:
        wanted = sorted(fitting)
        yield broken(
            run.calls[-1:],
            f"it printed {said or 'no outcome'}; the traffic shows {' or '.join(wanted)}",
            f"输出了{said or '空结果'}，而通信表明应为 {' 或 '.join(wanted)}",
        )


def outcomes(run: Run) -> frozenset[str]:
    """Give the outcomes that fit what came over the wire."""
    drops = [drop for drop in run.drops if run.creates and drop.serial > run.creates[0].serial]
    end, dropped = run.ended_call, any(drop.ok for drop in drops)
    fitting = {"hung_up"} if dropped else set()
    if end is not None:
        fitting.add(OUTCOMES[EventId(end.event or 0)])
        return frozenset(fitting | ({"error"} if drops and not dropped else set()))
    if dropped:
        given_up = bool(run.polls) and run.polls[-1].failed
        return frozenset(fitting | ({"gave_up", "error"} if run.wish is None or given_up else set()))
    return _of_a_call_that_broke_off(run) | ({"error"} if drops else frozenset())


def _of_a_call_that_broke_off(run: Run) -> frozenset[str]:
    """Give the outcomes that fit where the call has neither ended nor been dropped."""
    if run.created is not None:
        return _of_failing_polls(run.polls)
    if run.creates:
        refused = run.creates[-1].kind is Kind.FAIL
        return frozenset({"rejected"} if refused else {"rejected", "error"})
    if run.checks and run.checks[-1].ok:
        answer = run.checks[-1].answer
        possible = answer.get("webRTCSupported") is True and answer.get("clickToCallSupported") is True
        return frozenset({"error"} if possible else {"unsupported"})
    return frozenset({"error", "unsupported"} if run.checks else {"error"})


def _of_failing_polls(polls: tuple[Seen, ...]) -> frozenset[str]:
    """Give the outcomes that fit what the polls came to in the end."""
    if not polls or polls[-1].ok:
        return frozenset({"error"})
    row = [poll.kind for poll in polls[_after_last_success(polls) :]]
    return frozenset({"gave_up"} if set(row) == {Kind.FAIL} else {"gave_up", "error"})


def _after_last_success(polls: tuple[Seen, ...]) -> int:
    return max((place + 1 for place, poll in enumerate(polls) if poll.ok), default=0)


def _killed(run: Run) -> bool:
    return run.fact(facts.EXIT_STATUS) == facts.KILLED


def _idle(run: Run) -> float | None:
    """Give the seconds between the end of its last request and its own; `None` while a request was open."""
    ends = [seen.over for seen in run.calls]
    if run.ended_at is None or None in ends:
        return None
    return run.ended_at - max(end for end in ends if end is not None)
