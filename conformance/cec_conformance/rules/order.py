"""Rules on the order of steps (guide §4.2)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

ORDER: Final = Family("The order of steps", "步骤的次序")
