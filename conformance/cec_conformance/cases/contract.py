"""Cases for the rules on the contract between the judge and the client: the outcomes that no other case has."""

from __future__ import annotations

from typing import Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.words import Words

_ENDS: Final = ("C-LIFE-01", "C-LIFE-02", "C-LIFE-03")

CASES: Final[tuple[Case, ...]] = (
    Case(
        name="no-way-to-log-in",
        title=Words("No token is given to anybody", "始终取不到令牌"),
        scenario=scenario(logins={"1+": {"status": 503}}),
        aims=_ENDS,
    ),
)
"""The cases."""
