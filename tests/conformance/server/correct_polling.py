"""Correct servers that differ from the emulator at polling, drop and expiry, in what the guide leaves open."""

from __future__ import annotations

import asyncio
from math import floor
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cec_client.protocol import Endpoint, EventId
from cec_conformance.run import LOGIN
from cec_conformance.server.twins.ending import CONNECT_FAILED, DEAD, LivesByLifetimes
from cec_conformance.server.twins.original import Original, Reply, answered
from cec_conformance.server.twins.polling import EMPTY
from cec_conformance.server.twins.sessions import AltersPolls, OfSessions
from msgspec.structs import replace

if TYPE_CHECKING:
    from cec_conformance.server.twins.original import Question
    from mock_cec.session import Session
    from starlette.types import Receive, Scope

OK: Final = 200
FORBIDDEN: Final = 403


class IsFarAway(Original):
    """Every request and every answer is a second and a half on its way."""

    async def asked(self, question: Question) -> Question | Reply:
        await asyncio.sleep(1.5)
        return question

    async def replied(self, question: Question, reply: Reply) -> Reply:  # noqa: ARG002  (as the original)
        await asyncio.sleep(1.5)
        return reply


class IsSilentAfterDrop(AltersPolls):
    """Sends no 168110 after a drop (A-19)."""

    dropped = False

    async def asked(self, question: Question) -> Question | Reply:
        self.dropped = question.endpoint is Endpoint.DROP or (self.dropped and question.endpoint is not Endpoint.CREATE)
        return question

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        return EMPTY if self.dropped and body.get("eventId") == EventId.RELEASED else body


class HoldsOnlyInCalls(AltersPolls):
    """Answers a poll of a user without a call at once that there is no event, before the call and after it."""

    instead: ClassVar[dict[str, Any]] = EMPTY

    def __init__(self, platform: Any) -> None:
        super().__init__(platform)
        self._idle: set[Session] = set()

    async def asked(self, question: Question) -> Question | Reply:
        session, now = self.session(question), self.tenant.clock.now()
        if question.endpoint is Endpoint.EVENTS and session is not None:
            script = session.script
            if not (script.live(now) or script.waiting(now) or script.coming(now)):
                self._idle.add(session)
                asyncio.get_running_loop().call_soon(session.room.close)
        return question

    async def polled(self, question: Question, body: dict[str, Any]) -> dict[str, Any]:
        session = self.session(question)
        idle = session in self._idle
        self._idle -= {session}
        return self.instead if idle else body


class KnowsOnlyCalls(HoldsOnlyInCalls):
    """Fails such a poll."""

    instead: ClassVar[dict[str, Any]] = {"resultCode": "7", "resultDesc": "no call"}


class TakesAnyDrop(Original):
    """Is content with a drop of nothing (A-17)."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        idle = question.endpoint is Endpoint.DROP and reply.status == OK
        return answered(OK, {"resultCode": "0", "resultDesc": ""}) if idle else reply


class TypesByTheReference(AltersPolls):
    """Sends accessCode as a number, and causeId as text (A-23)."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        content = dict(body.get("content", {}))
        if "accessCode" in content:
            content["accessCode"] = int(content["accessCode"])
        if "causeId" in content:
            content["causeId"] = str(content["causeId"])
        return {**body, "content": content} if content else body


class UsesTheOtherTexts(AltersPolls):
    """Has the API reference's spelling of two texts."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        texts = {"Call transfered": "Call transferred", "Call queue timeout": "Call queued timeout"}
        return {**body, "resultDesc": texts.get(body["resultDesc"], body["resultDesc"])}


class SaysMoreInPolls(AltersPolls):
    """Has members of its own in every poll."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"serialNo": 7, "traceId": "168", "content": {}, "more": None, **body}


class HoldsForAMinute(AltersPolls):
    """Holds polls for almost a minute."""

    async def polled(self, question: Question, body: dict[str, Any]) -> dict[str, Any]:
        await asyncio.sleep(0 if "eventId" in body else 59 - self.tenant.plan.hold)
        return await super().polled(question, body)


class NeedsAMoment(OfSessions):
    """Refuses a create in the first second after a drop."""

    def __init__(self, platform: Any) -> None:
        super().__init__(platform)
        self._dropped: dict[Session | None, float] = {}

    async def asked(self, question: Question) -> Question | Reply:
        now = self.tenant.clock.now()
        if question.endpoint is Endpoint.DROP:
            self._dropped[self.session(question)] = now
        early = now < self._dropped.get(self.session(question), -1.0) + 1
        return answered(OK, CONNECT_FAILED) if early and question.endpoint is Endpoint.CREATE else question


class EndsPollsWithTheirToken(LivesByLifetimes):
    """Ends a held poll with 403 when its token runs out (S-EXP-05)."""

    reply = answered(FORBIDDEN, DEAD)

    async def _emulated(self, scope: Scope, receive: Receive, question: Question) -> Reply | None:
        own = asyncio.ensure_future(super()._emulated(scope, receive, question))
        if question.endpoint is not Endpoint.EVENTS or not 0 < self.spent(question) < 1:
            return await own
        while not own.done() and self.spent(question) < 1:
            await asyncio.wait([own], timeout=0.1)
        if own.done():
            return own.result()
        own.cancel()
        return self.reply


class EmptiesPollsWithTheirToken(EndsPollsWithTheirToken):
    """Ends a held poll without an event when its token runs out (S-EXP-05)."""

    reply = answered(OK, EMPTY)


class CountsWholeSeconds(LivesByLifetimes):
    """Counts the life of a token in whole seconds, and lets it die at the beginning of the last."""

    async def asked(self, question: Question) -> Question | Reply:
        token = (question.header(b"authorization") or b"").decode().removeprefix("Bearer ")
        if question.endpoint in LOGIN or token not in self._asked:
            return question
        issued, life = self._asked[token]
        dead = floor(self.tenant.clock.now()) >= floor(issued) + life
        return answered(FORBIDDEN, DEAD) if dead else question


class GrantsTenMinutes(LivesByLifetimes):
    """Grants ten minutes to whoever asks for less, and says so."""

    async def asked(self, question: Question) -> Question | Reply:
        if question.endpoint is not Endpoint.TOKEN:
            return question
        others = tuple(line for line in question.headers if line[0] != b"x-token-expire")
        return replace(question, headers=others)


CORRECT: Final[tuple[type[Original], ...]] = (
    IsFarAway,
    IsSilentAfterDrop,
    HoldsOnlyInCalls,
    KnowsOnlyCalls,
    TakesAnyDrop,
    TypesByTheReference,
    UsesTheOtherTexts,
    SaysMoreInPolls,
    HoldsForAMinute,
    NeedsAMoment,
    EndsPollsWithTheirToken,
    EmptiesPollsWithTheirToken,
    CountsWholeSeconds,
    GrantsTenMinutes,
)
"""All of them."""

ADVISED: Final[dict[type[Original], set[str]]] = {GrantsTenMinutes: {"S-TOK-04"}}
"""The rules that are advice, and that a correct server need not follow."""
