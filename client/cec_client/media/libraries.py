"""Whether the libraries for media are there: they come with an extra, and are loaded only where media are wanted."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

NEEDED: Final = ("aiortc", "sipmessage", "websockets")
"""What the extra `gateway` brings."""


def lacking() -> str | None:
    """Say which libraries are missing, and how to get them; `None` if all are there."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    return f"media need {' and '.join(missing)}: pip install 'mock-cec[gateway]'" if missing else None
