"""A stream of RTP that this side makes itself: headers before the packets of a sound (RFC 3550 §5.1). Pure."""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, Final

from aiortc.rtp import pack_header_extensions

from mock_cec.gateway.media.offer import MID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiortc import RTCRtpCodecParameters

    from mock_cec.gateway.media.offer import Section

_HEADER: Final = Struct("!BBHLL")
_EXTENSION_HEADER: Final = Struct("!HH")
_VERSION: Final = 0x80
_EXTENDED: Final = 0x10
_MARKER: Final = 0x80


class Stream:
    """The packets of a sound, 20 ms each.

    Args:
        payloads: What they carry.
        section: To which section of the agreement they belong; each packet says so if the client offered to read it
            (RFC 8843 §9.2), for a browser that was told of no SSRC drops it otherwise.
        codec: What they are; one of the section.
        fresh: Gives numbers of 32 bits: for the source, and where sequence and timestamps begin.
    """

    def __init__(
        self,
        payloads: Iterator[bytes],
        section: Section,
        codec: RTCRtpCodecParameters,
        fresh: Callable[[], int],
    ) -> None:
        self._payloads = payloads
        self._payload_type = codec.payloadType or 0
        self._step = codec.clockRate // 50
        self._extension = _extension(section)
        self._first_byte = _VERSION | (_EXTENDED if self._extension else 0)
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
        head = (self._first_byte, marked, self._sequence & 0xFFFF, self._timestamp & 0xFFFFFFFF, self._source)
        return _HEADER.pack(*head) + self._extension + payload


def _extension(section: Section) -> bytes:
    """Write the header extension that names the section (RFC 8285 §4)."""
    number = next((one.id for one in section.extensions if one.uri == MID), 0)
    if not number or not section.mid:
        return b""
    profile, content = pack_header_extensions([(number, section.mid.encode())])
    return _EXTENSION_HEADER.pack(profile, len(content) // 4) + content
