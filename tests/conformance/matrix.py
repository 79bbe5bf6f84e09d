"""What all twins come to in all fixed cases: the findings of the rules, and their matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cec_conformance.cases.fixed import FIXED
from cec_conformance.facts import Fact
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level, Saw
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.virtual.playing import play

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cec_conformance.twins.original import Original

LEVELS = {rule.id: rule.level for rule in CLIENT_RULES}
UNSHOWN = {"C-POLL-14": Fact.MEDIA_CALL}
"""Rules that no case can exercise yet, and the fact that no run has: signalling alone shows no media call."""
SIGNS = {Level.MUST: "!", Level.SHOULD: "s", Level.INFO: "i"}


class Finding(NamedTuple):
    """What a rule said of a client in some case; it `objects` where it failed, or found odd what it only notes."""

    rule: str
    state: State
    objects: bool


def findings(client: type[Original]) -> frozenset[Finding]:
    """Judge a client by all fixed cases."""
    return frozenset(
        Finding(
            verdict.rule,
            verdict.state,
            verdict.state is State.FAILED
            or (verdict.state is State.NOTED and any(seen.saw is Saw.BROKEN for seen in verdict.observations)),
        )
        for case in FIXED
        for verdict in judge(
            Run(play(case, lambda environment, transport: client(environment, transport).place())), CLIENT_RULES
        )
    )


def objecting(client: type[Original]) -> set[str]:
    """Give the rules that object to a client in some case."""
    return {finding.rule for finding in findings(client) if finding.objects}


def row(rule: str, found: set[str], levels: Mapping[str, Level] = LEVELS) -> str:
    """Write the row of a rule's twin, given which rules object to it: one sign for each rule of the catalogue."""
    signs = ("." if other not in found else "X" if other == rule else SIGNS[levels[other]] for other in levels)
    beside = ", ".join(other for other in levels if other in found and other != rule)
    return f"{rule:<12} {''.join(signs)}  {beside}".rstrip()
