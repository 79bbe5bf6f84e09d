"""Letting everything happen that can happen without time, and moving a stepped clock moment by moment.

A callback that becomes due wakes a task; the task writes an answer and may set a new timer, whose time may lie within
the same step. So time stops at each moment at which something is due, and goes on when the event loop has had its turns
and nothing has come of the last of them.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from mock_cec.clock import SteppedClock

if TYPE_CHECKING:
    from mock_cec.recording import Record
    from mock_cec.tenant import Tenant

TURNS: Final = 12
"""How many turns of the event loop without news of the tenant are quiet: a woken poll is answered within three, and a
client in the same loop takes up to ten to read its answer and send its next request."""

MOST_ROUNDS: Final = 200
"""After so many rounds with news a client is taken for one that never pauses."""


async def settle(tenant: Tenant) -> None:
    """Let everything happen to a tenant that can happen without time."""
    news = _News(tenant)
    tenant.recorder.watchers.append(news.hear)
    try:
        for _ in range(MOST_ROUNDS):
            before = news.state()
            for _ in range(TURNS):
                await asyncio.sleep(0)
            if news.state() == before:
                return
    finally:
        tenant.recorder.watchers.remove(news.hear)


async def advance(tenant: Tenant, clock: SteppedClock, end: float) -> None:
    """Move a tenant's clock on to a moment; all that became due by then has been answered when this returns."""
    await settle(tenant)
    while (due := clock.next_due()) is not None and due <= end:
        clock.advance_to(due)
        await settle(tenant)
    clock.advance_to(end)
    await settle(tenant)


class _News:
    """Counts what has begun and what has ended, and knows when the tenant has something to do next."""

    def __init__(self, tenant: Tenant) -> None:
        self._clock = tenant.clock
        self._heard = 0

    def hear(self, _record: Record) -> None:
        self._heard += 1

    def state(self) -> tuple[int, float | None]:
        return self._heard, self._clock.next_due() if isinstance(self._clock, SteppedClock) else None
