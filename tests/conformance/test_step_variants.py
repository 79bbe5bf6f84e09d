"""Correct clients that take the steps of a call in their own way, within what the guide leaves open."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.cases.case import Case
from cec_conformance.cases.fixed import SIGNALLING
from cec_conformance.cases.writing import scenario
from cec_conformance.judging import State, judge
from cec_conformance.rule import Level
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.twins.original import Answer, Original
from cec_conformance.virtual.playing import play
from cec_conformance.words import Words

if TYPE_CHECKING:
    from cec_client.protocol import Trace

pytestmark = pytest.mark.uncovered

MUSTS = {rule.id for rule in CLIENT_RULES if rule.level is Level.MUST}


class SendsWithItsFirstPoll(Original):
    """Begins the text session at the same moment as the polling, where the call comes first (A-20)."""

    async def follow(self) -> str:
        if self.environment["CEC_FLOW"] != "call_then_text":
            return await super().follow()
        outcome, _ = await asyncio.gather(super().follow(), super().send())
        return outcome

    async def send(self) -> Answer:
        first = self.environment["CEC_FLOW"] == "text_then_call"
        return await super().send() if first else Answer(200, {"resultCode": "0"})


class Chats(Original):
    """Says more in the text session, reads it, and leaves it, as the API reference shows."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.says = "CONNECT"

    async def send(self) -> Answer:
        connected = await super().send()
        for self.says in ("CHAT", "DISCONNECT") if connected.ok else ():
            await self.exchange(Endpoint.SEND)
            await self.exchange(Endpoint.POLL_TEXT)
        return connected

    def body(self, endpoint: Endpoint) -> dict[str, Any] | None:
        body = super().body(endpoint)
        return body | {"controlType": self.says} if body and endpoint is Endpoint.SEND else body


class WritesAsItLikes(Original):
    """Has header names in capitals, members in another order, more of both, and no content (API reference)."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = {name.upper(): value for name, value in super().headers(endpoint).items()}
        return headers | {"Accept-Language": "zh-CN", "CONTENT-TYPE": "application/json;charset=utf-8"}

    def body(self, endpoint: Endpoint) -> dict[str, Any] | None:
        body = super().body(endpoint)
        if body is None:
            return None
        body.pop("content", None)
        return dict(reversed((body | {"clientVersion": 7}).items()))

    def url(self, endpoint: Endpoint) -> str:
        url = super().url(endpoint)
        return url.replace("?", "?_=1724025600&") if "?" in url else f"{url}?_=1724025600"


class ChecksTwice(Original):
    """Checks before the login of the user is shown to be possible, and once more right before the call."""

    async def check(self) -> bool:
        return await super().check() and await super().check()


class StartsOver(Original):
    """Logs in from the start when a token call fails."""

    async def login(self) -> None:
        for _ in range(4):
            answer = await self.exchange(Endpoint.TOKEN)
            self.access_token = answer.data.get("AccessToken", "")
            if self.access_token:
                answer = await self.exchange(Endpoint.APPLY_TOKEN)
                if answer.data.get("token"):
                    self.ccmessaging_token = answer.data["token"]
                    return
        await super().login()


VARIANTS = (SendsWithItsFirstPoll, Chats, WritesAsItLikes, ChecksTwice, StartsOver)


def states(trace: Trace) -> dict[str, State]:
    return {verdict.rule: verdict.state for verdict in judge(Run(trace), CLIENT_RULES)}


def played(client: type[Original], case: Case) -> Trace:
    return play(case, lambda environment, transport: client(environment, transport).place())


@pytest.mark.parametrize("client", VARIANTS)
def test_a_client_with_ways_of_its_own_keeps_every_must(client: type[Original]) -> None:
    broken = {
        (case.name, rule)
        for case in SIGNALLING
        for rule, state in states(played(client, case)).items()
        if state is State.FAILED and rule in MUSTS
    }

    assert broken == set()


class RenewsInTime(Original):
    """Logs in anew when nine tenths of the life of its AccessToken are over."""

    async def follow(self) -> str:
        renewing = asyncio.ensure_future(self.renew())
        try:
            return await super().follow()
        finally:
            renewing.cancel()

    async def renew(self) -> None:
        await asyncio.sleep(9)
        await self.login()


class RenewsTooSoon(RenewsInTime):
    """Logs in anew when half of it is over."""

    async def renew(self) -> None:
        await asyncio.sleep(5)
        await self.login()


@pytest.mark.parametrize(("client", "state"), [(RenewsInTime, State.PASSED), (RenewsTooSoon, State.FAILED)])
def test_a_login_ahead_of_time_is_fine_near_the_end_of_the_life(client: type[Original], state: State) -> None:
    case = Case(
        name="short-life",
        title=Words("An AccessToken that lives for 10 seconds", "AccessToken 有效期 10 秒"),
        scenario=scenario(tokens={"access": "10s"}, hold="2s", events=["1s connected", "12s released"]),
    )
    found = states(played(client, case))

    assert found["C-AUTH-08"] is state
    assert {rule for rule in MUSTS if found[rule] is State.FAILED} == set()
