"""What a run says beside kept and broken: what was noted, and what was not exercised, and why (pure)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cec_conformance.judging import State
from cec_conformance.reports import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.reports.summary import Summary
    from cec_conformance.words import Words


def noticed(summary: Summary) -> Iterator[tuple[str, Words]]:
    """Give what was noted of each rule, each remark once."""
    for tally in summary.tallies:
        remarks: dict[Words, None] = {}
        for result in summary.results if tally.cases[State.NOTED] else ():
            verdicts = [one for one in result.verdicts if one.rule == tally.rule.id and one.state is State.NOTED]
            seen = (one.got for verdict in verdicts for one in verdict.observations)
            remarks.update((got, None) for got in seen if got is not None)
        yield from ((tally.rule.id, remark) for remark in remarks)


def silent(summary: Summary) -> Iterator[tuple[Words, str]]:
    """Give each reason for which rules were not exercised, and these rules."""
    by_reason: defaultdict[Words, list[str]] = defaultdict(list)
    for tally in summary.tallies:
        if not tally.exercised:
            for reason in tally.reasons or (phrases.NO_OCCASION,):
                by_reason[reason].append(tally.rule.id)
    yield from ((reason, ", ".join(rules)) for reason, rules in by_reason.items())
