"""Rules on what a poll brings (guide §5 step 4).

The rules on the order of events stand in `polling_order`, those on the time that polls take in `polling_time`.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import EVENT_TEXT, NO_EVENT_TEXT, TERMINAL, Endpoint, EventId

from cec_conformance import facts
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, each, kept
from cec_conformance.run import SUCCESS, Kind
from cec_conformance.server.announced import events
from cec_conformance.server.calls import VARIANTS, betrays, calls, tells, took
from cec_conformance.server.departures import Departure
from cec_conformance.server.lifetimes import surely_alive
from cec_conformance.server.reading import good, with_departure
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

POLLING: Final = Family("polling", "轮询")

HELD: Final = 1.0
"""Seconds after which a poll that failed had been held, so that its answer is the one that quiet polls get."""


@POLLING.rule(
    "S-POL-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "With an event waiting, a poll is answered 200, resultCode 0 and an eventId of the guide's list.",
        "有事件等待时，轮询返回 200、resultCode 为 0，并带文档所列的 eventId。",
    ),
    accepts=Words(
        "an eventId that is text; where the scenario is not the judge's, also events that the guide does not list",
        "eventId 为字符串；若场景不由本工具设定，也接受文档未列出的事件",
    ),
    twin=Words("names the member eventID", "把该成员命名为 eventID"),
)
def names_events(run: Run) -> Iterator[Observation]:
    """Look at every poll in a live call that tells of an event, or should have."""
    listed = {*EventId, *(event.id for event in events(run))}
    for call in calls(run):
        for poll in call.live_polls:
            if betrays(poll):
                yield broken(
                    [poll], f"it tells of an event without an eventId: {_shown(poll.answer)}", "有事件，却没有 eventId"
                )
            elif tells(poll) in listed:
                yield kept(poll)
            elif poll.kind is Kind.EVENT and "eventId" in poll.answer and poll.answer["eventId"] not in _NOTHING:
                if run.knows(Fact.EVENTS):
                    got = _shown(poll.answer["eventId"])
                    yield broken([poll], f"eventId is {got}", f"eventId 为 {got}")
            elif _fails(poll) and not call.logins and (due := call.waiting(poll)) and surely_alive(run, poll):
                got = _outcome(poll)
                yield broken([poll], f"{got}, though {due.id} was waiting", f"{got}，而 {due.id} 正在等待")


@POLLING.rule(
    "S-POL-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "With no event, a poll is answered 200, resultCode 0 and no member eventId: not null, not 0.",
        "没有事件时，轮询返回 200、resultCode 为 0，且不携带 eventId（不是 null，也不是 0）。",
    ),
    accepts=Words("without a live call also a resultCode that is not 0", "没有通话时，resultCode 也可以非 0"),
    twin=Words("sends eventId null", "返回值为 null 的 eventId"),
)
def leaves_event_id_out(run: Run) -> Iterator[Observation]:
    """Look at every poll that brought nothing."""
    for poll in good(run, Endpoint.EVENTS):
        if not poll.ok or tells(poll) is not None or betrays(poll):
            continue
        got = poll.answer.get("eventId", _ABSENT)
        if got is _ABSENT:
            yield kept(poll)
        elif got in _NOTHING:
            yield broken([poll], f"eventId is {_shown(got)}", f"eventId 为 {_shown(got)}")
    for call in calls(run):
        for poll in () if call.logins else call.live_polls:
            if poll.kind is Kind.FAIL and took(poll) >= HELD and call.waiting(poll) is None:
                yield broken(
                    [poll], f"{_outcome(poll)}, after {took(poll):.1f} s", f"{took(poll):.1f} 秒后：{_outcome(poll)}"
                )


@POLLING.rule(
    "S-POL-06",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "168101 has a content with non-empty texts domain, accessCode, clickToCallCaller, and gwAddresses, an array of "
        "at least one.",
        "168101 的 content 含非空字符串 domain、accessCode、clickToCallCaller，以及非空的字符串数组 gwAddresses。",
    ),
    accepts=Words("an accessCode that is a number", "accessCode 为数字"),
    twin=Words("sends gwAddresses as one text with commas", "把 gwAddresses 写成一个逗号分隔的字符串"),
)
def hands_out_the_gateway(run: Run) -> Iterator[Observation]:
    """Look at every “connected”."""
    return each((poll for poll in _told(run) if poll.event == EventId.CONNECTED), _gateway_fault)


@POLLING.rule(
    "S-POL-07",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "168110, 168103 and 168105 have a content with causeId, a whole number, and causeDesc, a text.",
        "168110、168103、168105 的 content 含整数 causeId 与字符串 causeDesc。",
    ),
    accepts=Words("a causeId that is a number written as text", "causeId 为数字字符串"),
    twin=Words("leaves content out of 168103", "168103 不带 content"),
)
def says_why_it_ended(run: Run) -> Iterator[Observation]:
    """Look at every event that ends a call."""
    return each((poll for poll in _told(run) if poll.event in TERMINAL), _cause_fault)


@POLLING.rule(
    "S-POL-08",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.4",
    Words("eventId is a JSON integer.", "eventId 是 JSON 整数。"),
    accepts=Words(
        "text, if the platform goes by the API reference (--dialect reference)",
        "若平台遵循 API 参考（--dialect reference），也可以是字符串",
    ),
    twin=Words("sends it as text", "以字符串形式返回"),
)
def numbers_events(run: Run) -> Iterator[Observation]:
    """Look at every event."""
    text = run.fact(facts.DIALECT) == "reference"
    for poll in _told(run):
        got = poll.answer["eventId"]
        if isinstance(got, int) or text:
            yield kept(poll)
        else:
            yield broken([poll], f"eventId is {_shown(got)}", f"eventId 为 {_shown(got)}")


@POLLING.rule(
    "S-POL-09",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.4",
    Words(
        "resultDesc of a poll is the text that the guide has for the event, or for none.",
        "轮询的 resultDesc 为文档中该事件（或无事件）对应的文字。",
    ),
    accepts=Words(
        "“Call transferred” and “Call queued timeout” too; any text for an event that the guide does not list, and "
        "without a live call",
        "也接受 “Call transferred” 与 “Call queued timeout”；文档未列出的事件、没有通话时，文字不限",
    ),
    twin=Words("leaves it empty", "留空"),
)
def describes_events(run: Run) -> Iterator[Observation]:
    """Look at every event, and at quiet polls in a live call."""
    for poll in _told(run):
        if poll.event in EVENT_TEXT:
            event = EventId(poll.event)
            yield _described(poll, *{EVENT_TEXT[event], VARIANTS.get(event, EVENT_TEXT[event])})
    for call in calls(run):
        for poll in call.live_polls:
            if poll.kind is Kind.DONE and not betrays(poll):
                yield _described(poll, NO_EVENT_TEXT)


@POLLING.rule(
    "S-POL-16",
    Level.SHOULD,
    Basis.REFERENCE,
    "§5.4",
    Words("A poll without channel does not succeed.", "不带 channel 的轮询不成功。"),
    twin=Words("takes WEB for granted", "默认 channel 为 WEB"),
)
def wants_the_channel(run: Run) -> Iterator[Observation]:
    """Look at every poll without it."""
    for seen in with_departure(run, Departure.NO_CHANNEL):
        if seen.endpoint is not Endpoint.EVENTS:
            continue
        if seen.ok:
            yield broken([seen], "it was answered like any other", "照常应答")
        else:
            yield kept(seen)


_ABSENT: Final = object()
_NOTHING: Final = (None, 0, "", "0")
"""What an `eventId` may hold that is none, where it should have been left out."""


def _told(run: Run) -> Iterator[Seen]:
    return (poll for poll in good(run, Endpoint.EVENTS) if tells(poll) is not None)


def _fails(poll: Seen) -> bool:
    return poll.kind in {Kind.FAIL, Kind.HTTP_ERROR, Kind.EXPIRED}


def _outcome(poll: Seen) -> str:
    return f"HTTP {poll.status}" if poll.status != SUCCESS else f"resultCode {poll.code}"


def _gateway_fault(poll: Seen) -> Words | None:
    content = poll.answer.get("content")
    if not isinstance(content, dict):
        return Words("content is missing", "缺少 content")
    for name in ("domain", "accessCode", "clickToCallCaller"):
        value = content.get(name)
        if not ((isinstance(value, str) and value) or (name == "accessCode" and _integer(value))):
            return _is(name, value)
    addresses = content.get("gwAddresses")
    good_ones = isinstance(addresses, list) and addresses and all(isinstance(one, str) and one for one in addresses)
    return None if good_ones else _is("gwAddresses", addresses)


def _cause_fault(poll: Seen) -> Words | None:
    content = poll.answer.get("content")
    if not isinstance(content, dict):
        return Words("content is missing", "缺少 content")
    cause, text = content.get("causeId"), content.get("causeDesc")
    if not (_integer(cause) or (isinstance(cause, str) and re.fullmatch(r"-?[0-9]+", cause))):
        return _is("causeId", cause)
    return None if isinstance(text, str) else _is("causeDesc", text)


def _described(poll: Seen, *texts: str) -> Observation:
    got = poll.answer.get("resultDesc")
    said = _is("resultDesc", got)
    return kept(poll) if got in texts else broken([poll], said.en, said.zh)


def _integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is(name: str, value: object) -> Words:
    got = _shown(value)
    return Words(f"{name} is {got}", f"{name} 为 {got}")


def _shown(value: Any) -> str:  # noqa: ANN401  (whatever the platform sent)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


_MOST_SHOWN: Final = 120
