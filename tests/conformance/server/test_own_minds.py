"""No rule objects to a platform that nobody told what to play."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_conformance.judging import judge
from cec_conformance.run import Run
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.visit import Means
from cec_conformance.server.visits import VISITS
from mock_cec.scenario.catalogue import find
from msgspec.structs import replace

from tests.conformance.server.matrix import objects

if TYPE_CHECKING:
    from mock_cec.scenario.dialect import DialectName

pytestmark = [pytest.mark.uncovered, pytest.mark.usefixtures("silent_emulator")]

OF_ITS_OWN = (
    "answered",
    "queue_then_answered",
    "agent_hangs_up",
    "queue_timeout",
    "call_failed",
    "transfer",
    "quiet",
    "no_agents",
    "unsupported_channel",
    "unsupported_tenant",
)
"""Scenarios without faults."""


@pytest.mark.parametrize("dialect", ["guide", "reference"])
@pytest.mark.parametrize("name", OF_ITS_OWN)
def test_a_platform_with_a_mind_of_its_own_breaks_no_rule(name: str, dialect: DialectName) -> None:
    visits = [replace(visit, scenario=find(name)) for visit in VISITS if Means.CONTROL not in visit.means]
    verdicts = [
        (visit.name, verdict.rule, verdict.observations)
        for visit in visits
        for verdict in judge(Run(pay(visit, dialect=dialect)), SERVER_RULES)
        if objects(verdict)
    ]

    assert verdicts == []
