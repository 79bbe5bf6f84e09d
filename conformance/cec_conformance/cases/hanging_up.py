"""Cases on hanging up: in every phase, with drops that fail."""

from __future__ import annotations

from typing import Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.words import Words

CASES: Final[tuple[Case, ...]] = (
    Case(
        name="hang-up",
        title=Words("Connected; the user hangs up", "接通后用户挂断"),
        scenario=scenario(events=["300ms queued", "500ms connected"], hold="5s"),
        hangup_after=0.5,
        smoke=True,
        aims=("C-DROP-01", "C-DROP-02", "C-DROP-03", "C-DROP-04"),
    ),
)
"""The cases."""
