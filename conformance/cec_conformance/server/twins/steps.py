"""Servers that are faulty at send, check, create (guide §5 steps 1 to 3)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import msgspec
from cec_client.protocol import Endpoint, EventId
from msgspec.structs import replace

from cec_conformance.run import SUCCESS
from cec_conformance.server.twins.original import OK, Original, answered

if TYPE_CHECKING:
    from mock_cec.platform import Platform
    from mock_cec.session import Session

    from cec_conformance.server.twins.original import Question, Reply

UNTIL_AN_AGENT_ANSWERS: Final = 12.0
"""Seconds."""


class AcceptsText(Original):
    """Answers a good `send` with 202."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is not Endpoint.SEND or reply.status != SUCCESS:
            return reply
        return replace(reply, status=202)


class HasOneEar(Original):
    """Refuses `send` once there is a call."""

    async def asked(self, question: Question) -> Question | Reply:
        name = self.user(question)
        if question.endpoint is not Endpoint.SEND or not name:
            return question
        if not self.tenant.session(name).script.live(self.tenant.clock.now()):
            return question
        return answered(SUCCESS, {"resultCode": "1", "resultDesc": "the user is in a call"})


class FillsInTheRest(Original):
    """Wants nothing of `send` but `controlType`."""

    async def asked(self, question: Question) -> Question | Reply:
        name = self.user(question)
        if question.endpoint is not Endpoint.SEND or "controlType" not in question.json or not name:
            return question
        usual = {
            "channel": "WEB",
            "from": name,
            "to": self.tenant.credentials.channel_id,
            "mediaType": "TEXT",
            "sourceType": "CUSTOMER",
        }
        return replace(question, body=msgspec.json.encode(usual | question.json))


class SpellsItsFlags(Original):
    """Sends the flags as strings."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is not Endpoint.CHECK or reply.status != SUCCESS:
            return reply
        return answered(
            SUCCESS, {name: str(flag).lower() if isinstance(flag, bool) else flag for name, flag in reply.json.items()}
        )


class CancelsOnCheck(Original):
    """Cancels the call at the second check in it."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform)
        self._checked: set[str] = set()

    async def asked(self, question: Question) -> Question | Reply:
        name, now = self.user(question), self.tenant.clock.now()
        if question.endpoint is Endpoint.CHECK and name:
            session: Session = self.tenant.session(name)
            if session.script.live(now):
                if name in self._checked:
                    session.script.drop(now)
                    session.room.look()
                self._checked.add(name)
        return question


class TakesWebForGranted(Original):
    """Takes a check without `channel` for one of channel WEB."""

    async def asked(self, question: Question) -> Question | Reply:
        return replace(question, query=b"channel=WEB") if question.endpoint is Endpoint.CHECK else question


class CreatesAResource(Original):
    """Answers a create that succeeded with 201."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        if question.endpoint is not Endpoint.CREATE or reply.status != SUCCESS:
            return reply
        return replace(reply, status=201)


class HearsVoiceEverywhere(Original):
    """Takes any `mediaAbility` for voice."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is not Endpoint.CREATE or question.json.get("mediaAbility") != "2":
            return question
        return replace(question, body=msgspec.json.encode({**question.json, "mediaAbility": "0"}))


class CreatesAnyway(Original):
    """Says that it created a call where its own check forbids one."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        support = self.tenant.plan.scenario.support
        forbidden = not (support.webrtc and support.click_to_call)
        return answered(SUCCESS, OK) if question.endpoint is Endpoint.CREATE and forbidden else reply


class MixesTwoCalls(Original):
    """Grants a second create, and from then on also tells of the second call that it is queued."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform)
        self._twice: set[str] = set()
        self._second: dict[str, Reply] = {}

    async def asked(self, question: Question) -> Question | Reply:
        name = self.user(question)
        if question.endpoint is Endpoint.EVENTS and name in self._second:
            return self._second.pop(name)
        if question.endpoint is not Endpoint.CREATE or not name:
            return question
        if not self.tenant.session(name).script.engaged(self.tenant.clock.now()):
            return question
        self._twice.add(name)
        return answered(SUCCESS, OK)

    async def replied(self, question: Question, reply: Reply) -> Reply:
        name = self.user(question)
        if name in self._twice and reply.json.get("eventId") == EventId.QUEUED:
            self._twice.discard(name)
            self._second[name] = reply
        return reply


class WaitsForAnAgent(Original):
    """Holds a create for as long as an agent may take to answer."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is Endpoint.CREATE:
            await asyncio.sleep(UNTIL_AN_AGENT_ANSWERS)
        return question


TWINS: Final[dict[str, type[Original]]] = {
    "S-SND-01": AcceptsText,
    "S-SND-02": HasOneEar,
    "S-SND-03": FillsInTheRest,
    "S-CHK-01": SpellsItsFlags,
    "S-CHK-02": CancelsOnCheck,
    "S-CHK-03": TakesWebForGranted,
    "S-CRE-01": CreatesAResource,
    "S-CRE-02": HearsVoiceEverywhere,
    "S-CRE-03": CreatesAnyway,
    "S-CRE-04": MixesTwoCalls,
    "S-CRE-05": WaitsForAnAgent,
}
"""Each twin by the rule that it breaks."""
