"""The sum of a run: what every report is made of (pure).

`Gathering` takes the events of the engine one by one; what it holds at the end is a `Summary`: for each rule, in which
cases it was broken, kept, noted, blocked or not exercised.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, assert_never

from cec_conformance.judging import State, Verdict
from cec_conformance.reports.phrases import GRAVEST_FIRST
from cec_conformance.results import CaseBegan, CaseEnded, RunBegan, RunEnded, Shrunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cec_conformance.results import CaseResult, CounterExample, Event
    from cec_conformance.rule import Basis, Level, Rule
    from cec_conformance.words import Words


class Tally:
    """What all cases say of a rule.

    Attributes:
        rule: The rule.
        cases: The names of the cases by what they say, in the order in which they ended.
        reasons: Why it was blocked or not exercised, each reason once.
    """

    def __init__(self, rule: Rule, verdicts: Iterable[tuple[str, Verdict]]) -> None:
        self.rule = rule
        self.cases: dict[State, list[str]] = {state: [] for state in GRAVEST_FIRST}
        reasons: dict[Words, None] = {}
        for case, verdict in verdicts:
            self.cases[verdict.state].append(case)
            if verdict.because is not None:
                reasons[verdict.because] = None
        self.reasons = tuple(reasons)

    @property
    def state(self) -> State:
        """What they say together: a failure in one case is a failure, and only silence in all is silence."""
        return next((state for state in GRAVEST_FIRST if self.cases[state]), State.NOT_EXERCISED)

    @property
    def failed(self) -> bool:
        """Whether it was broken anywhere."""
        return bool(self.cases[State.FAILED])

    @property
    def exercised(self) -> bool:
        """Whether any case could tell; what was blocked could not."""
        return self.state in {State.FAILED, State.NOTED, State.PASSED}


class Summary:
    """A run, summed up.

    Attributes:
        rules: The catalogue that was judged by.
        began: How it began.
        ended: How it ended; `None` while it goes on.
        results: What came of each case, in the order in which they ended.
        examples: The smallest counter-example of a rule, where one was sought and found.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        began: RunBegan,
        results: Iterable[CaseResult] = (),
        examples: Mapping[str, CounterExample] | None = None,
        ended: RunEnded | None = None,
    ) -> None:
        self.rules = rules
        self.began = began
        self.results = tuple(results)
        self.examples = dict(examples or {})
        self.ended = ended

    @cached_property
    def tallies(self) -> tuple[Tally, ...]:
        """The tally of each rule, in the order of the catalogue."""
        said: dict[str, list[tuple[str, Verdict]]] = {rule.id: [] for rule in self.rules}
        for result in self.results:
            for verdict in result.verdicts:
                said[verdict.rule].append((result.case.name, verdict))
        return tuple(Tally(rule, said[rule.id]) for rule in self.rules)

    @property
    def violations(self) -> tuple[Tally, ...]:
        """The rules that were broken, the gravest level first."""
        return tuple(sorted((tally for tally in self.tallies if tally.failed), key=lambda tally: _grave(tally.rule)))

    @property
    def troubled(self) -> tuple[CaseResult, ...]:
        """The cases that could not be judged."""
        return tuple(result for result in self.results if result.trouble is not None)

    @property
    def skipped(self) -> tuple[CaseResult, ...]:
        """The cases that the client has no flow or media for."""
        return tuple(result for result in self.results if result.skipped)

    def verdict(self, rule: str, result: CaseResult) -> Verdict | None:
        """Give what a case says of a rule."""
        return next((verdict for verdict in result.verdicts if verdict.rule == rule), None)

    def telling(self, rule: str) -> CaseResult:
        """Choose the case that tells best how a rule was broken.

        It is the shrunk one; else one that was made for the rule, in which little else was broken, with few requests.
        """
        if rule in self.examples:
            return self.examples[rule].result
        broke = [result for result in self.results if self._failed(rule, result)]
        return min(
            broke, key=lambda result: (rule not in result.case.aims, _broken(result), len(result.trace.exchanges))
        )

    def _failed(self, rule: str, result: CaseResult) -> bool:
        verdict = self.verdict(rule, result)
        return verdict is not None and verdict.state is State.FAILED

    def by_level_and_basis(self) -> Iterator[tuple[Level, Basis, dict[State, int]]]:
        """Count the rules of each level and basis by what was said of them; what is empty is left out."""
        counts: dict[tuple[Level, Basis], dict[State, int]] = {}
        for tally in self.tallies:
            key = (tally.rule.level, tally.rule.basis)
            counts.setdefault(key, dict.fromkeys(GRAVEST_FIRST, 0))[tally.state] += 1
        for level, basis in sorted(counts, key=lambda key: (_place(key[0]), _place(key[1]))):
            yield level, basis, counts[level, basis]


class Gathering:
    """Takes the events of a run and holds what came of them; the simplest of all reports."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._began = RunBegan("", (), {})
        self._results: dict[str, CaseResult] = {}
        self._examples: dict[str, CounterExample] = {}
        self._ended: RunEnded | None = None

    def __call__(self, event: Event) -> None:
        """Take an event; a case that ends twice has been judged again, and the later result counts."""
        match event:
            case RunBegan():
                self._began = event
            case CaseBegan():
                pass
            case CaseEnded(result=result):
                self._results.pop(result.case.name, None)
                self._results[result.case.name] = result
            case Shrunk(example=example):
                self._examples[example.rule] = example
            case RunEnded():
                self._ended = event
            case _:
                assert_never(event)

    def summary(self) -> Summary:
        """Sum up what has come so far."""
        return Summary(self._rules, self._began, self._results.values(), self._examples, self._ended)


def _broken(result: CaseResult) -> int:
    return sum(verdict.state is State.FAILED for verdict in result.verdicts)


def _grave(rule: Rule) -> tuple[int, int]:
    return _place(rule.level), _place(rule.basis)


def _place(member: Level | Basis) -> int:
    """Give the place of a member among its kind: both stand in order of weight."""
    return list(type(member)).index(member)
