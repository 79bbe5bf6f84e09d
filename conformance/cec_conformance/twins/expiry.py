"""The faulty twins of the rules on expired tokens (guide §6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cec_conformance.twins.original import Original

TWINS: Final[dict[str, type[Original]]] = {}
"""Each twin by the rule that it breaks."""
