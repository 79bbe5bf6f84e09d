"""Servers that are faulty at errors and headers (guide §2.2, §4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Original

TWINS: Final[dict[str, type[Original]]] = {}
