"""The faulty twins of the rules on failing polls and retries (guide §5 step 4)."""

from __future__ import annotations

import asyncio
from typing import Final

from cec_client.protocol import Endpoint

from cec_conformance.run import FIRST_SERVER_ERROR, SUCCESS
from cec_conformance.twins.original import PAUSE, RETRIES, Answer, Original

WITHOUT_END: Final = 2 * RETRIES
"""How often a twin repeats what it would repeat for ever: enough to be caught, and it ends."""


class NeverRetries(Original):
    """Stops at the first poll that fails by its resultCode."""

    async def failed(self, answer: Answer) -> str | None:
        return "gave_up" if answer.status == SUCCESS else await super().failed(answer)


class RetriesTwice(Original):
    """Takes the retries for the number of polls."""

    async def failed(self, answer: Answer) -> str | None:
        return await super().failed(answer) or ("gave_up" if self.failures == RETRIES else None)


class RetriesFourTimes(Original):
    """Counts one too few."""

    async def failed(self, answer: Answer) -> str | None:
        if self.failures != RETRIES or answer.status != SUCCESS:
            return await super().failed(answer)
        self.failures += 1
        await asyncio.sleep(PAUSE)
        return None


class StopsAfterRetry(Original):
    """Leaves its loop with the retry that succeeds."""

    async def polled(self, answer: Answer) -> str | None:
        retried = self.failures > 0
        outcome = await super().polled(answer)
        return "error" if outcome is None and answer.ok and retried else outcome


class CountsFromTwo(Original):
    """Sets its count wrong after a success."""

    async def polled(self, answer: Answer) -> str | None:
        outcome = await super().polled(answer)
        if answer.ok:
            self.failures = 2
        return outcome


class GivesUpAtServerErrors(Original):
    """Retries what the guide calls a failed request, and nothing else."""

    async def failed(self, answer: Answer) -> str | None:
        return "gave_up" if answer.status >= FIRST_SERVER_ERROR else await super().failed(answer)


class RetriesBrokenPollsWithoutEnd(Original):
    """Counts only answers as failures."""

    broken = 0

    async def failed(self, answer: Answer) -> str | None:
        if answer.status == SUCCESS or self.broken == WITHOUT_END:
            return await super().failed(answer)
        self.broken += 1
        await asyncio.sleep(PAUSE)
        return None


class RepeatsRefusedCreate(Original):
    """Does not take no for an answer."""

    async def create(self) -> bool:
        for _ in range(WITHOUT_END):
            if (await self.ask(Endpoint.CREATE)).ok:
                return True
            await asyncio.sleep(PAUSE)
        return False


TWINS: Final[dict[str, type[Original]]] = {
    "C-RETRY-01": NeverRetries,
    "C-RETRY-02": RetriesTwice,
    "C-RETRY-03": RetriesFourTimes,
    "C-RETRY-04": StopsAfterRetry,
    "C-RETRY-05": CountsFromTwo,
    "C-RETRY-06": GivesUpAtServerErrors,
    "C-RETRY-07": RetriesBrokenPollsWithoutEnd,
    "C-RETRY-08": RepeatsRefusedCreate,
}
"""Each twin by the rule that it breaks."""
