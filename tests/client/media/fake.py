"""A WebRTC gateway for tests: SIP over a real WebSocket by `websockets`, an echo by aiortc, and moods.

It is written against RFC 3261 by hand, not with this project's own messages, so that they are read by another eye.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Coroutine, Iterator

T = TypeVar("T")

COPIED = ("Via", "From", "Call-ID", "CSeq")


@dataclass
class Mood:
    """How the gateway behaves.

    Attributes:
        refuses: The status line's rest of its final answer, such as `486 Busy Here`; empty to accept.
        rings: Whether it rings; without it goes silent after 100, unless it accepts at once.
        answers: Whether it ever answers an INVITE at all.
        accepts: Whether it accepts, or rings for ever.
        speaks_sip: Whether it knows the sub-protocol.
        releases_after: Seconds after the ACK at which it hangs up.
        closes: Whether it closes the socket after the ACK.
        closes_after: The same after so many seconds.
        holds: Whether it puts the call on hold and resumes it, after the ACK.
        fails_ice: Whether its candidates lead nowhere.
        once_heard: Called when it has heard the caller for a while.
    """

    refuses: str = ""
    rings: bool = True
    answers: bool = True
    accepts: bool = True
    speaks_sip: bool = True
    releases_after: float | None = None
    closes: bool = False
    closes_after: float = 0.0
    holds: bool = False
    fails_ice: bool = False
    once_heard: Callable[[], object] | None = None


@dataclass
class FakeGateway:
    mood: Mood
    url: str = ""
    received: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    @property
    def methods(self) -> list[str]:
        return [message.partition(" ")[0] for message in self.received]

    async def serve(self, tls: ssl.SSLContext | None = None) -> Server:
        protocols = [Subprotocol("sip")] if self.mood.speaks_sip else None
        server = await serve(self._attend, "127.0.0.1", 0, subprotocols=protocols, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        self.url = f"{'ws' if tls is None else 'wss'}://127.0.0.1:{port}/sip"
        return server

    async def _attend(self, socket: ServerConnection) -> None:
        line = _Line(self, socket)
        try:
            with contextlib.suppress(ConnectionClosed):
                async for frame in socket:
                    await line.take(str(frame))
        finally:
            await line.close()


class _Line:
    def __init__(self, gateway: FakeGateway, socket: ServerConnection) -> None:
        self._gateway = gateway
        self._mood = gateway.mood
        self._socket = socket
        self._invite = ""
        self._sequence = 0
        self._heard = asyncio.Event()
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.on("track", self._connection.addTrack)
        self._tasks: list[asyncio.Task[None]] = []

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._connection.close()

    async def take(self, message: str) -> None:
        if message.startswith("SIP/2.0"):
            self._gateway.answered.append(message)
            self._heard.set()
            return
        self._gateway.received.append(message)
        method = message.partition(" ")[0]
        if method == "INVITE" and self._mood.answers:
            await self._invited(message)
        elif method == "ACK" and not self._mood.refuses:
            self._tasks.append(asyncio.create_task(self._after_ack()))
        elif method == "BYE":
            await self._reply(message, "200 OK")
            await self._connection.close()
        elif method == "CANCEL":
            await self._reply(message, "200 OK")
            await self._reply(self._invite, "487 Request Terminated")

    async def _invited(self, message: str) -> None:
        self._invite = message
        await self._reply(message, "100 Trying", tag=False)
        if self._mood.rings:
            await self._reply(message, "180 Ringing")
        if self._mood.refuses:
            await self._reply(message, self._mood.refuses)
        elif self._mood.accepts:
            sdp = await self._answer(message.partition("\r\n\r\n")[2])
            await self._reply(message, "200 OK", body=sdp)

    async def _answer(self, offer: str) -> str:
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        sdp = str(self._connection.localDescription.sdp)
        if self._mood.fails_ice:
            sdp = re.sub(r"a=ice-pwd:\S+", "a=ice-pwd:wrongwrongwrongwrongwrong", sdp)
        return sdp

    async def _after_ack(self) -> None:
        if self._mood.holds:
            self._mood.holds = False
            for direction in ("sendonly", "sendrecv"):
                sdp = str(self._connection.localDescription.sdp).replace("a=sendrecv", f"a={direction}")
                await self._ask("INVITE", body=sdp)
                await self._heard.wait()
                self._heard.clear()
                await self._ask("ACK")
        if self._mood.once_heard is not None:
            await self._hear()
            self._mood.once_heard()
        if self._mood.closes or self._mood.closes_after:
            await asyncio.sleep(self._mood.closes_after)
            await self._socket.close(1001, "going away")
        if self._mood.releases_after is not None:
            await asyncio.sleep(self._mood.releases_after)
            await self._ask("BYE", 'Reason: Q.850;cause=16;text="agent hung up"\r\n')

    async def _hear(self) -> None:
        """Wait for a second of sound."""
        heard = 0
        while heard < 50:
            await asyncio.sleep(0.02)
            report = await self._connection.getStats()
            heard = sum(entry.packetsReceived for entry in report.values() if entry.type == "inbound-rtp")

    async def _reply(self, request: str, status: str, *, tag: bool = True, body: str = "") -> None:
        lines = [f"SIP/2.0 {status}", *(f"{name}: {header(request, name)}" for name in COPIED)]
        lines.append(f"To: {header(request, 'To')}" + (";tag=gateway" if tag else ""))
        lines += ["Contact: <sip:gateway@127.0.0.1;transport=ws>", "Content-Type: application/sdp"]
        await self._send(lines, body)

    async def _ask(self, method: str, more: str = "", body: str = "") -> None:
        if method != "ACK":
            self._sequence += 1
        target = re.findall("<(.*)>", header(self._invite, "Contact"))[0]
        lines = [
            f"{method} {target} SIP/2.0",
            f"Via: SIP/2.0/WS 127.0.0.1:5060;branch=z9hG4bK{method}{self._sequence}",
            f"From: {header(self._invite, 'To')};tag=gateway",
            f"To: {header(self._invite, 'From')}",
            f"Call-ID: {header(self._invite, 'Call-ID')}",
            f"CSeq: {self._sequence} {method}",
            *more.splitlines(),
        ]
        await self._send(lines, body)

    async def _send(self, lines: list[str], body: str) -> None:
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send("\r\n".join([*lines, f"Content-Length: {len(body.encode())}", "", body]))


def header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: ([^\r\n]*)", message, re.MULTILINE)
    assert found is not None, f"{name} is missing in {message}"
    return found.group(1)


@contextmanager
def running(*moods: Mood, tls: ssl.SSLContext | None = None) -> Iterator[list[FakeGateway]]:
    """Run gateways in a thread of their own."""
    gateways = [FakeGateway(mood) for mood in moods]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, loop).result(20)

    servers = [run(gateway.serve(tls)) for gateway in gateways]
    try:
        yield gateways
    finally:
        for server in servers:
            loop.call_soon_threadsafe(server.close)
            run(server.wait_closed())
        run(_without_tasks())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _without_tasks() -> None:
    """End what the libraries have left running."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
