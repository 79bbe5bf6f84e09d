"""The judge is judged: the original breaks nothing, and each twin is caught by its own rule and by no other MUST."""

from __future__ import annotations

import pytest
from cec_conformance.cases.fixed import FIXED
from cec_conformance.facts import Fact
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.twins import TWINS
from cec_conformance.twins.original import Original
from cec_conformance.virtual.playing import play

LEVELS = {rule.id: rule.level for rule in CLIENT_RULES}

UNSHOWN = {"C-POLL-14": Fact.MEDIA_CALL}
"""Rules that no case can exercise yet, and the fact that no run has: signalling alone shows no media call."""


def caught(client: type[Original]) -> dict[str, set[State]]:
    """Judge a client by all fixed cases: for each rule the verdicts that it got."""
    found: dict[str, set[State]] = {rule.id: set() for rule in CLIENT_RULES}
    for case in FIXED:
        trace = play(case, lambda environment, transport: client(environment, transport).place())
        for verdict in judge(Run(trace), CLIENT_RULES):
            found[verdict.rule].add(verdict.state)
    return found


def test_the_original_keeps_every_rule_and_meets_each() -> None:
    found = caught(Original)

    assert {rule for rule, states in found.items() if State.FAILED in states} == set()
    assert {rule for rule, states in found.items() if states <= {State.NOT_EXERCISED}} == set(UNSHOWN)


def test_what_no_case_can_exercise_lacks_a_fact_and_says_so() -> None:
    run = Run(play(FIXED[0], lambda environment, transport: Original(environment, transport).place()))
    verdicts = {verdict.rule: verdict for verdict in judge(run, CLIENT_RULES)}

    for rule, fact in UNSHOWN.items():
        assert rule not in TWINS
        assert not run.knows(fact)
        assert fact.missing.en in str(verdicts[rule].because)


@pytest.mark.parametrize("rule", [rule.id for rule in CLIENT_RULES if rule.id not in UNSHOWN])
def test_every_rule_has_a_twin_that_it_and_no_other_must_catches(rule: str) -> None:
    found = caught(TWINS[rule])

    wanted = State.NOTED if LEVELS[rule] is Level.INFO else State.FAILED
    assert wanted in found[rule]
    musts = {other for other, states in found.items() if State.FAILED in states and LEVELS[other] is Level.MUST}
    assert musts - {rule} == set()
