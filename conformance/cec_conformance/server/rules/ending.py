"""Rules on drop and expiry (guide §5 step 5, §6.1)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

ENDING: Final = Family("drop and expiry", "挂断与令牌过期")
