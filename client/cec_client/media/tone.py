"""The tone that is sent, and how its steps are told apart: sound as 16-bit samples, 8000 a second."""

from __future__ import annotations

import math
from array import array
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

RATE: Final = 8000
"""Samples a second."""

FRAME: Final = RATE // 50
"""Samples in a frame of 20 ms."""

FREQUENCIES: Final = (400, 550, 750, 1000, 1300, 1700)
"""Hertz. Each is a multiple of 50, so that a frame of 20 ms holds whole periods and joins any other without a click."""

STEP: Final = 0.2
"""Seconds that each lasts."""

_LOUDNESS: Final = 6000
_AUDIBLE: Final = 200.0  # of 32768, root mean square
_CLEAR: Final = 0.6  # the share of the energy that a tone must have to be one

SOUNDS: Final = tuple(
    array("h", (round(_LOUDNESS * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(FRAME))).tobytes()
    for hertz in FREQUENCIES
)
"""A frame of each tone."""

_COEFFICIENTS: Final = tuple(2 * math.cos(2 * math.pi * hertz / RATE) for hertz in FREQUENCIES)


def tone_in(samples: Sequence[int]) -> int | None:
    """Tell which of the tones a frame is; `None` if it is silence or something else."""
    energy = sum(sample * sample for sample in samples)
    if not samples or energy < _AUDIBLE**2 * len(samples):
        return None
    powers = [_power(samples, coefficient) for coefficient in _COEFFICIENTS]
    strongest = max(range(len(powers)), key=powers.__getitem__)
    # Of a pure tone, the power is the energy times half the number of samples.
    return strongest if powers[strongest] > _CLEAR * energy * len(samples) / 2 else None


def _power(samples: Sequence[int], coefficient: float) -> float:
    """Measure one frequency by Goertzel's algorithm."""
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    return before * before + last * last - coefficient * before * last
