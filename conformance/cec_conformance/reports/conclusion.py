"""What a run comes to: its exit status, and the sentence that says why (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from cec_conformance.baseline import NOTHING_EXPECTED, Baseline, Expected
from cec_conformance.judging import State
from cec_conformance.rule import Level
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_conformance.reports.summary import Summary, Tally
    from cec_conformance.results import Subject

CONFORMANT: Final = 0
VIOLATED: Final = 1
UNJUDGED: Final = 2

MEANINGS: Final = {
    CONFORMANT: Words("exit status 0: nothing that counts was broken", "退出码 0：没有计为失败的违反"),
    VIOLATED: Words("exit status 1: a rule that counts was broken", "退出码 1：有计为失败的规则被违反"),
    UNJUDGED: Words("exit status 2: it could not be judged", "退出码 2：无法评判"),
}
"""What each exit status means."""

UNSHOWN: Final = Words(
    "exit status 1: nothing that counts was broken, but what was asked for is not so",
    "退出码 1：没有计为失败的违反，但未达到所要求的条件",
)
"""What it means where `--require` or a line of the baseline alone is the reason."""

_SUBJECTS: Final[dict[Subject, str]] = {"client": "客户端", "server": "服务端"}


class Demands(Struct, frozen=True):
    """What a run has to show.

    Attributes:
        strict: A SHOULD that is broken fails it as well.
        every_must: A MUST that no case exercised fails it as well.
        baseline: The failures that are expected.
    """

    strict: bool = False
    every_must: bool = False
    baseline: Baseline = NOTHING_EXPECTED


class Conclusion(Struct, frozen=True):
    """What a run comes to.

    Attributes:
        status: The exit status.
        sentence: The verdict in a sentence.
        counted: The rules whose violation fails the run.
        warnings: The rules that were broken without failing it.
        excused: The rules that were broken as expected.
        surprises: What was expected to fail, and did not.
        unexercised: The MUST rules that no case exercised, if each has to be.
    """

    status: int
    sentence: Words
    counted: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    surprises: tuple[Expected, ...] = ()
    unexercised: tuple[str, ...] = ()

    @property
    def meaning(self) -> Words:
        """What the exit status means."""
        return UNSHOWN if self.status == VIOLATED and not self.counted else MEANINGS[self.status]


def conclude(summary: Summary, demands: Demands) -> Conclusion:
    """Draw the conclusion of a run that has ended."""
    excused = [tally for tally in summary.violations if _excused(tally, demands.baseline)]
    others = [tally for tally in summary.violations if tally not in excused]
    counts = [tally for tally in others if tally.rule.level is Level.MUST or demands.strict]
    must = [tally for tally in summary.tallies if tally.rule.level is Level.MUST]
    found = Conclusion(
        CONFORMANT,
        Words("", ""),
        counted=_ids(counts),
        warnings=_ids(tally for tally in others if tally not in counts),
        excused=_ids(excused),
        surprises=tuple(expected for expected in demands.baseline if _passed(expected, summary)),
        unexercised=_ids(tally for tally in must if not tally.exercised) if demands.every_must else (),
    )
    status, sentence = _say(found, summary)
    return Conclusion(
        status, sentence, found.counted, found.warnings, found.excused, found.surprises, found.unexercised
    )


def _say(found: Conclusion, summary: Summary) -> tuple[int, Words]:
    if found.counted:
        names = ", ".join(found.counted)
        return VIOLATED, Words(f"Not conformant: it breaks {names}.", f"不符合：违反了 {names}。")
    if (unjudged := _unjudged(summary)) is not None:
        return UNJUDGED, Words(f"Not judged: {_ended(unjudged.en, '.')}", f"未能评判：{_ended(unjudged.zh, '。')}")
    if found.surprises:
        names = ", ".join(f"{expected.rule} ({expected.where})" for expected in found.surprises)
        return VIOLATED, Words(
            f"Better than expected: {names} is listed as failing, and was kept; take the line out.",
            f"好于预期：{names} 列为预期失败，却已遵守；请删去该行。",
        )
    if found.unexercised:
        names = ", ".join(found.unexercised)
        return VIOLATED, Words(
            f"Not shown: every MUST is required, and no case exercised {names}.",
            f"未能证明：要求覆盖全部 MUST，但没有用例触及 {names}。",
        )
    return CONFORMANT, _conformant(found, summary)


def _conformant(found: Conclusion, summary: Summary) -> Words:
    exercised = sum(tally.exercised for tally in summary.tallies)
    rules, cases = len(summary.tallies), len(summary.results) - len(summary.skipped)
    more_en = f"; known to break {', '.join(found.excused)}" if found.excused else ""
    more_zh = f"；已知违反 {', '.join(found.excused)}" if found.excused else ""
    if found.warnings:
        more_en += f"; warnings: {', '.join(found.warnings)}"
        more_zh += f"；警告：{', '.join(found.warnings)}"
    unknown = "no other MUST was broken" if found.excused else "no MUST was broken"
    return Words(
        f"Conformant as far as shown: {unknown}; {exercised} of {rules} rules were exercised in "
        f"{cases} case{'' if cases == 1 else 's'}{more_en}.",
        f"就所测而言符合：{'除已知者外，' if found.excused else ''}没有违反任何 MUST；"
        f"{cases} 个用例触及 {rules} 条规则中的 {exercised} 条{more_zh}。",
    )


def _unjudged(summary: Summary) -> Words | None:
    """Say why a run without a violation shows nothing; `None` if it does."""
    if summary.ended is None:
        return Words("the run was broken off", "运行被中断")
    if summary.ended.unjudged is not None:
        return summary.ended.unjudged
    if summary.troubled:
        names = ", ".join(result.case.name for result in summary.troubled)
        return Words(
            f"the judge or this machine, not the {summary.began.subject}, had trouble with {names}",
            f"评判工具或本机（而非{_SUBJECTS[summary.began.subject]}）在 {names} 中出了问题",
        )
    if not any(tally.exercised for tally in summary.tallies):
        return Words("no rule was exercised", "没有触及任何规则")
    return None


def _ended(said: str, stop: str) -> str:
    """End a sentence, unless it ends with lines of somebody else's."""
    return said if "\n" in said or said.endswith((stop, "?", "？")) else said + stop


def _excused(tally: Tally, baseline: Baseline) -> bool:
    """Say whether a rule was broken only where that is expected."""
    where = {expected.case for expected in baseline if expected.rule == tally.rule.id}
    return "" in where or (bool(where) and set(tally.cases[State.FAILED]) <= where)


def _passed(expected: Expected, summary: Summary) -> bool:
    """Say whether what should have failed was kept; what was not exercised, or blocked, tells neither."""
    tally = next(tally for tally in summary.tallies if tally.rule.id == expected.rule)
    if expected.case:
        return expected.case in tally.cases[State.PASSED]
    return tally.state is State.PASSED


def _ids(tallies: Iterable[Tally]) -> tuple[str, ...]:
    return tuple(tally.rule.id for tally in tallies)
