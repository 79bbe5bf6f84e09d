"""Rules on expired tokens (guide §6.1)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

EXPIRY: Final = Family("Expired tokens", "令牌过期")
