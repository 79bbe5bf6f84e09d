"""Cases on hanging up: in every phase, with drops that fail, and by nobody."""

from __future__ import annotations

from typing import Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import AT_LAST, scenario
from cec_conformance.words import Words

_WISH: Final = ("C-DROP-01", "C-DROP-03")
_REFUSED: Final = {"code": "13", "desc": "disconnect failed"}

CASES: Final[tuple[Case, ...]] = (
    Case(
        name="hang-up",
        title=Words("Connected; the user hangs up", "接通后用户挂断"),
        scenario=scenario(events=["300ms queued", "500ms connected", AT_LAST], hold="8s"),
        hangup_after=0.5,
        smoke=True,
        aims=(*_WISH, "C-DROP-02", "C-DROP-04"),
    ),
    Case(
        name="hang-up-at-once",
        title=Words("The user hangs up as soon as the call is created", "呼叫刚创建，用户立即挂断"),
        scenario=scenario(events=["1s queued", AT_LAST], hold="8s"),
        hangup_after=0.0,
        hangup_when="created",
        aims=_WISH,
    ),
    Case(
        name="hang-up-queued",
        title=Words("The user hangs up in the queue", "排队时用户挂断"),
        scenario=scenario(events=["300ms queued", "6s connected", "1s released"]),
        hangup_after=0.4,
        hangup_when="queued",
        aims=_WISH,
    ),
    Case(
        name="hang-up-after-transfer",
        title=Words("Connected, transferred, connected again; the user hangs up", "接通、转移、再次接通后用户挂断"),
        scenario=scenario(events=["200ms connected", "300ms transferred", "300ms connected", AT_LAST], hold="8s"),
        hangup_after=1.2,
        aims=(*_WISH, "C-DROP-07"),
    ),
    Case(
        name="hang-up-among-failures",
        title=Words("Polls fail while the user hangs up", "轮询接连失败时用户挂断"),
        scenario=scenario(
            events=["200ms connected", "4s released"],
            polls={"2-3": {"code": "1", "desc": "system busy", "delay": "200ms"}},
        ),
        hangup_after=0.5,
        aims=("C-DROP-01",),
    ),
    Case(
        name="hang-up-as-tokens-die",
        title=Words("The user hangs up while a poll is about to get a 403", "用户挂断时，轮询正要得到 403"),
        scenario=scenario(events=["200ms connected", "4s released"], polls={"2": {"status": 403, "delay": "500ms"}}),
        hangup_after=0.4,
        aims=("C-DROP-01",),
    ),
    Case(
        name="hang-up-crosses-release",
        title=Words("The call is released while the drop is on its way", "挂断请求途中，呼叫被释放"),
        scenario=scenario(events=["200ms connected", "600ms released"], drops={"1": {"delay": "300ms"}}),
        hangup_after=0.5,
        aims=("C-LIFE-03",),
    ),
    Case(
        name="drop-fails-once",
        title=Words("The first drop is refused", "第一次挂断请求被拒绝"),
        scenario=scenario(events=["200ms connected", "4s released"], drops={"1": _REFUSED}),
        hangup_after=0.3,
        aims=("C-DROP-06",),
    ),
    Case(
        name="drop-always-fails",
        title=Words("Every drop is refused, until the agent hangs up", "挂断请求始终被拒绝，直到座席挂断"),
        scenario=scenario(events=["200ms connected", "4s released"], drops={"1+": _REFUSED}),
        hangup_after=0.3,
        aims=("C-DROP-06",),
    ),
    Case(
        name="nobody-hangs-up",
        title=Words("Queued, connected, transferred, connected, released", "排队、接通、转移、再次接通、释放"),
        scenario=scenario(
            events=["200ms queued", "200ms connected", "200ms transferred", "200ms connected", "200ms released"]
        ),
        smoke=True,
        aims=("C-DROP-05", "C-DROP-07", "C-LIFE-01", "C-LIFE-02", "C-LIFE-03"),
    ),
)
"""The cases."""
