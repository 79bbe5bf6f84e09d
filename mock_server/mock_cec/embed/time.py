"""A tenant's time, as a test sees it: it can be read, and moved on where it is stepped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_cec.clock import SteppedClock
from mock_cec.embed.loops import settle
from mock_cec.scenario.durations import seconds as read

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.clock import Clock
    from mock_cec.embed.loops import Hand


class MockTime:
    """The time of a tenant; every method may be called from any thread.

    Args:
        hand: Reaches the loop in which the tenant lives.
        clock: Gives the tenant's clock.
    """

    def __init__(self, hand: Hand, clock: Callable[[], Clock]) -> None:
        self._hand = hand
        self._clock = clock

    def now(self) -> float:
        """Give the seconds since the tenant began, or was reset."""
        return self._hand.do(lambda: self._clock().now())

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

    def _stepped(self) -> SteppedClock:
        clock = self._clock()
        if not isinstance(clock, SteppedClock):
            raise RuntimeError('this clock runs by itself; clock="stepped" makes one that can be moved')  # noqa: TRY004
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
        clock.move_to(due)
        await settle()
    clock.move_to(end)
    await settle()
