"""Correct clients that differ from the original in what the guide leaves open, and the reference client."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cec_client import AsyncClient
from cec_client.account import Media, Sequence
from cec_client.placing import Wishes
from cec_client.placing import place as place_by_reference
from cec_client.protocol import Endpoint
from cec_conformance.twins.original import RETRIES, Answer, Ended, Original

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx


async def reference(environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> str:
    """Place the call by the reference client."""
    client = AsyncClient(
        environment["CEC_BASE_URL"],
        app_key=environment["CEC_APP_KEY"],
        app_secret=environment["CEC_APP_SECRET"],
        channel_id=environment["CEC_CHANNEL_ID"],
        user_id=environment["CEC_USER_ID"],
        user_name=environment["CEC_USER_NAME"],
        locale=environment["CEC_LOCALE"],
        token_base_url=environment["CEC_TOKEN_BASE_URL"],
        transport=transport,
        trust_env=False,
    )
    after = environment["CEC_HANGUP_AFTER"]
    wishes = Wishes(
        sequence=Sequence(environment["CEC_FLOW"]),
        media=Media(environment["CEC_MEDIA_ABILITY"]),
        hangup_after=float(after) if after else None,
        hangup_when=environment["CEC_HANGUP_WHEN"],
        chat=False,
    )
    outcome, _ = await place_by_reference(client, wishes, lambda _: None)
    return outcome.value


class CountsOverTheCall(Original):
    """Counts failures over the whole call (A-02)."""

    async def polled(self, answer: Answer) -> str | None:
        before = self.failures
        outcome = await super().polled(answer)
        self.failures = max(before, self.failures)
        return outcome


class GivesUpOnLostConnections(Original):
    """Repeats polls that failed by their resultCode alone (A-04)."""

    async def failed(self, answer: Answer) -> str | None:
        return "error" if answer.status != 200 else await super().failed(answer)


class Takes401For403(Original):
    """Logs in on 401 too (A-10)."""

    def expired(self, endpoint: Endpoint, answer: Answer) -> bool:
        return answer.status == 401 or super().expired(endpoint, answer)


class LogsInOnceForARequest(Original):
    """Takes a second 403 for a failure (A-08)."""

    async def ask(self, endpoint: Endpoint) -> Answer:
        answer = await self.exchange(endpoint)
        if self.expired(endpoint, answer):
            await self.login()
            answer = await self.exchange(endpoint)
        return answer


class DropsAfterTheEnd(Original):
    """Drops once after the call has ended (A-17)."""

    async def polled(self, answer: Answer) -> str | None:
        outcome = await super().polled(answer)
        if outcome is not None and self._hanging_up is None:
            await self.exchange(Endpoint.DROP)
        return outcome


class PollsForTheRelease(Original):
    """Polls on after the drop until the release has come, but not for ever (A-19)."""

    async def drop(self) -> str:
        outcome = await super().drop()
        await asyncio.sleep(3)
        return outcome


class RepeatsCheckAndCreate(Original):
    """Tries what fails before the call up to four times (A-24, A-25)."""

    async def exchange(self, endpoint: Endpoint) -> Answer:
        answer = await super().exchange(endpoint)
        for _ in range(RETRIES if endpoint in {Endpoint.CHECK, Endpoint.CREATE} else 0):
            if answer.ok or self.expired(endpoint, answer):
                break
            await asyncio.sleep(0.1)
            answer = await super().exchange(endpoint)
        return answer


class SendsAgainByItself(Original):
    """Sends once more what met a broken connection, as many HTTP libraries do."""

    async def exchange(self, endpoint: Endpoint) -> Answer:
        answer = await super().exchange(endpoint)
        return answer if answer.status else await super().exchange(endpoint)


class LeavesPolls(Original):
    """Gives a poll up after 20 s, and sends the next at once (A-05)."""

    async def exchange(self, endpoint: Endpoint) -> Answer:
        while True:
            try:
                async with asyncio.timeout(20 if endpoint is Endpoint.EVENTS else None):
                    return await super().exchange(endpoint)
            except TimeoutError:
                continue


class TakesItsTime(Original):
    """Needs two seconds for every step."""

    async def exchange(self, endpoint: Endpoint) -> Answer:
        await asyncio.sleep(2)
        return await super().exchange(endpoint)


class SendsNoTypeWithGet(Original):
    """Has no Content-Type where there is no body, and no X-Token-Expire (A-22, A-31)."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = super().headers(endpoint)
        headers.pop("X-Token-Expire", None)
        if endpoint.method == "GET":
            headers.pop("Content-Type")
        return headers


class Counts403(Original):
    """Logs in at a 403, and counts it as a retry as well (A-06)."""

    def expired(self, endpoint: Endpoint, answer: Answer) -> bool:
        expired = super().expired(endpoint, answer)
        if expired and endpoint is Endpoint.EVENTS:
            self.failures += 1
            if self.failures > RETRIES:
                raise Ended("gave_up")
        return expired


class RenewsOnce(Original):
    """Takes a second 403 in a row for the end (A-08)."""

    async def ask(self, endpoint: Endpoint) -> Answer:
        answer = await self.exchange(endpoint)
        if self.expired(endpoint, answer):
            await self.login()
            answer = await self.exchange(endpoint)
        if self.expired(endpoint, answer):
            raise Ended("error")
        return answer


class RenewsEarly(Original):
    """Logs in ahead of time, between two polls (A-11)."""

    async def happened(self, event: int | None, answer: Answer) -> None:
        await super().happened(event, answer)
        await self.login()


class DropsWhateverTheEnd(Original):
    """Drops once whatever the end, released or given up (A-17, A-18)."""

    async def poll_on(self) -> str:
        outcome = await super().poll_on()
        await self.exchange(Endpoint.DROP)
        return outcome


class FetchesTheRelease(Original):
    """Polls once more when it has hung up (A-19)."""

    async def drop(self) -> str:
        outcome = await super().drop()
        await asyncio.sleep(1)
        return outcome


CORRECT: tuple[type[Original], ...] = (
    Original,
    CountsOverTheCall,
    GivesUpOnLostConnections,
    Takes401For403,
    LogsInOnceForARequest,
    DropsAfterTheEnd,
    PollsForTheRelease,
    RepeatsCheckAndCreate,
    SendsAgainByItself,
    LeavesPolls,
    TakesItsTime,
    SendsNoTypeWithGet,
    Counts403,
    RenewsOnce,
    RenewsEarly,
    DropsWhateverTheEnd,
    FetchesTheRelease,
)
