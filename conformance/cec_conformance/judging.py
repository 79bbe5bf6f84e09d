"""Judging: a run and rules in, a verdict for each rule out.

Three things keep it fair. A rule that lacks a fact, or that the run gave no occasion, is *not exercised*. A rule whose
sight is spoilt by the violation of another is *blocked*: only the first cause is charged. And a client that stumbles
over an oddity of the script is charged for that alone, not for all that follows from it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from cec_conformance.rule import EVERY_OTHER, Level, Observation, Rule, Saw
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_conformance.facts import Fact
    from cec_conformance.run import Run

ODDITIES: Final = frozenset({"C-POLL-11", "C-ROB-01", "C-ROB-02", "C-ROB-03", "C-ROB-04", "C-ROB-05"})
"""The rules on oddities of answers: whoever breaks one of them may go astray everywhere after."""


class State(StrEnum):
    """What a verdict says."""

    PASSED = "passed"
    FAILED = "failed"
    NOTED = "noted"
    """A choice that the guide leaves open; recorded, never a failure."""
    BLOCKED = "blocked"
    """Another rule was broken, and this one cannot be told from it."""
    NOT_EXERCISED = "not exercised"


class Verdict(Struct, frozen=True):
    """What a run says of a rule.

    Attributes:
        rule: The rule's id.
        state: The verdict.
        observations: What was seen; for a failure, what was broken alone.
        because: Why it was not exercised, or is blocked; `None` if the run gave no occasion.
    """

    rule: str
    state: State
    observations: tuple[Observation, ...] = ()
    because: Words | None = None


def judge(run: Run, rules: Iterable[Rule]) -> tuple[Verdict, ...]:
    """Judge a run by rules; the verdicts come in the order of the rules."""
    rules = tuple(rules)
    verdicts = {rule.id: _look(run, rule) for rule in rules}
    broken = {name for name, verdict in verdicts.items() if verdict.state is State.FAILED}
    return tuple(_first_cause(rule, verdicts[rule.id], broken) for rule in rules)


def _look(run: Run, rule: Rule) -> Verdict:
    missing = [fact for fact in rule.needs if not run.knows(fact)]
    if missing:
        return Verdict(rule.id, State.NOT_EXERCISED, because=_lacking(sorted(missing, key=_position)))
    seen = tuple(rule.look(run))
    if broken := tuple(observation for observation in seen if observation.saw is Saw.BROKEN):
        return Verdict(rule.id, State.FAILED if rule.level is not Level.INFO else State.NOTED, broken)
    if any(observation.saw is Saw.NOTED for observation in seen):
        return Verdict(rule.id, State.NOTED, seen)
    return Verdict(rule.id, State.PASSED if seen else State.NOT_EXERCISED, seen)


def _first_cause(rule: Rule, verdict: Verdict, broken: set[str]) -> Verdict:
    if verdict.state is not State.FAILED:
        return verdict
    causes = rule.yields_to | (ODDITIES if rule.id not in ODDITIES else frozenset())
    first = sorted((broken - {rule.id}) if rule.yields_to == EVERY_OTHER else broken & causes)
    if not first:
        return verdict
    names = ", ".join(first)
    return Verdict(
        rule.id,
        State.BLOCKED,
        verdict.observations,
        Words(
            f"{names} was broken in the same run, and this may follow from it",
            f"同一次运行已违反 {names}，此处可能由其引起",
        ),
    )


def _lacking(missing: list[Fact]) -> Words:
    return Words(
        "; ".join(f"unknown: {fact.missing.en} ({fact.advice.en})" for fact in missing),
        "；".join(f"不知道{fact.missing.zh}（{fact.advice.zh}）" for fact in missing),
    )


def _position(fact: Fact) -> int:
    return list(type(fact)).index(fact)
