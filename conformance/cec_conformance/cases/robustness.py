"""Cases for the rules on odd answers that a client should survive; each has one kind of oddity."""

from __future__ import annotations

from typing import Any, Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.words import Words

_CALL: Final = ("200ms connected", "300ms released")
_MORE: Final[dict[str, Any]] = {"1+": {"add": {"traceId": "7f3a", "extra": {"level": [1, None]}}}}
_SLOWLY: Final[dict[str, Any]] = {"1+": {"drip": "60ms"}}

CASES: Final[tuple[Case, ...]] = (
    Case(
        name="unknown-members",
        title=Words("Every answer has members that no document names", "每个响应都带有文档未列出的成员"),
        scenario=scenario(events=_CALL, logins=_MORE, applies=_MORE, checks=_MORE, creates=_MORE, polls=_MORE),
        aims=("C-ROB-01",),
    ),
    Case(
        name="unknown-members-of-an-end",
        title=Words("The event that ends the call has members that no document names", "结束事件带有文档未列出的成员"),
        scenario=scenario(events=_CALL, polls={"2": {"add": {"content.origin": "agent", "traceId": "7f3a"}}}),
        aims=("C-ROB-01",),
    ),
    Case(
        name="events-as-text",
        title=Words("The numbers of events come as text", "事件编号以字符串给出"),
        scenario=scenario(
            events=_CALL,
            hold="2s",
            polls={"1": {"set": {"eventId": "168101"}}, "2": {"set": {"eventId": "168110"}}},
        ),
        aims=("C-ROB-02",),
    ),
    Case(
        name="end-without-content",
        title=Words("The release comes without content", "释放事件没有 content"),
        scenario=scenario(events=_CALL, polls={"2": {"remove": ["content"]}}),
        aims=("C-ROB-03",),
    ),
    Case(
        name="end-without-cause",
        title=Words("The release names no cause", "释放事件中没有原因"),
        scenario=scenario(events=["300ms released"], polls={"1": {"remove": ["content.causeId", "content.causeDesc"]}}),
        aims=("C-ROB-03",),
    ),
    Case(
        name="expired-without-body",
        title=Words("A poll gets a 403 with a body, a later one a 403 without", "一次 403 带响应体，后一次不带"),
        scenario=scenario(
            events=["200ms queued", "300ms released"],
            polls={"1": {"status": 403}, "3": {"status": 403, "body": "empty"}},
        ),
        aims=("C-ROB-04",),
    ),
    Case(
        name="expired-in-html",
        title=Words("The same with a page in place of JSON", "同上，响应体是网页而非 JSON"),
        scenario=scenario(
            events=["200ms queued", "300ms released"],
            polls={"1": {"status": 403}, "3": {"status": 403, "body": "html"}},
        ),
        aims=("C-ROB-04",),
    ),
    Case(
        name="bodies-in-pieces",
        title=Words("Bodies come in pieces, with pauses", "响应体分段间歇到达"),
        scenario=scenario(events=_CALL, checks=_SLOWLY, polls=_SLOWLY),
        aims=("C-ROB-05",),
    ),
)
"""The cases."""
