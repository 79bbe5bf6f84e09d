"""What reports show as measured: the policy of a client; whoever judges something else brings another measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from cec_conformance.measured import in_words, measure
from cec_conformance.run import Run

if TYPE_CHECKING:
    from cec_conformance.results import CaseResult
    from cec_conformance.words import Words

Measure = Callable[["Iterable[CaseResult]"], "Iterable[tuple[Words, Words]]"]
"""Results in; each thing that was measured, and what was found, in words."""


def client_policy(results: Iterable[CaseResult]) -> Iterable[tuple[Words, Words]]:
    """Measure what a client does where the guide leaves it a choice; nothing if no case was judged."""
    runs = [Run(result.trace) for result in results if result.verdicts]
    return [(line.about, line.found) for line in in_words(measure(runs))] if runs else []
