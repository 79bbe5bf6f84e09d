"""The seam to what measures a client's policy: how often it retries, whether a 403 counts, how long it waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cec_conformance.results import CaseResult
    from cec_conformance.words import Words

Measure = Callable[["Iterable[CaseResult]"], "Iterable[tuple[Words, Words]]"]
"""Results in; each thing that was measured, and what was found, in words."""


def nothing_measured(_results: Iterable[CaseResult]) -> Iterable[tuple[Words, Words]]:
    """Measure nothing."""
    return ()
