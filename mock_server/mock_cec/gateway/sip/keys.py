"""Keys of a telephone, as INFO tells them: `application/dtmf-relay` and `application/dtmf`."""

from __future__ import annotations

import re
from typing import Final

RELAY: Final = "application/dtmf-relay"

_SIGNAL: Final = re.compile(r"^[ \t]*Signal[ \t]*=[ \t]*([0-9A-DR*#])[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_DURATION: Final = re.compile(r"^[ \t]*Duration[ \t]*=[ \t]*(\d{1,5})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_BARE: Final = re.compile(r"\s*([0-9A-DR*#])\s*", re.IGNORECASE)
_USUAL: Final = 100


def key(body: bytes) -> tuple[str, int]:
    """Read a key: `Signal=5` and `Duration=100` in lines of their own, or the key alone.

    Returns:
        The key (`0` to `9`, `*`, `#`, `A` to `D`, or `R` for a flash), and how long it was held, in milliseconds; 100
        if that is not said.

    Raises:
        ValueError: There is no key.
    """
    text = body.decode(errors="replace")
    signal = _BARE.fullmatch(text) or _SIGNAL.search(text)
    if signal is None:
        raise ValueError("the body names no key: Signal=5")
    duration = _DURATION.search(text)
    return signal[1].upper(), int(duration[1]) if duration else _USUAL


def written(signal: str, milliseconds: int) -> str:
    """Write the body of an INFO."""
    return f"Signal={signal}\r\nDuration={milliseconds}\r\n"
