"""Rules on polling (guide §5 step 4)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

POLLING: Final = Family("polling", "轮询")
