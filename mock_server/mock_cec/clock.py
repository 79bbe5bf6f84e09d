"""Clocks: time is a value that is passed in, and this is the only file that reads it.

A clock counts seconds from its own start. `RealClock` runs with the event loop, faster if it is told so; `SteppedClock`
moves only when it is told to, which makes hours testable in milliseconds; `AutoClock` is told to by `mock_cec.pacing`.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Final, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

ClockKind = Literal["real", "auto", "stepped"]
"""The kinds of clock that can be asked for."""

STEPPED_START: Final = datetime(2024, 8, 19, tzinfo=UTC).timestamp()
"""The wall-clock time at which stepped time starts: the day the guide was issued."""


class Timer(Protocol):
    """A callback that is due, and can still be called off."""

    def cancel(self) -> None:
        """Call it off; harmless if it has already run."""


class Clock(Protocol):
    """What the emulator knows of time.

    Attributes:
        started: Wall-clock time of second 0, in seconds since 1970.
    """

    started: float

    def now(self) -> float:
        """Give the seconds since the clock's start."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Have a callback run at a time of this clock, in seconds; at once if that has passed."""


class RealClock:
    """Time as it passes, or `speed` times as fast; it starts when it is made."""

    def __init__(self, speed: float = 1.0) -> None:
        self.started = time.time()
        self.speed: Final = speed
        self._zero = time.monotonic()

    def now(self) -> float:
        """Give the seconds since the clock's start."""
        return (time.monotonic() - self._zero) * self.speed

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Have a callback run by the running event loop."""
        loop = asyncio.get_running_loop()
        return loop.call_at(self._zero + when / self.speed, callback)


class SteppedClock:
    """Time that stands still until `advance` moves it."""

    def __init__(self) -> None:
        self.started = STEPPED_START
        self._now = 0.0
        self._order = count()
        self._due: list[tuple[float, int, _Stepped]] = []

    def now(self) -> float:
        """Give the seconds since the clock's start."""
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Have a callback run when the clock is moved to that time or past it."""
        timer = _Stepped(callback)
        heapq.heappush(self._due, (when, next(self._order), timer))
        return timer

    def next_due(self) -> float | None:
        """Give the time of the next callback; `None` if nothing is due."""
        while self._due and self._due[0][2].callback is None:
            heapq.heappop(self._due)
        return self._due[0][0] if self._due else None

    def advance(self, seconds: float) -> None:
        """Move time on; each callback that becomes due runs at its own time, in order."""
        self.advance_to(self._now + seconds)

    def advance_to(self, end: float) -> None:
        """Move time on to a moment, in seconds; time never goes back."""
        while (due := self.next_due()) is not None and due <= end:
            timer = heapq.heappop(self._due)[2]
            self._now = max(self._now, due)
            if timer.callback is not None:
                timer.callback()
        self._now = max(self._now, end)


class AutoClock(SteppedClock):
    """Stepped time that steps by itself as well, once everybody who is there waits for it (`mock_cec.stepping`)."""


class _Stepped:
    """A timer of a `SteppedClock`."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


def clock(kind: ClockKind, speed: float = 1.0) -> Clock:
    """Make a clock; only real time has a speed."""
    if kind == "real":
        return RealClock(speed)
    return AutoClock() if kind == "auto" else SteppedClock()
