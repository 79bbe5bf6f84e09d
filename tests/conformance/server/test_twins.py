"""Every rule for servers has a faulty twin that it, and no other MUST, catches; the emulator breaks none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level
from cec_conformance.run import Run
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.twins import SERVER_TWINS
from cec_conformance.server.visits import VISITS

from tests.conformance.documents import DOCS
from tests.conformance.matrix import row
from tests.conformance.server.matrix import LEVELS, found

if TYPE_CHECKING:
    from cec_conformance.server.visit import Visit
    from mock_cec.scenario.dialect import DialectName

pytestmark = [pytest.mark.uncovered, pytest.mark.usefixtures("silent_emulator")]

ABOUT_403 = {"S-ERR-01", "S-ERR-02"}
"""Rules that the reference dialect, which says 401, gives no occasion."""


@pytest.mark.parametrize("dialect", ["guide", "reference"])
@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_the_emulator_breaks_no_rule(visit: Visit, dialect: DialectName) -> None:
    verdicts = {verdict.rule: verdict for verdict in judge(Run(pay(visit, dialect=dialect)), SERVER_RULES)}

    assert [name for name, verdict in verdicts.items() if verdict.state is State.FAILED] == []
    unmet = {name for name in visit.aims if verdicts[name].state is State.NOT_EXERCISED}
    assert unmet <= (ABOUT_403 if dialect == "reference" else set())


def test_the_emulator_gives_every_rule_occasion() -> None:
    assert found().met == set(LEVELS)
    assert found(dialect="reference").met == set(LEVELS) - ABOUT_403


def test_every_rule_has_a_visit_that_aims_at_it_and_one_twin() -> None:
    assert {name for visit in VISITS for name in visit.aims} == set(LEVELS)
    assert set(SERVER_TWINS) == set(LEVELS)
    assert len({visit.name for visit in VISITS}) == len(VISITS)


@pytest.mark.parametrize("rule", [rule.id for rule in SERVER_RULES])
def test_every_rule_has_a_twin_that_it_and_no_other_must_catches(rule: str) -> None:
    objecting = found(SERVER_TWINS[rule]).objecting

    assert rule in objecting
    assert {other for other in objecting if LEVELS[other] is Level.MUST} - {rule} == set()
    matrix = (DOCS / "matrix.md").read_text(encoding="utf-8")
    assert row(rule, objecting, LEVELS) in matrix.splitlines(), (
        "docs are out of date: python -m tests.conformance.documents"
    )
