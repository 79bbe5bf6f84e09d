"""The synchronous driver: threads that do on the wire what the session says should be under way.

It decides nothing. One thread starts requests, aborts those that vanished and wakes the session; each request waits in
a thread of its own. Everything that touches the session happens under one lock, and whoever waits for something is
woken at every change. What nobody foresaw closes the engine, so that nobody waits for ever. `async_engine` is its twin.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from cec_client.answers import Answer, NetworkFailed
from cec_client.errors import ClientClosed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cec_client.requests import Errand, Request
    from cec_client.session import Session
    from cec_client.wire import Lane, Wire

T = TypeVar("T")

GRACE = 1.0
"""Seconds to wait, on closing, for what cannot be aborted: a connection being made, somebody else's transport."""


class Engine:
    """Runs a session over a wire.

    Args:
        session: What to do.
        wire: How to do it.
    """

    def __init__(self, session: Session, wire: Wire) -> None:
        self.session = session
        self.closed = False
        self._wire = wire
        self._changed = threading.Condition(threading.RLock())
        self._driver: threading.Thread | None = None
        self._lanes: dict[int, Lane] = {}
        self._workers: dict[threading.Thread, Lane] = {}
        self._trouble: Exception | None = None

    def change(self, action: Callable[[float], T]) -> T:
        """Let something happen to the session: `action` gets the time, and nobody else is at it meanwhile.

        Raises:
            ClientClosed: The engine was closed.
        """
        with self._changed:
            if self.closed:
                raise self._refusal()
            result = action(time.monotonic())
            self._start_driver()
            self._changed.notify_all()
            return result

    def until(self, ready: Callable[[], bool]) -> None:
        """Wait until something has become true, looking at every change.

        Raises:
            ClientClosed: The engine was closed before.
        """
        with self._changed:
            self._changed.wait_for(lambda: ready() or self.closed)
            if not ready():
                raise self._refusal()

    def settle(self, action: Callable[[], None]) -> None:
        """Let something end, be the engine closed or not."""
        with self._changed:
            action()
            self._changed.notify_all()

    def perform(self, errand: Errand | None) -> Answer:
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
            self.until(lambda: bool(answers))
        finally:
            with self._changed:
                session.withdraw(ticket)
                self._changed.notify_all()
        return answers[0]

    def close(self) -> None:
        """Abort what is under way and wait until no thread is left but those, if any, that are just connecting.

        Nothing can abort these; they are waited for a moment, and then left to find that nobody wants them any more.
        """
        with self._changed:
            self._shut()
            workers = dict(self._workers)
        if not self._wire.abortable:
            self._wire.close()  # the one way to end what it holds
        deadline = time.monotonic() + GRACE
        for thread, lane in workers.items():
            cut = self._wire.abortable and lane.connected
            thread.join(None if cut else max(0.0, deadline - time.monotonic()))
        if self._driver is not None:
            self._driver.join()
        self._wire.close()

    # Inside: all of it under the lock, except the exchange itself

    def _start_driver(self) -> None:
        if self._driver is None:
            driver = threading.Thread(target=self._drive, name="cec-client", daemon=True)
            driver.start()
            self._driver = driver

    def _shut(self) -> None:
        self.closed = True
        for serial in list(self._lanes):
            self._lanes.pop(serial).abort()
        self._changed.notify_all()

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

    def _drive(self) -> None:
        with self._changed, self._closed_by_trouble():
            while not self.closed:
                self.session.tick(time.monotonic())
                self._follow()
                wake_at = self.session.wake_at
                self._changed.notify_all()
                self._changed.wait(None if wake_at is None else max(0.0, wake_at - time.monotonic()))

    def _follow(self) -> None:
        """Start what should be under way, abort what should not."""
        wanted = {request.serial: request for request in self.session.outstanding}
        for serial in self._lanes.keys() - wanted.keys():
            self._lanes.pop(serial).abort()
        for serial, request in wanted.items():
            if serial not in self._lanes:
                self._start(request)

    def _start(self, request: Request) -> None:
        lane = self._lanes[request.serial] = self._wire.take()
        name = f"cec-client {request.endpoint.value}"
        worker = threading.Thread(target=self._carry, args=(request, lane), name=name, daemon=True)
        worker.start()
        self._workers[worker] = lane

    def _carry(self, request: Request, lane: Lane) -> None:
        try:
            answer = self._wire.exchange(request, lane)
        except Exception as error:  # noqa: BLE001 - a broken transport must end the call, not leave it waiting for ever
            answer = NetworkFailed(request.endpoint, error)
        with self._changed, self._closed_by_trouble():
            self._workers.pop(threading.current_thread(), None)
            self._wire.give_back(lane)
            if self._lanes.pop(request.serial, None) is not None:
                self.session.answered(request.serial, answer, time.monotonic())
            self._changed.notify_all()
