"""Servers that are faulty at sessions kept apart, and JSON always (guide §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Original

TWINS: Final[dict[str, type[Original]]] = {}
