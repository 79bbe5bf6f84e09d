"""Rules on send, check, create (guide §5 steps 1 to 3)."""

from __future__ import annotations

from typing import Final

from cec_conformance.rule import Family

STEPS_OF_A_CALL: Final = Family("send, check, create", "send、check、create")
