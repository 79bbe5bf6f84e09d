"""The asynchronous driver: tasks that do on the wire what the session says should be under way.

It decides nothing. At every change it starts requests, aborts those that vanished and sets the one timer; whoever
waits for something is woken then. What nobody foresaw closes the engine, so that nobody waits for ever. Time is the
event loop's, so that a loop with its own works. `engine` is its twin.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from cec_client.answers import Answer, NetworkFailed
from cec_client.errors import ClientClosed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cec_client.async_wire import AsyncWire
    from cec_client.requests import Errand, Request
    from cec_client.session import Session

T = TypeVar("T")


class AsyncEngine:
    """Runs a session over a wire, on the event loop it is first used on.

    Args:
        session: What to do.
        wire: How to do it.
    """

    def __init__(self, session: Session, wire: AsyncWire) -> None:
        self.session = session
        self.closed = False
        self._wire = wire
        self._changed = asyncio.Event()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._trouble: Exception | None = None

    def change(self, action: Callable[[float], T]) -> T:
        """Let something happen to the session: `action` gets the time.

        Raises:
            ClientClosed: The engine was closed.
        """
        if self.closed:
            raise self._refusal()
        result = action(self._now())
        self._follow()
        return result

    async def until(self, ready: Callable[[], bool]) -> None:
        """Wait until something has become true, looking at every change.

        Raises:
            ClientClosed: The engine was closed before.
        """
        while not ready():
            if self.closed:
                raise self._refusal()
            await self._changed.wait()

    def settle(self, action: Callable[[], None]) -> None:
        """Let something end, be the engine closed or not."""
        action()
        if self.closed:
            self._announce()
        else:
            self._follow()

    async def perform(self, errand: Errand | None) -> Answer:
        """Run one errand, or the login if it is `None`, and wait for its answer.

        Raises:
            ClientClosed: The engine was closed before there was one.
        """
        answers: list[Answer] = []

        def told(answer: Answer, _now: float) -> None:
            answers.append(answer)

        session = self.session
        ask = session.log_in if errand is None else lambda then, now: session.ask(errand, then, now)
        ticket = self.change(lambda now: ask(told, now))
        try:
            await self.until(lambda: bool(answers))
        finally:
            self.settle(lambda: session.withdraw(ticket))
        return answers[0]

    async def close(self) -> None:
        """Abort what is under way and wait until no task is left."""
        self._shut()
        try:
            await asyncio.gather(*self._workers, return_exceptions=True)
        finally:
            await self._wire.close()

    # Inside

    def _shut(self) -> None:
        self.closed = True
        self._set_timer(None)
        for serial in list(self._tasks):
            self._tasks.pop(serial).cancel()
        self._announce()

    @contextmanager
    def _closed_by_trouble(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody may be waiting
            self._trouble = error
            self._shut()

    def _refusal(self) -> ClientClosed:
        if self._trouble is None:
            return ClientClosed("this client is closed; make a new one")
        refusal = ClientClosed(f"this client had to stop ({self._trouble!r}); make a new one")
        refusal.__cause__ = self._trouble
        return refusal

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _tick(self) -> None:
        with self._closed_by_trouble():
            self.session.tick(self._now())
            self._follow()

    def _follow(self) -> None:
        """Start what should be under way, abort what should not, and wake whoever waits."""
        wanted = {request.serial: request for request in self.session.outstanding}
        for serial in self._tasks.keys() - wanted.keys():
            self._tasks.pop(serial).cancel()
        for serial, request in wanted.items():
            if serial not in self._tasks:
                self._start(request)
        self._set_timer(self.session.wake_at)
        self._announce()

    def _start(self, request: Request) -> None:
        task = asyncio.create_task(self._carry(request), name=f"cec-client {request.endpoint.value}")
        self._tasks[request.serial] = task
        self._workers.add(task)
        task.add_done_callback(self._workers.discard)

    async def _carry(self, request: Request) -> None:
        try:
            answer = await self._wire.exchange(request)
        except Exception as error:  # noqa: BLE001 - a broken transport must end the call, not leave it waiting for ever
            answer = NetworkFailed(request.endpoint, error)
        if self._tasks.pop(request.serial, None) is not None:
            with self._closed_by_trouble():
                self.session.answered(request.serial, answer, self._now())
                self._follow()

    def _set_timer(self, wake_at: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if wake_at is None else asyncio.get_running_loop().call_at(wake_at, self._tick)

    def _announce(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
