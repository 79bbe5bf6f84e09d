"""No rule objects to a server that is correct in another way than the emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_conformance.judging import State, judge
from cec_conformance.run import Run
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.twins.original import Original
from cec_conformance.server.twins.polling import SendsEventsAsText
from cec_conformance.server.visit import Means
from cec_conformance.server.visits import VISITS
from mock_cec.scenario.catalogue import find
from msgspec.structs import replace

from tests.conformance.server.correct_servers import CORRECT

if TYPE_CHECKING:
    from cec_conformance.server.visit import Visit
    from mock_cec.scenario.dialect import DialectName

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
"""Scenarios of platforms that nobody told what to play, and that have no faults."""


@pytest.fixture(autouse=True)
def _silence(caplog: pytest.LogCaptureFixture) -> None:
    """Have the emulator not log what is wrong with every request: it is meant."""
    caplog.set_level("CRITICAL", "mock_cec")


def objecting(visit: Visit, server: type[Original] = Original, dialect: DialectName | None = None) -> set[str]:
    """Give the rules that a server breaks in a visit."""
    verdicts = judge(Run(pay(visit, server, dialect)), SERVER_RULES)
    return {verdict.rule for verdict in verdicts if verdict.state is State.FAILED}


@pytest.mark.parametrize("server", CORRECT)
def test_a_correct_server_breaks_no_rule(server: type[Original]) -> None:
    assert {visit.name: found for visit in VISITS if (found := objecting(visit, server))} == {}


def test_events_as_text_are_no_more_than_a_warning() -> None:
    assert {rule for visit in VISITS for rule in objecting(visit, SendsEventsAsText)} == {"S-POL-08"}


@pytest.mark.parametrize("dialect", ["guide", "reference"])
@pytest.mark.parametrize("name", OF_ITS_OWN)
def test_a_platform_with_a_mind_of_its_own_breaks_no_rule(name: str, dialect: DialectName) -> None:
    scenario = find(name)
    visits = [replace(visit, scenario=scenario) for visit in VISITS if Means.CONTROL not in visit.means]

    assert {visit.name: found for visit in visits if (found := objecting(visit, dialect=dialect))} == {}
