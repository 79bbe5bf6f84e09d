"""Rules on long polling (guide §5 step 4): when a client polls on, and when it does not.

The rules on how long a poll may take, and on how many there are at a time, stand in `polling_time`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from cec_client.protocol import EventId

from cec_conformance import facts
from cec_conformance.calls import next_poll, polls_made_after, stopped, with_previous
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, kept
from cec_conformance.run import Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cec_conformance.dialling import Dialled
    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

POLLING: Final = Family("Long polling", "长轮询")

GATEWAY_MEMBERS: Final = ("domain", "gwAddresses", "accessCode", "clickToCallCaller")
"""What the media call takes from "connected"; the order of the addresses counts."""

CROSSING: Final = 1.0
"""Seconds in which an INVITE may still be that of the "connected" before the last."""


_PORT: Final = re.compile(r"^(\[[^\]]*\]|[^:]*):\d+$")


def polls_on(run: Run, wanted: Callable[[Seen], bool]) -> Iterator[Observation]:
    """Look at every poll of a kind, and at whether another follows; one that repeats a failed poll is C-RETRY-04's."""
    for previous, poll in with_previous(run):
        if not wanted(poll) or (previous is not None and previous.failed and previous.kind is not Kind.EXPIRED):
            continue
        following = next_poll(run, poll)
        if following is not None:
            yield kept(poll, following)
        elif stopped(run, poll):
            yield broken([poll], "no further getClickToCallEvents came", "此后再没有 getClickToCallEvents 请求")


def polls_no_more(run: Run, event: EventId) -> Iterator[Observation]:
    """Look at every poll that brought an event which ends the call; after a drop it is C-POLL-13's."""
    for _, poll in with_previous(run):
        if poll.event != event:
            continue
        further = polls_made_after(run, poll)
        if further:
            yield broken(
                [poll, further[0]], "getClickToCallEvents was called again", "之后又调用了 getClickToCallEvents"
            )
        else:
            yield kept(poll)


@POLLING.rule(
    "C-POLL-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "After 168102 (in queue) the client polls again, unless the user has hung up.",
        "收到 168102（排队）后，除非用户已挂断，应继续轮询。",
    ),
    needs=[Fact.TIMES],
    twin=Words("takes “in queue” for the end of the call", "把“排队”当作通话结束"),
)
def polls_on_when_queued(run: Run) -> Iterator[Observation]:
    """Look at every “in queue”."""
    return polls_on(run, lambda poll: poll.event == EventId.QUEUED)


@POLLING.rule(
    "C-POLL-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "After 168101 (connected) the client polls again, unless the user has hung up.",
        "收到 168101（呼叫建立）后，除非用户已挂断，应继续轮询。",
    ),
    needs=[Fact.TIMES],
    twin=Words("stops polling once the call is connected", "接通后即停止轮询"),
)
def polls_on_when_connected(run: Run) -> Iterator[Observation]:
    """Look at every “connected”."""
    return polls_on(run, lambda poll: poll.event == EventId.CONNECTED)


@POLLING.rule(
    "C-POLL-03",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "After 168106 (transferred) the client polls again, unless the user has hung up.",
        "收到 168106（呼叫转移）后，除非用户已挂断，应继续轮询。",
    ),
    needs=[Fact.TIMES],
    twin=Words("takes a transfer for the end of the call", "把呼叫转移当作通话结束"),
)
def polls_on_when_transferred(run: Run) -> Iterator[Observation]:
    """Look at every “transferred”."""
    return polls_on(run, lambda poll: poll.event == EventId.TRANSFERRED)


@POLLING.rule(
    "C-POLL-04",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "After a successful poll without an event the client polls again, however many such polls came before.",
        "轮询成功但没有事件时应继续轮询，无论此前已连续多少次没有事件。",
    ),
    needs=[Fact.TIMES],
    twin=Words("stops at the third poll in a row that brings nothing", "连续三次没有事件就停止轮询"),
)
def polls_on_when_nothing_happened(run: Run) -> Iterator[Observation]:
    """Look at every poll without an event."""
    return polls_on(run, lambda poll: poll.kind is Kind.DONE)


@POLLING.rule(
    "C-POLL-05",
    Level.MUST,
    Basis.INFERRED,
    "§5.4",
    Words("After 168110 (released) no further poll is made.", "收到 168110（呼叫释放）后不再发起轮询。"),
    accepts=Words("a poll that was already under way", "此前已发出的轮询不计"),
    needs=[Fact.TIMES],
    twin=Words("polls once more after the release", "通话释放后又轮询一次"),
)
def no_poll_after_release(run: Run) -> Iterator[Observation]:
    """Look at every release."""
    return polls_no_more(run, EventId.RELEASED)


@POLLING.rule(
    "C-POLL-06",
    Level.MUST,
    Basis.INFERRED,
    "§5.4",
    Words("After 168103 (queue timeout) no further poll is made.", "收到 168103（排队超时）后不再发起轮询。"),
    accepts=Words("a poll that was already under way", "此前已发出的轮询不计"),
    needs=[Fact.TIMES],
    twin=Words("polls once more after the queue timeout", "排队超时后又轮询一次"),
)
def no_poll_after_queue_timeout(run: Run) -> Iterator[Observation]:
    """Look at every queue timeout."""
    return polls_no_more(run, EventId.QUEUE_TIMEOUT)


@POLLING.rule(
    "C-POLL-07",
    Level.MUST,
    Basis.INFERRED,
    "§5.4",
    Words("After 168105 (failed) no further poll is made.", "收到 168105（呼叫失败）后不再发起轮询。"),
    accepts=Words("a poll that was already under way", "此前已发出的轮询不计"),
    needs=[Fact.TIMES],
    twin=Words("takes the failed call for a failed request and polls again", "把呼叫失败当作请求失败而重试轮询"),
)
def no_poll_after_failure(run: Run) -> Iterator[Observation]:
    """Look at every failed call."""
    return polls_no_more(run, EventId.FAILED)


@POLLING.rule(
    "C-POLL-11",
    Level.SHOULD,
    Basis.REFERENCE,
    "§5.4",
    Words(
        "After an event that the guide does not name the client polls again.",
        "收到文档未列出的事件后，应继续轮询。",
    ),
    needs=[Fact.TIMES],
    twin=Words("stops at an event that it does not know", "遇到不认识的事件就停止"),
)
def polls_on_after_unknown(run: Run) -> Iterator[Observation]:
    """Look at every event without a name."""
    return polls_on(run, lambda poll: poll.event is not None and poll.event not in set(EventId))


@POLLING.rule(
    "C-POLL-14",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "The media call is placed with domain, gwAddresses (in their order), accessCode and clickToCallCaller of the "
        "last “connected”.",
        "媒体呼叫使用最近一次“呼叫建立”中的 domain、gwAddresses（保持顺序）、accessCode 和 clickToCallCaller。",
    ),
    accepts=Words(
        "no new media call after a second “connected”; the data of the one before up to a second later; a caller that "
        "is hidden (RFC 3323)",
        "再次收到“呼叫建立”后不重新呼叫；一秒之内仍使用前一次的数据；隐藏主叫（RFC 3323）",
    ),
    needs=[Fact.MEDIA_CALL],
    twin=Words("swaps caller and callee", "主叫与被叫颠倒"),
)
def media_call_as_connected(run: Run) -> Iterator[Observation]:
    """Compare what was dialled, or what a fact says was used, with what the last “connected” brought."""
    connected = [poll for poll in run.polls if poll.event == EventId.CONNECTED]
    if connected and run.fact(facts.MEDIA_CALL) is not None:
        yield from _compared(connected[-1], _members(run.fact(facts.MEDIA_CALL) or ""))
    for call in run.dialled:
        told = sorted((poll for poll in connected if poll.over is not None and poll.over <= call.at), key=_over)
        if told:
            since = [told[-1], *(poll for poll in told[:-1] if call.at - _over(told[-1]) < CROSSING)]
            yield from _placed(since, call)


def _placed(connected: Sequence[Seen], call: Dialled) -> Iterator[Observation]:
    """Compare a media call with the “connected” that it may go by, the last one first."""
    for poll in connected:
        if not any(_departures(poll, call)):
            yield kept(poll, signals=(call.serial,))
            return
    yield from _departures(connected[0], call)


def _departures(poll: Seen, call: Dialled) -> Iterator[Observation]:
    """Say where a media call departs from a “connected”; what either does not say is no departure."""
    given = _content(poll)
    for name, was in (("accessCode", call.callee), ("clickToCallCaller", call.caller)):
        wanted = given.get(name)
        if isinstance(wanted, str | int) and was is not None and was != str(wanted):
            yield _wrong(poll, name, was, str(wanted), signals=(call.serial,))
    domain = given.get("domain")
    if isinstance(domain, str) and domain and call.domains and _host(domain) not in map(_host, call.domains):
        yield _wrong(poll, "domain", call.domains[0], domain, signals=(call.serial,))


def _compared(poll: Seen, used: Mapping[str, Any]) -> Iterator[Observation]:
    given = _content(poll)
    wrong = [name for name in GATEWAY_MEMBERS if name in used and used[name] != given.get(name)]
    for name in wrong:
        yield _wrong(poll, name, used[name], given.get(name))
    if not wrong:
        yield kept(poll)


def _wrong(poll: Seen, name: str, used: object, given: object, *, signals: tuple[int, ...] = ()) -> Observation:
    was, wanted = (json.dumps(value, ensure_ascii=False) for value in (used, given))
    return broken([poll], f"{name} was {was}, not {wanted}", f"{name} 是 {was}，而不是 {wanted}", signals=signals)


def _host(domain: str) -> str:
    """Give a domain without the port that it may have, and without the brackets of IPv6."""
    return _PORT.sub(r"\1", domain.lower()).strip("[]")


def _content(poll: Seen) -> dict[str, Any]:
    content = poll.answer.get("content")
    return content if isinstance(content, dict) else {}


def _over(poll: Seen) -> float:
    return poll.over or 0.0


def _members(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:
        return {}
