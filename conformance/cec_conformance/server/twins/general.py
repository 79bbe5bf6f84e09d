"""Servers that are faulty at sessions kept apart, and JSON always (guide §5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
from cec_client.protocol import Endpoint
from msgspec.structs import replace

from cec_conformance.run import SUCCESS
from cec_conformance.server.twins.original import OK, Original, answered

if TYPE_CHECKING:
    from mock_cec.platform import Platform

    from cec_conformance.server.twins.original import Question, Reply


class KeepsOneQueue(Original):
    """Keeps one queue of events for the channel: whoever polls without a call gets those of another's."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform)
        self._callers: list[str] = []

    async def asked(self, question: Question) -> Question | Reply:
        name = self.user(question)
        if question.endpoint is Endpoint.CREATE:
            self._callers.append(name)
        if question.endpoint is Endpoint.EVENTS and name and not self._lives(name):
            for other in filter(self._lives, self._callers):
                return question.but(ccmessaging_token=self.ccmessaging_token(other))
        return question

    def _lives(self, name: str) -> bool:
        return self.tenant.session(name).script.live(self.tenant.clock.now())


class CountsItsCodes(Original):
    """Sends every resultCode as a number."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint in {None, Endpoint.TOKEN} or reply.status != SUCCESS:
            return reply
        return answered(SUCCESS, reply.json | {"resultCode": int(reply.json["resultCode"])})


class CallsItText(Original):
    """Labels everything `text/plain`."""

    async def replied(self, question: Question, reply: Reply) -> Reply:  # noqa: ARG002  (whatever was asked)
        return replace(reply, headers=((b"content-type", b"text/plain"),))


class IsEverywhere(Original):
    """Answers everything under `/apiaccess/`."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        unknown = question.endpoint is None and question.path.startswith("/apiaccess/")
        return answered(SUCCESS, OK) if unknown else reply


class ChokesOnBodies(Original):
    """Answers a body that is not JSON with 500."""

    async def asked(self, question: Question) -> Question | Reply:
        try:
            msgspec.json.decode(question.body or b"{}")
        except msgspec.DecodeError:
            return answered(500, {"errorCode": "500", "exceptionInfo": "Internal Server Error"})
        return question


class WritesLikeTheGuide(Original):
    """Writes the answers of polls with keys that are not quoted."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is not Endpoint.EVENTS or reply.status != SUCCESS:
            return reply
        return replace(reply, body=re.sub(rb'"(\w+)":', rb"\1:", reply.body))


TWINS: Final[dict[str, type[Original]]] = {
    "S-ISO-01": KeepsOneQueue,
    "S-GEN-01": CountsItsCodes,
    "S-GEN-02": CallsItText,
    "S-GEN-03": IsEverywhere,
    "S-GEN-04": ChokesOnBodies,
    "S-GEN-05": WritesLikeTheGuide,
}
"""Each twin by the rule that it breaks."""
