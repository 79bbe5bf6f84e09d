"""Keys pressed during a call, as they come by RTP (RFC 4733): many packets for one key, one word for it here. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

SIGNALS: Final = "0123456789*#ABCD"
"""The keys, in the order of their event codes (RFC 4733 §3.2)."""

_EVENT: Final = 4
_END: Final = 0x80
_LONGEST_SEGMENT: Final = 0xFFFF
_CLOCK: Final = 1 << 32


class Pressed(Struct, frozen=True):
    """A key, and for how long it was pressed."""

    signal: str
    milliseconds: int


class Keys:
    """The keys of one stream of telephone events.

    A key is told once, by the first of the packets that end it; if all of those are lost, when the next key begins.
    """

    def __init__(self) -> None:
        self._begun: int | None = None
        self._code = 0
        self._before = 0
        self._length = 0
        self._told = False

    def received(self, timestamp: int, payload: bytes, rate: int) -> list[Pressed]:
        """Take a packet.

        Args:
            timestamp: Its RTP timestamp: when the event, or a segment of it, began.
            payload: What it carries; only the first event of it is read.
            rate: Ticks of that clock in a second.

        Returns:
            The keys that are over now.
        """
        if len(payload) < _EVENT or payload[0] >= len(SIGNALS):
            return []
        code, length, ends = payload[0], int.from_bytes(payload[2:4]), bool(payload[1] & _END)
        over: list[Pressed] = []
        if self._begun is None or timestamp != self._begun:
            if self._begun is not None and (timestamp - self._begun) % _CLOCK > _CLOCK // 2:
                return []  # overtaken by a later event
            if self._goes_on(timestamp, code):
                self._before += _LONGEST_SEGMENT
            else:
                over = self._tell(rate)
                self._before, self._told = 0, False
            self._begun, self._code, self._length = timestamp, code, 0
        self._length = max(self._length, length)
        return over + self._tell(rate) if ends else over

    def _goes_on(self, timestamp: int, code: int) -> bool:
        """Say whether a segment follows that of a key pressed longer than a packet can say (RFC 4733 §2.5.1.3)."""
        return (
            self._begun is not None
            and not self._told
            and code == self._code
            and timestamp == (self._begun + _LONGEST_SEGMENT) % _CLOCK
        )

    def _tell(self, rate: int) -> list[Pressed]:
        if self._begun is None or self._told:
            return []
        self._told = True
        return [Pressed(SIGNALS[self._code], round(1000 * (self._before + self._length) / rate))]
