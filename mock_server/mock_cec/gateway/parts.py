"""What the gateway's door and sockets need of its parts: a line for each WebSocket, and who carries the media."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.gateway.deeds import Deed
    from mock_cec.gateway.media.leg import Carrier


class Line(Protocol):
    """SIP on one WebSocket, as `mock_cec.gateway.line` speaks it."""

    def received(self, frame: str | bytes, now: float) -> list[Deed]:
        """Take a frame."""

    def ring(self, call: int, now: float) -> list[Deed]:
        """Send 180."""

    def accept(self, call: int, answer: str, now: float) -> list[Deed]:
        """Answer what was offered."""

    def refuse(
        self, call: int, status: int, now: float, *, why: str = "", retry_after: int | None = None
    ) -> list[Deed]:
        """Refuse what was offered."""

    def hang_up(self, call: int, now: float, *, cause: int = 16, why: str = "") -> list[Deed]:
        """End a call, however far it is."""

    def digit(self, call: int, signal: str, milliseconds: int, now: float) -> list[Deed]:
        """Tell the client of a key."""

    def closed(self, now: float) -> list[Deed]:
        """Take note that the WebSocket is gone."""

    def wake_at(self) -> float | None:
        """Give the time of the next tick."""

    def tick(self, now: float) -> list[Deed]:
        """Do what is due."""


class Parts(Protocol):
    """Where lines and the carrier come from; tests bring their own.

    Attributes:
        trouble: Why media cannot flow on this machine; empty if they can.
    """

    trouble: str

    def line(self, contact: str, fresh: Callable[[], str]) -> Line:
        """Make a line."""

    def carrier(self) -> Carrier:
        """Make the carrier of all calls."""
