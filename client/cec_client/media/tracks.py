"""What is sent and what is done with what comes: aiortc's tracks around `tone` and `picture`."""

from __future__ import annotations

import asyncio
import time
from array import array
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler, VideoFrame

from cec_client.media import picture, tone

if TYPE_CHECKING:
    from cec_client.media.steps import Ear, Walk

_VIDEO_CLOCK: Final = 90_000


class _Paced(MediaStreamTrack):
    """A track whose frames come at even intervals; the ear is told when the first one goes out."""

    interval: float

    def __init__(self, walk: Walk, ear: Ear) -> None:
        super().__init__()
        self.walk = walk
        self._ear = ear
        self._count = -1
        self._start = 0.0

    async def _next_frame(self) -> int:
        """Wait until the next frame is due, and give its number."""
        if self.readyState != "live":
            raise MediaStreamError
        now = time.monotonic()
        if self._count < 0:
            self._start = now
            self._ear.begin(now)
        self._count += 1
        await asyncio.sleep(max(0.0, self._start + self._count * self.interval - now))
        return self._count


class ToneTrack(_Paced):
    """The tone in steps."""

    kind = "audio"
    interval = tone.FRAME / tone.RATE

    async def recv(self) -> AudioFrame:
        """Give the next 20 ms."""
        count = await self._next_frame()
        frame = AudioFrame(format="s16", layout="mono", samples=tone.FRAME)
        frame.planes[0].update(tone.SOUNDS[self.walk.at(count * self.interval)])
        frame.sample_rate = tone.RATE
        frame.pts = count * tone.FRAME
        frame.time_base = Fraction(1, tone.RATE)
        return frame


class PictureTrack(_Paced):
    """The grey in steps."""

    kind = "video"
    interval = 1 / picture.PER_SECOND

    async def recv(self) -> VideoFrame:
        """Give the next picture."""
        count = await self._next_frame()
        frame = VideoFrame(picture.WIDTH, picture.HEIGHT, "yuv420p")
        grey = picture.GREYS[self.walk.at(count * self.interval)]
        for plane, value in zip(frame.planes, (grey, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts = count * _VIDEO_CLOCK // picture.PER_SECOND
        frame.time_base = Fraction(1, _VIDEO_CLOCK)
        return frame


async def listen(track: MediaStreamTrack, ear: Ear) -> None:
    """Let the ear hear a track until it ends."""
    resampler = AudioResampler(format="s16", layout="mono", rate=tone.RATE)
    try:
        while True:
            frame = await track.recv()
            now = time.monotonic()
            if isinstance(frame, AudioFrame):
                for part in resampler.resample(frame):
                    ear.hear(tone.tone_in(_samples(part)), now)
            elif isinstance(frame, VideoFrame):
                ear.hear(picture.grey_in(_pixels(frame)), now)
    except MediaStreamError:
        return


def _samples(frame: AudioFrame) -> array[int]:
    samples = array("h")
    samples.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
    return samples


def _pixels(frame: VideoFrame) -> bytes:
    plane = frame.planes[0]
    lines = memoryview(bytes(plane))
    seen = [
        lines[row * plane.line_size + column]
        for row in range(frame.height // 8, frame.height, frame.height // 4)
        for column in range(frame.width // 8, frame.width, frame.width // 4)
    ]
    return bytes(seen)
