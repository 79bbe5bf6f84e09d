"""A stream of RTP that this side makes itself: headers before the packets of a sound (RFC 3550 §5.1). Pure."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HEADER: Final = Struct("!BBHLL")
_VERSION: Final = 0x80
_MARKER: Final = 0x80


class Stream:
    """The packets of a sound, 20 ms each.

    Args:
        payloads: What they carry.
        payload_type: What they say it is.
        rate: Ticks of the clock of their timestamps in a second.
        fresh: Gives numbers of 32 bits: for the source, and where sequence and timestamps begin.
    """

    def __init__(self, payloads: Iterator[bytes], payload_type: int, rate: int, fresh: Callable[[], int]) -> None:
        self._payloads = payloads
        self._payload_type = payload_type
        self._step = rate // 50
        self._source = fresh()
        self._sequence = fresh()
        self._timestamp = fresh()
        self._quiet = True

    def packet(self, *, sent: bool) -> bytes | None:
        """Give the next packet; one that is not sent leaves a gap in the time, none in the sequence."""
        payload = next(self._payloads)
        self._timestamp += self._step
        if not sent:
            self._quiet = True
            return None
        self._sequence += 1
        # The first after a pause carries the marker (RFC 3551 §4.1).
        marked = self._payload_type | (_MARKER if self._quiet else 0)
        self._quiet = False
        head = (_VERSION, marked, self._sequence & 0xFFFF, self._timestamp & 0xFFFFFFFF, self._source)
        return _HEADER.pack(*head) + payload
