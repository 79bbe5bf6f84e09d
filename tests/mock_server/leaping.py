"""An event loop whose time leaps: instead of waiting for real time to pass, it passes at once."""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectors import SelectorKey


class _Selector(selectors.DefaultSelector):
    """Never waits; what the loop would have waited is added up."""

    waited = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        ready = super().select(0)
        if not ready:
            assert timeout is not None, "everybody waits, and nobody will ever wake them"
            self.waited += timeout
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """A loop for one process, with no sockets and no threads."""

    def __init__(self) -> None:
        self._own = _Selector()
        super().__init__(self._own)

    def time(self) -> float:
        """Give the seconds that would have been waited; a loop that had no need to wait is at 0."""
        return self._own.waited
