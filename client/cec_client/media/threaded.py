"""The media leg for programs without an event loop: `AsyncMediaCall` in a thread of its own, as aiortc wants a loop."""

from __future__ import annotations

import asyncio
import queue
import threading
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from cec_client.media.calling import AsyncMediaCall
from cec_client.media.events import MediaEnded
from cec_client.media.statistics import MediaStatistics

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cec_client.events import Gateway
    from cec_client.media.events import MediaEvent
    from cec_client.media.policy import MediaPolicy

T = TypeVar("T")

LOOK: Final = 0.1
"""Seconds after which a thread that waits for another looks whether that one is still there."""


class MediaCall:
    """What `AsyncMediaCall` does, for programs without an event loop: it runs in a thread of its own.

    A context manager, and an iterator over what happens. Any thread may hang up.

    Args:
        gateway: Where to, as `Connected` says it (guide §5 step 4).
        video: Whether to offer video as well.
        verify: Whether to check certificates; a path names a file of authorities.
        trust_env: Whether proxies and certificates are taken from the environment.
        policy: Time limits.
    """

    def __init__(
        self,
        gateway: Gateway,
        *,
        video: bool = False,
        verify: bool | str = True,
        trust_env: bool = True,
        policy: MediaPolicy | None = None,
    ) -> None:
        self._make = partial(AsyncMediaCall, gateway, video=video, verify=verify, trust_env=trust_env, policy=policy)
        self._events: queue.SimpleQueue[MediaEvent | None] = queue.SimpleQueue()
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._call: AsyncMediaCall | None = None
        self._statistics = MediaStatistics()
        self._thread = threading.Thread(target=self._run, name="cec-client media", daemon=True)

    def __enter__(self) -> Self:
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.hang_up()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> MediaEvent:
        """Wait for the next event."""
        self._begin()
        event = self._events.get()
        if event is None:
            self._events.put(None)
            raise StopIteration
        return event

    def hang_up(self) -> None:
        """Hang up and wait until it is over."""
        if self._thread.ident is not None:
            self._within(lambda call: call.hang_up())
            self._thread.join()

    def statistics(self) -> MediaStatistics:
        """Count what came of the media so far, or of those that have ended."""
        return self._within(lambda call: call.statistics()) or self._statistics

    # Inside

    def _within(self, work: Callable[[AsyncMediaCall], Coroutine[Any, Any, T]]) -> T | None:
        """Do something in the call's own thread; `None` if the call has ended, or has not begun."""
        if self._thread.ident is None:
            return None
        self._ready.wait()
        loop, call = self._loop, self._call
        if loop is None or call is None or loop.is_closed():
            return None
        asking = work(call)
        try:
            answer = asyncio.run_coroutine_threadsafe(asking, loop)
        except RuntimeError:  # it has ended meanwhile, and its loop with it
            asking.close()
            return None
        while self._thread.is_alive():  # a loop that is about to end may never come to it
            with suppress(TimeoutError, CancelledError):
                return answer.result(LOOK)
        return None

    def _begin(self) -> None:
        if self._thread.ident is None:
            self._thread.start()

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        finally:
            self._ready.set()
            self._events.put(None)

    async def _main(self) -> None:
        self._loop, self._call = asyncio.get_running_loop(), self._make()
        self._ready.set()
        async with self._call as call:
            async for event in call:
                self._events.put(event)
                if isinstance(event, MediaEnded):
                    self._statistics = event.statistics
