"""The media leg on the wire.

It decides nothing: `leg` does. One task reads a single stream of things that happen (frames, news of the media, wishes
of the user), tells the leg, and does what the leg wants done. Time is the event loop's.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, Self

from websockets.exceptions import ConnectionClosed

from cec_client.errors import MediaProblem
from cec_client.media.events import MediaFailed
from cec_client.media.leg import Accept, Deed, Leg, Open, Quiet, Reoffer, Shut, Tell, Unusable
from cec_client.media.sip_deeds import Send
from cec_client.media.socket import NotOpened, open_socket, read_frames
from cec_client.media.statistics import MediaStatistics
from cec_client.transport import certificates

if TYPE_CHECKING:
    from collections.abc import Callable

    from websockets.asyncio.client import ClientConnection

    from cec_client.events import Gateway
    from cec_client.media.events import MediaEvent
    from cec_client.media.peer import Peer
    from cec_client.media.policy import MediaPolicy

_log = logging.getLogger("cec_client.media")

_BROKEN: Final = {
    "failed": "no connection for media came about, or it broke (ICE, DTLS)",
    "closed": "the gateway closed the connection of the media",
}


class AsyncMediaCall:
    """Calls the gateway, sends a tone (and a picture), and listens whether it comes back.

    An asynchronous context manager, and an asynchronous iterator over what happens; the last event is `MediaFailed` or
    `MediaEnded`. Leaving the context hangs up.

    Args:
        gateway: Where to, as `Connected` says it (guide §5 step 4).
        video: Whether to offer video as well.
        verify: Whether to check certificates; a path names a file of authorities.
        trust_env: Whether proxies and certificates are taken from the environment.
        policy: Time limits.

    Attributes:
        gateway: The same.
    """

    def __init__(
        self,
        gateway: Gateway,
        *,
        video: bool = False,
        verify: bool | str = True,
        trust_env: bool = True,
        policy: MediaPolicy | None = None,
    ) -> None:
        self.gateway = gateway
        self._video = video
        self._certificates = partial(certificates, verify, trust_env=trust_env)
        self._trust_env = trust_env
        self._leg = Leg(gateway, policy)
        self._happenings: asyncio.Queue[Callable[[float], object]] = asyncio.Queue()
        self._events: asyncio.Queue[MediaEvent | None] = asyncio.Queue()
        self._statistics = MediaStatistics()
        self._peer: Peer | None = None
        self._socket: ClientConnection | None = None
        self._attempt: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self._runner: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        """Whether it has begun and ended."""
        return self._runner is not None and (self._leg.over or self._runner.done())

    async def __aenter__(self) -> Self:
        self._begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hang_up()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> MediaEvent:
        """Wait for the next event."""
        self._begin()
        event = await self._events.get()
        if event is None:
            self._events.put_nowait(None)  # for whoever asks again
            raise StopAsyncIteration
        return event

    async def hang_up(self, why: str = "you hung up", *, wait: bool = True) -> None:
        """Hang up and wait until it is over.

        Args:
            why: What `MediaEnded` says.
            wait: Whether to wait for the gateway's consent, for a moment (`MediaPolicy.farewell`).
        """
        if self._runner is not None:
            goodbye = self._leg.hang_up if wait else self._leg.abandon
            self._happenings.put_nowait(lambda now: goodbye(now, why))
            await asyncio.wait([self._runner])

    async def statistics(self) -> MediaStatistics:
        """Count what came of the media so far, or of those that have ended."""
        if self._peer is None:
            return self._statistics
        return MediaStatistics(seconds=self._leg.connected_for(_now()), streams=await self._peer.statistics())

    # Inside

    def _begin(self) -> None:
        if self._runner is None:
            self._runner = asyncio.create_task(self._run(), name="cec-client media")

    async def _run(self) -> None:
        try:
            await asyncio.to_thread(import_module, "cec_client.media.peer")  # aiortc takes its time
            from cec_client.media.peer import Peer  # noqa: PLC0415 - the same

            peer = self._peer = Peer(video=self._video, changed=self._media_changed)
            try:
                await self._talk(peer)
            finally:
                self._peer = None
                self._shut()
                await asyncio.gather(*self._leaving, peer.close(), return_exceptions=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, somebody waits for the last word
            _log.debug("the media leg stopped", exc_info=True)
            self._events.put_nowait(MediaFailed(MediaProblem(f"the media leg had to stop ({error!r})")))
        finally:
            self._events.put_nowait(None)

    async def _talk(self, peer: Peer) -> None:
        """Do what the leg wants done, and tell it what happens, until it is over."""
        try:
            self._leg.start(await peer.offer(), _now())
        except Unusable as error:
            self._leg.trouble(str(error), _now())
        while True:
            while deeds := self._leg.take_deeds():
                for deed in deeds:
                    await self._do(deed, peer)
            if self._leg.over:
                break
            await self._wait()
        self._events.put_nowait(self._leg.last_word(self._statistics))

    async def _wait(self) -> None:
        """Wait until something happens, or time has come."""
        try:
            async with asyncio.timeout_at(self._leg.wake_at):
                happening = await self._happenings.get()
        except TimeoutError:
            self._leg.tick(_now())
        else:
            happening(_now())

    async def _do(self, deed: Deed, peer: Peer) -> None:
        match deed:
            case Tell(event):
                self._events.put_nowait(event)
            case Open(url):
                self._attempt = asyncio.create_task(self._attend(url), name=f"cec-client {url}")
            case Send(text) if self._socket is not None:
                with suppress(ConnectionClosed):  # whoever reads tells of it
                    await self._socket.send(text)
            case Shut():
                self._shut()
            case Accept(sdp):
                try:
                    await peer.accept(sdp)
                except Unusable as error:
                    self._leg.trouble(str(error), _now())
            case Reoffer(sdp):
                try:
                    self._leg.answer(await peer.reoffer(sdp), _now())
                except Unusable as error:
                    _log.debug("%s", error)
                    self._leg.answer(None, _now())
            case Quiet():
                self._statistics = await self.statistics()
                self._peer = None
                self._leave(asyncio.create_task(peer.close(), name="cec-client media closing"))

    def _shut(self) -> None:
        """Let go of the WebSocket; what it still says is heard no more."""
        attempt, self._attempt, self._socket = self._attempt, None, None
        if attempt is not None:
            attempt.cancel()
            self._leave(attempt)

    def _leave(self, task: asyncio.Task[None]) -> None:
        self._leaving.add(task)

    async def _attend(self, url: str) -> None:
        """Open a WebSocket and read it to its end."""
        try:
            socket = await open_socket(url, self._certificates, trust_env=self._trust_env)
        except NotOpened as error:
            self._happened(partial(self._leg.not_opened, str(error)))
            return
        try:
            self._socket = socket
            self._happened(self._leg.opened)
            why = await read_frames(socket, lambda frame: self._happened(partial(self._read, frame)))
            self._happened(partial(self._leg.lost, why))
        finally:
            await socket.close()

    def _happened(self, happening: Callable[[float], object]) -> None:
        """Keep what happened at the current attempt; of one that was given up nobody wants to know."""
        mine = asyncio.current_task()

        def if_current(now: float) -> None:
            if mine is self._attempt:
                happening(now)

        self._happenings.put_nowait(if_current)

    def _read(self, frame: str | bytes, now: float) -> None:
        complaint = self._leg.received(frame, now)
        if complaint is not None:
            _log.debug("a frame of the gateway is ignored: %s", complaint)

    def _media_changed(self, state: str, codecs: tuple[str, ...]) -> None:
        if state == "connected":
            self._happenings.put_nowait(partial(self._leg.connected, codecs))
        elif state in _BROKEN:
            self._happenings.put_nowait(partial(self._leg.broken, _BROKEN[state]))


def _now() -> float:
    return asyncio.get_running_loop().time()
