"""What reports say around the facts, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.judging import State
from cec_conformance.words import Words

if TYPE_CHECKING:
    from cec_conformance.results import Subject

GRAVEST_FIRST: Final = (State.FAILED, State.NOTED, State.PASSED, State.BLOCKED, State.NOT_EXERCISED)
"""The verdicts in the order in which they speak for a rule: where cases differ, the one that stands first here does."""

STATES: Final = {
    State.FAILED: Words("broken", "违反"),
    State.NOTED: Words("noted", "记录"),
    State.PASSED: Words("kept", "遵守"),
    State.BLOCKED: Words("blocked", "受阻"),
    State.NOT_EXERCISED: Words("not exercised", "未触及"),
}
"""The verdicts."""

SIGNS: Final = {
    State.FAILED: "✗",
    State.NOTED: "i",
    State.PASSED: "✓",
    State.BLOCKED: "‖",
    State.NOT_EXERCISED: "·",
}
"""The verdicts as signs, for where there is room for no more; none is told by colour alone."""

TITLE: Final = Words("CEC click-to-call conformance", "CEC 点击呼叫符合性报告")
LEVEL: Final = Words("level", "级别")
BASIS: Final = Words("basis", "依据")
RULES: Final = Words("Rules", "规则")
CASES: Final = Words("Cases", "用例")
CASE: Final = Words("Case", "用例")
MATRIX: Final = Words("Every rule in every case", "规则 × 用例")
SUMMARY: Final = Words("Summary", "汇总")
VIOLATIONS: Final = Words("What was broken", "违反的规则")
NO_VIOLATION: Final = Words("No rule was broken.", "没有违反任何规则。")
NOTES: Final = Words("Where the guide leaves a choice", "文档未规定之处的做法")
POLICY: Final[dict[Subject, Words]] = {
    "client": Words("The client's measured policy", "实测的客户端策略"),
    "server": Words("The server's measured behaviour", "实测的服务端行为"),
}
SILENT: Final = Words("What was not exercised, and why", "未触及的规则及原因")
TROUBLED: Final = Words("Cases that could not be judged", "未能评判的用例")
NO_OCCASION: Final = Words("no case gave occasion", "没有用例触及")
RUN: Final = Words("The run", "本次运行")

DEMANDED: Final = Words("Demanded", "要求")
ACCEPTED: Final = Words("Accepted too", "同样接受")
CAME: Final = Words("What came", "实际")
ALLOWED: Final = Words("Allowed next", "此时允许")
MESSAGES: Final = Words("The messages", "报文往来")
SENT: Final = Words("As sent", "请求原文")
ANSWERED: Final = Words("As answered", "响应原文")
CURL: Final = Words("By hand, with curl", "用 curl 手工重现")
AGAIN: Final = Words("Again", "重现")
ALSO: Final = Words("Also in", "另见")
HERE: Final = Words("here", "此处")
NOTHING_CAME: Final = Words("nothing more came", "此后没有任何请求")
AT_THE_BEGINNING: Final = Words("at the beginning", "一开始")
EXPECTED: Final = Words("expected", "预期之内")
WARNING: Final = Words("warning", "警告")

OUTPUT: Final = Words("What the client wrote", "客户端的输出")
ENDED: Final = Words("How it ended", "结束方式")
WISH: Final = Words("What the user wanted", "用户意愿")

TIME: Final = Words("seconds", "秒")
CLIENT: Final = Words("client", "客户端")
FILTER: Final = Words("Show", "显示")


def more(count: int) -> Words:
    """Say that there are more."""
    return Words(f"and {count} more", f"另有 {count} 个")


def more_cases(count: int) -> Words:
    """Say that cases are not shown."""
    return Words(
        f"{count} more case{'' if count == 1 else 's'}, not shown, broke nothing; the JSON report has them",
        f"另有 {count} 个用例未显示，均无违反；见 JSON 报告",
    )


def script(file: str | None) -> Words:
    """Head a script, with the file that it belongs into."""
    if file is None:
        return Words("The script", "脚本")
    return Words(f"The script, to be saved as {file}", f"脚本（请存为 {file}）")


def css(state: State) -> str:
    """Name a verdict as style sheets do."""
    return state.value.replace(" ", "-")


def guide(section: str) -> Words:
    """Name a section of the guide."""
    return Words(f"guide {section}", f"文档 {section}") if section else Words("", "")


def left_out(count: int) -> Words:
    """Say that messages are not shown."""
    return Words(f"{count} message{'' if count == 1 else 's'} left out", f"省略 {count} 次请求")


def after(serial: int, endpoint: str) -> Words:
    """Say after which request."""
    return Words(f"after #{serial} {endpoint}", f"#{serial} {endpoint} 之后")
