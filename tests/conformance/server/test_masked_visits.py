"""A masked trace of a visit gets the same verdicts: labels stand for values, and a label may have a space in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from cec_conformance.judging import judge
from cec_conformance.run import Run
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.twins import SERVER_TWINS
from cec_conformance.server.visits import VISITS
from mock_cec.trace.masking import mask

from tests.conformance.server.matrix import objects

if TYPE_CHECKING:
    from cec_client.protocol import Trace
    from cec_conformance.judging import State, Verdict
    from cec_conformance.server.visit import Visit

pytestmark = [pytest.mark.uncovered, pytest.mark.usefixtures("silent_emulator")]


def judged(trace: Trace) -> dict[str, Verdict]:
    return {verdict.rule: verdict for verdict in judge(Run(trace), SERVER_RULES)}


def states(trace: Trace) -> dict[str, State]:
    return {rule: verdict.state for rule, verdict in judged(trace).items()}


@cache
def exposing(rule: str) -> Trace:
    """Give the trace of the rule's twin in the first visit that aims at it in which the rule catches it."""
    visits = sorted(VISITS, key=lambda visit: rule not in visit.aims)
    return next(trace for visit in visits if objects(judged(trace := pay(visit, SERVER_TWINS[rule]))[rule]))


@pytest.mark.parametrize("personal", [False, True])
@pytest.mark.parametrize("rule", [rule.id for rule in SERVER_RULES])
def test_a_fault_is_seen_through_the_mask(rule: str, *, personal: bool) -> None:
    trace = exposing(rule)
    masked = mask(trace, personal=personal)

    assert masked != trace
    assert states(masked) == states(trace)


@pytest.mark.parametrize("visit", VISITS, ids=lambda visit: visit.name)
def test_the_emulator_stays_correct_behind_the_mask(visit: Visit) -> None:
    trace = pay(visit)

    assert states(mask(trace, personal=True)) == states(trace)
