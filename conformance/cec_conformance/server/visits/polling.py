"""Visits about polling (guide §5 step 4)."""

from __future__ import annotations

from typing import Final

from cec_conformance.server.visit import Visits

VISITS: Final = Visits()
