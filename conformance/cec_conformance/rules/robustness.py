"""Rules on odd answers that a client should survive.

Whether one was survived shows in what the client does next: it goes on as after the same answer without the oddity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance import facts
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, kept
from cec_conformance.rules.contract import outcomes
from cec_conformance.run import Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

ROBUSTNESS: Final = Family("Robustness", "健壮性")

_PLAIN: Final = frozenset({"resultCode", "resultDesc"})

DOCUMENTED: Final = {
    Endpoint.TOKEN: frozenset({"AccessToken", "ApplyType", "CreateTime", "Expires", "Scope", "AppKey", "UserID"}),
    Endpoint.APPLY_TOKEN: _PLAIN | {"token"},
    Endpoint.SEND: _PLAIN,
    Endpoint.CHECK: _PLAIN | {"webRTCSupported", "clickToCallSupported"},
    Endpoint.CREATE: _PLAIN,
    Endpoint.EVENTS: _PLAIN | {"eventId", "content"},
    Endpoint.DROP: _PLAIN,
}
"""The members of the answers that some document names."""

OF_CONTENT: Final = frozenset({"domain", "gwAddresses", "accessCode", "clickToCallCaller", "causeId", "causeDesc"})
"""Those of an event's content."""

OF_AN_END: Final = frozenset({"causeId", "causeDesc"})
"""Those that come with the end of a call."""


@ROBUSTNESS.rule(
    "C-ROB-01",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5",
    Words(
        "Members of an answer that no document names change nothing.",
        "响应中出现文档未列出的成员时，不影响处理。",
    ),
    twin=Words("decodes strictly, and fails on an unknown member", "采用严格解码，遇到未知成员即失败"),
    needs=[Fact.BODIES, Fact.TIMES],
)
def survives_unknown_members(run: Run) -> Iterator[Observation]:
    """Look behind the answers that have more members than are documented."""
    for seen in run.calls:
        if seen.ok and _unknown_members(seen):
            yield from _survived(run, seen)


@ROBUSTNESS.rule(
    "C-ROB-02",
    Level.SHOULD,
    Basis.REFERENCE,
    "§5.4",
    Words(
        "An eventId that comes as text with digits works like the number.",
        "eventId 以数字字符串给出时，与数值同样处理。",
    ),
    twin=Words(
        'compares numbers alone, so that "168110" is unknown and polling goes on',
        '只与数值比较，把 "168110" 当作未知事件而继续轮询',
    ),
    needs=[Fact.BODIES, Fact.TIMES],
)
def reads_event_ids_given_as_text(run: Run) -> Iterator[Observation]:
    """Look behind the events whose number came as text."""
    for poll in run.polls:
        if poll.ok and isinstance(poll.answer.get("eventId"), str):
            yield from _survived(run, poll)


@ROBUSTNESS.rule(
    "C-ROB-03",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.4",
    Words(
        "An event that ends the call does so also without content, or with members of it missing.",
        "结束呼叫的事件没有 content 或其中缺少成员时，呼叫仍正常结束。",
    ),
    twin=Words("crashes on the missing content", "因缺少 content 而崩溃"),
    needs=[Fact.BODIES, Fact.TIMES],
)
def ends_without_content(run: Run) -> Iterator[Observation]:
    """Look behind ends that do not say why."""
    for poll in run.polls:
        content = poll.answer.get("content")
        if poll.terminal and not (isinstance(content, dict) and content.keys() >= OF_AN_END):
            yield from _survived(run, poll)


@ROBUSTNESS.rule(
    "C-ROB-04",
    Level.SHOULD,
    Basis.HYGIENE,
    "§6.1",
    Words(
        "A 403 whose body is empty or no JSON is still a 403: the client logs in anew.",
        "403 的响应体为空或不是 JSON 时，仍按 403 处理：重新登录。",
    ),
    accepts=Words(
        "Judged only of a client that logs in after a 403 with a body.",
        "仅当客户端在带响应体的 403 之后会重新登录时才判定。",
    ),
    twin=Words(
        "decodes the body first, and takes the answer for a broken connection",
        "先解析响应体，解析失败便当作网络故障",
    ),
    needs=[Fact.BODIES, Fact.TIMES, Fact.LOGIN],
)
def knows_a_403_without_body(run: Run) -> Iterator[Observation]:
    """Look behind the polls that got a bare 403; the same client's way with an ordinary one is the measure."""
    for poll in run.polls:
        if poll.kind is not Kind.EXPIRED:
            continue
        logs_in = _logs_in_next(run, poll)
        if poll.answer and not logs_in:
            return
        if not poll.answer and logs_in:
            yield kept(poll)
        elif not poll.answer:
            yield broken([poll], "no login followed", "之后没有重新登录")


@ROBUSTNESS.rule(
    "C-ROB-05",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.4",
    Words(
        "An answer whose body comes in several pieces, with pauses between them, is read to its end.",
        "响应体分多段、间歇到达时，一直读到结尾。",
    ),
    twin=Words("reads the first piece alone", "只读第一段"),
    needs=[Fact.BODIES, Fact.TIMES],
)
def reads_to_the_end(run: Run) -> Iterator[Observation]:
    """Look at the answers that dripped, and behind them."""
    for seen in run.calls:
        if "pieces" not in str(seen.exchange.script.get("fault", "")):
            continue
        if seen.kind is Kind.LEFT and not (run.hung_up is not None and (seen.over or 0.0) >= run.hung_up):
            yield broken([seen], "the client left in the middle of the answer", "客户端没有读完响应便断开")
        elif seen.ok:
            yield from _survived(run, seen)


def _unknown_members(seen: Seen) -> bool:
    content = seen.answer.get("content")
    inner = content.keys() if isinstance(content, dict) else frozenset()
    return bool(seen.answer.keys() - DOCUMENTED.get(seen.endpoint, seen.answer.keys()) or inner - OF_CONTENT)


def _survived(run: Run, seen: Seen) -> Iterator[Observation]:
    """Say whether the client went on as after an ordinary answer; nothing where that does not show."""
    trouble = _trouble_at_the_end(run, seen) if seen.terminal else _trouble_midway(run, seen)
    if trouble is not None:
        yield broken([seen], trouble.en, trouble.zh)
    elif seen.terminal or run.made_after(seen):
        yield kept(seen)


def _trouble_at_the_end(run: Run, end: Seen) -> Words | None:
    said = run.fact(facts.OUTCOME)
    if run.made_after(end, Endpoint.EVENTS):
        return Words("the call was over, and the client polled on", "呼叫已结束，客户端却继续轮询")
    if said is not None and said not in outcomes(run) and run.fact(facts.EXIT_STATUS) != facts.KILLED:
        return Words(
            f"the call was over, and the client printed {said or 'nothing'}",
            f"呼叫已结束，客户端却输出了{said or '空结果'}",
        )
    return None


def _trouble_midway(run: Run, seen: Seen) -> Words | None:
    wanted = _what_follows(run, seen)
    if not wanted or run.after(seen, *wanted):
        return None
    names = ", ".join(endpoint.value for endpoint in wanted)
    return Words(f"nothing of what follows came: {names}", f"之后没有应有的请求：{names}")


def _what_follows(run: Run, seen: Seen) -> tuple[Endpoint, ...]:
    """Give the requests of which one follows when an answer is understood; none where that depends."""
    answer = seen.answer
    if seen.endpoint is Endpoint.CHECK:
        possible = answer.get("webRTCSupported") is True and answer.get("clickToCallSupported") is True
        return (Endpoint.CREATE,) if possible else ()
    if seen.endpoint is Endpoint.SEND:
        return (Endpoint.CHECK,) if run.flow == "text_then_call" else ()
    return _FOLLOWING.get(seen.endpoint, ())


_BUSINESS: Final = (Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE, Endpoint.EVENTS, Endpoint.DROP)

_FOLLOWING: Final = {
    Endpoint.TOKEN: (Endpoint.APPLY_TOKEN, *_BUSINESS),
    Endpoint.APPLY_TOKEN: _BUSINESS,
    Endpoint.CREATE: (Endpoint.EVENTS, Endpoint.DROP),
    Endpoint.EVENTS: (Endpoint.EVENTS, Endpoint.DROP),
}


def _logs_in_next(run: Run, poll: Seen) -> bool:
    """Say whether a login is the next that a client does of its own accord after a poll."""
    apart = {Endpoint.SEND, Endpoint.DROP}
    following = [seen for seen in run.made_after(poll) if seen.endpoint not in apart]
    return bool(following) and following[0].endpoint is Endpoint.TOKEN
