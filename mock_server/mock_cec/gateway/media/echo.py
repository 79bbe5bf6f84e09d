"""What becomes of a packet of the client: it goes back, is read for a key, or goes nowhere. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_cec.gateway.media.answer import may_send
from mock_cec.gateway.media.keys import Keys
from mock_cec.gateway.media.offer import EVENTS
from mock_cec.gateway.media.ssrcs import RTP_HEADER, Twins, rtcp_back, rtp_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.gateway.media.leg import Wish
    from mock_cec.gateway.media.offer import Offer

_TYPE: Final = 0x7F
_SOURCES, _EXTENDED, _PADDED = 0x0F, 0x10, 0x20


class Echo:
    """The way back of one call.

    A source other than `echo` replaces the client's audio; its video goes back all the same, for want of a picture to
    play. With `to_caller` nothing that the client sends is heard, not even keys; with `to_agent` nothing is sent.

    Attributes:
        stopped: Nothing goes back any more; keys are still heard.

    Args:
        wish: What the media shall be like.
        pressed: Told of every key, with the milliseconds for which it was pressed.
        fresh: Gives numbers of 32 bits.
    """

    def __init__(self, wish: Wish, pressed: Callable[[str, int], None], fresh: Callable[[], int]) -> None:
        self.stopped = False
        self._wish = wish
        self._pressed = pressed
        self._twins = Twins(fresh)
        self._keys = Keys()
        self._back: frozenset[int] = frozenset()
        self._events: dict[int, int] = {}

    def agree(self, offer: Offer) -> None:
        """Go by an offer that has been answered, from now on."""
        taken = [section for section in offer.sections if not section.refused]
        self._back = frozenset(
            codec.payloadType or 0
            for section in taken
            for codec in section.codecs
            if self._wish.direction == "both"
            and (self._wish.source == "echo" or section.kind == "video")
            and may_send(section)
        )
        self._events = {
            codec.payloadType or 0: codec.clockRate
            for section in taken
            for codec in section.codecs
            if codec.name.lower() == EVENTS and self._wish.direction != "to_caller"
        }

    def rtp(self, packet: bytes) -> bytes | None:
        """Take an RTP packet, and give what is to be sent for it."""
        if len(packet) < RTP_HEADER:
            return None
        payload_type = packet[1] & _TYPE
        if payload_type in self._events:
            self._hear(packet, self._events[payload_type])
        if self.stopped or payload_type not in self._back:
            return None
        return rtp_back(packet, self._twins)

    def rtcp(self, packet: bytes) -> bytes | None:
        """Take an RTCP packet, and give what is to be sent for it."""
        if self.stopped or self._wish.direction != "both":
            return None
        return rtcp_back(packet, self._twins)

    def _hear(self, packet: bytes, rate: int) -> None:
        timestamp = int.from_bytes(packet[4:8])
        for key in self._keys.received(timestamp, _payload(packet), rate):
            self._pressed(key.signal, key.milliseconds)


def _payload(packet: bytes) -> bytes:
    """Cut off what stands before the payload (RFC 3550 §5.1, §5.3.1) and the padding behind it."""
    start = RTP_HEADER + 4 * (packet[0] & _SOURCES)
    if packet[0] & _EXTENDED:
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4])
    return packet[start : len(packet) - packet[-1] if packet[0] & _PADDED else len(packet)]
