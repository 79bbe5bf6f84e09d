"""The media by aiortc: offers, sends, listens and counts. The one module, with `tracks`, that imports aiortc."""

from __future__ import annotations

import asyncio
import re
from random import Random
from typing import TYPE_CHECKING, Any, Final

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import SessionDescription

from cec_client.media import picture, tone
from cec_client.media.leg import Unusable
from cec_client.media.statistics import StreamStatistics
from cec_client.media.steps import Ear, random_walk
from cec_client.media.tracks import PictureTrack, ToneTrack, listen

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiortc import MediaStreamTrack, RTCRtpTransceiver

_LOCAL_NAME: Final = re.compile(r"^a=candidate:[^\r\n]*\s[^\s]+\.local\s[^\r\n]*\r?\n", re.MULTILINE)
"""A candidate behind an mDNS name: looking it up takes a second, and in vain where nobody answers."""

VIDEO_CLOCK: Final = 90_000
AUDIO_CLOCKS: Final = {"opus": 48_000}


class Peer:
    """One side of a WebRTC connection that sends a tone, and a picture if there is video.

    Args:
        video: Whether to offer video as well.
        changed: Told of every new state (`connecting`, `connected`, `failed`, `closed`) and of the codecs.
    """

    def __init__(self, *, video: bool, changed: Callable[[str, tuple[str, ...]], None]) -> None:
        random = Random()  # noqa: S311 - it need not be secret
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._listeners: set[asyncio.Task[None]] = set()
        walk = random_walk(len(tone.FREQUENCIES), tone.STEP, random)
        self._ears = {"audio": Ear(walk, sure=3)}
        self._connection.addTrack(ToneTrack(walk, self._ears["audio"]))
        if video:
            walk = random_walk(len(picture.GREYS), picture.STEP, random)
            self._ears["video"] = Ear(walk, sure=2)
            self._connection.addTrack(PictureTrack(walk, self._ears["video"]))
        self._connection.on("track", self._hear)
        self._connection.on("connectionstatechange", self._tell)
        self._changed = changed

    async def offer(self) -> str:
        """Make the offer, with all candidates.

        Raises:
            Unusable: This machine has no address that media could use.
        """
        await self._connection.setLocalDescription(await self._connection.createOffer())
        sdp = str(self._connection.localDescription.sdp)
        if "a=candidate:" not in sdp:
            raise Unusable("this machine has no network but the loopback, which WebRTC does not use for media")
        return sdp

    async def accept(self, sdp: str) -> None:
        """Take the answer to the offer.

        Raises:
            Unusable: It cannot be used.
        """
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(_without_local_names(sdp), "answer"))
        except Exception as error:  # aiortc has no class of its own for what it cannot read
            raise Unusable(f"the gateway's answer cannot be used: {_words(error)}") from error

    async def reoffer(self, sdp: str) -> str:
        """Answer an offer in mid-call.

        Raises:
            Unusable: It cannot be answered.
        """
        if not _credentials(str(self._connection.remoteDescription.sdp)) <= _credentials(sdp):
            raise Unusable("an ICE restart is not supported")  # aiortc would answer and never use it
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(_without_local_names(sdp), "offer"))
            await self._connection.setLocalDescription(await self._connection.createAnswer())
        except Exception as error:
            raise Unusable(f"the gateway's offer cannot be answered: {_words(error)}") from error
        return str(self._connection.localDescription.sdp)

    def codecs(self) -> dict[str, str]:
        """Say what was agreed on, by kind of media; without what was refused."""
        remote: RTCSessionDescription | None = self._connection.remoteDescription  # aiortc promises more than it keeps
        if remote is None:
            return {}
        sections = SessionDescription.parse(remote.sdp).media
        return {m.kind: m.rtp.codecs[0].name for m in sections if m.port and m.rtp.codecs}

    async def statistics(self) -> tuple[StreamStatistics, ...]:
        """Count."""
        codecs = self.codecs()
        return tuple(
            [
                self._counted(transceiver, codecs.get(transceiver.kind), await _report(transceiver))
                for transceiver in self._connection.getTransceivers()
            ]
        )

    async def close(self) -> None:
        """Release everything."""
        for listener in self._listeners:
            listener.cancel()
        await asyncio.gather(*self._listeners, return_exceptions=True)
        await self._connection.close()

    # Inside

    def _hear(self, track: MediaStreamTrack) -> None:
        ear = self._ears.get(track.kind)
        if ear is not None:
            task = asyncio.create_task(listen(track, ear), name=f"cec-client {track.kind}")
            self._listeners.add(task)
            task.add_done_callback(self._listeners.discard)

    def _tell(self) -> None:
        self._changed(self._connection.connectionState, tuple(self.codecs().values()))

    def _counted(self, transceiver: RTCRtpTransceiver, codec: str | None, report: dict[str, Any]) -> StreamStatistics:
        kind = transceiver.kind
        ear = self._ears[kind]
        sent = [entry.packetsSent for entry in report.values() if entry.type == "outbound-rtp"]
        received = [entry for entry in report.values() if entry.type == "inbound-rtp"]
        trips = [entry.roundTripTime for entry in report.values() if entry.type == "remote-inbound-rtp"]
        clock = VIDEO_CLOCK if kind == "video" else AUDIO_CLOCKS.get((codec or "").lower(), tone.RATE)
        return StreamStatistics(
            kind=kind,
            codec=codec,
            packets_sent=sum(sent),
            packets_received=sum(entry.packetsReceived for entry in received),
            packets_lost=sum(entry.packetsLost for entry in received),
            jitter=max((entry.jitter / clock for entry in received), default=None),
            round_trip_time=next((trip for trip in trips if trip is not None), None),
            echo=ear.recognised,
            echo_delay=ear.delay,
        )


async def _report(transceiver: RTCRtpTransceiver) -> dict[str, Any]:
    return {**await transceiver.sender.getStats(), **await transceiver.receiver.getStats()}


def _without_local_names(sdp: str) -> str:
    return _LOCAL_NAME.sub("", sdp)


def _credentials(sdp: str) -> set[str]:
    return set(re.findall(r"^a=ice-ufrag:(\S+)", sdp, re.MULTILINE))


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
