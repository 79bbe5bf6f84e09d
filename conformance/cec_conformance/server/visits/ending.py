"""Visits about drop and expiry (guide §5 step 5, §6.1)."""

from __future__ import annotations

from typing import Final

from cec_conformance.server.visit import Visits

VISITS: Final = Visits()
