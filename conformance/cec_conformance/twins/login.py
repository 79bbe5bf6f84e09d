"""The faulty twins of the rules on logging in (guide §2)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import Endpoint

from cec_conformance.twins.original import Answer, Original

if TYPE_CHECKING:
    from collections.abc import Mapping


class NamesTheKeyItsOwnWay(Original):
    """Sends `appKey` and `appSecret`."""

    def body(self, endpoint: Endpoint) -> dict[str, Any] | None:
        if endpoint is not Endpoint.TOKEN:
            return super().body(endpoint)
        return {"appKey": self.environment["CEC_APP_KEY"], "appSecret": self.environment["CEC_APP_SECRET"]}


class AsksForTwoHours(Original):
    """Asks for a life of 7200 seconds."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = super().headers(endpoint)
        return headers | {"X-Token-Expire": "7200"} if endpoint is Endpoint.TOKEN else headers


class AsksTheWrongOne(Original):
    """Sends `X-Token-Expire` with `applyToken` only."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = super().headers(endpoint)
        headers.pop("X-Token-Expire", None)
        return headers | {"X-Token-Expire": "600"} if endpoint is Endpoint.APPLY_TOKEN else headers


class HasNoLocale(Original):
    """Leaves out `locale`."""

    def body(self, endpoint: Endpoint) -> dict[str, Any] | None:
        body = super().body(endpoint)
        if endpoint is Endpoint.APPLY_TOKEN and body is not None:
            del body["locale"]
        return body


class KeepsItsToken(Original):
    """Makes both token calls at once, the second with a token of an earlier run."""

    async def first_login(self) -> None:
        self.access_token = "of-an-earlier-run"  # noqa: S105  (no secret)
        calls = [self.try_login(endpoint) for endpoint in (Endpoint.TOKEN, Endpoint.APPLY_TOKEN)]
        for result in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
            self.access_token = result.get("AccessToken", self.access_token)
            self.ccmessaging_token = result.get("token", self.ccmessaging_token)


class MakesDoWithoutToken(Original):
    """Goes on with the token "undefined" when the first `applyToken` has failed."""

    async def try_login(self, endpoint: Endpoint) -> Mapping[str, Any]:
        if endpoint is Endpoint.TOKEN or self.ccmessaging_token:
            return await super().try_login(endpoint)
        answer = await self.exchange(endpoint)
        return {"token": "undefined", **answer.data}


class TellsItsSecret(Original):
    """Sends the secret with every request."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        return super().headers(endpoint) | {"x-app-secret": self.environment["CEC_APP_SECRET"]}


class LogsInForEveryPoll(Original):
    """Logs in before every poll."""

    async def ask(self, endpoint: Endpoint) -> Answer:
        if endpoint is Endpoint.EVENTS:
            await self.login()
        return await super().ask(endpoint)


class MixesItsTokens(Original):
    """Puts the first AccessToken into `ccmessaging-token`."""

    async def first_login(self) -> None:
        await super().first_login()
        self.ccmessaging_token = self.access_token


TWINS: Final[dict[str, type[Original]]] = {
    "C-AUTH-01": NamesTheKeyItsOwnWay,
    "C-AUTH-02": AsksForTwoHours,
    "C-AUTH-03": AsksTheWrongOne,
    "C-AUTH-04": HasNoLocale,
    "C-AUTH-05": KeepsItsToken,
    "C-AUTH-06": MakesDoWithoutToken,
    "C-AUTH-07": TellsItsSecret,
    "C-AUTH-08": LogsInForEveryPoll,
    "C-AUTH-09": MixesItsTokens,
}
"""Each twin by the rule that it breaks."""
