"""Rules on odd answers that a client should survive."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

ROBUSTNESS: Final = Family("Robustness", "健壮性")
