"""Rules on sessions kept apart, and JSON always (guide §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from cec_client.protocol.codes import OK
from cec_client.protocol.headers import CONTENT_TYPE, JSON

from cec_conformance.rule import Basis, Family, Level, broken, each, kept
from cec_conformance.rules.shapes import shown
from cec_conformance.run import FIRST_SERVER_ERROR, SUCCESS
from cec_conformance.server.departures import Departure
from cec_conformance.server.reading import (
    answered,
    came,
    elsewhere,
    good,
    in_call,
    is_object,
    let_in,
    user,
    with_departure,
)
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

GENERAL: Final = Family("sessions kept apart, and JSON always", "会话隔离与 JSON 格式")


@GENERAL.rule(
    "S-ISO-01",
    Level.MUST,
    Basis.INFERRED,
    "§2.2",
    Words(
        "Events of one user's call are never delivered to another user.",
        "一个用户的通话事件绝不会送达另一个用户。",
    ),
    twin=Words("keeps one queue of events for the channel", "整个渠道共用一个事件队列"),
)
def keeps_users_apart(run: Run) -> Iterator[Observation]:
    """Look at the polls of users who never had a call, while another has one whose events come later."""
    callers = {user(create) for create in run.creates if create.ok}
    for poll in good(run, Endpoint.EVENTS):
        others = {name for name in callers - {user(poll)} if in_call(run, name, poll)}
        if user(poll) in callers or not others:
            continue
        delivered = [later for later in run.after(poll, Endpoint.EVENTS) if user(later) in others and later.event]
        if poll.event is not None:
            yield broken(
                [poll],
                f"{poll.event} came to {user(poll)}, who has no call",
                f"{user(poll)} 没有通话，却收到了 {poll.event}",
            )
        elif delivered:
            yield kept(poll, delivered[0])


@GENERAL.rule(
    "S-GEN-01",
    Level.MUST,
    Basis.INFERRED,
    "§2.2, §5",
    Words(
        "Every 200 answer but that of tokenByAkSk has a resultCode that is a JSON string.",
        "除 tokenByAkSk 外，每个 200 响应都含字符串类型的 resultCode。",
    ),
    twin=Words("sends the number 0", "返回数字 0"),
)
def code_is_a_string(run: Run) -> Iterator[Observation]:
    """Look at every 200 that is JSON."""

    def fault(seen: Seen) -> Words | None:
        got = seen.answer.get("resultCode")
        if isinstance(got, str):
            return None
        return (
            Words("there was none", "没有 resultCode")
            if got is None
            else Words(f"it was {shown(got)}", f"其值为 {shown(got)}")
        )

    granted = (seen for seen in answered(run) if seen.status == SUCCESS and seen.endpoint is not Endpoint.TOKEN)
    return each((seen for seen in granted if is_object(seen.exchange.response_body)), fault)


@GENERAL.rule(
    "S-GEN-02",
    Level.SHOULD,
    Basis.HYGIENE,
    "",
    Words("Answers in JSON are labelled application/json.", "JSON 响应的 Content-Type 为 application/json。"),
    twin=Words("says text/plain", "标为 text/plain"),
)
def says_json(run: Run) -> Iterator[Observation]:
    """Look at every answer that is JSON, also where there is no endpoint."""

    def fault(seen: Seen) -> Words | None:
        got = seen.exchange.response_header(CONTENT_TYPE)
        if got is None:
            return Words("there was no Content-Type", "没有 Content-Type")
        kind = got.partition(";")[0].strip().lower()
        return None if kind == JSON else Words(f"it was {shown(got)}", f"其值为 {shown(got)}")

    return each((seen for seen in (*answered(run), *elsewhere(run)) if is_object(seen.exchange.response_body)), fault)


@GENERAL.rule(
    "S-GEN-03",
    Level.SHOULD,
    Basis.REFERENCE,
    "",
    Words("Requests to unknown paths do not succeed.", "对未知路径的请求不成功。"),
    accepts=Words(
        "The API reference has 404. Paths with and without /v1 may both be served.",
        "API 参考为 404。带与不带 /v1 的路径可以同时提供。",
    ),
    twin=Words(
        'answers everything under /apiaccess/ with resultCode "0"', "对 /apiaccess/ 下的一切都返回 resultCode “0”"
    ),
)
def knows_its_paths(run: Run) -> Iterator[Observation]:
    """Look at every request where there is no endpoint."""

    def fault(seen: Seen) -> Words | None:
        return came(seen) if seen.status == SUCCESS and seen.code in {None, OK} else None

    return each(elsewhere(run), fault)


@GENERAL.rule(
    "S-GEN-04",
    Level.SHOULD,
    Basis.HYGIENE,
    "",
    Words(
        "A body that is not JSON is answered with a 4xx or a resultCode other than 0, never with a 5xx.",
        "请求体不是 JSON 时返回 4xx 或非 0 的 resultCode，绝不返回 5xx。",
    ),
    twin=Words("answers 500", "返回 500"),
)
def survives_bad_bodies(run: Run) -> Iterator[Observation]:
    """Look at every body that is none."""

    def fault(seen: Seen) -> Words | None:
        return came(seen) if (seen.status or 0) >= FIRST_SERVER_ERROR else let_in(seen)

    return each(with_departure(run, Departure.NOT_JSON), fault)


@GENERAL.rule(
    "S-GEN-05",
    Level.MUST,
    Basis.INFERRED,
    "§5",
    Words("Every 200 answer is a valid JSON object.", "每个 200 响应都是合法的 JSON 对象。"),
    twin=Words("answers polls with unquoted keys, as the guide's samples do", "轮询响应的键不加引号，与文档示例一样"),
)
def always_json(run: Run) -> Iterator[Observation]:
    """Look at every 200."""
    for seen in answered(run):
        if seen.status != SUCCESS:
            continue
        if is_object(seen.exchange.response_body):
            yield kept(seen)
        else:
            yield broken([seen], "its body is no JSON object", "响应体不是 JSON 对象")
