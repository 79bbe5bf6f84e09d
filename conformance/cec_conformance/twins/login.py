"""The faulty twins of the rules on logging in (guide §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cec_conformance.twins.original import Original

TWINS: Final[dict[str, type[Original]]] = {}
"""Each twin by the rule that it breaks."""
