"""What a packet needs to go back where it came from: other numbers for its sources, and nothing that is not true there.

A client that got its own SSRC back would see a collision (RFC 3550 §8.2). So each of its sources has a twin, and
whatever it says of a twin, that it lost packets or wants a whole picture, goes back as said of the source itself: it
repairs its own stream. BYE, REMB, transport-wide congestion control and what is not known are left out.

Pure: bytes in, bytes out; whatever is not well formed comes out as `None`.
"""

from __future__ import annotations

from struct import Struct, error
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_SOURCES: Final = 64
"""How many sources of a client have twins; packets of others go nowhere."""
RTP_HEADER: Final = 12

_SENDER_REPORT, _RECEIVER_REPORT, _DESCRIPTION, _TRANSPORT_FEEDBACK, _PAYLOAD_FEEDBACK = 200, 201, 202, 205, 206
_NACK, _PICTURE_LOSS, _FULL_INTRA_REQUEST = 1, 1, 4
_VERSION, _COUNT, _PADDED = 0x80, 0x1F, 0x20
_HEADER: Final = Struct("!BBH")
_NUMBER: Final = Struct("!L")
_FEEDBACK_HEAD: Final = Struct("!LL")
_SENDER_INFO: Final = 20
_REPORT: Final = 24
_FIR_ENTRY: Final = 8


class Twins:
    """The sources of a client and their twins, one to one.

    Args:
        fresh: Gives numbers of 32 bits, unlikely to be the same twice.
    """

    def __init__(self, fresh: Callable[[], int]) -> None:
        self._fresh = fresh
        self._twins: dict[int, bytes] = {}
        self._sources: dict[int, bytes] = {}

    def twin(self, source: int) -> bytes | None:
        """Give the twin of a source, as it is written; `None` if there are too many sources already."""
        found = self._twins.get(source)
        if found is not None or len(self._twins) >= MOST_SOURCES:
            return found
        number = self._fresh()
        while number in {0, source} or number in self._sources or number in self._twins:
            number = self._fresh()
        self._twins[source] = twin = _NUMBER.pack(number)
        self._sources[number] = _NUMBER.pack(source)
        return twin

    def known(self, source: int) -> bytes | None:
        """Give the twin of a source that has one."""
        return self._twins.get(source)

    def source(self, twin: int) -> bytes | None:
        """Give the source that a twin stands for."""
        return self._sources.get(twin)


def rtp_back(packet: bytes, twins: Twins) -> bytes | None:
    """Write an RTP packet as one of its source's twin."""
    if len(packet) < RTP_HEADER:
        return None
    twin = twins.twin(int.from_bytes(packet[8:12]))
    return None if twin is None else packet[:8] + twin + packet[12:]


def rtcp_back(packet: bytes, twins: Twins) -> bytes | None:
    """Write a compound RTCP packet (RFC 3550 §6.1) as its sender's twin would say it.

    A source is known as soon as RTP of it went back; a report about another, or about what is no twin, is left out.
    """
    try:
        parts = [written for kind, count, body in _parts(packet) if (written := _back(kind, count, body, twins))]
    except (error, ValueError):
        return None
    return b"".join(parts) or None


def _parts(packet: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Take a compound packet apart: type, count and what follows the four bytes of these."""
    at = 0
    while at < len(packet):
        first, kind, words = _HEADER.unpack_from(packet, at)
        end = at + 4 + 4 * words
        if first & 0xC0 != _VERSION or end > len(packet):
            raise ValueError("no RTCP")
        body = packet[at + 4 : end]
        if first & _PADDED:
            if not body or not 0 < body[-1] <= len(body) or body[-1] % 4:
                raise ValueError("wrong padding")
            body = body[: -body[-1]]
        yield kind, first & _COUNT, body
        at = end


def _back(kind: int, count: int, body: bytes, twins: Twins) -> bytes | None:
    if kind == _SENDER_REPORT:
        info = body[4 : 4 + _SENDER_INFO]
        reports = body[4 + _SENDER_INFO :]
        sender = twins.known(*_NUMBER.unpack_from(body))
        return None if sender is None else _report(kind, sender + info, _about(count, reports, twins))
    if kind == _RECEIVER_REPORT:
        sender = twins.twin(*_NUMBER.unpack_from(body))
        return None if sender is None else _report(kind, sender, _about(count, body[4:], twins))
    if kind == _DESCRIPTION:
        chunks = [twin + items for source, items in _chunks(count, body) if (twin := twins.known(source))]
        return _report(kind, b"", chunks) if chunks else None
    if kind in {_TRANSPORT_FEEDBACK, _PAYLOAD_FEEDBACK}:
        return _feedback(kind, count, body, twins)
    return None


def _about(count: int, reports: bytes, twins: Twins) -> list[bytes]:
    """Turn the report blocks about twins into ones about their sources."""
    blocks = [reports[at : at + _REPORT] for at in range(0, _REPORT * count, _REPORT)]
    if any(len(block) < _REPORT for block in blocks):
        raise ValueError("a report is cut off")
    return [source + block[4:] for block in blocks if (source := twins.source(int.from_bytes(block[:4])))]


def _report(kind: int, head: bytes, entries: list[bytes]) -> bytes:
    return _packed(kind, len(entries), head + b"".join(entries))


def _packed(kind: int, count: int, body: bytes) -> bytes:
    return _HEADER.pack(_VERSION | count, kind, len(body) // 4) + body


def _chunks(count: int, body: bytes) -> Iterator[tuple[int, bytes]]:
    """Take the chunks of a source description apart (RFC 3550 §6.5): a source, and its items with their filling."""
    at = 0
    for _ in range(count):
        (source,) = _NUMBER.unpack_from(body, at)
        end = at + 4
        while body[end : end + 1] > b"\0":
            if end + 2 > len(body):
                raise ValueError("an item has no length")
            end += 2 + body[end + 1]
        end += 4 - (end - at) % 4
        if end > len(body):
            raise ValueError("a chunk is cut off")
        yield source, body[at + 4 : end]
        at = end


def _feedback(kind: int, form: int, body: bytes, twins: Twins) -> bytes | None:
    """Hand feedback back (RFC 4585 §6.1): as the sender's twin's, about the source."""
    sender, about = _FEEDBACK_HEAD.unpack_from(body)
    sender_twin = twins.twin(sender)
    if sender_twin is None:
        return None
    if (kind, form) in {(_TRANSPORT_FEEDBACK, _NACK), (_PAYLOAD_FEEDBACK, _PICTURE_LOSS)}:
        source = twins.source(about)
        return None if source is None else _packed(kind, form, sender_twin + source + body[8:])
    if (kind, form) == (_PAYLOAD_FEEDBACK, _FULL_INTRA_REQUEST):
        rest = [body[at : at + _FIR_ENTRY] for at in range(8, len(body), _FIR_ENTRY)]
        entries = [source + one[4:] for one in rest if (source := twins.source(int.from_bytes(one[:4])))]
        # The source of the media stands in each entry; the field for it is not used (RFC 5104 §4.3.1.2).
        return _packed(kind, form, sender_twin + bytes(4) + b"".join(entries)) if entries else None
    return None
