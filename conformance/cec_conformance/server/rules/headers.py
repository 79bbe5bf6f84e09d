"""Rules on errors and headers (guide §2.2, §4.1)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

HEADERS: Final = Family("errors and headers", "错误与请求头")
