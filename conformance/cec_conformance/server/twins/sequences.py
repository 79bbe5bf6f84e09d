"""Servers whose faults show only in a sequence of requests: each answer alone is a good one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import NO_EVENT_TEXT, Endpoint, EventId
from cec_client.protocol.codes import EXPIRED_STATUS, EXPIRED_TEXT, OK
from mock_cec.script import Due
from msgspec.structs import replace

from cec_conformance.server.twins.original import Original, answered

if TYPE_CHECKING:
    from mock_cec.platform import Platform
    from mock_cec.session import Session

    from cec_conformance.server.twins.original import Question, Reply

_TOKEN: Final = b"ccmessaging-token"
_AUTHORIZATION: Final = b"authorization"


class _Remembering(Original):
    """A server that knows whose a request is, and keeps something in mind."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform)
        self.kept: dict[str, Any] = {}

    def owner(self, question: Question) -> str | None:
        """Say whose ccmessaging token a request carries."""
        token = (question.header(_TOKEN) or b"").decode("latin-1")
        grant = self.tenant.ccmessaging_tokens.find(token)
        return None if grant is None else grant.owner

    def session(self, question: Question) -> Session | None:
        """Give the session of a request."""
        owner = self.owner(question)
        return None if owner is None else self.tenant.session(owner)


class MakesTwoStreams(_Remembering):
    """Grants a second create while a call lives, and sends the events of both."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Double what is coming, in place of the refusal."""
        session = self.session(question)
        refused = question.endpoint is Endpoint.CREATE and reply.json.get("resultCode") not in {None, OK}
        if session is None or not refused:
            return reply
        for due in session.script.coming(self.tenant.clock.now()):
            if not due.event.terminal:
                session.script.inject(Due(due.at + 0.1, due.event))
        return answered(200, {"resultCode": OK, "resultDesc": ""})


class ForgetsDrops(_Remembering):
    """Says yes to a drop, and lets the call live."""

    async def asked(self, question: Question) -> Question | Reply:
        """Hand on a check in its place, so that headers are looked at all the same."""
        if question.endpoint is not Endpoint.DROP or question.json != {"channel": "WEB"}:
            return question
        self.kept["dropping"] = True
        return replace(question, method="GET", path=Endpoint.CHECK.path, query=b"channel=WEB")

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Say yes."""
        if question.endpoint is not Endpoint.DROP or "webRTCSupported" not in reply.json:
            return reply
        return answered(200, {"resultCode": OK, "resultDesc": ""})


class HasOneQueueForAll(_Remembering):
    """Serves every poll from the call that was created last, whoever created it."""

    async def asked(self, question: Question) -> Question | Reply:
        """Put the token of the last creator in the place of the poll's own."""
        last = self.kept.get("creator")
        if question.endpoint is not Endpoint.EVENTS or last is None or self.owner(question) is None:
            return question
        others = tuple(line for line in question.headers if line[0] != _TOKEN)
        return replace(question, headers=(*others, (_TOKEN, last)))

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Remember who created."""
        if question.endpoint is Endpoint.CREATE and reply.json.get("resultCode") == OK:
            self.kept["creator"] = question.header(_TOKEN)
        return reply


class KnowsOneLogin(_Remembering):
    """Takes the newest AccessToken alone: whoever logs in logs everybody else out."""

    async def asked(self, question: Question) -> Question | Reply:
        """Refuse all others."""
        newest = self.kept.get("newest")
        if question.endpoint is Endpoint.TOKEN or newest in {None, question.header(_AUTHORIZATION)}:
            return question
        return answered(EXPIRED_STATUS, {"errorCode": "0", "exceptionInfo": EXPIRED_TEXT})

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Remember the newest."""
        if question.endpoint is Endpoint.TOKEN and reply.status == 200:  # noqa: PLR2004  (HTTP's own)
            self.kept["newest"] = b"Bearer " + reply.json["AccessToken"].encode()
        return reply


class RepeatsTheEnd(_Remembering):
    """Tells of the release with every poll that follows it."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Say it again where there is nothing to say."""
        owner = self.owner(question)
        if owner is None or "resultCode" not in reply.json:
            return reply
        if question.endpoint is Endpoint.CREATE:
            self.kept.pop(owner, None)
        elif question.endpoint is Endpoint.EVENTS:
            event = reply.json.get("eventId")
            if event is not None and int(event) == EventId.RELEASED:
                self.kept[owner] = reply
            elif event is None:
                return self.kept.get(owner, reply)  # type: ignore[no-any-return]
        return reply


class EndsCallsAtLogin(_Remembering):
    """Forgets a user's call when the user fetches another ccmessaging token."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Keep the events of forgotten calls back."""
        if question.endpoint is Endpoint.APPLY_TOKEN:
            self.kept[str(question.json.get("userId"))] = True
        owner = self.owner(question)
        if question.endpoint is Endpoint.CREATE and reply.json.get("resultCode") == OK:
            self.kept.pop(str(owner), None)
        if question.endpoint is Endpoint.EVENTS and owner in self.kept and "eventId" in reply.json:
            return answered(200, {"resultCode": OK, "resultDesc": NO_EVENT_TEXT})
        return reply


TWINS: Final[dict[str, type[Original]]] = {
    "S-CRE-04": MakesTwoStreams,
    "S-DRP-02": ForgetsDrops,
    "S-ISO-01": HasOneQueueForAll,
    "S-EXP-02": KnowsOneLogin,
    "S-POL-12": RepeatsTheEnd,
    "S-EXP-03": EndsCallsAtLogin,
}
"""Each by the rule that exploring charges it with."""
