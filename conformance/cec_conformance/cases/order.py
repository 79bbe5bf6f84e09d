"""Cases for the rules on the order of steps (guide §4.2): the three flows, and each step refused.

Where a step is refused the platform would go on all the same, so that whoever goes on too is soon at the end.
"""

from __future__ import annotations

from typing import Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.words import Words

LATE: Final = {"1": {"delay": "300ms"}}
BUSY: Final = {"1+": {"code": "1", "desc": "system busy", "delay": "200ms"}}
BROKEN: Final = {"1+": {"status": 503, "delay": "200ms"}}
REFUSED: Final = {"1+": {"code": "13", "desc": "No agents available currently", "delay": "200ms"}}
"""Answers that take their time, so that whoever does not wait for them is seen."""

CASES: Final[tuple[Case, ...]] = (
    Case(
        name="call",
        title=Words("Queued, answered, transferred, released", "排队、接通、转移、释放"),
        scenario=scenario(
            events=["300ms queued", "500ms connected", "500ms transferred", "300ms connected", "500ms released"],
            logins=LATE,
            applies=LATE,
            checks=LATE,
            creates=LATE,
        ),
        smoke=True,
        aims=("C-AUTH-08", "C-AUTH-09", "C-FLOW-01", "C-FLOW-07", "C-FLOW-08", "C-FLOW-10", "C-FLOW-11"),
    ),
    Case(
        name="text-then-call",
        title=Words("The text session first, then the call", "先文本后通话"),
        scenario=scenario(events=["300ms connected", "500ms released"], sends=LATE, checks=LATE, creates=LATE),
        flow="text_then_call",
        aims=("C-REQ-07", "C-FLOW-01", "C-FLOW-04"),
    ),
    Case(
        name="call-then-text",
        title=Words("The call first, then the text session", "先通话后文本"),
        scenario=scenario(events=["300ms queued", "300ms connected", "6s released"], sends={"1": {"delay": "1500ms"}}),
        flow="call_then_text",
        aims=("C-REQ-07", "C-FLOW-06"),
    ),
    Case(
        name="no-web-rtc",
        title=Words("The tenant has no WebRTC", "租户不支持 WebRTC"),
        scenario=scenario(support={"webrtc": False, "click_to_call": True}, events=["300ms released"]),
        aims=("C-FLOW-02",),
    ),
    Case(
        name="no-click-to-call",
        title=Words("The channel has no click-to-call", "渠道不支持点击通话"),
        scenario=scenario(support={"webrtc": True, "click_to_call": False}, events=["300ms released"]),
        smoke=True,
        aims=("C-FLOW-02",),
    ),
    Case(
        name="check-fails",
        title=Words("The check fails, with both flags true", "检查失败，但两个标志均为 true"),
        scenario=scenario(events=["300ms released"], checks=BUSY),
        aims=("C-FLOW-03",),
    ),
    Case(
        name="check-http-503",
        title=Words("The check gets HTTP 503", "检查返回 HTTP 503"),
        scenario=scenario(events=["300ms released"], checks=BROKEN),
        aims=("C-FLOW-03",),
    ),
    Case(
        name="send-fails",
        title=Words("The text session cannot be entered", "无法接入文本会话"),
        scenario=scenario(events=["300ms released"], sends=BUSY),
        flow="text_then_call",
        aims=("C-FLOW-05",),
    ),
    Case(
        name="send-http-503",
        title=Words("send gets HTTP 503", "send 返回 HTTP 503"),
        scenario=scenario(events=["300ms released"], sends=BROKEN),
        flow="text_then_call",
        aims=("C-FLOW-05",),
    ),
    Case(
        name="create-refused",
        title=Words("createClickToCall is refused: no agent is there", "创建呼叫被拒绝：没有座席"),
        scenario=scenario(creates=REFUSED, polls=BUSY),
        smoke=True,
        aims=("C-FLOW-09",),
    ),
    Case(
        name="create-http-503",
        title=Words("createClickToCall gets HTTP 503", "创建呼叫返回 HTTP 503"),
        scenario=scenario(creates=BROKEN, polls=BUSY),
        aims=("C-FLOW-09",),
    ),
)
"""The cases."""
