"""An event loop in virtual time: whenever nothing is left to do, its clock jumps to the next timer.

Everything that asks the loop for the time or sleeps in it, which is all that asyncio does, lives in that time.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

T = TypeVar("T")


class Standstill(RuntimeError):  # noqa: N818  (its name says what is wrong)
    """Raised when everybody waits and nothing is due: in virtual time that would last for ever."""


class _JumpingSelector(selectors.BaseSelector):
    """A selector that does not wait but moves the clock; files are looked at, for the loop wakes itself by one."""

    def __init__(self) -> None:
        self.now = 0.0
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = self._real.select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise Standstill("everybody waits and nothing is due")
        self.now += timeout
        return []

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:  # noqa: ANN401  (as in selectors)
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:  # noqa: ANN401  (as in selectors)
        return self._real.unregister(fileobj)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time starts at 0 and jumps."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Give the virtual seconds since it was made."""
        return self._jumping.now


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run something in virtual time, to its end.

    Raises:
        Standstill: It waits for something that can never come.
    """
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)


class LoopClock:
    """The emulator's clock on such a loop: the loop's own time.

    Attributes:
        started: Wall-clock time of second 0, in seconds since 1970.
    """

    def __init__(self, started: float) -> None:
        self.started = started

    def now(self) -> float:
        """Give the seconds since the loop was made."""
        return asyncio.get_running_loop().time()

    def call_at(self, when: float, callback: Any) -> asyncio.TimerHandle:  # noqa: ANN401  (as in asyncio)
        """Have a callback run at a time of the loop."""
        return asyncio.get_running_loop().call_at(when, callback)
