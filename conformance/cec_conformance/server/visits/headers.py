"""Visits about errors and headers (guide §2.2, §4.1)."""

from __future__ import annotations

from typing import Final

from cec_conformance.server.visit import Visits

VISITS: Final = Visits()
