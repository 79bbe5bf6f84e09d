"""Cases for the rules on the contract between the judge and the client that it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cec_conformance.cases.case import Case

CASES: Final[tuple[Case, ...]] = ()
"""The cases."""
