"""Servers that are faulty at errors and headers (guide §2.2, §4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from msgspec.structs import replace

from cec_conformance.run import FORBIDDEN
from cec_conformance.server.twins.original import Original, Reply, answered

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Question

NOT_FOUND: Final = 404


class ForbidsInHtml(Original):
    """Answers 403 with a page."""

    async def replied(self, question: Question, reply: Reply) -> Reply:  # noqa: ARG002  (whatever was asked)
        if reply.status != FORBIDDEN:
            return reply
        return Reply(FORBIDDEN, ((b"content-type", b"text/html"),), b"<html><h1>403 Forbidden</h1></html>")


class SaysForbidden(Original):
    """Writes "forbidden"."""

    async def replied(self, question: Question, reply: Reply) -> Reply:  # noqa: ARG002  (whatever was asked)
        if reply.status != FORBIDDEN:
            return reply
        return answered(FORBIDDEN, {"errorCode": "0", "exceptionInfo": "forbidden"})


class FindsNothingInPlainText(Original):
    """Answers 404 in plain text."""

    async def replied(self, question: Question, reply: Reply) -> Reply:  # noqa: ARG002  (whatever was asked)
        if reply.status != NOT_FOUND:
            return reply
        return Reply(NOT_FOUND, ((b"content-type", b"text/plain"),), b"404 page not found")


class DropsForAnyone(Original):
    """Does not look at `Authorization` on `dropClickToCall`."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is not Endpoint.DROP:
            return question
        return question.but(authorization=f"Bearer {self.access_token()}")


class SendsForAnyone(Original):
    """Takes any ccmessaging-token on `send`: whose it is stands in the body."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is not Endpoint.SEND or self.user(question):
            return question
        return question.but(ccmessaging_token=self.ccmessaging_token(question.json["from"]))


class IgnoresTheKey(Original):
    """Ignores `x-app-key`."""

    async def asked(self, question: Question) -> Question | Reply:
        return question.but(x_app_key=self.tenant.credentials.app_key)


class KnowsSmallLettersOnly(Original):
    """Knows `ccmessaging-token` in small letters only."""

    async def asked(self, question: Question) -> Question | Reply:
        if b"ccmessaging-token" in question.names:
            return question
        return replace(question, headers=tuple(line for line in question.headers if line[0] != b"ccmessaging-token"))


TWINS: Final[dict[str, type[Original]]] = {
    "S-ERR-01": ForbidsInHtml,
    "S-ERR-02": SaysForbidden,
    "S-ERR-03": FindsNothingInPlainText,
    "S-HDR-01": DropsForAnyone,
    "S-HDR-02": SendsForAnyone,
    "S-HDR-03": IgnoresTheKey,
    "S-HDR-04": KnowsSmallLettersOnly,
}
"""Each twin by the rule that it breaks."""
