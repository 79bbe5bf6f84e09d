"""Servers that are faulty at drop and expiry (guide §5 step 5, §6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Original

TWINS: Final[dict[str, type[Original]]] = {}
