"""Cases for the rules on logging in (guide §2)."""

from __future__ import annotations

from typing import Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.words import Words

CASES: Final[tuple[Case, ...]] = (
    Case(
        name="login-fails-once",
        title=Words("Each token call fails once", "两个取令牌的请求各失败一次"),
        scenario=scenario(
            events=["300ms queued", "300ms connected", "500ms released"],
            logins={"1": {"status": 503}},
            applies={"1": {"code": "1", "desc": "system busy"}},
        ),
        aims=("C-AUTH-05", "C-AUTH-06", "C-RETRY-08"),
    ),
    Case(
        name="login-refused",
        title=Words("applyToken never gives a token", "applyToken 始终失败"),
        scenario=scenario(events=["300ms released"], applies={"1+": {"code": "1", "desc": "system busy"}}),
        aims=("C-AUTH-05", "C-AUTH-06"),
    ),
)
"""The cases."""
