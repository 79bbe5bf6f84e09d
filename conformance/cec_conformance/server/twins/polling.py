"""Servers that are faulty at polling (guide §5 step 4)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import NO_EVENT_TEXT, TERMINAL, Endpoint, EventId
from msgspec.structs import replace

from cec_conformance.server.twins.sessions import AltersPolls, OfSessions, telling

if TYPE_CHECKING:
    from mock_cec.session import Session
    from starlette.types import Message, Receive, Scope

    from cec_conformance.server.twins.original import Original, Question, Reply

EMPTY: Final = {"resultCode": "0", "resultDesc": NO_EVENT_TEXT}


class NamesItEventID(AltersPolls):
    """Names the member `eventID`."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Rename it."""
        return {"eventID" if name == "eventId" else name: value for name, value in body.items()}


class SendsNullEvents(AltersPolls):
    """Sends `eventId` null where there is none."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Put it in."""
        return {"eventId": None, **body}


class HoldsForLong(AltersPolls):
    """Holds quiet polls for 90 s longer."""

    async def polled(self, question: Question, body: dict[str, Any]) -> dict[str, Any]:
        """Wait."""
        await asyncio.sleep(0 if "eventId" in body else 90)
        return await super().polled(question, body)


class NeverHolds(OfSessions):
    """Answers at once, event or not."""

    async def asked(self, question: Question) -> Question | Reply:
        """Have every poll run out as soon as it comes."""
        if question.endpoint is Endpoint.EVENTS:
            asyncio.get_running_loop().call_soon(self._run_out)
        return question

    def _run_out(self) -> None:
        for session in self.tenant.sessions:
            session.room.close()


class WaitsForTheEndOfTheHold(OfSessions):
    """Looks for events when the hold is over, and not before."""

    async def asked(self, question: Question) -> Question | Reply:
        """Wait first."""
        if question.endpoint is Endpoint.EVENTS:
            await asyncio.sleep(self.tenant.plan.hold + 3)
        return question


class JoinsAddresses(AltersPolls):
    """Sends gwAddresses as one text."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Join them."""
        if body.get("eventId") != EventId.CONNECTED:
            return body
        return {**body, "content": {**body["content"], "gwAddresses": ",".join(body["content"]["gwAddresses"])}}


class GivesNoCauseForTimeouts(AltersPolls):
    """Leaves `content` out of 168103."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Leave it out."""
        timed_out = body.get("eventId") == EventId.QUEUE_TIMEOUT
        return {name: value for name, value in body.items() if not (timed_out and name == "content")}


class SendsEventsAsText(AltersPolls):
    """Sends `eventId` as text."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Write it out."""
        return {**body, "eventId": str(body["eventId"])} if "eventId" in body else body


class DescribesNothing(AltersPolls):
    """Leaves `resultDesc` empty."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Empty it."""
        return {**body, "resultDesc": ""}


class ForgetsBetweenPolls(OfSessions):
    """Forgets a 168102 that arises while nobody polls."""

    async def _emulated(self, scope: Scope, receive: Receive, question: Question) -> Reply | None:
        while question.endpoint is Endpoint.EVENTS and self._queued_before(self.session(question)):
            await super()._emulated(scope, receive, question)
        return await super()._emulated(scope, receive, question)

    def _queued_before(self, session: Session | None) -> bool:
        waiting = session.script.waiting(self.tenant.clock.now()) if session is not None else ()
        return bool(waiting) and waiting[0].event.id == EventId.QUEUED


class TimesOutWhenConnected(AltersPolls):
    """Sends 168103 straight after the first 168101 of a call, and nothing more."""

    def __init__(self, platform: Any) -> None:  # noqa: ANN401  (as the original)
        super().__init__(platform)
        self._connected: dict[tuple[Session | None, int], bool] = {}

    async def polled(self, question: Question, body: dict[str, Any]) -> dict[str, Any]:
        """Put it in the place of whatever came."""
        session = self.session(question)
        call = (session, session.script.calls if session is not None else 0)
        if call in self._connected:
            first, self._connected[call] = self._connected[call], False
            return telling(EventId.QUEUE_TIMEOUT) if first else EMPTY
        if body.get("eventId") == EventId.CONNECTED:
            self._connected[call] = True
        return body


class RepeatsTheEnd(AltersPolls):
    """Repeats the event that ended a call on every poll until the next create."""

    def __init__(self, platform: Any) -> None:  # noqa: ANN401  (as the original)
        super().__init__(platform)
        self._ends: dict[tuple[Session | None, int], dict[str, Any]] = {}

    async def polled(self, question: Question, body: dict[str, Any]) -> dict[str, Any]:
        """Put it in place of no event."""
        session = self.session(question)
        call = (session, session.script.calls if session is not None else 0)
        if body.get("eventId") in TERMINAL:
            self._ends[call] = body
        return body if "eventId" in body else self._ends.get(call, body)


class QueuesEverybody(AltersPolls):
    """Tells whoever polls before anybody has called that the call is in the queue."""

    def altered(self, body: dict[str, Any]) -> dict[str, Any]:
        """Put it in place of no event."""
        called = any(session.script.calls for session in self.tenant.sessions)
        return body if called or "eventId" in body else telling(EventId.QUEUED)


class AnswersBothPolls(OfSessions):
    """Answers every poll of a user with the event that one of them got."""

    def __init__(self, platform: Any) -> None:  # noqa: ANN401  (as the original)
        super().__init__(platform)
        self._beside: dict[Session, set[asyncio.Future[Reply]]] = {}

    async def _emulated(self, scope: Scope, receive: Receive, question: Question) -> Reply | None:
        session = self.session(question)
        if question.endpoint is not Endpoint.EVENTS or session is None:
            return await super()._emulated(scope, receive, question)
        others = self._beside.setdefault(session, set())
        shared: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        own = asyncio.ensure_future(super()._emulated(scope, receive, question))
        others.add(shared)
        try:
            either: set[asyncio.Future[Any]] = {shared, own}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            others.discard(shared)
        if shared.done():
            own.cancel()
            return shared.result()
        reply = own.result()
        if reply is not None and "eventId" in reply.json:
            for other in others:
                other.set_result(reply)
        return reply


class WritesToTheDead(OfSessions):
    """Keeps the polls of clients that went away, and gives them the next event."""

    def __init__(self, platform: Any) -> None:  # noqa: ANN401  (as the original)
        super().__init__(platform)
        self._dead: set[asyncio.Task[Reply | None]] = set()

    async def _emulated(self, scope: Scope, receive: Receive, question: Question) -> Reply | None:
        reply = await super()._emulated(scope, receive, question)
        if reply is None and question.endpoint is Endpoint.EVENTS:
            unwatched = {name: value for name, value in scope.items() if name != "mock_cec.connection"}
            self._dead.add(asyncio.ensure_future(super()._emulated(unwatched, _never, question)))
        return reply


async def _never() -> Message:
    await asyncio.get_running_loop().create_future()
    raise AssertionError("it never comes")


class TakesWebForGranted(OfSessions):
    """Takes a poll without a channel for one of `WEB`."""

    async def asked(self, question: Question) -> Question | Reply:
        """Put the channel in."""
        return replace(question, query=b"channel=WEB") if question.endpoint is Endpoint.EVENTS else question


TWINS: Final[dict[str, type[Original]]] = {
    "S-POL-01": NamesItEventID,
    "S-POL-02": SendsNullEvents,
    "S-POL-03": HoldsForLong,
    "S-POL-04": NeverHolds,
    "S-POL-05": WaitsForTheEndOfTheHold,
    "S-POL-06": JoinsAddresses,
    "S-POL-07": GivesNoCauseForTimeouts,
    "S-POL-08": SendsEventsAsText,
    "S-POL-09": DescribesNothing,
    "S-POL-10": ForgetsBetweenPolls,
    "S-POL-11": TimesOutWhenConnected,
    "S-POL-12": RepeatsTheEnd,
    "S-POL-13": QueuesEverybody,
    "S-POL-14": AnswersBothPolls,
    "S-POL-15": WritesToTheDead,
    "S-POL-16": TakesWebForGranted,
}
