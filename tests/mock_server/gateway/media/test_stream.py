"""A stream of RTP that the gateway makes itself."""

from __future__ import annotations

from itertools import cycle, repeat

from aiortc.rtp import RtpPacket
from mock_cec.gateway.media.stream import Stream


def packets(fresh: int, sent: list[bool]) -> list[RtpPacket]:
    stream = Stream(cycle([b"a", b"b"]), 111, 48000, repeat(fresh).__next__)
    return [RtpPacket.parse(packet) for one in sent if (packet := stream.packet(sent=one)) is not None]


def test_each_packet_is_one_number_and_20_ms_after_the_last() -> None:
    made = packets(70, [True] * 3)
    assert [one.payload for one in made] == [b"a", b"b", b"a"]
    assert [one.sequence_number for one in made] == [71, 72, 73]
    assert [one.timestamp for one in made] == [1030, 1990, 2950]
    assert {(one.ssrc, one.payload_type) for one in made} == {(70, 111)}


def test_a_pause_is_a_gap_in_the_time_and_none_in_the_numbers() -> None:
    made = packets(0, [True, True, False, False, True])
    assert [one.sequence_number for one in made] == [1, 2, 3]
    assert [one.timestamp // 960 for one in made] == [1, 2, 5]
    assert [one.marker for one in made] == [1, 0, 1]


def test_numbers_and_time_come_round() -> None:
    made = packets(0xFFFFFFFF, [True] * 2)
    assert [one.sequence_number for one in made] == [0, 1]
    assert [one.timestamp for one in made] == [959, 1919]
