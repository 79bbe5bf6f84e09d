"""Servers that are faulty at drop and expiry (guide §5 step 5, §6.1)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import Endpoint, EventId
from cec_client.protocol.headers import BEARER, X_TOKEN_EXPIRE

from cec_conformance.run import LOGIN
from cec_conformance.server.twins.original import Original, answered
from cec_conformance.server.twins.sessions import OK, AltersPolls, OfSessions, telling

if TYPE_CHECKING:
    from mock_cec.session import Session
    from starlette.types import Receive, Scope

    from cec_conformance.server.twins.original import Question, Reply

DROP_FAILED: Final = {"resultCode": "13", "resultDesc": "disconnect failed"}
CONNECT_FAILED: Final = {"resultCode": "13", "resultDesc": "connect failed"}
DEAD: Final = {"errorCode": "0", "exceptionInfo": "auth fail! illegal or expired token info. please apply or refresh "
               "the access token from the server!"}  # fmt: skip


class RefusesToDropTheQueued(AltersPolls):
    """Refuses to drop a call that is in the queue."""

    def __init__(self, platform: Any) -> None:  # noqa: ANN401  (as the original)
        super().__init__(platform)
        self._last: dict[Session | None, int] = {}

    async def asked(self, question: Question) -> Question | Reply:
        """Refuse it."""
        queued = self._last.get(self.session(question)) == EventId.QUEUED
        return answered(OK, DROP_FAILED) if queued and question.endpoint is Endpoint.DROP else question

    async def polled(self, question: Question, body: dict[str, Any]) -> dict[str, Any]:
        """Remember where the call is."""
        if "eventId" in body:
            self._last[self.session(question)] = body["eventId"]
        return body


class DeliversAfterDrop(AltersPolls):
    """Delivers a 168101 that was waiting when its call was dropped."""

    def __init__(self, platform: Any) -> None:  # noqa: ANN401  (as the original)
        super().__init__(platform)
        self._waiting: set[Session] = set()

    async def asked(self, question: Question) -> Question | Reply:
        """Keep it when the call is dropped."""
        session = self.session(question)
        if question.endpoint is Endpoint.DROP and session is not None:
            waiting = session.script.waiting(self.tenant.clock.now())
            if any(due.event.id == EventId.CONNECTED for due in waiting):
                self._waiting.add(session)
        return question

    async def polled(self, question: Question, body: dict[str, Any]) -> dict[str, Any]:
        """Deliver it."""
        session = self.session(question)
        if session not in self._waiting:
            return body
        self._waiting.remove(session)
        return telling(EventId.CONNECTED)


class BreaksAtIdleDrops(OfSessions):
    """Answers a drop without a live call with 500."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Break."""
        if question.endpoint is not Endpoint.DROP or reply.status != OK or reply.json["resultCode"] == "0":
            return reply
        return answered(500, {"errorCode": "500", "exceptionInfo": "null"})


class LeavesHeldPolls(Original):
    """Answers a poll that was held at the drop ten seconds later."""

    drops = 0

    async def _emulated(self, scope: Scope, receive: Receive, question: Question) -> Reply | None:
        before = self.drops
        reply = await super()._emulated(scope, receive, question)
        self.drops += question.endpoint is Endpoint.DROP
        if question.endpoint is Endpoint.EVENTS and self.drops > before:
            await asyncio.sleep(10)
        return reply


class KeepsUsersBusy(OfSessions):
    """Refuses every create after a drop."""

    def __init__(self, platform: Any) -> None:  # noqa: ANN401  (as the original)
        super().__init__(platform)
        self._busy: set[Session | None] = set()

    async def asked(self, question: Question) -> Question | Reply:
        """Refuse it."""
        if question.endpoint is Endpoint.DROP:
            self._busy.add(self.session(question))
        refused = question.endpoint is Endpoint.CREATE and self.session(question) in self._busy
        return answered(OK, CONNECT_FAILED) if refused else question


class LivesByLifetimes(OfSessions):
    """The emulator, which knows how much of its life a token has behind it."""

    def __init__(self, platform: Any) -> None:  # noqa: ANN401  (as the original)
        super().__init__(platform)
        self._asked: dict[str, tuple[float, float]] = {}

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """Remember when a token was issued, and for how long it was asked."""
        life = question.header(X_TOKEN_EXPIRE.encode())
        if question.endpoint is Endpoint.TOKEN and reply.status == OK and life is not None:
            self._asked[reply.json["AccessToken"]] = (self.tenant.clock.now(), float(life))
        return reply

    def spent(self, question: Question) -> float:
        """Give the part of its life that the token of a business request has behind it: dead from 1 on."""
        token = (question.header(b"authorization") or b"").decode("latin-1").removeprefix(BEARER)
        if question.endpoint in LOGIN or token not in self._asked:
            return 0.0
        issued, life = self._asked[token]
        return (self.tenant.clock.now() - issued) / life


class FailsWithTheStatusInside(LivesByLifetimes):
    """Answers dead tokens 200 with resultCode 403."""

    async def asked(self, question: Question) -> Question | Reply:
        """Answer them."""
        dead = answered(OK, {"resultCode": "403", "resultDesc": "auth fail!"})
        return dead if self.spent(question) >= 1 else question


class ExpiresAtHalfTheLife(LivesByLifetimes):
    """Lets tokens die at half their life."""

    async def asked(self, question: Question) -> Question | Reply:
        """Refuse them."""
        return answered(403, DEAD) if self.spent(question) >= 0.5 else question  # noqa: PLR2004  (half)


class EndsCallsAtLogin(OfSessions):
    """Ends the call of a user who logs in anew."""

    async def asked(self, question: Question) -> Question | Reply:
        """End it."""
        if question.endpoint is Endpoint.APPLY_TOKEN:
            session = self.tenant.session(question.json.get("userId", ""))
            session.script.drop(self.tenant.clock.now())
            session.room.look()
        return question


class HoldsDeadPolls(LivesByLifetimes):
    """Holds a poll with a dead token before it refuses it."""

    async def asked(self, question: Question) -> Question | Reply:
        """Hold it."""
        if question.endpoint is Endpoint.EVENTS and self.spent(question) >= 1:
            await asyncio.sleep(self.tenant.plan.hold)
        return question


class BreaksWhenTokensDie(LivesByLifetimes):
    """Ends a poll with 500 whose token ran out while it was held."""

    async def replied(self, question: Question, reply: Reply) -> Reply:
        """End it."""
        died = question.endpoint is Endpoint.EVENTS and reply.status == OK and self.spent(question) >= 1
        broken = answered(500, {"errorCode": "500", "exceptionInfo": "null"})
        return broken if died else await super().replied(question, reply)


TWINS: Final[dict[str, type[Original]]] = {
    "S-DRP-01": RefusesToDropTheQueued,
    "S-DRP-02": DeliversAfterDrop,
    "S-DRP-03": BreaksAtIdleDrops,
    "S-DRP-04": LeavesHeldPolls,
    "S-DRP-05": KeepsUsersBusy,
    "S-EXP-01": FailsWithTheStatusInside,
    "S-EXP-02": ExpiresAtHalfTheLife,
    "S-EXP-03": EndsCallsAtLogin,
    "S-EXP-04": HoldsDeadPolls,
    "S-EXP-05": BreaksWhenTokensDie,
}
