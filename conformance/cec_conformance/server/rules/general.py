"""Rules on sessions kept apart, and JSON always (guide §5)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

GENERAL: Final = Family("sessions kept apart, and JSON always", "会话隔离与 JSON 格式")
