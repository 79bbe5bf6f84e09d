"""Whether a case was judged fairly: a decision over what was measured while it ran (pure).

A machine that has too much to do answers late, and then a client looks late. What a client did right in spite of that
it did right; what it seems to have done wrong says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from cec_conformance.words import Words

if TYPE_CHECKING:
    from cec_client.protocol import Exchange, Trace

MOST_LAG: Final = 0.5
"""Seconds by which the emulator may be late: half of the narrowest margin of any rule."""

MOST_START: Final = 3.0
"""Seconds that the system may take to start a process, before it runs a single line of the client."""


class Measured(Struct, frozen=True):
    """What was measured while a case ran, in seconds.

    Attributes:
        lag: By how much the emulator's own loop was late at its worst.
        start: How long the system took to start the client.
    """

    lag: float = 0.0
    start: float = 0.0


def unfair(measured: Measured, trace: Trace) -> Words | None:
    """Say why a case says nothing against a client; `None` if it was judged fairly."""
    late = max([measured.lag, *map(_late, trace.exchanges)])
    if late > MOST_LAG:
        return Words(
            f"this machine was too slow: the judge was {late:.1f} s late (at most {MOST_LAG} s are fair); "
            "run fewer cases at a time with --jobs, or use a machine that is less busy",
            f"本机太慢：评判方迟了 {late:.1f} 秒（超过 {MOST_LAG} 秒则判定不公平）；"
            "请用 --jobs 减少并发，或换一台空闲的机器",
        )
    if measured.start > MOST_START:
        return Words(
            f"this machine was too slow: it took {measured.start:.1f} s to start a process (at most {MOST_START:g} s "
            "are fair); run fewer cases at a time with --jobs, or use a machine that is less busy",
            f"本机太慢：启动一个进程用了 {measured.start:.1f} 秒（超过 {MOST_START:g} 秒则判定不公平）；"
            "请用 --jobs 减少并发，或换一台空闲的机器",
        )
    return None


def _late(exchange: Exchange) -> float:
    """Give by how much an event came later than it was due, or than the poll that took it."""
    due = exchange.script.get("due")
    if not isinstance(due, float) or "altered" in exchange.script:
        return 0.0
    if exchange.answer_begun is None or exchange.request_complete is None:
        return 0.0
    return exchange.answer_begun - max(due, exchange.request_complete)
