"""The media beside a synchronous call: a thread with an event loop, as aiortc wants one. `async_legs` is its twin."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from cec_client.media.following import Follower, Wish

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.engine import Engine
    from cec_client.flow import CallFlow
    from cec_client.media.events import MediaEvent


class Legs:
    """The media legs of one call, and what happens to them.

    Args:
        engine: Runs the call.
        flow: The call.
        wish: What media are wanted; `None` for none.
    """

    def __init__(self, engine: Engine, flow: CallFlow, wish: Wish | None) -> None:
        self._engine = engine
        self._flow = flow
        self._wish = wish
        self._follower: Follower | None = None
        self._events: list[MediaEvent] = []
        self._thread: threading.Thread | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen, as far as is known."""
        return self._thread is None

    def start(self) -> None:
        """Begin to follow the call."""
        if self._wish is not None:
            self._follower = Follower(self._flow, self._wish, self._until, self._tell)
            self._thread = threading.Thread(
                target=self._run, args=(self._follower,), name="cec-client media", daemon=True
            )
            self._thread.start()

    def take_events(self) -> list[MediaEvent]:
        """Give what has happened since the last time."""
        events, self._events = self._events, []
        return events

    def hurry(self) -> None:
        """Wait for no answers from now on; for a program that must stop."""
        if self._follower is not None:
            self._follower.hurried = True

    def close(self) -> None:
        """Wait until media have ended; the call must be over, or the engine closed."""
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self, follower: Follower) -> None:
        try:
            asyncio.run(follower.follow())
        finally:
            self._engine.settle(self._end)

    async def _until(self, ready: Callable[[], bool]) -> None:
        await asyncio.to_thread(self._engine.until, ready)

    def _end(self) -> None:
        self._thread = None

    def _tell(self, event: MediaEvent) -> None:
        self._engine.settle(lambda: self._events.append(event))
