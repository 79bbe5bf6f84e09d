"""Durations as people write them: `300ms`, `2s`, `1m30s`, `1h`."""

from __future__ import annotations

import re
from typing import Final

PATTERN: Final = (
    r"^(?=[0-9])([0-9]{1,9}h)?([0-9]{1,9}m(?!s))?([0-9]{1,9}(\.[0-9]{1,6})?s)?([0-9]{1,9}ms)?$"  # digits keep it finite
)
"""The form of a duration, for validation and for the JSON Schema: hours, minutes, seconds, milliseconds, in order."""

MEANING: Final = "a duration such as 300ms, 2s, 1m30s or 1h"
"""The form in words."""

_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|h|m|s)")
_SECONDS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def seconds(text: str) -> float:
    """Read a duration, in seconds.

    Raises:
        ValueError: The text is not a duration.
    """
    if not re.match(PATTERN, text):
        raise ValueError(f"{text!r} is not {MEANING}")
    return round(sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text)), 6)


def duration(value: float) -> str:
    """Write seconds the way a scenario does, to the millisecond: 90.0 is `1m30s`."""
    milliseconds = round(value * 1000)
    text = ""
    for unit, size in (("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, milliseconds = divmod(milliseconds, size)
        if count:
            text += f"{count}{unit}"
    return text or "0s"
