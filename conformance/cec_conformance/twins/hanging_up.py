"""The faulty twins of the rules on hanging up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, EventId

from cec_conformance.twins.original import OUTCOMES, Original

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from cec_conformance.twins.original import Answer


class LeavesWithoutAWord(Original):
    """Stops polling when the user hangs up, and tells nobody."""

    async def drop(self) -> str:
        return "hung_up"


class CleansUp(Original):
    """Drops right after the login."""

    async def first_login(self) -> None:
        await super().first_login()
        await self.exchange(Endpoint.DROP)


class WaitsForThePoll(Original):
    """Drops when no poll waits for its answer."""

    def __init__(self, environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(environment, transport)
        self.idle = asyncio.Event()

    async def exchange(self, endpoint: Endpoint) -> Answer:
        if endpoint is Endpoint.EVENTS:
            self.idle.clear()
        try:
            return await super().exchange(endpoint)
        finally:
            self.idle.set()

    async def drop(self) -> str:
        await self.idle.wait()
        return await super().drop()


class DropsTwice(Original):
    """Drops once more after the drop that succeeded."""

    async def drop(self) -> str:
        outcome = await super().drop()
        if outcome == "hung_up":
            await self.exchange(Endpoint.DROP)
        return outcome


class DropsTheDead(Original):
    """Drops three times after the call was released."""

    async def polled(self, answer: Answer) -> str | None:
        outcome = await super().polled(answer)
        if outcome == OUTCOMES[EventId.RELEASED] and self._hanging_up is None:
            for _ in range(3):
                await self.exchange(Endpoint.DROP)
        return outcome


class DropsForEver(Original):
    """Repeats a drop until it succeeds."""

    async def drop(self) -> str:
        outcome = "error"
        while outcome == "error":
            outcome = await super().drop()
        return outcome


class DropsOnTransfer(Original):
    """Drops the call when it is transferred."""

    async def happened(self, event: int | None, answer: Answer) -> None:
        await super().happened(event, answer)
        if event == EventId.TRANSFERRED:
            await self.exchange(Endpoint.DROP)


TWINS: Final[dict[str, type[Original]]] = {
    "C-DROP-01": LeavesWithoutAWord,
    "C-DROP-02": CleansUp,
    "C-DROP-03": WaitsForThePoll,
    "C-DROP-04": DropsTwice,
    "C-DROP-05": DropsTheDead,
    "C-DROP-06": DropsForEver,
    "C-DROP-07": DropsOnTransfer,
}
"""Each twin by the rule that it breaks."""
