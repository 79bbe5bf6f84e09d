"""Packets go back as their sources' twins; what a client says of a twin comes to it as said of its own source."""

from __future__ import annotations

from itertools import chain, count, repeat

import pytest
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    AnyRtcpPacket,
    RtcpByePacket,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRrPacket,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
    pack_remb_fci,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from mock_cec.gateway.media.ssrcs import MOST_SOURCES, Twins, rtcp_back, rtp_back

from tests.mock_server.gateway.media.clients import rtp

SOURCE, TWIN, VIEWER = 1000, 1, 5
NUMBERS = st.integers(0, 0xFFFFFFFF)


@pytest.fixture
def twins() -> Twins:
    """SOURCE has sent, and TWIN is its twin."""
    made = Twins(count(1).__next__)
    rtp_back(rtp(b"x", ssrc=SOURCE), made)
    return made


def back(twins: Twins, *packets: AnyRtcpPacket) -> list[AnyRtcpPacket]:
    written = rtcp_back(b"".join(map(bytes, packets)), twins)
    return [] if written is None else RtcpPacket.parse(written)


def about(ssrc: int) -> RtcpReceiverInfo:
    return RtcpReceiverInfo(ssrc, fraction_lost=3, packets_lost=4, highest_sequence=5, jitter=6, lsr=7, dlsr=8)


@given(st.binary(min_size=8, max_size=8), st.binary(min_size=4, max_size=4), st.binary())
def test_of_an_rtp_packet_nothing_changes_but_the_source(head: bytes, source: bytes, rest: bytes) -> None:
    written = rtp_back(head + source + rest, Twins(count(0xFFFF_0000).__next__))
    assert written is not None
    assert (written[:8], written[12:]) == (head, rest)
    assert written[8:12] != source


@given(st.binary(max_size=11))
def test_what_is_shorter_than_a_header_goes_nowhere(packet: bytes) -> None:
    assert rtp_back(packet, Twins(count(1).__next__)) is None


@given(st.lists(NUMBERS, unique=True, max_size=MOST_SOURCES), st.lists(NUMBERS))
def test_every_source_has_one_twin_of_its_own_and_keeps_it(sources: list[int], drawn: list[int]) -> None:
    twins = Twins(chain(drawn, count(1)).__next__)
    made = [twins.twin(source) for source in sources]
    assert len(set(made)) == len(sources)
    assert [twins.twin(source) for source in sources] == made
    for source, twin in zip(sources, made, strict=True):
        assert twin is not None
        assert twins.source(int.from_bytes(twin)) == source.to_bytes(4)
        assert int.from_bytes(twin) not in {0, source}


def test_a_client_with_ever_new_sources_is_not_followed() -> None:
    twins = Twins(count(1).__next__)
    written = [rtp_back(rtp(b"", ssrc=0xFF00 + number), twins) for number in range(MOST_SOURCES + 5)]
    assert written[-5:] == [None] * 5
    assert None not in written[:-5]
    stranger = 0xAAAA
    assert rtcp_back(bytes(RtcpRrPacket(stranger, [])), twins) is None
    assert rtcp_back(bytes(RtcpRtpfbPacket(RTCP_RTPFB_NACK, stranger, 1, [7])), twins) is None


def test_a_senders_report_goes_back_as_the_twins(twins: Twins) -> None:
    info = RtcpSenderInfo(ntp_timestamp=1 << 40, rtp_timestamp=2, packet_count=3, octet_count=4)
    assert back(twins, RtcpSrPacket(SOURCE, info, [about(TWIN)])) == [RtcpSrPacket(TWIN, info, [about(SOURCE)])]


def test_a_report_of_a_source_that_does_not_come_back_is_left_out(twins: Twins) -> None:
    info = RtcpSenderInfo(ntp_timestamp=1, rtp_timestamp=2, packet_count=3, octet_count=4)
    assert back(twins, RtcpSrPacket(4321, info, [])) == []


def test_a_receivers_report_about_the_twin_comes_back_as_one_about_the_source(twins: Twins) -> None:
    (report,) = back(twins, RtcpRrPacket(VIEWER, [about(TWIN), about(4321)]))
    assert isinstance(report, RtcpRrPacket)
    assert report.reports == [about(SOURCE)]
    assert report.ssrc not in {VIEWER, SOURCE, TWIN}


def names(*chunks: tuple[int, list[bytes]]) -> bytes:
    """Write a source description (RFC 3550 §6.5); aiortc does not align the chunks of one that has several."""
    body = b""
    for source, texts in chunks:
        chunk = source.to_bytes(4) + b"".join(bytes([1, len(text)]) + text for text in texts)
        body += chunk + bytes(4 - len(chunk) % 4)
    return bytes([0x80 | len(chunks), 202]) + (len(body) // 4).to_bytes(2) + body


def test_a_name_is_that_of_the_twin(twins: Twins) -> None:
    assert rtcp_back(names((SOURCE, [b"me"]), (4321, [b"other"])), twins) == names((TWIN, [b"me"]))
    assert rtcp_back(names((4321, [b"other"])), twins) is None
    named = RtcpSdesPacket([RtcpSourceInfo(SOURCE, [(1, b"{9a8b}")])])
    assert back(twins, named) == [RtcpSdesPacket([RtcpSourceInfo(TWIN, [(1, b"{9a8b}")])])]


@given(st.lists(st.lists(st.binary(max_size=20), max_size=3), min_size=1, max_size=5))
def test_names_of_any_length_stay_whole(texts: list[list[bytes]]) -> None:
    twins = Twins(count(1).__next__)
    twins.twin(SOURCE)
    written = rtcp_back(names(*((SOURCE, one) for one in texts)), twins)
    assert written == names(*((TWIN, one) for one in texts))


def test_a_lost_packet_is_asked_for_at_who_sent_it(twins: Twins) -> None:
    (asked,) = back(twins, RtcpRtpfbPacket(RTCP_RTPFB_NACK, VIEWER, TWIN, [7, 9]))
    assert isinstance(asked, RtcpRtpfbPacket)
    assert (asked.media_ssrc, asked.lost) == (SOURCE, [7, 9])


def test_a_whole_picture_is_asked_for_at_who_draws_it(twins: Twins) -> None:
    (asked,) = back(twins, RtcpPsfbPacket(RTCP_PSFB_PLI, VIEWER, TWIN))
    assert isinstance(asked, RtcpPsfbPacket)
    assert asked.media_ssrc == SOURCE
    entries = b"".join(ssrc.to_bytes(4) + b"\x09\0\0\0" for ssrc in (TWIN, 4321))
    (asked,) = back(twins, RtcpPsfbPacket(RTCP_PSFB_FIR, VIEWER, 0, entries))
    assert isinstance(asked, RtcpPsfbPacket)
    assert (asked.media_ssrc, asked.fci) == (0, SOURCE.to_bytes(4) + b"\x09\0\0\0")


@pytest.mark.parametrize(
    "packet",
    [
        RtcpByePacket([SOURCE]),
        RtcpPsfbPacket(RTCP_PSFB_APP, VIEWER, 0, pack_remb_fci(4160000, [TWIN])),
        RtcpPsfbPacket(RTCP_PSFB_PLI, VIEWER, 4321),
        RtcpPsfbPacket(RTCP_PSFB_FIR, VIEWER, 0, (4321).to_bytes(4) + bytes(4)),
        RtcpRtpfbPacket(RTCP_RTPFB_NACK, VIEWER, 4321, [7]),
        RtcpRtpfbPacket(15, VIEWER, TWIN, [7]),
    ],
)
def test_what_would_not_be_true_is_left_out_of_what_goes_back(twins: Twins, packet: AnyRtcpPacket) -> None:
    assert back(twins, packet) == []
    assert len(back(twins, RtcpRrPacket(SOURCE, []), packet)) == 1


def test_padding_does_not_go_back(twins: Twins) -> None:
    nack = bytearray(bytes(RtcpRtpfbPacket(RTCP_RTPFB_NACK, VIEWER, TWIN, [7])))
    padded = bytes([nack[0] | 0x20]) + nack[1:3] + bytes([nack[3] + 1]) + nack[4:] + b"\0\0\0\4"
    assert rtcp_back(padded, twins) == rtcp_back(bytes(nack), twins)


@pytest.mark.parametrize(
    "packet",
    [
        b"\x80",
        b"\x00\xc9\x00\x01\x00\x00\x00\x05",  # version 0
        b"\x80\xc9\x00\x02\x00\x00\x00\x05",  # longer than it is
        b"\x80\xc9\x00\x00",  # without a sender
        b"\xa0\xc9\x00\x00",  # padding without room
        b"\xa0\xc9\x00\x01\x00\x00\x00\x05",  # padding of five bytes
        b"\x81\xc9\x00\x01\x00\x00\x00\x05",  # a report that is not there
        b"\x81\xca\x00\x02\x00\x00\x03\xe8\x01\x09\x00\x00",  # a name that is cut off
        b"\x81\xca\x00\x02\x00\x00\x03\xe8\x01\x01\x41\x01",  # an item without a length
    ],
)
def test_what_is_not_well_formed_goes_nowhere(twins: Twins, packet: bytes) -> None:
    assert rtcp_back(packet, twins) is None


@given(st.integers(0, 31), st.sampled_from([200, 201, 202, 203, 204, 205, 206, 207]), st.binary(max_size=60))
def test_whatever_comes_what_goes_back_is_rtcp_or_nothing(number: int, kind: int, body: bytes) -> None:
    assume(len(body) % 4 == 0)
    twins = Twins(count(1).__next__)
    twins.twin(SOURCE)
    for source in (SOURCE, TWIN):
        known = source.to_bytes(4)
        for start in (b"", known, known * 2):
            data = (start + body)[: len(body)]
            written = rtcp_back(bytes([0x80 | number, kind]) + (len(data) // 4).to_bytes(2) + data, twins)
            if written is not None:
                assert len(written) == 4 + 4 * int.from_bytes(written[2:4])
                assert written[1] == kind


def test_numbers_that_are_taken_are_drawn_again() -> None:
    twins = Twins(chain([0, SOURCE, 7], repeat(7, 2), [SOURCE, 8]).__next__)
    assert twins.twin(SOURCE) == (7).to_bytes(4)
    assert twins.twin(9) == (8).to_bytes(4)
