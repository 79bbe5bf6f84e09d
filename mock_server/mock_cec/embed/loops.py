"""The hand on an event loop: tenants belong to the loop that serves them, tests live in threads and loops of their own.

While a server runs, whatever touches a tenant is handed to the server's loop. Without one the emulator is used in
process, as an ASGI application: then the caller's loop is the one that serves, and work is done in place.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cec_client.protocol import Signal

    from mock_cec.recording import Record, Recorder

T = TypeVar("T")

TURNS: Final = 30
"""Turns of the loop in which everything happens that can happen without time: a woken poll is answered within five."""


async def settle() -> None:
    """Let everything happen that can happen without time."""
    for _ in range(TURNS):
        await asyncio.sleep(0)


class Hand:
    """Does work where it may be done.

    Attributes:
        loop: The loop of the server; `None` while there is none.
    """

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._thread: int | None = None

    async def _hold(self) -> None:
        self._thread = threading.get_ident()

    def take(self, loop: asyncio.AbstractEventLoop) -> None:
        """Work in a server's loop from now on."""
        self.loop = loop
        self.wait(self._hold)

    def let_go(self) -> None:
        """Work in place from now on: the server has stopped."""
        self.loop = self._thread = None

    def do(self, work: Callable[[], T]) -> T:
        """Do something that takes no time, and give what comes of it."""
        if self.loop is None or threading.get_ident() == self._thread:
            return work()

        async def there() -> T:
            return work()

        return self.wait(there)

    def wait(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do something that may wait for the server, and block until it is done.

        Raises:
            RuntimeError: There is no server, or this is its own thread: nobody could do what is waited for.
        """
        if self.loop is None or threading.get_ident() == self._thread:
            raise RuntimeError("nothing can be waited for here: in process, await the method whose name ends in _async")
        future = asyncio.run_coroutine_threadsafe(work(), self.loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    async def wait_async(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do something that may wait for the server, or in process for the caller's own loop."""
        if self.loop is None:
            return await work()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work(), self.loop))


async def until(recorder: Recorder, look: Callable[[], T | None], timeout: float) -> T | None:  # noqa: ASYNC109
    """Look each time that a trace has changed, until there is something to be seen.

    Args:
        recorder: Whose trace it is.
        look: Gives what there is to be seen, or `None`.
        timeout: The real seconds after which `None` is given instead.
    """
    changed = asyncio.Event()

    def heard(_news: Record | Signal) -> None:
        changed.set()

    recorder.watchers.append(heard)
    recorder.listeners.append(heard)
    try:
        async with asyncio.timeout(timeout):
            await settle()
            while (seen := look()) is None:
                await changed.wait()
                changed.clear()
                await settle()
            return seen
    except TimeoutError:
        return None
    finally:
        recorder.watchers.remove(heard)
        recorder.listeners.remove(heard)
