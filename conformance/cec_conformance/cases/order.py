"""Cases for the rules on the order of steps (guide §4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cec_conformance.cases.case import Case

CASES: Final[tuple[Case, ...]] = ()
"""The cases."""
