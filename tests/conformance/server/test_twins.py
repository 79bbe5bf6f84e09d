"""Every rule for servers has a faulty twin that it, and no other MUST, catches; the emulator breaks none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level, Saw
from cec_conformance.run import Run
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.twins import SERVER_TWINS
from cec_conformance.server.visits import VISITS

if TYPE_CHECKING:
    from cec_conformance.judging import Verdict
    from cec_conformance.server.twins.original import Original
    from cec_conformance.server.visit import Visit
    from mock_cec.scenario.dialect import DialectName

pytestmark = pytest.mark.uncovered

MUSTS = {rule.id for rule in SERVER_RULES if rule.level is Level.MUST}

ABOUT_403 = {"S-ERR-01", "S-ERR-02"}
"""Rules that the reference dialect, which says 401, gives no occasion."""


@pytest.fixture(autouse=True)
def _silence(caplog: pytest.LogCaptureFixture) -> None:
    """Have the emulator not log what is wrong with every request: it is meant."""
    caplog.set_level("CRITICAL", "mock_cec")


def broken(server: type[Original], dialect: DialectName | None = None) -> set[str]:
    """Give the rules that object to a server in any visit."""
    return {
        verdict.rule
        for visit in VISITS
        for verdict in judge(Run(pay(visit, server, dialect)), SERVER_RULES)
        if objects(verdict)
    }


def objects(verdict: Verdict) -> bool:
    """Say whether a rule failed, or found odd what it only notes."""
    return verdict.state is State.FAILED or (
        verdict.state is State.NOTED and any(seen.saw is Saw.BROKEN for seen in verdict.observations)
    )


@pytest.mark.parametrize("dialect", ["guide", "reference"])
@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_the_emulator_breaks_no_rule(visit: Visit, dialect: DialectName) -> None:
    verdicts = {verdict.rule: verdict for verdict in judge(Run(pay(visit, dialect=dialect)), SERVER_RULES)}
    assert [name for name, verdict in verdicts.items() if verdict.state is State.FAILED] == []
    unmet = {name for name in visit.aims if verdicts[name].state is State.NOT_EXERCISED}
    assert unmet <= (ABOUT_403 if dialect == "reference" else set())


@pytest.mark.parametrize("rule", [rule.id for rule in SERVER_RULES])
def test_every_rule_has_a_twin_that_it_and_no_other_must_catches(rule: str) -> None:
    found = broken(SERVER_TWINS[rule])
    assert rule in found
    assert found & MUSTS - {rule} == set()
