"""The answer: what the gateway says to an offer."""

from __future__ import annotations

import pytest
from aiortc import RTCDtlsFingerprint, RTCIceCandidate
from aiortc.sdp import SessionDescription
from mock_cec.gateway.media.answer import Ours, may_send, write
from mock_cec.gateway.media.offer import read

from tests.mock_server.gateway.media.offers import AUDIO, AUDIO_CALL, DATA, HEAD, VIDEO, VIDEO_CALL, without

V6 = RTCIceCandidate(1, "b", "2001:db8::1", 40001, 1, "udp", "host")
V4 = RTCIceCandidate(1, "a", "192.0.2.1", 40000, 2, "udp", "host")
OURS = Ours(77, "abcd", "p" * 22, RTCDtlsFingerprint("sha-256", "AA:BB"), (V6, V4))


def answer(sdp: str, version: int = 1, ours: Ours = OURS) -> str:
    return write(read(sdp), ours, version)


def sections(text: str) -> list[list[str]]:
    found = text.split("m=")[1:]
    return [("m=" + one).split("\r\n")[:-1] for one in found]


def test_an_audio_call_is_answered_with_all_that_a_client_needs() -> None:
    assert answer(AUDIO_CALL).split("\r\n") == [
        "v=0",
        "o=- 77 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "a=msid-semantic:WMS *",
        "m=audio 40000 UDP/TLS/RTP/SAVPF 111 0 8 110 126",
        "c=IN IP4 192.0.2.1",
        "a=sendrecv",
        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid",
        "a=mid:0",
        "a=msid:mock-cec audio-0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:110 telephone-event/48000",
        "a=rtpmap:126 telephone-event/8000",
        "a=candidate:b 1 udp 1 2001:db8::1 40001 typ host",
        "a=candidate:a 1 udp 2 192.0.2.1 40000 typ host",
        "a=end-of-candidates",
        "a=ice-ufrag:abcd",
        f"a=ice-pwd:{'p' * 22}",
        "a=fingerprint:sha-256 AA:BB",
        "a=setup:active",
        "",
    ]


def test_all_sections_have_one_stream_whatever_their_direction() -> None:
    """The vendor's SDK plays the stream that comes with the audio, and no other."""
    for direction in ("sendrecv", "sendonly", "recvonly", "inactive"):
        text = answer(VIDEO_CALL.replace("a=sendrecv", f"a={direction}"))
        streams = {line.split()[0] for line in text.split("\r\n") if line.startswith("a=msid:")}
        assert streams == {"a=msid:mock-cec"}
        assert text.count("a=msid:") == 2
        assert "telephone-event" in text


@pytest.mark.parametrize(
    ("offered", "answered"),
    [("sendrecv", "sendrecv"), ("sendonly", "recvonly"), ("recvonly", "sendonly"), ("inactive", "inactive")],
)
def test_the_direction_is_the_offers_turned_round(offered: str, answered: str) -> None:
    offer = AUDIO_CALL.replace("a=sendrecv", f"a={offered}")
    assert f"a={answered}" in sections(answer(offer))[0]
    assert may_send(read(offer).sections[0]) == (answered in {"sendrecv", "sendonly"})


def test_a_refused_section_has_port_0_and_is_no_part_of_the_bundle() -> None:
    text = answer(HEAD.replace("BUNDLE 0 1", "BUNDLE 0 1 2") + AUDIO + VIDEO.replace("VP8", "H263") + DATA)
    assert "a=group:BUNDLE 0 1\r\n" in text
    assert sections(text)[2] == [
        "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
        "c=IN IP4 0.0.0.0",
        "a=inactive",
        "a=mid:2",
    ]
    assert not may_send(read(HEAD + AUDIO + DATA).sections[1])


def test_pictures_come_back_with_feedback_and_without_retransmission_of_their_own() -> None:
    video = sections(answer(VIDEO_CALL))[1]
    assert video[0] == "m=video 40000 UDP/TLS/RTP/SAVPF 96 102 98 45"
    assert [line for line in video if "rtcp-fb" in line] == [
        "a=rtcp-fb:96 ccm fir",
        "a=rtcp-fb:96 nack",
        "a=rtcp-fb:96 nack pli",
        "a=rtcp-fb:102 nack pli",
    ]
    assert "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f" in video
    assert not any("rtx" in line for line in video)


def test_without_a_bundle_there_is_none_and_without_a_mid_there_is_none() -> None:
    text = answer(without(HEAD, "a=group") + without(AUDIO, "a=mid"))
    assert "BUNDLE" not in text
    assert "a=mid" not in text


def test_each_answer_of_a_call_has_another_version() -> None:
    assert "o=- 77 1 IN" in answer(AUDIO_CALL, 1)
    assert "o=- 77 2 IN" in answer(AUDIO_CALL, 2)


def test_a_client_that_opens_dtls_itself_is_let() -> None:
    assert "a=setup:passive" in answer(AUDIO_CALL.replace("actpass", "active"))


def test_without_an_address_of_this_side_the_answer_is_still_sdp() -> None:
    text = answer(AUDIO_CALL, ours=Ours(1, "abcd", "p" * 22, OURS.fingerprint, ()))
    assert SessionDescription.parse(text).media[0].port == 9
