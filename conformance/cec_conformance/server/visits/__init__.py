"""The fixed visits, by what they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.server.visits import ending, general, headers, polling, steps, tokens

if TYPE_CHECKING:
    from cec_conformance.server.visit import Visit

VISITS: Final[tuple[Visit, ...]] = (
    *tokens.VISITS.all,
    *headers.VISITS.all,
    *steps.VISITS.all,
    *polling.VISITS.all,
    *ending.VISITS.all,
    *general.VISITS.all,
)
"""All of them."""
