"""The faulty twins of the rules on long polling (guide §5 step 4)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cec_client.protocol import Endpoint, EventId

from cec_conformance.twins.original import Answer, Ended, Original

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cec_client.events import Gateway


class TakesForTheEnd(Original):
    """Stops at an event after which the call goes on."""

    ends: ClassVar[Collection[int]] = ()

    async def polled(self, answer: Answer) -> str | None:
        outcome = await super().polled(answer)
        return "error" if outcome is None and answer.ok and answer.event in self.ends else outcome


class StopsWhenQueued(TakesForTheEnd):
    """Takes “in queue” for the end."""

    ends = (EventId.QUEUED,)


class StopsWhenConnected(TakesForTheEnd):
    """Has what it wants once it is connected."""

    ends = (EventId.CONNECTED,)


class StopsWhenTransferred(TakesForTheEnd):
    """Takes a transfer for a release."""

    ends = (EventId.TRANSFERRED,)


class StopsAtUnknownEvents(Original):
    """Knows the events of the guide, and no others."""

    async def happened(self, event: int | None, answer: Answer) -> None:
        if event is not None and event not in set(EventId):
            raise Ended("error")
        await super().happened(event, answer)


class StopsAtThirdEmptyPoll(Original):
    """Loses heart when nothing happens three times in a row."""

    empty = 0

    async def polled(self, answer: Answer) -> str | None:
        outcome = await super().polled(answer)
        self.empty = self.empty + 1 if answer.ok and answer.event is None else 0
        return "error" if self.empty == 3 else outcome  # noqa: PLR2004


class PollsAfterTheEnd(Original):
    """Polls once more after an event that ends the call."""

    after: ClassVar[int] = 0

    async def polled(self, answer: Answer) -> str | None:
        outcome = await super().polled(answer)
        if answer.event == self.after:
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self.exchange(Endpoint.EVENTS)
        return outcome


class PollsAfterRelease(PollsAfterTheEnd):
    """Polls once more after the release."""

    after = EventId.RELEASED


class PollsAfterQueueTimeout(PollsAfterTheEnd):
    """Polls once more after the queue timed out."""

    after = EventId.QUEUE_TIMEOUT


class RetriesFailedCall(PollsAfterTheEnd):
    """Takes a failed call for a failed request."""

    after = EventId.FAILED


INTERVAL: Final = 0.97
"""Seconds of a timer; an odd number, so that it does not go off at the very moment of an event."""


class PollsByTimer(Original):
    """Sends polls by a timer, whether or not the last has been answered."""

    async def poll_on(self) -> str:
        open_polls: set[asyncio.Task[Answer]] = set()
        try:
            while True:
                open_polls.add(asyncio.ensure_future(self.ask(Endpoint.EVENTS)))
                done, open_polls = await asyncio.wait(open_polls, timeout=INTERVAL, return_when=asyncio.FIRST_COMPLETED)
                for poll in done:
                    outcome = await self.polled(poll.result())
                    if outcome is not None:
                        return outcome
        finally:
            for poll in open_polls:
                poll.cancel()


class GivesUpAfter(Original):
    """Has too little patience with polls."""

    seconds: ClassVar[float] = 0.0

    def timeout(self, endpoint: Endpoint) -> float:
        return self.seconds if endpoint is Endpoint.EVENTS else super().timeout(endpoint)


class GivesUpAfter10(GivesUpAfter):
    """Waits 10 seconds, a common default."""

    seconds = 10.0


class GivesUpAfter30(GivesUpAfter):
    """Waits 30 seconds, another one."""

    seconds = 30.0


class SleepsBetweenPolls(Original):
    """Polls like a cron job."""

    async def happened(self, event: int | None, answer: Answer) -> None:
        await super().happened(event, answer)
        await asyncio.sleep(15)


class PollsOnAfterDrop(Original):
    """Leaves its poll loop running when the call has been dropped."""

    async def drop(self) -> str:
        outcome = await super().drop()
        await asyncio.sleep(4)
        return outcome


class SwapsCallerAndCallee(Original):
    """Takes the caller for the callee when it calls the gateway."""

    def gateway(self, content: Mapping[str, Any]) -> Gateway:
        right = super().gateway(content)
        return replace(right, access_code=right.caller, caller=right.access_code)


TWINS: Final[dict[str, type[Original]]] = {
    "C-POLL-01": StopsWhenQueued,
    "C-POLL-02": StopsWhenConnected,
    "C-POLL-03": StopsWhenTransferred,
    "C-POLL-04": StopsAtThirdEmptyPoll,
    "C-POLL-05": PollsAfterRelease,
    "C-POLL-06": PollsAfterQueueTimeout,
    "C-POLL-07": RetriesFailedCall,
    "C-POLL-08": PollsByTimer,
    "C-POLL-09": GivesUpAfter10,
    "C-POLL-10": GivesUpAfter30,
    "C-POLL-11": StopsAtUnknownEvents,
    "C-POLL-12": SleepsBetweenPolls,
    "C-POLL-13": PollsOnAfterDrop,
    "C-POLL-14": SwapsCallerAndCallee,
}
"""Each twin by the rule that it breaks; that of C-POLL-14 does so at the gateway, over a real WebSocket."""
