"""The picture that is sent, and how its steps are told apart: a plain grey that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH: Final = 320
HEIGHT: Final = 240
PER_SECOND: Final = 15
"""Pictures a second."""

STEP: Final = 0.4
"""Seconds that each grey lasts."""

GREYS: Final = (40, 75, 110, 145, 180, 215)
"""Luma, 16 to 235."""

_NEAR: Final = 12


def grey_in(lumas: Sequence[int]) -> int | None:
    """Tell which of the greys a picture has, given some of its pixels; `None` if it is something else."""
    if not lumas:
        return None
    mean = sum(lumas) / len(lumas)
    if max(lumas) - min(lumas) > 2 * _NEAR:
        return None
    nearest = min(range(len(GREYS)), key=lambda place: abs(GREYS[place] - mean))
    return nearest if abs(GREYS[nearest] - mean) <= _NEAR else None
