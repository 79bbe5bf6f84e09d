"""Rules on the common headers (guide §4.1)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

HEADERS: Final = Family("Headers", "请求头")
