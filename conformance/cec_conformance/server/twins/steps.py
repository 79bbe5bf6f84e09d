"""Servers that are faulty at send, check, create (guide §5 steps 1 to 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Original

TWINS: Final[dict[str, type[Original]]] = {}
