"""The judge is judged: the original breaks nothing, and each twin is caught by its own rule and by no other MUST."""

from __future__ import annotations

import pytest
from cec_conformance.cases.fixed import SIGNALLING
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.twins.original import Original
from cec_conformance.virtual.playing import play

from tests.conformance.documents import DOCS
from tests.conformance.matrix import AT_THE_GATEWAY, LEVELS, findings, findings_at_the_gateway, objecting, row

pytestmark = pytest.mark.uncovered


def test_the_original_keeps_every_rule_and_meets_each() -> None:
    found = findings(Original) | findings_at_the_gateway("original")

    assert {finding.rule for finding in found if finding.objects} == set()
    assert set(LEVELS) == {finding.rule for finding in found if finding.state is not State.NOT_EXERCISED}


def test_what_is_shown_at_the_gateway_alone_is_no_surprise_elsewhere() -> None:
    """A call that was to be without media lacks nothing: no occasion, and no advice to whoever reads the report."""
    run = Run(play(SIGNALLING[0], lambda environment, transport: Original(environment, transport).place()))
    verdicts = {verdict.rule: verdict for verdict in judge(run, CLIENT_RULES)}

    for rule in AT_THE_GATEWAY:
        assert (verdicts[rule].state, verdicts[rule].because) == (State.NOT_EXERCISED, None)


@pytest.mark.parametrize("rule", [rule.id for rule in CLIENT_RULES])
def test_every_rule_has_a_twin_that_it_and_no_other_must_catches(rule: str) -> None:
    found = objecting(rule)

    assert rule in found
    assert {other for other in found if LEVELS[other] is Level.MUST} - {rule} == set()
    matrix = (DOCS / "matrix.md").read_text(encoding="utf-8")
    assert row(rule, found) in matrix.splitlines(), "docs are out of date: python -m tests.conformance.documents"
