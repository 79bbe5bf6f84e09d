"""Rules on logging in (guide §2)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

LOGIN: Final = Family("Logging in", "登录")
