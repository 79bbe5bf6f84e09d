"""What a scripted gateway lets the caller hear: a tone, silence, or a voice from a file, as packets made beforehand.

A packet is the payload of 20 ms. Tone and silence are encoded once for the process and played round and round, a voice
once for as long as its file stays as it is, so that a call with them costs no more than one that is reflected.
"""

from __future__ import annotations

import math
from array import array
from fractions import Fraction
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

import av
from aiortc import RTCRtpCodecParameters
from aiortc.codecs import get_encoder
from av.error import FFmpegError
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mock_cec.gateway.media.leg import Wish

PACKET_SECONDS: Final = Fraction(1, 50)
TONE_HERTZ: Final = 440
LONGEST_VOICE: Final = 300
"""Seconds of a voice, at the most: it is held in memory, at 12 KB a second."""

_RATES: Final = {"audio/opus": 48000, "audio/pcmu": 8000, "audio/pcma": 8000}
_LOOP: Final = 50
"""Packets of a tone or of silence: a second, in which a tone of whole hertz comes round."""
_LOUDNESS: Final = 8000
_KEPT: Final = 16


class UnusableVoice(ValueError):  # noqa: N818
    """Raised for a file that cannot be played as a voice; the text names it and says why."""


class Sound(Struct, frozen=True):
    """What is to be heard.

    Attributes:
        once: Packets that come first, once.
        forever: Packets that follow, round and round.
    """

    once: tuple[bytes, ...]
    forever: tuple[bytes, ...]

    def packets(self) -> Iterator[bytes]:
        """Give one packet after the other, without end."""
        yield from self.once
        while True:
            yield from self.forever


def sound(wish: Wish, mime_type: str) -> Sound:
    """Make the sound that a call wants.

    Args:
        wish: Whose source is `tone`, `silence` or `voice`.
        mime_type: The codec: `audio/opus`, `audio/pcmu` or `audio/pcma`, in small letters.

    Raises:
        UnusableVoice: The file of the voice is missing, or is no WAV file that can be played.
    """
    if wish.source == "tone":
        return _tone(mime_type)
    if wish.source == "silence":
        return _silence(mime_type)
    if wish.voice is None:
        raise UnusableVoice("a voice wants a WAV file, and none is named")
    try:
        changed = wish.voice.stat().st_mtime_ns
    except OSError as missing:
        raise _unusable(wish.voice, missing.strerror or str(missing)) from missing
    return Sound(_spoken(wish.voice, changed, mime_type), _silence(mime_type).forever)


def check_voice(path: Path) -> float:
    """Make sure that a file can be played as a voice.

    Returns:
        Its length in seconds.

    Raises:
        UnusableVoice: It is missing, or is no WAV file that can be played.
    """
    rate = _RATES["audio/pcmu"]
    return sum(len(samples) for samples in _samples(path, rate)) / rate


@cache
def _tone(mime_type: str) -> Sound:
    rate = _RATES[mime_type]
    step = 2 * math.pi * TONE_HERTZ / rate
    return _loop([round(_LOUDNESS * math.sin(step * at)) for at in range(rate)], mime_type)


@cache
def _silence(mime_type: str) -> Sound:
    return _loop([0] * _RATES[mime_type], mime_type)


def _loop(second: list[int], mime_type: str) -> Sound:
    """Encode a second twice, and keep one out of the middle: by then an encoder has found its way."""
    size = len(second) // _LOOP
    pieces = (array("h", second[at : at + size]) for _ in range(2) for at in range(0, len(second), size))
    return Sound((), tuple(_encoded(pieces, mime_type))[_LOOP // 2 : _LOOP // 2 + _LOOP])


@lru_cache(maxsize=_KEPT)
def _spoken(path: Path, _changed: int, mime_type: str) -> tuple[bytes, ...]:
    return tuple(_encoded(_samples(path, _RATES[mime_type]), mime_type))


def _encoded(samples: Iterable[array[int]], mime_type: str) -> Iterator[bytes]:
    rate = _RATES[mime_type]
    encoder = get_encoder(RTCRtpCodecParameters(mimeType=mime_type, clockRate=rate))
    at = 0
    for chunk in samples:
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(chunk))
        frame.planes[0].update(chunk.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        at += len(chunk)
        yield from encoder.encode(frame)[0]


def _samples(path: Path, rate: int) -> Iterator[array[int]]:
    """Read a WAV file of whatever rate and number of channels, at one rate, mono, in pieces of 20 ms.

    Raises:
        UnusableVoice: It is none, has no sound, or too much of it.
    """
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate, frame_size=rate // _LOOP)
    pieces = 0
    try:
        with av.open(str(path), format="wav") as container:
            if not container.streams.audio:
                raise _unusable(path, "it has no sound")
            for frame in chain(container.decode(container.streams.audio[0]), [None]):
                for piece in resampler.resample(frame):
                    pieces += 1
                    if pieces > LONGEST_VOICE / PACKET_SECONDS:
                        raise _unusable(path, f"it is longer than {LONGEST_VOICE} seconds")
                    samples = array("h", bytes(piece.planes[0])[: 2 * piece.samples])
                    yield samples + array("h", [0]) * (rate // _LOOP - len(samples))
    except (FFmpegError, OSError) as broken:
        raise _unusable(path, f"it cannot be read ({broken.strerror})") from broken
    if not pieces:
        raise _unusable(path, "it has no sound")


def _unusable(path: Path, why: str) -> UnusableVoice:
    return UnusableVoice(f"the voice {path} cannot be played: {why}; a WAV file with sound is expected")
