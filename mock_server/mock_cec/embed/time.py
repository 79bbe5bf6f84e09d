"""A tenant's time, as a test sees it: it can be read, and moved on where it is stepped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mock_cec.clock import SteppedClock
from mock_cec.embed.loops import settle
from mock_cec.scenario.durations import seconds as read

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.embed.loops import Hand
    from mock_cec.recording import Record, Recorder
    from mock_cec.tenant import Tenant

Result_co = TypeVar("Result_co", covariant=True)


class Running(Protocol[Result_co]):
    """What is going on: a future of `concurrent.futures`, or a task or future of asyncio."""

    def done(self) -> bool:
        """Say whether it has ended."""

    def result(self) -> Result_co:
        """Give what came of it."""

    def add_done_callback(self, callback: Callable[[Any], object], /) -> None:
        """Have something called when it has ended."""


class MockTime:
    """The time of a tenant; every method may be called from any thread.

    Args:
        hand: Reaches the loop in which the tenant lives.
        tenant: Gives the tenant.
    """

    def __init__(self, hand: Hand, tenant: Callable[[], Tenant]) -> None:
        self._hand = hand
        self._tenant = tenant

    def now(self) -> float:
        """Give the seconds since the tenant began, or was reset."""
        return self._hand.do(self._tenant().clock.now)

    def advance(self, by: float | str) -> None:
        """Move stepped time on; when this returns, everybody has been answered whose time has come.

        Each thing happens at its own time and in order, however far time is moved.

        Args:
            by: Seconds, or a duration such as `25s` or `1h`.

        Raises:
            ValueError: This is no duration, or it leads backwards.
            RuntimeError: The tenant's clock runs by itself; or the emulator is used in process: see `advance_async`.
        """
        duration, clock = _duration(by), self._stepped()
        self._hand.wait(lambda: _advance(clock, duration))

    async def advance_async(self, by: float | str) -> None:
        """Do the same as `advance` without blocking this loop; in process it is the only way.

        Raises:
            ValueError: This is no duration, or it leads backwards.
            RuntimeError: The tenant's clock runs by itself.
        """
        duration, clock = _duration(by), self._stepped()
        await self._hand.wait_async(lambda: _advance(clock, duration))

    def play(self, until: Running[Result_co], timeout: float = 30.0) -> Result_co:
        """Move stepped time on until something has ended, from one due thing to the next while a request waits.

        Time stands still while the client is at work, so that what a client does between two answers takes none.

        Args:
            until: What is to end, such as the future of a thread in which a client places its call.
            timeout: Real seconds.

        Returns:
            What came of it.

        Raises:
            TimeoutError: It has not ended in time.
            RuntimeError: The tenant's clock runs by itself; or the emulator is used in process: see `play_async`.
        """
        clock, recorder = self._stepped(), self._tenant().recorder
        self._hand.wait(lambda: _play(clock, recorder, until, timeout))
        return until.result()

    async def play_async(self, until: Running[Result_co], timeout: float = 30.0) -> Result_co:  # noqa: ASYNC109
        """Do the same as `play` without blocking this loop.

        Raises:
            TimeoutError: It has not ended in time.
            RuntimeError: The tenant's clock runs by itself.
        """
        clock, recorder = self._stepped(), self._tenant().recorder
        await self._hand.wait_async(lambda: _play(clock, recorder, until, timeout))
        return until.result()

    def _stepped(self) -> SteppedClock:
        clock = self._tenant().clock
        if not isinstance(clock, SteppedClock):
            raise RuntimeError('this clock is real; clock="stepped" makes one that can be moved')  # noqa: TRY004
        return clock


def _duration(by: float | str) -> float:
    duration = read(by) if isinstance(by, str) else float(by)
    if not 0 <= duration < float("inf"):
        raise ValueError(f"time moves on by seconds from 0, not by {by!r}")
    return duration


async def _advance(clock: SteppedClock, duration: float) -> None:
    """Move time on, timer by timer; after each, whoever was woken is answered before time goes on."""
    await settle()
    end = clock.now() + duration
    while (due := clock.next_due()) is not None and due <= end:
        clock.advance_to(due)
        await settle()
    clock.advance_to(end)
    await settle()


async def _play(clock: SteppedClock, recorder: Recorder, until: Running[object], timeout: float) -> None:  # noqa: ASYNC109
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def heard(_record: Record) -> None:
        changed.set()

    recorder.watchers.append(heard)
    until.add_done_callback(lambda _: loop.call_soon_threadsafe(changed.set))
    try:
        async with asyncio.timeout(timeout):
            while not until.done():
                changed.clear()
                await settle()
                due = clock.next_due()
                if due is not None and any(not record.complete for record in recorder.records):
                    clock.advance_to(due)
                else:
                    await changed.wait()
    except TimeoutError as error:
        raise TimeoutError(f"it has not ended within {timeout:g} s, at {clock.now():g} s of stepped time") from error
    finally:
        recorder.watchers.remove(heard)
