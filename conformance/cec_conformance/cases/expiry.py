"""Cases for the rules on expired tokens (guide §6.1): at every step, once, twice, time and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.retrying import FAILS
from cec_conformance.cases.writing import AT_LAST, first, scenario
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPIRED: Final[Mapping[str, Any]] = {"status": 403}

RENEWAL: Final = ("C-REAUTH-01", "C-REAUTH-02", "C-REAUTH-03", "C-REAUTH-05", "C-REAUTH-06")
"""The rules on what follows a 403 on a poll."""


def _in_a_row(times: int) -> Case:
    polls = "poll is" if times == 1 else f"{times} polls are"
    return Case(
        name=f"poll-403-{times}",
        title=Words(f"The first {polls} answered 403", f"前 {times} 次轮询返回 403"),
        scenario=scenario(events=["300ms connected", "300ms released"], polls={first(times): EXPIRED}),
        aims=(*RENEWAL, "C-REAUTH-07") if times > 3 else RENEWAL,  # noqa: PLR2004  (logins in a row)
    )


def _at(step: str, answers: str, aims: tuple[str, ...] = ("C-REAUTH-08",)) -> Case:
    settings: dict[str, Any] = {answers: {"1": EXPIRED}}
    return Case(
        name=f"{step}-403",
        title=Words(f"{step} is answered 403 once", f"{step} 返回一次 403"),
        scenario=scenario(events=["300ms connected", "5s released"], **settings),
        flow="text_then_call" if step == "send" else "call",
        hangup_after=0.3,
        aims=aims,
    )


CASES: Final[tuple[Case, ...]] = (
    Case(
        name="poll-403-then-hang-up",
        title=Words(
            "The second poll is answered 403; connected; the user hangs up",
            "第二次轮询返回 403；接通；用户挂断",
        ),
        scenario=scenario(events=["200ms queued", "500ms connected", AT_LAST], polls={"2": EXPIRED}, hold="5s"),
        hangup_after=1.5,
        smoke=True,
        aims=(*RENEWAL, "C-REAUTH-04"),
    ),
    *(_in_a_row(times) for times in range(1, 6)),
    Case(
        name="poll-403-twice-apart",
        title=Words("Two polls are answered 403, with a success between them", "两次轮询返回 403，中间成功一次"),
        scenario=scenario(
            events=["200ms queued", "500ms connected", "1s released"], polls={"2": EXPIRED, "4": EXPIRED}
        ),
        aims=(*RENEWAL, "C-REAUTH-04"),
    ),
    Case(
        name="access-token-dies",
        title=Words("The AccessToken dies in mid-call", "通话中 AccessToken 失效"),
        scenario=scenario(events=["200ms connected", "800ms released"], polls={"2": {"expire": "access"}}),
        aims=RENEWAL,
    ),
    Case(
        name="ccmessaging-token-dies",
        title=Words("The ccmessaging-token dies in mid-call", "通话中 ccmessaging-token 失效"),
        scenario=scenario(events=["200ms connected", "800ms released"], polls={"2": {"expire": "ccmessaging"}}),
        aims=RENEWAL,
    ),
    Case(
        name="poll-403-between-failures",
        title=Words("A poll fails, a 403, two fail, the call goes on", "轮询失败一次、403、再失败两次，通话继续"),
        scenario=scenario(events=["500ms connected", "1s released"], polls={"1": FAILS, "2": EXPIRED, "3-4": FAILS}),
        aims=("C-REAUTH-10",),
    ),
    _at("send", "sends"),
    _at("check", "checks"),
    _at("create", "creates"),
    _at("drop", "drops"),
    Case(
        name="login-fails-once-after-403",
        title=Words("A poll is answered 403; the first login after it fails", "轮询返回 403；之后第一次登录失败"),
        scenario=scenario(
            events=["200ms connected", "5s released"], polls={"2": EXPIRED}, logins={"2": {"status": 503}}, hold="3s"
        ),
        hangup_after=3,
        aims=(*RENEWAL, "C-REAUTH-11"),
    ),
    Case(
        name="apply-fails-once-after-403",
        title=Words("A poll is answered 403; applyToken after it fails once", "轮询返回 403；之后 applyToken 失败一次"),
        scenario=scenario(
            events=["200ms connected", "5s released"], polls={"2": EXPIRED}, applies={"2": {"code": "1"}}, hold="3s"
        ),
        hangup_after=3,
        aims=(*RENEWAL, "C-REAUTH-11"),
    ),
    Case(
        name="login-keeps-failing-after-403",
        title=Words("A poll is answered 403; no login works after it", "轮询返回 403；之后登录一直失败"),
        scenario=scenario(
            events=["200ms connected", "20s released"], polls={"2": EXPIRED}, logins={"2+": {"status": 503}}
        ),
        aims=("C-REAUTH-11",),
    ),
    Case(
        name="poll-401",
        title=Words("A poll is answered 401, the call goes on", "一次轮询返回 401，通话继续"),
        scenario=scenario(events=["200ms connected", "300ms released"], polls={"2": {"status": 401}}),
        aims=("C-REAUTH-09",),
    ),
    Case(
        name="poll-401-on",
        title=Words("From the second on every poll is answered 401", "从第二次起轮询一直返回 401"),
        scenario=scenario(events=["200ms connected"], polls={"2+": {"status": 401}}),
        aims=("C-REAUTH-09",),
    ),
)
"""The cases."""
