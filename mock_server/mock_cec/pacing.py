"""The pace of the clock `auto`: hears when requests come and are answered, and moves time when `stepping` says so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mock_cec.stepping import QUIET, Advance, Situation, decide

if TYPE_CHECKING:
    from mock_cec.clock import AutoClock
    from mock_cec.recording import Record
    from mock_cec.tenant import Tenant


class Pace:
    """Has the time of a tenant step by itself, for as long as there is the tenant."""

    __slots__ = ("_clock", "_heard", "_open", "_tenant", "_timer")

    def __init__(self, tenant: Tenant, clock: AutoClock) -> None:
        self._tenant = tenant
        self._clock = clock
        self._open: set[Record] = set()
        self._heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        tenant.recorder.watchers.append(self._hear)
        tenant.ending.add(self._rest)

    def _hear(self, record: Record) -> None:
        """Take note of a request: it is told of twice, when it has come and when it is over."""
        self._open ^= {record}
        self._heard = asyncio.get_running_loop().time()
        if not self._open:
            self._rest()
        elif self._timer is None:
            self._look_after(QUIET)

    def _look(self) -> None:
        self._timer = None
        quiet = asyncio.get_running_loop().time() - self._heard
        decision = decide(Situation(len(self._open), self._tenant.waiting, quiet, self._clock.next_due()))
        if isinstance(decision, Advance):
            self._clock.advance_to(decision.to)
            self._look_after(QUIET)
        elif decision is not None:
            self._look_after(decision.after)

    def _look_after(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._look)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
