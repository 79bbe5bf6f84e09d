"""Two clients of the gateway: one that speaks and sees like a browser, and one that sends what a test wants it to."""

from __future__ import annotations

import asyncio
import math
from array import array
from contextlib import asynccontextmanager
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import av
from aiortc import (
    MediaStreamTrack,
    RTCCertificate,
    RTCConfiguration,
    RTCDtlsTransport,
    RTCIceGatherer,
    RTCIceTransport,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RtpPacket
from aiortc.sdp import SessionDescription, candidate_to_sdp
from mock_cec.gateway.media.carrier import AiortcCarrier
from mock_cec.gateway.media.leg import Wish

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from mock_cec.gateway.media.leg import Leg

LONGEST = 20.0
"""Seconds for which a test waits for what it expects."""
OPUS = "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:110 telephone-event/48000\r\n"
ECHO = Wish()


class Bell:
    """Rings at every change, for those who wait for a condition."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def ring(self) -> None:
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONGEST):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


class Heard(Bell):
    """A listener of the gateway's that keeps what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.states: list[str] = []
        self.digits: list[tuple[str, int]] = []

    def state(self, words: str) -> None:
        self.states.append(words)
        self.ring()

    def digit(self, signal: str, milliseconds: int) -> None:
        self.digits.append((signal, milliseconds))
        self.ring()


class Mouth(MediaStreamTrack):
    """A tone that a test may change."""

    kind = "audio"

    def __init__(self, hertz: int) -> None:
        super().__init__()
        self.hertz = hertz
        self.spoken = 0
        self.bell = Bell()

    async def recv(self) -> av.AudioFrame:
        if self.spoken == 0:
            self._due = asyncio.get_running_loop().time()
        self._due += 0.02
        await asyncio.sleep(self._due - asyncio.get_running_loop().time())
        step = 2 * math.pi * self.hertz / 48000
        start = 960 * self.spoken
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(
            array("h", (round(9000 * math.sin(step * at)) for at in range(start, start + 960))).tobytes()
        )
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        self.spoken += 1
        self.bell.ring()
        return frame


class Eye(MediaStreamTrack):
    """A picture, all of one grey, that a test may change."""

    kind = "video"

    def __init__(self, grey: int) -> None:
        super().__init__()
        self.grey = grey
        self._shown = 0

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(0.03)
        frame = av.VideoFrame(64, 64, "yuv420p")
        for plane, value in zip(frame.planes, (self.grey, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = 3000 * self._shown, Fraction(1, 90000)
        self._shown += 1
        return frame


class Softphone(Bell):
    """A client with aiortc's own peer connection: it encodes, decodes, and asks for whole pictures, like a browser.

    Attributes:
        mouth: What it says.
        eye: What it shows, after `show`.
        heard: How many frames of sound have come.
        hertz: The tone that has come last, of a tenth of a second.
        grey: The brightness of the last picture that has come.
    """

    def __init__(self, hertz: int = 500, codec: str = "audio/opus") -> None:
        super().__init__()
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.on("track", self._listen)
        self.mouth = Mouth(hertz)
        self.eye = Eye(60)
        self.heard = 0
        self.hertz = 0
        self.loudness = 0
        self.grey = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._audio = self.connection.addTransceiver(self.mouth)
        self._prefer(self._audio, codec)

    def show(self, codec: str = "video/VP8") -> None:
        self._prefer(self.connection.addTransceiver(self.eye), codec)

    @staticmethod
    def _prefer(transceiver: Any, codec: str) -> None:
        known = RTCRtpSender.getCapabilities(transceiver.kind)
        assert known is not None
        transceiver.setCodecPreferences([one for one in known.codecs if one.mimeType.lower() == codec.lower()])

    async def call(self, leg: Leg, direction: Literal["sendrecv", "sendonly", "inactive"] = "sendrecv") -> str:
        """Make an offer and take the answer; a second time it is a re-INVITE."""
        self._audio.direction = direction
        await self.connection.setLocalDescription()
        answer = await leg.answer(self.connection.localDescription.sdp)
        await self.connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        return answer

    async def hears(self, hertz: int) -> None:
        await self.until(lambda: abs(self.hertz - hertz) < 15)

    async def sees(self, grey: int) -> None:
        await self.until(lambda: abs(self.grey - grey) < 12)

    async def says(self, frames: int) -> None:
        """Wait until it has said so many frames more."""
        goal = self.mouth.spoken + frames
        await self.mouth.bell.until(lambda: self.mouth.spoken >= goal)

    async def close(self) -> None:
        await self.connection.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _listen(self, track: MediaStreamTrack) -> None:
        self._tasks.append(asyncio.create_task(self._hear(track) if track.kind == "audio" else self._see(track)))

    async def _hear(self, track: MediaStreamTrack) -> None:
        recent: list[array[int]] = []
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, av.AudioFrame)
            channels = len(frame.layout.channels)
            samples = array("h", bytes(frame.planes[0])[: 2 * channels * frame.samples])[::channels]
            recent = [*recent[-4:], samples]
            joined = array("h", (sample for one in recent for sample in one))
            rises = sum(1 for a, b in pairwise(joined) if a < 0 <= b)
            self.hertz = round(rises * frame.sample_rate / len(joined))
            self.loudness = max(map(abs, joined))
            self.heard += 1
            self.ring()

    async def _see(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            assert isinstance(frame, av.VideoFrame)
            self.grey = bytes(frame.planes[0])[0]
            self.ring()


class Wire(Bell):
    """A client that sends packets as a test writes them, and keeps those that come.

    Attributes:
        rtp: RTP that has come.
        rtcp: RTCP that has come.
    """

    def __init__(self, attributes: str = OPUS, formats: str = "111 110", *, opens: bool = False) -> None:
        super().__init__()
        self._attributes, self._formats = attributes, formats
        self._setup = "active" if opens else "actpass"
        self._ice = RTCIceTransport(RTCIceGatherer(iceServers=[]))
        self._ice._connection.ice_controlling = True  # noqa: SLF001  (the offerer's part; no public name)
        self._dtls = _Keeper(self, self._ice)
        self._dtls._set_role("client" if opens else "server")  # noqa: SLF001  (the same)
        self.rtp: list[bytes] = []
        self.rtcp: list[bytes] = []

    async def offer(self, direction: str = "sendrecv", more: str = "") -> str:
        await self._ice.iceGatherer.gather()
        local = self._ice.iceGatherer.getLocalParameters()
        fingerprint = self._dtls.getLocalParameters().fingerprints[0]
        candidates = [candidate_to_sdp(one) for one in self._ice.iceGatherer.getLocalCandidates()]
        return (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
            f"a=ice-ufrag:{local.usernameFragment}\r\na=ice-pwd:{local.password}\r\na=setup:{self._setup}\r\n"
            f"a=fingerprint:{fingerprint.algorithm} {fingerprint.value}\r\n"
            f"m=audio 9 UDP/TLS/RTP/SAVPF {self._formats}\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\n"
            f"a={direction}\r\n{self._attributes}"
            + "".join(f"a=candidate:{one}\r\n" for one in candidates)
            + f"a=end-of-candidates\r\n{more}"
        )

    async def call(self, leg: Leg) -> str:
        answer = await leg.answer(await self.offer())
        await self.take(answer)
        return answer

    async def take(self, answer: str) -> None:
        media = SessionDescription.parse(answer).media[0]
        assert media.ice
        assert media.dtls
        for candidate in media.ice_candidates:
            await self._ice.addRemoteCandidate(candidate)
        await self._ice.addRemoteCandidate(None)
        await self._ice.start(media.ice)
        await self._dtls.start(media.dtls)
        assert self._dtls.state == "connected"

    async def bare(self, datagram: bytes) -> None:
        """Send a datagram that is not protected."""
        await self._ice._send(datagram)  # noqa: SLF001  (no public name)

    async def send(self, packet: bytes) -> None:
        await self._dtls._send_rtp(packet)  # noqa: SLF001  (no public name)

    async def vanish(self) -> None:
        """Be gone without a word."""
        await self._ice.stop()

    async def close(self) -> None:
        await self._dtls.stop()
        await self._ice.stop()


class _Keeper(RTCDtlsTransport):
    def __init__(self, wire: Wire, ice: RTCIceTransport) -> None:
        super().__init__(ice, [RTCCertificate.generateCertificate()])
        self._wire = wire

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:  # noqa: ARG002
        self._wire.rtp.append(data)
        self._wire.ring()

    async def _handle_rtcp_data(self, data: bytes) -> None:
        self._wire.rtcp.append(data)
        self._wire.ring()


def rtp(payload: bytes, *, sequence: int = 1, payload_type: int = 111, timestamp: int = 0, ssrc: int = 1000) -> bytes:
    """Write an RTP packet."""
    packet = RtpPacket(payload_type=payload_type, sequence_number=sequence, timestamp=timestamp, ssrc=ssrc)
    packet.payload = payload
    return packet.serialize()


Client = TypeVar("Client", "Softphone", "Wire")


@asynccontextmanager
async def talking(
    client: Client, wish: Wish = ECHO, carrier: AiortcCarrier | None = None, heard: Heard | None = None
) -> AsyncIterator[tuple[Client, Leg, Heard]]:
    """Give a client, the gateway's leg, and what that has told; everything is closed in the end."""
    carrier, heard = carrier or AiortcCarrier(), heard or Heard()
    try:
        yield client, carrier.leg(wish, heard), heard
    finally:
        await client.close()
        await carrier.close()
