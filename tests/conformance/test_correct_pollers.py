"""Other correct clients: whatever reading they take of what the guide leaves open, they break no MUST."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

import pytest
from cec_client import AsyncClient
from cec_client.account import Media, Sequence
from cec_client.placing import Wishes, place
from cec_client.protocol import Endpoint
from cec_conformance.cases.fixed import FIXED
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level, Saw
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import FORBIDDEN, UNAUTHORIZED, Run
from cec_conformance.twins import TWINS
from cec_conformance.twins.original import RETRIES, Answer, Ended, Original
from cec_conformance.virtual.playing import play

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx
    from cec_conformance.virtual.playing import InProcessClient


class CountsOverTheWholeCall(Original):
    """Allows itself three retries in all."""

    total = 0

    async def failed(self, answer: Answer) -> str | None:
        self.total += 1
        self.failures = self.total - 1
        return await super().failed(answer)


class Counts403(Original):
    """Logs in at a 403, and counts it as a retry as well."""

    def expired(self, endpoint: Endpoint, answer: Answer) -> bool:
        expired = super().expired(endpoint, answer)
        if expired and endpoint is Endpoint.EVENTS:
            self.failures += 1
            if self.failures > RETRIES:
                raise Ended("gave_up")
        return expired


class Treats401Like403(Original):
    """Knows the other paper."""

    def expired(self, _endpoint: Endpoint, answer: Answer) -> bool:
        return answer.status in {FORBIDDEN, UNAUTHORIZED}


class DropsAfterTheEnd(Original):
    """Drops whatever call there was, released or given up."""

    async def poll_on(self) -> str:
        outcome = await super().poll_on()
        await self.exchange(Endpoint.DROP)
        return outcome


class FetchesTheRelease(Original):
    """Polls once more when it has hung up."""

    async def drop(self) -> str:
        outcome = await super().drop()
        await asyncio.sleep(1)
        return outcome


class RenewsEarly(Original):
    """Logs in ahead of time, between two polls."""

    async def happened(self, event: int | None, answer: Answer) -> None:
        await super().happened(event, answer)
        await self.login()


class RenewsOnce(Original):
    """Takes a second 403 in a row for the end."""

    async def ask(self, endpoint: Endpoint) -> Answer:
        answer = await self.exchange(endpoint)
        if self.expired(endpoint, answer):
            await self.login()
            answer = await self.exchange(endpoint)
        if self.expired(endpoint, answer):
            raise Ended("error")
        return answer


class TriesEverythingFourTimes(Original):
    """Retries a check and a create that fail."""

    async def ask(self, endpoint: Endpoint) -> Answer:
        answer = await super().ask(endpoint)
        for _ in range(RETRIES if endpoint in {Endpoint.CHECK, Endpoint.CREATE} else 0):
            if answer.ok:
                break
            await asyncio.sleep(1)
            answer = await super().ask(endpoint)
        return answer


class ShortPolls(Original):
    """Gives a poll up after 20 seconds, and sends the next while the last is closing."""

    def timeout(self, _endpoint: Endpoint) -> float:
        return 20.0


class Slow(Original):
    """Takes two seconds between two steps."""

    pause: ClassVar[float] = 2.0

    async def exchange(self, endpoint: Endpoint) -> Answer:
        answer = await super().exchange(endpoint)
        await asyncio.sleep(self.pause)
        return answer


def must_broken(client: InProcessClient, level: Level = Level.MUST) -> set[tuple[str, str]]:
    levels = {Level.MUST, level}
    rules = {rule.id for rule in CLIENT_RULES if rule.level in levels}
    return {
        (case.name, verdict.rule)
        for case in FIXED
        for verdict in judge(Run(play(case, client)), CLIENT_RULES)
        if verdict.state is State.FAILED and verdict.rule in rules
    }


@pytest.mark.parametrize(
    "client",
    [
        CountsOverTheWholeCall,
        Counts403,
        Treats401Like403,
        DropsAfterTheEnd,
        FetchesTheRelease,
        RenewsEarly,
        RenewsOnce,
        TriesEverythingFourTimes,
        ShortPolls,
        Slow,
    ],
)
def test_a_correct_client_breaks_no_must(client: type[Original]) -> None:
    assert must_broken(lambda environment, transport: client(environment, transport).place()) == set()


async def reference(environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> str:
    """Place a call with the reference client."""
    client = AsyncClient(
        environment["CEC_BASE_URL"],
        app_key=environment["CEC_APP_KEY"],
        app_secret=environment["CEC_APP_SECRET"],
        channel_id=environment["CEC_CHANNEL_ID"],
        user_id=environment["CEC_USER_ID"],
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
    outcome, _ = await place(client, wishes, lambda _event: None)
    return outcome.value


def test_the_reference_client_breaks_neither_must_nor_should() -> None:
    assert must_broken(reference, Level.SHOULD) == set()


@pytest.mark.parametrize("rule", ["C-RETRY-05", "C-REAUTH-09", "C-REAUTH-10"])
def test_of_what_is_open_only_the_twin_does_what_no_reading_allows(rule: str) -> None:
    def odd(client: type[Original]) -> bool:
        verdicts = (
            verdict
            for case in FIXED
            for verdict in judge(Run(play(case, lambda *given: client(*given).place())), CLIENT_RULES)
            if verdict.rule == rule
        )
        return any(seen.saw is Saw.BROKEN for verdict in verdicts for seen in verdict.observations)

    assert odd(TWINS[rule])
    assert not odd(Original)
