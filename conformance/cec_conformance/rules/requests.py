"""Rules on the shape of requests (guide §5)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

REQUESTS: Final = Family("The shape of requests", "请求的形式")
