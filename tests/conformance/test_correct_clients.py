from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_conformance.cases.fixed import SIGNALLING
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.virtual.playing import play

from tests.conformance.correct_clients import CORRECT, reference

if TYPE_CHECKING:
    from cec_conformance.twins.original import Original
    from cec_conformance.virtual.playing import InProcessClient

pytestmark = pytest.mark.uncovered

MUSTS = {rule.id for rule in CLIENT_RULES if rule.level is Level.MUST}


def broken(client: InProcessClient) -> set[tuple[str, str]]:
    """Give the rules that a client breaks, each with a case in which it does."""
    return {
        (verdict.rule, case.name)
        for case in SIGNALLING
        for verdict in judge(Run(play(case, client)), CLIENT_RULES)
        if verdict.state is State.FAILED
    }


def test_the_reference_client_keeps_every_rule() -> None:
    assert broken(reference) == set()


@pytest.mark.parametrize("client", CORRECT)
def test_whoever_reads_the_guide_differently_keeps_every_must(client: type[Original]) -> None:
    found = broken(lambda environment, transport: client(environment, transport).place())

    assert {(rule, case) for rule, case in found if rule in MUSTS} == set()
