"""The judge is judged: the original breaks nothing, and each twin is caught by its own rule and by no other MUST."""

from __future__ import annotations

import pytest
from cec_conformance.cases.fixed import FIXED
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.twins import TWINS
from cec_conformance.twins.original import Original
from cec_conformance.virtual.playing import play

from tests.conformance.documents import DOCS
from tests.conformance.matrix import LEVELS, UNSHOWN, findings, objecting, row

pytestmark = pytest.mark.uncovered


def test_the_original_keeps_every_rule_and_meets_each() -> None:
    met = {finding.rule for finding in findings(Original) if finding.state is not State.NOT_EXERCISED}

    assert objecting(Original) == set()
    assert set(LEVELS) - met == set(UNSHOWN)


def test_what_no_case_can_exercise_lacks_a_fact_and_says_so() -> None:
    run = Run(play(FIXED[0], lambda environment, transport: Original(environment, transport).place()))
    verdicts = {verdict.rule: verdict for verdict in judge(run, CLIENT_RULES)}

    for rule, fact in UNSHOWN.items():
        assert rule not in TWINS
        assert not run.knows(fact)
        assert fact.missing.en in str(verdicts[rule].because)


@pytest.mark.parametrize("rule", [rule.id for rule in CLIENT_RULES if rule.id not in UNSHOWN])
def test_every_rule_has_a_twin_that_it_and_no_other_must_catches(rule: str) -> None:
    found = objecting(TWINS[rule])

    assert rule in found
    assert {other for other in found if LEVELS[other] is Level.MUST} - {rule} == set()
    matrix = (DOCS / "matrix.md").read_text(encoding="utf-8")
    assert row(rule, found) in matrix.splitlines(), "docs are out of date: python -m tests.conformance.documents"
