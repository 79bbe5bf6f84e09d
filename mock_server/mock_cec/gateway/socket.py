"""One WebSocket of the gateway: carries frames to its line, and carries out what line, calls and media want done.

It decides nothing. The line knows SIP and real time, for its timers are between two programs that are awake; a call
knows the scenario and its tenant's clock, which may stand still.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from functools import partial
from typing import TYPE_CHECKING, Final

from mock_cec.gateway import switchboard
from mock_cec.gateway.deeds import By, Close, Confirmed, Dialled, Digit, Ended, Offered, Send
from mock_cec.gateway.media.leg import Full, NotAcceptable
from mock_cec.gateway.media_call import Answer, CutSocket, HangUp, MediaCall, Refuse, Ring, ScriptChanged
from mock_cec.gateway.noting import Notes, Owner
from mock_cec.gateway.placed import Placed
from mock_cec.gateway.wishes import wish_of
from mock_cec.gateway.words import PROBLEM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Receive, Scope
    from starlette.types import Send as AsgiSend

    from mock_cec.gateway.deeds import Deed
    from mock_cec.gateway.media.leg import Carrier
    from mock_cec.gateway.media_call import Act
    from mock_cec.gateway.parts import Parts
    from mock_cec.platform import Platform

log: Final = logging.getLogger("mock_cec")

RETRY_AFTER: Final = 10
"""The seconds after which a caller may try again for whom there was no room (RFC 3261 §21.5.4)."""

MOST_UNSENT: Final = 1000
"""How many messages may wait for a client that does not read; then its WebSocket is cut."""

STOPPING: Final = "mock_cec.stopping"
"""The message by which the server says that it is about to stop."""

_GOING_AWAY: Final = 1001
_POLICY: Final = 1008


class Socket:
    """A WebSocket and the calls on it.

    Args:
        platform: Whose calls may be dialled here.
        parts: Where the line comes from.
        carrier: Who carries the media.
        scope: The WebSocket, by ASGI.
        send: Takes messages to it.
    """

    def __init__(self, platform: Platform, parts: Parts, carrier: Carrier, scope: Scope, send: AsgiSend) -> None:
        self._platform = platform
        self._carrier = carrier
        self._scope = scope
        self._send = send
        self._loop = asyncio.get_running_loop()
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        self._line = parts.line(host or "gateway.invalid", partial(secrets.token_hex, 8))
        client = scope.get("client")
        self._notes = Notes(platform.first, f"{client[0]}:{client[1]}" if client else None)
        self._placed: dict[int, Placed] = {}
        self._unsent: asyncio.Queue[str | Close] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.TimerHandle | None = None

    async def serve(self, receive: Receive) -> None:
        """Serve it, until it is closed by either side."""
        self._notes.state(None, "WebSocket opened")
        writer = asyncio.create_task(self._write())
        try:
            code = await self._read(receive)
            self._notes.state(None, f"WebSocket closed ({code})")
        finally:
            self._do(self._line.closed(self._loop.time()))
            for placed in tuple(self._placed.values()):
                self._over(placed)
            if self._alarm is not None:
                self._alarm.cancel()
            writer.cancel()
            await asyncio.gather(writer, *self._tasks, return_exceptions=True)

    async def _read(self, receive: Receive) -> int:
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return int(message.get("code") or 1005)
            if message["type"] == STOPPING:
                self._part()
                continue
            text = message.get("text")
            self._take(message["bytes"] if text is None else text)
            await asyncio.sleep(0)  # one frame, then others: a flood on one WebSocket is to hold up nobody else

    def _take(self, frame: str | bytes) -> None:
        deeds = self._line.received(frame, self._loop.time())
        text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
        found: dict[int, switchboard.Found | switchboard.Refused] = {}
        for deed in deeds:
            if isinstance(deed, Dialled):  # before the frame is noted: it is the trace of whose call it is
                found[deed.call] = place = switchboard.find(self._platform, deed.callee)
                user = place.session.user_id if place.session else None
                self._notes.own(text, Owner(place.tenant or self._platform.first, deed.callee, user))
        self._notes.received(text)
        self._do(deeds, found)
        self._wake()

    def _do(
        self, deeds: Iterable[Deed], found: dict[int, switchboard.Found | switchboard.Refused] | None = None
    ) -> None:
        for deed in deeds:
            match deed:
                case Send(text):
                    self._notes.sent(text)
                    self._put(text)
                case Close():
                    self._put(deed)
                case Dialled():
                    self._dial(deed, (found or {})[deed.call])
                case _:
                    self._news(deed)

    def _news(self, deed: Offered | Confirmed | Digit | Ended) -> None:
        """Hear news of a call that is there; of others nobody wants to know."""
        placed = self._placed.get(deed.call)
        if placed is None:
            return
        match deed:
            case Offered():
                self._spawn(self._answer_again(placed, deed.offer))
            case Confirmed():
                placed.call.confirmed(placed.now())
            case Digit():
                self._notes.state(placed.owner, f"key {deed.signal} by INFO ({deed.milliseconds} ms)")
                if placed.call.echoes_keys:
                    self._do(self._line.digit(deed.call, deed.signal, deed.milliseconds, self._loop.time()))
            case Ended():
                acts = placed.call.ended_by(deed.by, placed.now())
                if deed.by is not By.GATEWAY:
                    self._notes.state(placed.owner, f"over: {placed.call.ended}{deed.why and f' ({deed.why})'}")
                self._over(placed)
                self._act(placed, acts)

    def _dial(self, dialled: Dialled, place: switchboard.Found | switchboard.Refused) -> None:
        if isinstance(place, switchboard.Refused):
            owner = Owner(
                place.tenant or self._platform.first, dialled.callee, place.session.user_id if place.session else None
            )
            self._notes.state(owner, f"{PROBLEM}{place.status}: {place.why}")
            self._do(self._line.refuse(dialled.call, place.status, self._loop.time(), why=place.why))
            return
        tenant, session = place.tenant, place.session
        owner = Owner(tenant, dialled.callee, session.user_id)
        placed = Placed(dialled, owner, session)
        if tenant.plan.scenario.gateway.answer == "ok":
            try:
                placed.leg = self._carrier.leg(wish_of(tenant), _Ear(self, placed))
            except Full as full:
                why = str(full) or "no room for another call"
                self._notes.state(owner, f"{PROBLEM}503: {why}")
                self._do(self._line.refuse(dialled.call, 503, self._loop.time(), why=why, retry_after=RETRY_AFTER))
                return
        placed.call = MediaCall(session, tenant.plan, placed.now())
        self._placed[dialled.call] = placed
        placed.watch(partial(self._look, placed), partial(self._give_up, placed))
        self._act(placed, placed.call.begin(placed.now()))

    def _look(self, placed: Placed) -> None:
        self._act(placed, placed.call.look(placed.now()))

    def _give_up(self, placed: Placed) -> None:
        """Hang up, as the server stops, or the tenant begins anew or is gone: whichever is heard of first."""
        self._act(placed, placed.call.give_up("the emulator ends all calls", placed.now()))

    def _act(self, placed: Placed, acts: Iterable[Act]) -> None:
        call, now = placed.number, self._loop.time()
        for act in acts:
            match act:
                case Ring():
                    self._do(self._line.ring(call, now))
                case Answer():
                    self._spawn(self._answer(placed))
                case Refuse():
                    self._do(self._line.refuse(call, act.status, now, why=act.why))
                case HangUp():
                    self._notes.state(placed.owner, f"the gateway hangs up: {act.why}")
                    self._do(self._line.hang_up(call, now, cause=act.cause, why=act.why))
                    self._over(placed)
                case CutSocket():
                    self._notes.state(placed.owner, "the WebSocket is cut, as the scenario says")
                    self._cut()
                case ScriptChanged():
                    placed.session.room.look()
        placed.rearm(partial(self._look, placed))
        self._wake()

    async def _answer(self, placed: Placed) -> None:
        """Have the media answer the INVITE, and send what they say unless the call is over meanwhile."""
        assert placed.leg is not None  # noqa: S101  (only a call with media is answered)
        answer = await self._answer_of(placed, placed.offer)
        if isinstance(answer, str):
            if placed.call.answered(placed.now()):
                self._do(self._line.accept(placed.number, answer, self._loop.time()))
        elif not placed.call.over:
            placed.call.refused(f"refused: {answer[0]}", placed.now())
            self._do(self._line.refuse(placed.number, answer[0], self._loop.time(), why=answer[1]))
            self._over(placed)
        self._wake()

    async def _answer_again(self, placed: Placed, offer: str) -> None:
        answer = await self._answer_of(placed, offer)
        if isinstance(answer, str):
            self._do(self._line.accept(placed.number, answer, self._loop.time()))
        else:
            self._do(self._line.refuse(placed.number, answer[0], self._loop.time(), why=answer[1]))
        self._wake()

    async def _answer_of(self, placed: Placed, offer: str) -> str | tuple[int, str]:
        """Give the answer to an offer, or the status of a refusal with its reason."""
        if placed.leg is None:
            return 488, "this call has no media"
        try:
            return await placed.leg.answer(offer)
        except NotAcceptable as refusal:
            if not placed.call.over:
                self._notes.state(placed.owner, f"{PROBLEM}488: {refusal}")
            return 488, str(refusal)
        except Exception:
            log.exception("gateway: an offer could not be answered")
            self._notes.state(placed.owner, f"{PROBLEM}500: the media could not be set up; see the log")
            return 500, "the media could not be set up"

    def media(self, placed: Placed, word: str) -> None:
        """Hear news of the media of a call."""
        self._notes.state(placed.owner, f"media {word}")
        self._act(placed, placed.call.heard_of_media(word, placed.now()))

    def key(self, placed: Placed, signal: str, milliseconds: int) -> None:
        """Hear of a key that was told within the media; the echo brings it back by itself."""
        self._notes.state(placed.owner, f"key {signal} by RTP ({milliseconds} ms)")

    def _over(self, placed: Placed) -> None:
        """Part with a call: its media are released beside what goes on, for that may take a while."""
        if self._placed.pop(placed.number, None) is None:
            return
        placed.unwatch()
        if placed.leg is not None:
            self._spawn(placed.leg.close())

    def _part(self) -> None:
        """Say goodbye, as the server stops: BYE first, then the end of the WebSocket."""
        for placed in tuple(self._placed.values()):
            self._give_up(placed)
        self._put(Close(_GOING_AWAY, "the emulator stops"))

    def _put(self, item: str | Close) -> None:
        if self._unsent.qsize() < MOST_UNSENT:
            self._unsent.put_nowait(item)
        elif self._unsent.qsize() == MOST_UNSENT:
            self._notes.state(None, f"{PROBLEM}the client does not read; its WebSocket is cut")
            self._unsent.put_nowait(Close(_POLICY, "nothing is read"))
            self._cut()

    def _cut(self) -> None:
        connection = self._scope.get("mock_cec.connection")
        if connection is None:  # in process, where there is nothing that could be cut
            self._unsent.put_nowait(Close(_GOING_AWAY, "cut"))
        else:
            connection.abort()

    async def _write(self) -> None:
        while True:
            item = await self._unsent.get()
            if isinstance(item, Close):
                await self._send({"type": "websocket.close", "code": item.code, "reason": item.why})
                return
            await self._send({"type": "websocket.send", "text": item})

    def _spawn(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _wake(self) -> None:
        """Set the alarm of the line."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        at = self._line.wake_at()
        if at is not None:
            self._alarm = self._loop.call_at(at, self._tick)

    def _tick(self) -> None:
        self._do(self._line.tick(self._loop.time()))
        self._wake()


class _Ear:
    """Hears what happens to the media of a call."""

    def __init__(self, socket: Socket, placed: Placed) -> None:
        self._socket = socket
        self._placed = placed

    def state(self, words: str) -> None:
        """Hear of the media."""
        self._socket.media(self._placed, words)

    def digit(self, signal: str, milliseconds: int) -> None:
        """Hear of a key."""
        self._socket.key(self._placed, signal, milliseconds)
