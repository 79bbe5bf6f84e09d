"""Rules on failing polls and retries (guide §5 step 4)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

RETRYING: Final = Family("Failing polls", "轮询失败与重试")
