"""Waiting for an exchange: a future that the recorder's news resolves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from mock_cec.control.finding import ended, meant

if TYPE_CHECKING:
    from mock_cec.control.shapes import WaitQuery
    from mock_cec.recording import Record
    from mock_cec.tenant import Tenant
    from mock_cec.waiting import Client


class Watch:
    """One wait for one exchange of a tenant.

    Attributes:
        found: The exchange, once it has come.
        ended: Whether the wait was ended because nothing can come any more.
    """

    def __init__(self, tenant: Tenant, asked: WaitQuery) -> None:
        self.found: Record | None = None
        self.ended = False
        self._tenant = tenant
        self._asked = asked
        self._waker: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def wait(self, seconds: float, client: Client) -> None:
        """Wait until it comes, the time is over, the client leaves, or nothing can come any more."""
        for record in self._tenant.recorder.records:
            self._look(record)
            if self.found is not None:
                return
        timer = asyncio.get_running_loop().call_later(seconds, self._wake)
        self._tenant.recorder.watchers.append(self._look)
        self._tenant.ending.add(self._end)
        try:
            await client.wait(self._waker)
        finally:
            timer.cancel()
            self._tenant.recorder.watchers.remove(self._look)
            self._tenant.ending.discard(self._end)

    def _look(self, record: Record) -> None:
        far_enough = self._asked.state == "begun" or ended(record)
        if self.found is None and far_enough and meant(record, self._asked, self._tenant):
            self.found = record
            self._wake()

    def _end(self) -> None:
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        if not self._waker.done():
            self._waker.set_result(None)
