"""Knowing one's own signal again: a tone, or a picture, that goes in steps nobody else takes.

Packets that come back prove no echo; somebody else may have sent them. So what is sent changes every fraction of a
second, by a random walk over a few symbols. Whoever hears four steps of it in a row, in its order, hears himself: by
chance that happens once in some forty tries.
"""

from __future__ import annotations

import statistics
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

ENOUGH: Final = 4
"""Steps in a row that make an echo."""

LENGTH: Final = 12
"""Steps until the walk begins anew."""


@dataclass(frozen=True, slots=True)
class Walk:
    """In which order symbols are sent, over and over.

    Attributes:
        order: The symbols; no two neighbours are the same, nor are the last and the first.
        step: Seconds that each lasts.
    """

    order: tuple[int, ...]
    step: float

    def at(self, seconds: float) -> int:
        """Give the symbol that is sent so long after the start."""
        return self.order[int(seconds / self.step + 1e-6) % len(self.order)]


def random_walk(symbols: int, step: float, random: Random) -> Walk:
    """Draw a walk over so many symbols, three or more."""
    order = [random.randrange(symbols)]
    while len(order) < LENGTH - 1:
        order.append(random.choice([symbol for symbol in range(symbols) if symbol != order[-1]]))
    order.append(random.choice([symbol for symbol in range(symbols) if symbol not in (order[-1], order[0])]))
    return Walk(tuple(order), step)


class Ear:
    """Hears symbols, and tells whether they are those of a walk.

    Args:
        walk: What is sent.
        sure: How many times in a row a symbol must be heard to count: transitions sound like anything.

    Attributes:
        recognised: Whether four steps in a row were heard as they are sent.
    """

    def __init__(self, walk: Walk, sure: int) -> None:
        self.recognised = False
        self._walk = walk
        self._sure = sure
        self._began: float | None = None
        self._candidate: int | None = None
        self._since = 0.0
        self._times = 0
        self._heard: deque[int] = deque(maxlen=ENOUGH)
        self._delays: deque[float] = deque(maxlen=64)

    def begin(self, now: float) -> None:
        """The walk begins to be sent."""
        self._began = now

    def hear(self, symbol: int | None, now: float) -> None:
        """Hear a symbol, or something that is none."""
        if symbol != self._candidate:
            self._candidate, self._since, self._times = symbol, now, 0
        self._times += 1
        if symbol is not None and self._times == self._sure and (not self._heard or self._heard[-1] != symbol):
            self._heard.append(symbol)
            self._compare()

    @property
    def delay(self) -> float | None:
        """Seconds from sending a step to hearing it, the median; `None` if nothing was recognised."""
        return statistics.median(self._delays) if self._delays else None

    def _compare(self) -> None:
        """Look for what was heard in the walk; where it fits twice, it was sent the later time."""
        order, size = self._walk.order, len(self._walk.order)
        if self._began is None or len(self._heard) < ENOUGH:
            return
        ends = [
            place
            for place in range(size)
            if all(order[(place - back) % size] == self._heard[-1 - back] for back in range(ENOUGH))
        ]
        if ends:
            self.recognised = True
            step = self._walk.step
            ago = (
                self._since - self._began + step
            )  # one more, as clocks are not exact and nothing is heard before it is sent
            self._delays.append(min((ago - place * step) % (size * step) for place in ends) - step)
