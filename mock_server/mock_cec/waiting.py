"""Waiting: held polls for their event, delayed answers for their time, and all of them for the loss of their client."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mock_cec.script import CallScript, Due, Hold, Nothing

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive

    from mock_cec.clock import Clock, Timer
    from mock_cec.scenario.plan import Step


class ClientGone(Exception):  # noqa: N818  (no fault of anybody's)
    """Raised when the client of a waiting request has closed its connection; nothing was taken from the script."""


class Client(Protocol):
    """The other end of a request, as far as it can be watched."""

    @property
    def gone(self) -> bool:
        """Whether the client is known to have gone away."""

    async def wait(self, waker: asyncio.Future[None]) -> None:
        """Wait until the future is done, or the client goes away."""

    async def cut(self, *, reset: bool) -> None:
        """End its connection, in order or with a reset, and wait until it has ended."""


class Connection(Protocol):
    """A connection that tells when it is lost; the server puts it into the scope.

    Attributes:
        on_loss: What to call then; a connection carries one request at a time.
    """

    on_loss: Callable[[], None] | None

    def is_closing(self) -> bool:
        """Say whether it is lost already."""

    def end(self, *, reset: bool) -> None:
        """End it when everything has been written, in order or with a reset."""


class ConnectedClient:
    """A client at the other end of a connection."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def gone(self) -> bool:
        """Whether the connection is lost."""
        return self._connection.is_closing()

    async def wait(self, waker: asyncio.Future[None]) -> None:
        """Wait until the future is done, or the connection is lost."""
        self._connection.on_loss = partial(_wake, waker)
        try:
            if not self.gone:
                await waker
        finally:
            self._connection.on_loss = None

    async def cut(self, *, reset: bool) -> None:
        """End its connection, in order or with a reset, and wait until it has ended."""
        if self.gone:
            return
        lost = asyncio.get_running_loop().create_future()
        self._connection.on_loss = partial(_wake, lost)
        self._connection.end(reset=reset)
        await lost


class AsgiClient:
    """A client of whom ASGI's `receive` tells alone, in process or behind another server.

    Its body has been read, so the next thing that `receive` can bring is the disconnect.
    """

    __slots__ = ("_receive", "gone")

    def __init__(self, receive: Receive) -> None:
        self.gone = False
        self._receive = receive

    async def wait(self, waker: asyncio.Future[None]) -> None:
        """Wait until the future is done, or the disconnect has been received."""
        watcher = asyncio.ensure_future(self._disconnect())
        watcher.add_done_callback(lambda _: _wake(waker))
        try:
            await waker
        finally:
            self.gone = watcher.done()
            watcher.cancel()

    async def cut(self, *, reset: bool) -> None:
        """Do nothing: there is no connection here that could end."""

    async def _disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass


class WaitingRoom:
    """Wakes the held polls of a session when the script has something for them; one timer serves them all.

    Attributes:
        watcher: Whom to call, beside the polls, whenever the script may have changed: the media call, if there is one.
    """

    __slots__ = ("_clock", "_script", "_timer", "_wakers", "watcher")

    def __init__(self, script: CallScript, clock: Clock) -> None:
        self.watcher: Callable[[], None] | None = None
        self._script = script
        self._clock = clock
        self._timer: Timer | None = None
        self._wakers: dict[Hold, asyncio.Future[None]] = {}

    def __len__(self) -> int:
        """Count the polls that are held."""
        return len(self._wakers)

    @property
    def waiting(self) -> int:
        """How many of them wait on, and have not been woken."""
        return sum(not waker.done() for waker in self._wakers.values())

    def look(self) -> None:
        """Wake the polls that have something to collect, and set the timer for the next ones."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.watcher is not None:
            self.watcher()
        if not self._wakers:
            return
        now = self._clock.now()
        for hold in self._script.ready(now):
            if hold in self._wakers:
                _wake(self._wakers[hold])
        due = self._script.next_due()
        if due is not None and due > now:
            self._timer = self._clock.call_at(due, self.look)

    def close(self) -> None:
        """Let every held poll end now, without an event."""
        self._script.end_polls(self._clock.now())
        self.look()

    async def answer(self, hold: Hold, client: Client) -> Due | Step | None:
        """Wait until a poll can be answered; what is returned has to be written at once.

        Returns:
            The event, the failure that somebody wished, or `None` for an answer without an event.

        Raises:
            ClientGone: The client went away.
        """
        try:
            while (taken := self._take(hold, client)) is Nothing.NOT_YET:
                await self._wait(hold, client)
        except (ClientGone, asyncio.CancelledError):
            self._script.leave(hold, self._clock.now())
            raise
        finally:
            self.look()
        return None if isinstance(taken, Nothing) else taken

    def _take(self, hold: Hold, client: Client) -> Due | Step | Nothing:
        if client.gone:
            raise ClientGone
        return self._script.collect(hold, self._clock.now())

    async def _wait(self, hold: Hold, client: Client) -> None:
        waker = self._wakers[hold] = asyncio.get_running_loop().create_future()
        self.look()
        try:
            await client.wait(waker)
        finally:
            del self._wakers[hold]


class Pauses:
    """Answers that are to come later."""

    __slots__ = ("_clock", "_wakers")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wakers: set[asyncio.Future[None]] = set()

    @property
    def waiting(self) -> int:
        """How many wait on, and have not been woken."""
        return sum(not waker.done() for waker in self._wakers)

    async def wait(self, seconds: float, client: Client) -> bool:
        """Wait so many seconds.

        Returns:
            Whether they have passed; `False` if all pauses were ended.

        Raises:
            ClientGone: The client went away first.
        """
        waker = asyncio.get_running_loop().create_future()
        timer = self._clock.call_at(self._clock.now() + seconds, partial(_wake, waker))
        try:
            return await self._wait(waker, client)
        finally:
            timer.cancel()

    async def forever(self, client: Client) -> None:
        """Wait until all pauses are ended.

        Raises:
            ClientGone: The client went away first.
        """
        await self._wait(asyncio.get_running_loop().create_future(), client)

    def close(self) -> None:
        """End every pause now."""
        for waker in self._wakers:
            _wake(waker)
        self._wakers.clear()

    async def _wait(self, waker: asyncio.Future[None], client: Client) -> bool:
        self._wakers.add(waker)
        try:
            await client.wait(waker)
            passed = waker in self._wakers
        finally:
            self._wakers.discard(waker)
        if client.gone:
            raise ClientGone
        return passed


def _wake(waker: asyncio.Future[None]) -> None:
    if not waker.done():
        waker.set_result(None)
