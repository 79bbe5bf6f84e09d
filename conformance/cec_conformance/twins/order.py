"""The faulty twins of the rules on the order of steps (guide §4.2)."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import httpx
from cec_client.protocol import Endpoint, EventId

from cec_conformance.twins.original import Answer, Ended, Original

if TYPE_CHECKING:
    from collections.abc import Mapping

LONG: Final = 20.0
"""Seconds that the slow twin waits before its first poll."""


class SkipsTheCheck(Original):
    """Takes the support for granted."""

    async def check(self) -> bool:
        return True


class LooksAtOneFlag(Original):
    """Looks at `clickToCallSupported` only."""

    def possible(self, answer: Answer) -> bool:
        return answer.data.get("clickToCallSupported") is True


class OverlooksTheCode(Original):
    """Reads the flags of the check, and ignores its resultCode."""

    async def check(self) -> bool:
        answer = await self.ask(Endpoint.CHECK)
        if self.possible(answer):
            return True
        if not answer.ok:
            raise Ended("error")
        return False


class SendsAndChecks(Original):
    """Makes `send` and the check at once where the text session comes first."""

    async def before_check(self) -> None:
        """Do nothing yet."""

    async def check(self) -> bool:
        if self.environment["CEC_FLOW"] != "text_then_call":
            return await super().check()
        sent, possible = await asyncio.gather(self.send(), super().check(), return_exceptions=True)
        for result in (sent, possible):
            if isinstance(result, BaseException):
                raise result
        if not (isinstance(sent, Answer) and sent.ok):
            raise Ended("error")
        return bool(possible)


class OverlooksTheCodeOfSend(Original):
    """Looks at the status of `send`, and ignores its resultCode."""

    async def before_check(self) -> None:
        if self.environment["CEC_FLOW"] == "text_then_call" and (await self.send()).status != httpx.codes.OK:
            raise Ended("error")


class SendsTooEarly(Original):
    """Sends before the check where the call comes first."""

    def __init__(self, environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(environment, transport)
        self._sent = False

    async def before_check(self) -> None:
        await super().before_check()
        if self.environment["CEC_FLOW"] == "call_then_text":
            await self.send()

    async def send(self) -> Answer:
        if self._sent:
            return Answer(httpx.codes.OK, {"resultCode": "0"})
        self._sent = True
        return await super().send()


class SendsAlways(Original):
    """Sends although nobody wanted a text session."""

    async def before_check(self) -> None:
        await super().before_check()
        if self.environment["CEC_FLOW"] == "call":
            await self.send()


class PollsTooEarly(Original):
    """Begins to poll together with `createClickToCall`."""

    def __init__(self, environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> None:
        super().__init__(environment, transport)
        self._early: asyncio.Future[Answer] | None = None

    async def create(self) -> bool:
        early = self._early = asyncio.ensure_future(super().ask(Endpoint.EVENTS))
        created = False
        try:
            created = await super().create()
        finally:
            if not created:
                early.cancel()
                with suppress(asyncio.CancelledError, Ended):
                    await early
        return created

    async def ask(self, endpoint: Endpoint) -> Answer:
        early = self._early
        if endpoint is not Endpoint.EVENTS or early is None:
            return await super().ask(endpoint)
        self._early = None
        return await early


class OverlooksTheRefusal(Original):
    """Looks at the status of `createClickToCall` only."""

    async def create(self) -> bool:
        return (await self.ask(Endpoint.CREATE)).status == httpx.codes.OK


class CreatesTwice(Original):
    """Creates the call again when it is transferred."""

    async def happened(self, event: int | None, answer: Answer) -> None:
        await super().happened(event, answer)
        if event == EventId.TRANSFERRED:
            await self.exchange(Endpoint.CREATE)


class TakesItsTime(Original):
    """Waits for long before its first poll."""

    async def poll_on(self) -> str:
        await asyncio.sleep(LONG)
        return await super().poll_on()


TWINS: Final[dict[str, type[Original]]] = {
    "C-FLOW-01": SkipsTheCheck,
    "C-FLOW-02": LooksAtOneFlag,
    "C-FLOW-03": OverlooksTheCode,
    "C-FLOW-04": SendsAndChecks,
    "C-FLOW-05": OverlooksTheCodeOfSend,
    "C-FLOW-06": SendsTooEarly,
    "C-FLOW-07": SendsAlways,
    "C-FLOW-08": PollsTooEarly,
    "C-FLOW-09": OverlooksTheRefusal,
    "C-FLOW-10": CreatesTwice,
    "C-FLOW-11": TakesItsTime,
}
"""Each twin by the rule that it breaks."""
