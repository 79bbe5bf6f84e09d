"""Visits about send, check, create (guide §5 steps 1 to 3)."""

from __future__ import annotations

from typing import Final

from cec_conformance.server.visit import Visits

VISITS: Final = Visits()
