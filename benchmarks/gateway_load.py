"""The load: callers with real ICE, DTLS and SRTP, who send 50 packets of speech a second and count those that come."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Final

from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceGatherer, RTCIceTransport, RTCRtpCodecParameters
from aiortc.sdp import SessionDescription, candidate_to_sdp
from mock_cec.gateway.media.leg import Wish
from mock_cec.gateway.media.offer import Section
from mock_cec.gateway.media.sounds import sound
from mock_cec.gateway.media.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PACKET_SECONDS: Final = 0.02
LONGEST_SET_UP: Final = 30.0
OPUS: Final = 111

_CERTIFICATE: Final = RTCCertificate.generateCertificate()


class Caller:
    """One call, as a client makes it.

    Attributes:
        speaking: Whether it sends packets; time goes on meanwhile.
        sent: How many packets it has sent.
        received: How many have come back.
        set_up: The seconds from the offer to the first packet that came back.
    """

    def __init__(self) -> None:
        self.speaking = True
        self.sent = 0
        self.received = 0
        self.set_up = 0.0
        self._ice = RTCIceTransport(RTCIceGatherer(iceServers=[]))
        self._ice._connection.ice_controlling = True  # noqa: SLF001  (the offerer's part; no public name)
        self._dtls = _Counting(self._ice, self._came)
        self._dtls._set_role("server")  # noqa: SLF001  (the same)
        codec = RTCRtpCodecParameters("audio/opus", 48000, 2, OPUS)
        speech = sound(Wish(source="tone"), "audio/opus").packets()
        self._stream = Stream(speech, Section("audio", "", ""), codec, lambda: secrets.randbits(32))
        self._back = asyncio.Event()
        self._sending: asyncio.Task[None] | None = None

    async def call(self, answer: Callable[[str], Awaitable[str]]) -> None:
        """Set the call up, and go on sending; return when the first packet has come back."""
        loop = asyncio.get_running_loop()
        offer = await self._offer()
        begun = loop.time()
        async with asyncio.timeout(LONGEST_SET_UP):
            media = SessionDescription.parse(await answer(offer)).media[0]
            if media.ice is None or media.dtls is None:
                raise ValueError("the answer has no ICE or no DTLS")
            for candidate in media.ice_candidates:
                await self._ice.addRemoteCandidate(candidate)
            await self._ice.addRemoteCandidate(None)
            await self._ice.start(media.ice)
            await self._dtls.start(media.dtls)
            self._sending = asyncio.create_task(self._send())
            await self._back.wait()
        self.set_up = loop.time() - begun

    async def close(self) -> None:
        """Hang up."""
        if self._sending is not None:
            self._sending.cancel()
        await self._dtls.stop()
        await self._ice.stop()

    async def _offer(self) -> str:
        await self._ice.iceGatherer.gather()
        local = self._ice.iceGatherer.getLocalParameters()
        fingerprint = self._dtls.getLocalParameters().fingerprints[0]
        candidates = [candidate_to_sdp(one) for one in self._ice.iceGatherer.getLocalCandidates()]
        lines = [
            *("v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0"),
            *(f"m=audio 9 UDP/TLS/RTP/SAVPF {OPUS}", "c=IN IP4 0.0.0.0", "a=sendrecv", "a=mid:0", "a=rtcp-mux"),
            f"a=rtpmap:{OPUS} opus/48000/2",
            *(f"a=candidate:{one}" for one in candidates),
            *("a=end-of-candidates", f"a=ice-ufrag:{local.usernameFragment}", f"a=ice-pwd:{local.password}"),
            *(f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}", "a=setup:actpass", ""),
        ]
        return "\r\n".join(lines)

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + PACKET_SECONDS * secrets.randbelow(1000) / 1000
        while True:
            packet = self._stream.packet(sent=self.speaking)
            if packet is not None:
                await self._dtls._send_rtp(packet)  # noqa: SLF001  (no public name)
                self.sent += 1
            due += PACKET_SECONDS
            await asyncio.sleep(due - loop.time())

    def _came(self) -> None:
        self.received += 1
        self._back.set()


class _Counting(RTCDtlsTransport):
    """Counts packets and does not open them, so that the load is lighter than what it measures."""

    def __init__(self, ice: RTCIceTransport, came: Callable[[], None]) -> None:
        super().__init__(ice, [_CERTIFICATE])
        self._came = came

    async def _recv_next(self) -> None:
        if self.state != "connected":
            await super()._recv_next()
            return
        packet = await self.transport._recv()  # noqa: SLF001  (no public name)
        if packet[1] & 0x7F == OPUS:
            self._came()
