"""Is there all that the gateway needs? Asked without loading any of it."""

from __future__ import annotations

from functools import cache
from typing import Final

NEEDED: Final = ("websockets", "sipmessage", "aiortc")

INSTALL: Final = "pip install 'mock-cec[gateway]'"
"""What brings it."""


@cache
def installed() -> bool:
    """Say whether WebSockets can be served."""
    from importlib.util import find_spec  # noqa: PLC0415  (for the first WebSocket alone; starting is to be quick)

    return all(find_spec(name) is not None for name in NEEDED)
