"""What a server comes to in all visits: which rules object to it, and which it gave occasion."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cec_conformance.judging import State, judge
from cec_conformance.rule import Saw
from cec_conformance.run import Run
from cec_conformance.server.playing import pay
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.twins.original import Original
from cec_conformance.server.visits import VISITS

if TYPE_CHECKING:
    from cec_conformance.judging import Verdict
    from mock_cec.scenario.dialect import DialectName

LEVELS = {rule.id: rule.level for rule in SERVER_RULES}


class Found(NamedTuple):
    """The rules that object to a server in some visit, and those that some visit exercised."""

    objecting: set[str]
    met: set[str]


def found(server: type[Original] = Original, dialect: DialectName | None = None) -> Found:
    """Judge a server by all visits."""
    verdicts = [verdict for visit in VISITS for verdict in judge(Run(pay(visit, server, dialect)), SERVER_RULES)]
    return Found(
        {verdict.rule for verdict in verdicts if objects(verdict)},
        {verdict.rule for verdict in verdicts if verdict.state is not State.NOT_EXERCISED},
    )


def objects(verdict: Verdict) -> bool:
    """Say whether a rule failed, or found odd what it only notes."""
    return verdict.state is State.FAILED or (
        verdict.state is State.NOTED and any(seen.saw is Saw.BROKEN for seen in verdict.observations)
    )
