"""What a run comes to: exit status and sentence."""

from __future__ import annotations

import msgspec
import pytest
from cec_client.protocol import Trace
from cec_conformance.baseline import Baseline, parse
from cec_conformance.cases.recorded import recorded
from cec_conformance.judging import State, Verdict
from cec_conformance.reports.conclusion import Demands, conclude
from cec_conformance.reports.summary import Gathering, Summary
from cec_conformance.results import CaseBegan, CaseEnded, CaseResult, CounterExample, RunBegan, RunEnded, Shrunk
from cec_conformance.rule import Basis, Level, Rule
from cec_conformance.words import Words


def rule(name: str, level: Level, basis: Basis = Basis.DOCUMENTED) -> Rule:
    words = Words(name, name)
    return Rule(id=name, level=level, basis=basis, section="", words=words, twin=words, look=lambda _run: iter(()))


RULES = (rule("W", Level.SHOULD), rule("M", Level.MUST, Basis.INFERRED), rule("N", Level.MUST), rule("I", Level.INFO))
P, F, B, X, N = State.PASSED, State.FAILED, State.BLOCKED, State.NOT_EXERCISED, State.NOTED


def case(name: str, trouble: Words | None = None, **states: State) -> CaseResult:
    verdicts = tuple(Verdict(rule, state) for rule, state in states.items())
    return CaseResult(recorded(name, name, name), Trace(), verdicts, trouble=trouble)


def summary(*results: CaseResult, ended: RunEnded | None = RunEnded(1.0)) -> Summary:  # noqa: B008  (frozen)
    return Summary(RULES, RunBegan("", (), {}), results, ended=ended)


def expecting(text: str) -> Baseline:
    return parse(text, RULES, "known.txt")


ALL_KEPT = case("a", W=P, M=P, N=P, I=N)
TROUBLE = Words("no port", "没有端口")


@pytest.mark.parametrize(
    ("results", "demands", "status", "sentence"),
    [
        ([ALL_KEPT], Demands(), 0, "Conformant as far as shown: no MUST was broken; 4 of 4 rules"),
        ([ALL_KEPT, case("b", M=F)], Demands(), 1, "Not conformant: it breaks M."),
        ([case("b", W=F, M=P)], Demands(), 0, "warnings: W"),
        ([case("b", W=F, M=P)], Demands(strict=True), 1, "it breaks W"),
        ([case("b", M=X, N=B)], Demands(), 2, "Not judged: no rule was exercised."),
        ([case("b", trouble=TROUBLE), ALL_KEPT], Demands(), 2, "had trouble with b"),
        ([case("b", trouble=TROUBLE), case("c", M=F)], Demands(), 1, "it breaks M"),
        ([case("b", M=P, N=X)], Demands(), 0, "Conformant"),
        ([case("b", M=P, N=X)], Demands(every_must=True), 1, "no case exercised N"),
        ([case("b", M=P, N=B)], Demands(every_must=True), 1, "no case exercised N"),
        ([ALL_KEPT], Demands(every_must=True), 0, "Conformant"),
    ],
)
def test_a_run_comes_to_an_exit_status_and_a_sentence(
    results: list[CaseResult], demands: Demands, status: int, sentence: str
) -> None:
    found = conclude(summary(*results), demands)

    assert found.status == status
    assert sentence in found.sentence.en
    assert found.sentence.zh.endswith("。")
    assert found.meaning.en.startswith(f"exit status {status}")
    assert ("a rule that counts was broken" in found.meaning.en) == bool(found.counted)


@pytest.mark.parametrize(
    ("expected", "results", "status", "excused"),
    [
        ("M", [case("a", M=F)], 0, ("M",)),
        ("M", [case("a", M=F), case("b", M=P)], 0, ("M",)),
        ("M", [case("a", M=P)], 1, ()),
        ("M", [case("a", M=X, N=P)], 0, ()),
        ("M", [case("a", M=B, N=P)], 0, ()),
        ("M", [case("a", N=F, M=F)], 1, ("M",)),
        ("M a", [case("a", M=F), case("b", M=P)], 0, ("M",)),
        ("M a", [case("a", M=F), case("b", M=F)], 1, ()),
        ("M a", [case("a", M=P), case("b", M=X)], 1, ()),
        ("M a", [case("b", M=P)], 0, ()),
        ("W", [case("a", W=P)], 1, ()),
    ],
)
def test_a_listed_rule_may_fail_and_has_to(
    expected: str, results: list[CaseResult], status: int, excused: tuple[str, ...]
) -> None:
    found = conclude(summary(*results), Demands(baseline=expecting(expected)))

    assert (found.status, found.excused) == (status, excused)


def test_a_pass_that_was_not_expected_names_the_line_to_take_out() -> None:
    found = conclude(summary(ALL_KEPT), Demands(baseline=expecting("# old troubles\nM # ticket 12")))

    assert "M (known.txt:2)" in found.sentence.en
    assert [one.reason for one in found.surprises] == ["ticket 12"]


def test_what_is_known_to_be_broken_is_said_in_a_conformant_verdict() -> None:
    found = conclude(summary(case("a", M=F, N=P)), Demands(baseline=expecting("M")))

    assert "known to break M" in found.sentence.en
    assert "已知违反 M" in found.sentence.zh


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        (None, "Not judged: the run was broken off."),
        (
            RunEnded(0.1, Words("the command does not exist.", "命令不存在。")),
            "Not judged: the command does not exist.",
        ),
    ],
)
def test_a_run_that_could_not_be_judged_says_why(ended: RunEnded | None, sentence: str) -> None:
    found = conclude(summary(ALL_KEPT, ended=ended), Demands())

    assert (found.status, found.sentence.en) == (2, sentence)


def test_a_tally_holds_the_cases_by_what_they_say_and_the_gravest_speaks() -> None:
    why = Words("unknown", "不知道")
    unknown = msgspec.structs.replace(case("c"), verdicts=(Verdict("M", X, because=why),))
    tally = summary(case("a", M=P), case("b", M=N), unknown).tallies[1]

    assert tally.cases == {F: [], N: ["b"], P: ["a"], B: [], X: ["c"]}
    assert (tally.state, tally.reasons, tally.exercised) == (N, (why,), True)


def test_rules_are_counted_by_level_and_basis_in_order_of_weight() -> None:
    found = [(level, basis, counts[F]) for level, basis, counts in summary(case("a", N=F, W=F)).by_level_and_basis()]

    assert found == [
        (Level.MUST, Basis.DOCUMENTED, 1),
        (Level.MUST, Basis.INFERRED, 0),
        (Level.SHOULD, Basis.DOCUMENTED, 1),
        (Level.INFO, Basis.DOCUMENTED, 0),
    ]
    assert [tally.rule.id for tally in summary(case("a", N=F, W=F, M=F)).violations] == ["N", "M", "W"]


def test_the_case_that_tells_best_is_the_smallest_example_then_one_made_for_the_rule() -> None:
    messy, clean, smallest = case("messy", M=F, N=F), case("clean", M=F), case("smallest", M=F)
    aimed = msgspec.structs.replace(messy, case=msgspec.structs.replace(messy.case, name="aimed", aims=("M",)))

    assert summary(messy, clean).telling("M") is clean
    assert summary(messy, clean, aimed).telling("M") is aimed
    example = CounterExample("M", smallest, "title: x", 3)
    shrunk = Summary(RULES, RunBegan("", (), {}), [messy], {"M": example}, RunEnded(1.0))
    assert shrunk.telling("M") is smallest


def test_what_is_gathered_is_what_came_and_a_case_judged_again_counts_once() -> None:
    gathering = Gathering(RULES)
    first, second = case("a", trouble=TROUBLE), case("a", M=P)
    example = CounterExample("M", second, "title: x", 3)
    began, ended = RunBegan("x", ("a",), {}), RunEnded(2.0)
    for event in (began, CaseBegan(first.case), CaseEnded(first), CaseEnded(second), Shrunk(example), ended):
        gathering(event)
    found = gathering.summary()

    assert (found.began, found.results, found.examples, found.ended) == (began, (second,), {"M": example}, ended)
    assert (found.troubled, found.skipped) == ((), ())
    assert found.verdict("W", second) is None
