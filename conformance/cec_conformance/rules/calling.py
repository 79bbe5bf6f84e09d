"""Rules on the order of steps, continued: creating the call, and what comes after (guide §4.2, §5 steps 3 and 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, EventId

from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Level, broken, kept
from cec_conformance.rules.order import ORDER, answered
from cec_conformance.run import Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

__all__ = ["ORDER"]

ROOM: Final = 5.0
"""Seconds that a client may take from one step to the next."""

MARGIN: Final = 1.0
"""Seconds by which two requests that were made together may arrive in the wrong order."""


@ORDER.rule(
    "C-FLOW-06",
    Level.MUST,
    Basis.DOCUMENTED,
    "§4.2",
    Words(
        "Where the call comes first, send comes after createClickToCall has succeeded and the first poll has begun, "
        "and before dropClickToCall.",
        "先通话后文本时，createClickToCall 成功、首次轮询已经开始之后，dropClickToCall 之前，调用 send。",
    ),
    accepts=Words(
        "It need not wait for the call to be connected. It may be missing where the call did not last for 5 seconds "
        "after that.",
        "不必等到呼叫建立。呼叫建立后持续不足 5 秒的，可以没有 send。",
    ),
    twin=Words("sends before the check", "在检查之前发送"),
    needs=(Fact.FLOW, Fact.HANGUP, Fact.BODIES, Fact.TIMES),
)
def call_first(run: Run) -> Iterator[Observation]:
    """Look at the first send; without one, at how long the call was connected."""
    if run.flow != "call_then_text":
        return
    connected = next((poll for poll in run.polls if poll.event == EventId.CONNECTED), None)
    for send in run.sends[:1]:
        fault = _misplaced(run, send)
        yield kept(send) if fault is None else broken([send], fault.en, fault.zh)
    if not run.sends and connected is not None and _lasted(run, connected) >= ROOM:
        yield broken([connected], "there was no send in the whole call", "整个通话中没有调用 send")


@ORDER.rule(
    "C-FLOW-07",
    Level.SHOULD,
    Basis.DOCUMENTED,
    "§4.2",
    Words("A call on its own has no send.", "单独点击通话时，不调用 send。"),
    twin=Words("sends in this flow too", "在该流程中也发送"),
    needs=(Fact.FLOW,),
)
def call_alone(run: Run) -> Iterator[Observation]:
    """Look for a send in a run that comes to the check."""
    if run.flow != "call":
        return
    if run.sends:
        yield broken(run.sends[:1], "there was a send", "调用了 send")
    elif run.checks:
        yield kept(run.checks[0])


@ORDER.rule(
    "C-FLOW-08",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "The first poll waits for the answer of createClickToCall.",
        "收到 createClickToCall 的响应之后，才开始首次轮询。",
    ),
    twin=Words("polls together with createClickToCall", "与 createClickToCall 同时开始轮询"),
    needs=(Fact.TIMES,),
)
def create_first(run: Run) -> Iterator[Observation]:
    """Look at the first poll."""
    for poll in run.polls[:1]:
        if creates := answered(run.creates, poll):
            yield kept(creates[-1], poll)
        else:
            yield broken(
                [*run.creates[:1], poll],
                "no answer of createClickToCall had come yet",
                "此时尚未收到 createClickToCall 的响应",
            )


@ORDER.rule(
    "C-FLOW-09",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        'No poll follows a createClickToCall that failed: a status other than 200, or a resultCode other than "0".',
        "createClickToCall 失败（HTTP 状态码不是 200，或 resultCode 不为 0）之后，不再轮询。",
    ),
    accepts=Words("The create may be repeated.", "可以重新创建呼叫。"),
    twin=Words("looks at the status of createClickToCall only", "只看 createClickToCall 的 HTTP 状态码"),
    needs=(Fact.BODIES, Fact.TIMES),
)
def only_if_created(run: Run) -> Iterator[Observation]:
    """Look at every create that was refused while there was no call."""
    for create in run.creates:
        if create.ok:
            return
        if create.kind not in {Kind.FAIL, Kind.EXPIRED, Kind.HTTP_ERROR}:
            continue
        polls = run.made_after(create, Endpoint.EVENTS)
        astray = [poll for poll in polls if run.created is None or not run.created.before(poll)]
        if astray:
            yield broken([create, astray[0]], "a poll followed although there was no call", "创建失败，却仍开始轮询")
        else:
            yield kept(create)


@ORDER.rule(
    "C-FLOW-10",
    Level.MUST,
    Basis.INFERRED,
    "§4.2",
    Words(
        "A call that was created is not created again while it lives.",
        "呼叫创建成功之后、结束之前，不再次调用 createClickToCall。",
    ),
    twin=Words("calls createClickToCall again on a transfer", "收到呼叫转移时再次调用 createClickToCall"),
    needs=(Fact.BODIES, Fact.TIMES),
)
def created_once(run: Run) -> Iterator[Observation]:
    """Look at the creates after the first that succeeded."""
    if run.created is None:
        return
    again = [create for create in run.made_after(run.created, Endpoint.CREATE) if not _over(run, create)]
    if again:
        yield broken([run.created, again[0]], "the call lived, and another was created", "呼叫尚未结束，又创建了一次")
    else:
        yield kept(run.created)


@ORDER.rule(
    "C-FLOW-11",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.4",
    Words(
        "The first poll comes within 5 seconds after createClickToCall has succeeded.",
        "createClickToCall 成功后 5 秒内开始首次轮询。",
    ),
    accepts=Words("A hang-up may come first.", "可以先挂断。"),
    twin=Words("waits for 20 seconds first", "先等待 20 秒"),
    needs=(Fact.HANGUP, Fact.BODIES, Fact.TIMES),
)
def poll_soon(run: Run) -> Iterator[Observation]:
    """Look at the time from the create that succeeded to the first poll after it."""
    created = run.created
    if created is None:
        return
    since = created.over or 0.0
    first = next(iter(run.after(created, Endpoint.EVENTS)), None)
    if first is not None and first.started - since <= ROOM:
        yield kept(created, first)
    elif _hangs_up_by(run, since + ROOM):
        return
    elif first is not None:
        late = first.started - since
        yield broken([created, first], f"it came after {late:.1f} s", f"{late:.1f} 秒后才开始")
    elif run.ended_at is not None:
        yield broken([created], "there was no poll at all", "从未轮询")


def _hangs_up_by(run: Run, moment: float) -> bool:
    """Say whether the user had hung up, or the client dropped the call, by a moment."""
    return any(hangs_up <= moment for hangs_up in (run.hung_up, *_drops(run)) if hangs_up is not None)


def _drops(run: Run) -> list[float]:
    return [drop.started for drop in run.drops]


def _misplaced(run: Run, send: Seen) -> Words | None:
    """Say what is wrong with the moment of the send; requests that were made together may arrive in either order."""
    if run.created is None or not run.created.before(send):
        return Words("it came before createClickToCall had succeeded", "此时 createClickToCall 尚未成功")
    poll = next(iter(run.polls), None)
    if poll is None or (send.before(poll) and poll.started - send.started >= MARGIN):
        return Words("it came before the first poll", "此时尚未开始轮询")
    dropped = next((drop.over for drop in run.drops if drop.ok and drop.before(send)), None)
    if dropped is not None and send.started - dropped >= MARGIN:
        return Words("it came after dropClickToCall", "在 dropClickToCall 之后才发送")
    return None


def _lasted(run: Run, connected: Seen) -> float:
    """Give the seconds from "connected" to the end of the call, as far as it is known."""
    last = run.calls[-1]
    ends = [run.hung_up, run.ended_at, run.ended_call.over if run.ended_call else None, *_drops(run)]
    known = [end for end in ends if end is not None] or [last.over if last.over is not None else last.started]
    return min(known) - (connected.over or 0.0)


def _over(run: Run, create: Seen) -> bool:
    """Say whether the call was over when another was created: ended, dropped, or given up after a poll that failed."""
    polls = [poll for poll in run.polls if poll.before(create)]
    given_up = bool(polls) and polls[-1].failed
    return given_up or any(poll.terminal for poll in polls) or any(drop.serial < create.serial for drop in run.drops)
