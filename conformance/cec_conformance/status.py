"""The exit status: a decision over the results of a run (pure)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from cec_conformance.judging import State
from cec_conformance.rule import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cec_conformance.results import CaseResult
    from cec_conformance.rule import Rule
    from cec_conformance.words import Words


class Status(IntEnum):
    """What the command tells the shell."""

    CONFORMANT = 0
    VIOLATED = 1
    NOT_JUDGED = 2


_EXERCISED: Final = frozenset({State.PASSED, State.FAILED, State.NOTED})


def status(  # noqa: PLR0913  (what the user can ask for)
    results: Iterable[CaseResult],
    rules: Sequence[Rule],
    *,
    unjudged: Words | None = None,
    strict: bool = False,
    require_must: bool = False,
    expected: frozenset[str] = frozenset(),
) -> Status:
    """Decide.

    Args:
        results: What came of the cases.
        rules: The rules they were judged by.
        unjudged: Why nothing could be judged at all.
        strict: Whether a SHOULD counts like a MUST.
        require_must: Whether a MUST that was not exercised counts as violated.
        expected: The rules that are known to fail (`--expected-failures`): they may, and have to.
    """
    results = tuple(results)
    seen: dict[str, set[State]] = {rule.id: set() for rule in rules}
    for result in results:
        for verdict in result.verdicts:
            seen[verdict.rule].add(verdict.state)
    grave = {Level.MUST, Level.SHOULD} if strict else {Level.MUST}
    if any(_violated(rule, seen[rule.id], grave, expected, require_must=require_must) for rule in rules):
        return Status.VIOLATED
    exercised = any(states & _EXERCISED for states in seen.values())
    if unjudged is not None or not exercised or any(result.trouble for result in results):
        return Status.NOT_JUDGED
    return Status.CONFORMANT


def _violated(
    rule: Rule, states: set[State], grave: set[Level], expected: frozenset[str], *, require_must: bool
) -> bool:
    if rule.id in expected:
        return State.PASSED in states and State.FAILED not in states
    if State.FAILED in states:
        return rule.level in grave
    return require_must and rule.level is Level.MUST and not states & _EXERCISED
