"""A stream of RTP that the gateway makes itself."""

from __future__ import annotations

from itertools import cycle, repeat

from aiortc import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtpPacket
from mock_cec.gateway.media.offer import MID, read
from mock_cec.gateway.media.stream import Stream

from tests.mock_server.gateway.media.offers import AUDIO_CALL, without


def packets(fresh: int, sent: list[bool], offer: str = AUDIO_CALL) -> list[RtpPacket]:
    section = read(offer).sections[0]
    stream = Stream(cycle([b"a", b"b"]), section, section.codecs[0], repeat(fresh).__next__)
    names = HeaderExtensionsMap()
    names.configure(RTCRtpParameters(headerExtensions=[RTCRtpHeaderExtensionParameters(id=4, uri=MID)]))
    return [RtpPacket.parse(packet, names) for one in sent if (packet := stream.packet(sent=one)) is not None]


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


def test_each_packet_names_its_section_if_the_client_reads_that() -> None:
    """Chromium drops it otherwise: nobody has told it of the SSRC."""
    assert [one.extensions.mid for one in packets(0, [True] * 2)] == ["0", "0"]
    for offer in (without(AUDIO_CALL, "a=extmap:4"), without(AUDIO_CALL, "a=mid").replace("BUNDLE 0", "BUNDLE")):
        (packet,) = packets(0, [True], offer)
        assert (packet.extensions.mid, packet.payload) == (None, b"a")


def test_a_long_name_of_a_section_is_said_as_well() -> None:
    long = "n" * 40
    offer = AUDIO_CALL.replace("a=mid:0", f"a=mid:{long}").replace("BUNDLE 0", f"BUNDLE {long}")
    assert [one.extensions.mid for one in packets(0, [True], offer)] == [long]
