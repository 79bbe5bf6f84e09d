"""The rules whose breach takes a client off the flow: how such a run ends follows from the breach."""

from __future__ import annotations

from typing import Final

ASTRAY: Final = frozenset(
    {
        "C-AUTH-06",
        *(f"C-FLOW-{number:02}" for number in (2, 3, 5, 9, 10)),
        *(f"C-POLL-{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 9, 13)),
        *(f"C-RETRY-{number:02}" for number in (1, 2, 3, 4, 6, 7, 8)),
        *(f"C-REAUTH-{number:02}" for number in (1, 2, 5, 6, 7, 8, 11)),
        *(f"C-DROP-{number:02}" for number in (1, 4, 6, 7)),
    }
)
"""Whoever breaks one of them stops too early, or goes on too long."""
