"""Visits about sessions kept apart, and JSON always (guide §5)."""

from __future__ import annotations

from typing import Final

from cec_conformance.server.visit import Visits

VISITS: Final = Visits()
