"""What all twins come to in all fixed cases: the findings of the rules, and their matrix."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from cec_conformance.cases import media
from cec_conformance.cases.fixed import SIGNALLING
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level, Saw
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.targets.command import CommandLauncher
from cec_conformance.twins import TWINS
from cec_conformance.virtual.playing import play

from tests.conformance.targets.launching import played

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cec_client.protocol import Trace
    from cec_conformance.twins.original import Original

LEVELS = {rule.id: rule.level for rule in CLIENT_RULES}
AT_THE_GATEWAY = frozenset({"C-POLL-14"})
"""Rules that are shown at the gateway: their twins, and the original, play the cases with media, as programs."""
SIGNS = {Level.MUST: "!", Level.SHOULD: "s", Level.INFO: "i"}


class Finding(NamedTuple):
    """What a rule said of a client in some case; it `objects` where it failed, or found odd what it only notes."""

    rule: str
    state: State
    objects: bool


def findings(client: type[Original]) -> frozenset[Finding]:
    """Judge a client by all fixed cases without media, in virtual time."""
    return frozenset(
        finding
        for case in SIGNALLING
        for finding in _found(play(case, lambda environment, transport: client(environment, transport).place()))
    )


def findings_at_the_gateway(name: str) -> frozenset[Finding]:
    """Judge a client by the cases with media: a program, `original` or the twin of a rule, over real sockets."""
    program = CommandLauncher((sys.executable, "-m", "cec_conformance.twins", name))
    return frozenset(finding for done in played(program, *media.CASES, together=True) for finding in _found(done.trace))


def objecting(rule: str) -> set[str]:
    """Give the rules that object to the twin of a rule in some case."""
    found = findings(TWINS[rule]) | (findings_at_the_gateway(rule) if rule in AT_THE_GATEWAY else frozenset())
    return {finding.rule for finding in found if finding.objects}


def _found(trace: Trace) -> Iterator[Finding]:
    for verdict in judge(Run(trace), CLIENT_RULES):
        odd = verdict.state is State.NOTED and any(seen.saw is Saw.BROKEN for seen in verdict.observations)
        yield Finding(verdict.rule, verdict.state, verdict.state is State.FAILED or odd)


def row(rule: str, found: set[str], levels: Mapping[str, Level] = LEVELS) -> str:
    """Write the row of a rule's twin, given which rules object to it: one sign for each rule of the catalogue."""
    signs = ("." if other not in found else "X" if other == rule else SIGNS[levels[other]] for other in levels)
    beside = ", ".join(other for other in levels if other in found and other != rule)
    return f"{rule:<12} {''.join(signs)}  {beside}".rstrip()
