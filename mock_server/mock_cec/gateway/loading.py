"""The real parts of the gateway; to import this is to import aiortc, which takes a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aioice.ice import get_host_addresses

from mock_cec.gateway.line import Line  # type: ignore[import-untyped]
from mock_cec.gateway.media.carrier import AiortcCarrier  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Callable


class RealParts:
    """SIP by `mock_cec.gateway.line`, media by aiortc."""

    def line(self, contact: str, fresh: Callable[[], str]) -> Line:
        """Make a line."""
        return Line(contact, fresh)

    def carrier(self) -> AiortcCarrier:
        """Make the carrier of all calls."""
        return AiortcCarrier()

    def has_address(self) -> bool:
        """Say whether this machine has an address by which media can come: aioice takes no loopback ones."""
        return bool(get_host_addresses(use_ipv4=True, use_ipv6=True))
