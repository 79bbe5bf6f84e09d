"""The real parts of the gateway; to make them is to import much of aiortc, which takes a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_cec.gateway.line import Line
from mock_cec.gateway.media.addresses import NoAddress, usable_addresses
from mock_cec.gateway.media.carrier import AiortcCarrier

if TYPE_CHECKING:
    from collections.abc import Callable


class RealParts:
    """SIP by `mock_cec.gateway.line`, media by aiortc.

    Attributes:
        trouble: Why media cannot flow on this machine; empty if they can.
    """

    def __init__(self) -> None:
        self.trouble = ""
        try:
            usable_addresses()
        except NoAddress as none:
            self.trouble = str(none)

    def line(self, contact: str, fresh: Callable[[], str]) -> Line:
        """Make a line."""
        return Line(contact, fresh)

    def carrier(self) -> AiortcCarrier:
        """Make the carrier of all calls."""
        return AiortcCarrier()
