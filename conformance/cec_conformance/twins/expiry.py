"""The faulty twins of the rules on expired tokens (guide §6.1)."""

from __future__ import annotations

from typing import Final

from cec_client.protocol import Endpoint

from cec_conformance.run import UNAUTHORIZED
from cec_conformance.twins.original import LOGINS, Answer, Ended, Original
from cec_conformance.twins.retrying import WITHOUT_END


class CountsAsFailure(Original):
    """Knows no expiry: a 403 is a failed poll."""

    def expired(self, endpoint: Endpoint, answer: Answer) -> bool:
        return endpoint is not Endpoint.EVENTS and super().expired(endpoint, answer)


class RemembersFirstTokens(Original):
    """A twin that does something with the tokens of its first login."""

    first: tuple[str, str] | None = None

    async def first_login(self) -> None:
        await super().first_login()
        self.first = (self.access_token, self.ccmessaging_token)


class RenewsAccessTokenAlone(RemembersFirstTokens):
    """Thinks that one of the tokens is enough."""

    async def login(self) -> None:
        if self.first is None:
            await super().login()
        else:
            self.access_token = (await self.try_login(Endpoint.TOKEN))["AccessToken"]


class AppliesWithOldToken(RemembersFirstTokens):
    """Stores the new AccessToken when the login is done, a little too late."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = super().headers(endpoint)
        if endpoint is Endpoint.APPLY_TOKEN and self.first is not None:
            headers["Authorization"] = f"Bearer {self.first[0]}"
        return headers


class DropsWithOldTokens(RemembersFirstTokens):
    """Renews the headers of its polls only."""

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers = super().headers(endpoint)
        if endpoint is Endpoint.DROP and self.first is not None:
            headers |= {"Authorization": f"Bearer {self.first[0]}", "ccmessaging-token": self.first[1]}
        return headers


class AfterRenewal(Original):
    """A twin that does something when it has logged in for a poll."""

    polling = False

    async def ask(self, endpoint: Endpoint) -> Answer:
        self.polling = endpoint is Endpoint.EVENTS
        return await super().ask(endpoint)

    async def login(self) -> None:
        await super().login()
        if self.polling:
            await self.renewed()

    async def renewed(self) -> None:
        """Do it."""


class LogsInAndStops(AfterRenewal):
    """Ends when the login is done."""

    async def renewed(self) -> None:
        raise Ended("error")


class ChecksAgain(AfterRenewal):
    """Begins again with the check."""

    async def renewed(self) -> None:
        await self.exchange(Endpoint.CHECK)


class LogsInWithoutEnd(Original):
    """Never thinks that a login may be in vain."""

    async def ask(self, endpoint: Endpoint) -> Answer:
        for _ in range(WITHOUT_END - LOGINS):
            answer = await self.exchange(endpoint)
            if not self.expired(endpoint, answer):
                return answer
            await self.login()
        return await super().ask(endpoint)


class RenewsForPollsOnly(Original):
    """Knows 403 in its poll loop, and nowhere else."""

    def expired(self, endpoint: Endpoint, answer: Answer) -> bool:
        return endpoint is Endpoint.EVENTS and super().expired(endpoint, answer)


class PollsOnAt401(Original):
    """Does not look at 401 at all."""

    unauthorized = 0

    async def failed(self, answer: Answer) -> str | None:
        self.unauthorized += answer.status == UNAUTHORIZED
        if answer.status == UNAUTHORIZED and self.unauthorized < WITHOUT_END:
            self.failures = 0
        return await super().failed(answer)


class CountsTwice(Original):
    """Counts every 403 as two failures."""

    def expired(self, endpoint: Endpoint, answer: Answer) -> bool:
        expired = super().expired(endpoint, answer)
        if expired and endpoint is Endpoint.EVENTS:
            self.failures += 2
        return expired


class FallsBack(RemembersFirstTokens):
    """Goes on with the old tokens when a login fails."""

    async def login(self) -> None:
        try:
            await super().login()
        except Ended:
            if self.first is None:
                raise
            self.access_token, self.ccmessaging_token = self.first


TWINS: Final[dict[str, type[Original]]] = {
    "C-REAUTH-01": CountsAsFailure,
    "C-REAUTH-02": RenewsAccessTokenAlone,
    "C-REAUTH-03": AppliesWithOldToken,
    "C-REAUTH-04": DropsWithOldTokens,
    "C-REAUTH-05": LogsInAndStops,
    "C-REAUTH-06": ChecksAgain,
    "C-REAUTH-07": LogsInWithoutEnd,
    "C-REAUTH-08": RenewsForPollsOnly,
    "C-REAUTH-09": PollsOnAt401,
    "C-REAUTH-10": CountsTwice,
    "C-REAUTH-11": FallsBack,
}
"""Each twin by the rule that it breaks."""
