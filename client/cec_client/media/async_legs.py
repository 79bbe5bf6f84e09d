"""The media beside an asynchronous call: a task. `legs` is its twin."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cec_client.media.following import Follower, Wish

if TYPE_CHECKING:
    from cec_client.async_engine import AsyncEngine
    from cec_client.flow import CallFlow
    from cec_client.media.events import MediaEvent


class AsyncLegs:
    """The media legs of one call, and what happens to them.

    Args:
        engine: Runs the call.
        flow: The call.
        wish: What media are wanted; `None` for none.
    """

    def __init__(self, engine: AsyncEngine, flow: CallFlow, wish: Wish | None) -> None:
        self._engine = engine
        self._flow = flow
        self._wish = wish
        self._follower: Follower | None = None
        self._events: list[MediaEvent] = []
        self._task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will happen, as far as is known."""
        return self._task is None

    def start(self) -> None:
        """Begin to follow the call."""
        if self._wish is not None:
            self._follower = Follower(self._flow, self._wish, self._engine.until, self._tell)
            self._task = asyncio.create_task(self._run(self._follower), name="cec-client media legs")

    def take_events(self) -> list[MediaEvent]:
        """Give what has happened since the last time."""
        events, self._events = self._events, []
        return events

    def hurry(self) -> None:
        """Wait for no answers from now on; for a program that must stop."""
        if self._follower is not None:
            self._follower.hurried = True

    async def close(self) -> None:
        """Wait until media have ended; the call must be over, or the engine closed."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self, follower: Follower) -> None:
        try:
            await follower.follow()
        finally:
            self._engine.settle(self._end)

    def _end(self) -> None:
        self._task = None

    def _tell(self, event: MediaEvent) -> None:
        self._engine.settle(lambda: self._events.append(event))
