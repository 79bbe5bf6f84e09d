"""The media of one call, with aiortc: ICE, DTLS, and what is reflected or played over them."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Final

from aiortc import RTCDtlsParameters, RTCIceCandidate, RTCIceGatherer, RTCIceParameters, RTCIceTransport

from mock_cec.gateway.media.addresses import NoAddress, usable_addresses
from mock_cec.gateway.media.answer import DISCARD, Ours, may_send, write
from mock_cec.gateway.media.echo import Echo
from mock_cec.gateway.media.leg import NotAcceptable
from mock_cec.gateway.media.offer import EVENTS, Offer, check_successor, read
from mock_cec.gateway.media.reflector import Reflector
from mock_cec.gateway.media.sounds import PACKET_SECONDS, UnusableVoice, sound
from mock_cec.gateway.media.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from aiortc import RTCRtpCodecParameters

    from mock_cec.gateway.media.leg import Listener, Wish
    from mock_cec.gateway.media.offer import Section, Transport

logger: Final = logging.getLogger(__name__)
LONGEST_CLOSE: Final = 2.0
"""Seconds after which what does not close is left to itself."""
_SECOND_THOUGHT: Final = 0.1
"""Seconds in which ICE says that it was its end which ended DTLS."""


class Call:
    """A leg (`media.leg.Leg`) whose packets are carried by aiortc.

    Args:
        wish: What the media shall be like.
        listener: Told what happens to them.
        patience: Seconds after an answer in which ICE and DTLS have to come up; then the media have failed.
    """

    def __init__(self, wish: Wish, listener: Listener, patience: float) -> None:
        self._wish = wish
        self._listener = listener
        self._patience = patience
        self._gatherer = RTCIceGatherer(iceServers=[])
        self._ice = RTCIceTransport(self._gatherer)
        self._echo = Echo(wish, self._pressed, _fresh)
        self._dtls = Reflector(self._ice, self._echo.rtp, self._echo.rtcp)
        self._session = secrets.randbits(62)
        self._version = 0
        self._offer: Offer | None = None
        self._ours: Ours | None = None
        self._stream: Stream | None = None
        self._codec: RTCRtpCodecParameters | None = None
        self._sending = False
        self._told = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._gathering = asyncio.Lock()
        self._closing: asyncio.Task[None] | None = None

    async def answer(self, offer: str) -> str:
        """Answer an offer, as `Leg.answer` says."""
        read_offer = read(offer)
        if self._offer is not None:
            check_successor(self._offer, read_offer)
        audio = next(one for one in read_offer.sections if one.kind == "audio" and not one.refused)
        if self._wish.source != "echo":
            await self._prepare(audio)
        ours = self._ours or await self._gathered()
        if self._closing is not None:
            raise NotAcceptable("the call is over")
        first, self._offer, self._ours = self._offer is None, read_offer, ours
        self._version += 1
        self._echo.agree(read_offer)
        self._sending = may_send(audio) and self._wish.direction != "to_agent"
        if first:
            self._tell("connecting")
            self._start(self._connect(read_offer.transport))
        return write(read_offer, ours, self._version)

    async def close(self) -> None:
        """Release everything, as `Leg.close` says."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _prepare(self, audio: Section) -> None:
        """Have the sound ready in the codec that the client likes best; one in another codec begins anew."""
        codec = next(one for one in audio.codecs if one.name.lower() != EVENTS)
        if self._codec is not None and str(codec) == str(self._codec) and codec.payloadType == self._codec.payloadType:
            return
        try:
            made = await asyncio.to_thread(sound, self._wish, codec.mimeType.lower())
        except UnusableVoice as unusable:
            raise NotAcceptable(str(unusable)) from unusable
        self._codec = codec
        self._stream = Stream(made.packets(), audio, codec, _fresh)

    async def _gathered(self) -> Ours:
        """Gather this side's addresses; those of a connection that is to fail are ones at which nobody listens."""
        if self._wish.ice == "fails":
            try:
                candidates = [_dead_end(address) for address in usable_addresses()]
            except NoAddress as none:
                raise NotAcceptable(str(none)) from none
        else:
            async with self._gathering:
                if self._closing is None:
                    await self._gatherer.gather()
            candidates = self._gatherer.getLocalCandidates()
            if not candidates and self._closing is None:
                raise NotAcceptable("the gateway's machine has no address at which media could come")
        local = self._gatherer.getLocalParameters()
        fingerprint = next(one for one in self._dtls.getLocalParameters().fingerprints if one.algorithm == "sha-256")
        return Ours(
            session=self._session,
            ufrag=local.usernameFragment or "",
            password=local.password or "",
            fingerprint=fingerprint,
            candidates=tuple(candidates),
        )

    async def _connect(self, transport: Transport) -> None:
        """Bring up ICE and DTLS, and then let flow what this side plays."""
        try:
            if not await self._came_up(transport):
                self._tell("failed")
                return
        except Exception:
            logger.exception("the media of a call did not come up")
            self._tell("failed")
            return
        self._dtls.on("statechange", self._dtls_changed)
        self._ice.on("statechange", self._ice_changed)
        self._tell("connected")
        if self._wish.stops is not None:
            self._later(self._wish.stops, self._stop)
        if self._stream is not None:
            self._start(self._play())

    async def _came_up(self, transport: Transport) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                if self._wish.ice == "fails":
                    # Whoever hangs up at `failed` leaves the client the time to see for itself that nothing comes up.
                    await asyncio.Event().wait()
                return await self._handshake(transport)
        except TimeoutError:
            return False

    async def _handshake(self, transport: Transport) -> bool:
        for candidate in transport.candidates:
            await self._ice.addRemoteCandidate(candidate)
        if transport.complete and transport.candidates:
            # Without this ICE waits for more: for a client whose addresses were cut, that its own checks come.
            await self._ice.addRemoteCandidate(None)
        await self._ice.start(RTCIceParameters(usernameFragment=transport.ufrag, password=transport.password))
        if self._ice.state != "completed":
            return False
        if transport.active:
            self._dtls._set_role("server")  # noqa: SLF001  (no public name)
        await self._dtls.start(RTCDtlsParameters(list(transport.fingerprints)))
        return self._dtls.state == "connected"

    async def _play(self) -> None:
        """Send a packet every 20 ms of the loop's clock; what is late is sent at once, but no more than a second."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._stream is not None and not self._echo.stopped and self._dtls.state == "connected":
            packet = self._stream.packet(sent=self._sending)
            if packet is not None:
                await self._dtls.send(packet)
            due = max(due + float(PACKET_SECONDS), loop.time() - 1)
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _stop(self) -> None:
        self._echo.stopped = True
        self._tell("stopped")

    def _pressed(self, signal: str, milliseconds: int) -> None:
        if self._closing is None:
            self._listener.digit(signal, milliseconds)

    def _dtls_changed(self) -> None:
        if self._dtls.state in {"closed", "failed"}:
            self._later(_SECOND_THOUGHT, self._left)

    def _ice_changed(self) -> None:
        if self._ice.state == "failed":
            self._tell("failed")

    def _left(self) -> None:
        """The client closed DTLS, unless ICE has said that it was lost."""
        if self._told != "failed":
            self._tell("closed")

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        """Do something later, and nothing else that was to be done."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, what)

    def _tell(self, state: str) -> None:
        """Tell a state that is another than the last; `closed` is the last."""
        if self._told not in {state, "closed"}:
            self._told = state
            self._listener.state(state)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        self._dtls.remove_all_listeners()
        self._ice.remove_all_listeners()
        try:
            async with asyncio.timeout(LONGEST_CLOSE):
                await asyncio.gather(*tasks, return_exceptions=True)
                async with self._gathering:
                    await self._dtls.stop()
                    await self._ice.stop()
        except Exception:
            logger.exception("the media of a call did not close in order")
        self._tell("closed")


def _fresh() -> int:
    return secrets.randbits(32)


def _dead_end(address: str) -> RTCIceCandidate:
    return RTCIceCandidate(1, "dead", address, DISCARD, 2130706431, "udp", "host")
