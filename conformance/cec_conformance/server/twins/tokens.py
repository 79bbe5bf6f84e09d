"""Servers that are faulty at the token endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

import msgspec
from cec_client.protocol import Endpoint
from cec_client.protocol.headers import LONGEST_LIFE
from msgspec.structs import replace

from cec_conformance.run import FORBIDDEN, SUCCESS
from cec_conformance.server.twins.original import Original, answered

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Question, Reply

EVER: Final = 1e9
"""Seconds that no visit lasts."""


class NamesItAccessToken(Original):
    """Names the member `access_token`."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is not Endpoint.TOKEN or reply.status != SUCCESS:
            return reply
        body = reply.json
        return answered(SUCCESS, {"access_token": body.pop("AccessToken"), **body})


class NeverComparesTheSecret(Original):
    """Lets any secret in."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is not Endpoint.TOKEN:
            return question
        body = {**question.json, "app_secret": self.tenant.credentials.app_secret}
        return replace(question, body=msgspec.json.encode(body))


class GrantsWhatItIsAsked(Original):
    """Grants a life of 7200 s."""

    async def asked(self, question: Question) -> Question | Reply:
        life = int(question.header(b"x-token-expire") or 0)
        if question.endpoint is not Endpoint.TOKEN or life <= LONGEST_LIFE:
            return question
        return answered(SUCCESS, {"AccessToken": self.access_token(life), "Expires": str(life)})


class AlwaysSaysTenMinutes(Original):
    """Says `Expires` "600" whatever it granted."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is not Endpoint.TOKEN or reply.status != SUCCESS:
            return reply
        return answered(SUCCESS, reply.json | {"Expires": "600"})


class NeverExpires(Original):
    """Grants for ever where no life was asked for, and says `Expires` "0"."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is not Endpoint.TOKEN or question.header(b"x-token-expire") is not None:
            return question
        return answered(SUCCESS, {"AccessToken": self.access_token(EVER), "Expires": "0"})


class NamesItCcmessagingToken(Original):
    """Names the member `ccmessagingToken`."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is not Endpoint.APPLY_TOKEN or reply.status != SUCCESS:
            return reply
        body = reply.json
        return answered(SUCCESS, {"ccmessagingToken": body.pop("token", ""), **body})


class AppliesByGet(Original):
    """Takes what is wanted of `applyToken` from a query."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is not Endpoint.APPLY_TOKEN or question.method != "GET":
            return question
        body = msgspec.json.encode(dict(parse_qsl(question.query.decode())))
        return replace(question, method="POST", query=b"", body=body)


class FillsInALocale(Original):
    """Takes `zh` where there is no locale."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is not Endpoint.APPLY_TOKEN or question.json.get("locale"):
            return question
        return replace(question, body=msgspec.json.encode({**question.json, "locale": "zh"}))


class ForbidsByCode(Original):
    """Answers a bad AccessToken with 200 and resultCode "1"."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is not Endpoint.APPLY_TOKEN or reply.status != FORBIDDEN:
            return reply
        return answered(SUCCESS, {"resultCode": "1", "resultDesc": reply.json["exceptionInfo"]})


class TakesAnyLength(Original):
    """Takes a userId of any length."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is not Endpoint.APPLY_TOKEN or "userId" not in question.json:
            return question
        return replace(question, body=msgspec.json.encode({**question.json, "userId": question.json["userId"][:32]}))


TWINS: Final[dict[str, type[Original]]] = {
    "S-TOK-01": NamesItAccessToken,
    "S-TOK-02": NeverComparesTheSecret,
    "S-TOK-03": GrantsWhatItIsAsked,
    "S-TOK-04": AlwaysSaysTenMinutes,
    "S-TOK-05": NeverExpires,
    "S-APP-01": NamesItCcmessagingToken,
    "S-APP-02": AppliesByGet,
    "S-APP-03": FillsInALocale,
    "S-APP-04": ForbidsByCode,
    "S-APP-05": TakesAnyLength,
}
"""Each twin by the rule that it breaks."""
