"""Servers that are faulty at the token endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from cec_client.protocol import Endpoint
from msgspec.structs import replace

from cec_conformance.server.twins.original import Original, answered

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Question, Reply


class NamesItAccessToken(Original):
    """Names the member `access_token`."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Rename it."""
        if question.endpoint is not Endpoint.TOKEN or reply.status != 200:  # noqa: PLR2004
            return reply
        body = reply.json
        return answered(200, {"access_token": body.pop("AccessToken"), **body})


class NeverComparesTheSecret(Original):
    """Lets any secret in."""

    async def asked(self, question: Question) -> Question | Reply:
        """Put the right one in its place."""
        if question.endpoint is not Endpoint.TOKEN:
            return question
        body = {**question.json, "app_secret": self.tenant.credentials.app_secret}
        return replace(question, body=msgspec.json.encode(body))


TWINS: Final[dict[str, type[Original]]] = {"S-TOK-01": NamesItAccessToken, "S-TOK-02": NeverComparesTheSecret}
