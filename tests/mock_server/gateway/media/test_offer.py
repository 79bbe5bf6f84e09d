"""The client's offer: what is taken, what is refused section by section, and what as a whole, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.gateway.media.leg import NotAcceptable
from mock_cec.gateway.media.offer import Offer, check_successor, read

from tests.mock_server.gateway.media.offers import (
    AUDIO,
    AUDIO_CALL,
    DATA,
    FINGERPRINT,
    HEAD,
    VIDEO,
    VIDEO_CALL,
    without,
)

if TYPE_CHECKING:
    import random


def codecs(offer: Offer, number: int = 0) -> list[str]:
    return [f"{codec.payloadType} {codec}" for codec in offer.sections[number].codecs]


def refusals(offer: Offer) -> list[str]:
    return [section.refused for section in offer.sections]


def test_of_a_browsers_offer_speech_keys_and_pictures_are_taken_in_its_order() -> None:
    offer = read(VIDEO_CALL)
    assert codecs(offer) == [
        "111 opus/48000/2",
        "0 PCMU/8000",
        "8 PCMA/8000",
        "110 telephone-event/48000",
        "126 telephone-event/8000",
    ]
    assert codecs(offer, 1) == ["96 VP8/90000", "102 H264/90000", "98 VP9/90000", "45 AV1/90000"]
    assert refusals(offer) == ["", ""]


def test_the_order_of_the_first_line_decides_not_that_of_the_attributes() -> None:
    offer = read(AUDIO_CALL.replace("SAVPF 111 63 9 0 8 13 110 126", "SAVPF 8 126 111 111 200 72 x"))
    assert codecs(offer) == ["8 PCMA/8000", "126 telephone-event/8000", "111 opus/48000/2"]


def test_g711_needs_no_rtpmap() -> None:
    offer = read(without(AUDIO_CALL, "a=rtpmap:0", "a=rtpmap:8", "a=rtpmap:111", "a=fmtp:111"))
    assert codecs(offer)[:2] == ["0 PCMU/8000", "8 PCMA/8000"]


def test_extensions_and_feedback_that_would_lie_when_they_come_back_are_left_out() -> None:
    offer = read(VIDEO_CALL)
    assert [one.id for one in offer.sections[0].extensions] == [1, 4]
    assert [one.id for one in offer.sections[1].extensions] == [4]
    feedback = [(one.type, one.parameter) for one in offer.sections[1].codecs[0].rtcpFeedback]
    assert feedback == [("ccm", "fir"), ("nack", None), ("nack", "pli")]


@pytest.mark.parametrize("direction", ["sendrecv", "sendonly", "recvonly", "inactive"])
def test_the_direction_stands_in_the_section_or_before_all_of_them(direction: str) -> None:
    assert read(AUDIO_CALL.replace("a=sendrecv", f"a={direction}")).sections[0].direction == direction
    above = f"a={direction}\n".join([HEAD.replace("BUNDLE 0 1", "BUNDLE 0"), without(AUDIO, "a=sendrecv")])
    assert read(above).sections[0].direction == direction


def test_without_a_direction_it_goes_both_ways() -> None:
    assert read(without(AUDIO_CALL, "a=sendrecv")).sections[0].direction == "sendrecv"


def test_only_addresses_that_can_be_tried_are_kept() -> None:
    transport = read(AUDIO_CALL).transport
    assert [(one.ip, one.port) for one in transport.candidates] == [("192.0.2.7", 51000)]
    assert transport.complete


@pytest.mark.parametrize(
    "line",
    ["1 1 udp 1 0123-abcd.local 9 typ host", "1 1 udp 1 host.example 9 typ host"],
)
def test_names_of_hosts_are_cut_and_more_candidates_may_come(line: str) -> None:
    transport = read(AUDIO_CALL + f"a=candidate:{line}\n").transport
    assert [one.ip for one in transport.candidates] == ["192.0.2.7"]
    assert not transport.complete


def test_nothing_is_left_of_an_offer_with_local_names_alone() -> None:
    transport = read(AUDIO_CALL.replace("192.0.2.7", "0123-abcd.local")).transport
    assert transport.candidates == ()
    assert not transport.complete


def test_candidates_are_bounded() -> None:
    many = "".join(f"a=candidate:1 1 udp 1 192.0.2.8 {port} typ host\n" for port in range(1000, 2000))
    transport = read(AUDIO_CALL + many).transport
    assert len(transport.candidates) < 100
    assert not transport.complete


@pytest.mark.parametrize(("setup", "active"), [("actpass", False), ("passive", False), ("active", True)])
def test_who_opens_dtls_is_the_clients_choice_if_it_makes_one(setup: str, *, active: bool) -> None:
    assert read(AUDIO_CALL.replace("actpass", setup)).transport.active == active


def test_the_transport_may_stand_before_all_sections() -> None:
    keys = ("a=ice-", "a=fingerprint", "a=setup")
    above = "".join(line for line in AUDIO.splitlines(keepends=True) if line.startswith(keys))
    transport = read(HEAD.replace("BUNDLE 0 1", "BUNDLE 0") + above + without(AUDIO, *keys)).transport
    assert transport.ufrag == "uvwx"


def test_the_transport_is_that_of_the_first_section_of_the_bundle() -> None:
    offer = read(HEAD.replace("BUNDLE 0 1", "BUNDLE 1 0") + AUDIO + VIDEO.replace("uvwx", "video"))
    assert offer.transport.ufrag == "video"
    assert offer.bundled


def test_a_section_that_is_bundled_only_has_port_0_and_is_taken_all_the_same() -> None:
    assert refusals(read(HEAD + AUDIO + VIDEO.replace("video 51000", "video 0") + "a=bundle-only\n")) == ["", ""]


@pytest.mark.parametrize(
    ("section", "why"),
    [
        (VIDEO.replace("video 51000", "video 0"), "port is 0"),
        ("m=video 0 UDP/TLS/RTP/SAVPF 96\n", "port is 0"),
        (
            VIDEO.replace("VP8", "H263").replace("H264", "H261").replace("VP9", "V").replace("AV1", "A"),
            "no codec of vp8",
        ),
        (VIDEO.replace("/90000", "/8000"), "no codec"),
        (without(VIDEO, "a=rtcp-mux"), "rtcp-mux"),
        (VIDEO.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "it is RTP/AVP"),
        (VIDEO.replace("a=mid:1", "a=mid:one two"), "a=mid"),
        (VIDEO.replace("a=setup:actpass", "a=setup:perhaps"), "cannot be read"),
        (VIDEO + "a=candidate:1\n", "cannot be read"),
        (VIDEO + "a=fmtp:99 x=1\n", "cannot be read"),
        (VIDEO.replace("a=mid:1", "a=mid:7"), "BUNDLE"),
        (DATA, "its kind is application"),
    ],
)
def test_a_section_that_cannot_be_taken_is_refused_and_the_audio_is_not(section: str, why: str) -> None:
    audio, other = refusals(read(HEAD + AUDIO + section))
    assert audio == ""
    assert why in other


def test_without_a_bundle_the_audio_alone_is_taken() -> None:
    offer = read(without(HEAD, "a=group") + VIDEO + AUDIO)
    assert [bool(why) for why in refusals(offer)] == [True, False]
    assert not offer.bundled
    nameless = read(without(HEAD, "a=group") + without(VIDEO, "a=mid") + without(AUDIO, "a=mid"))
    assert [bool(why) for why in refusals(nameless)] == [True, False]


@pytest.mark.parametrize(
    ("sdp", "why"),
    [
        ("", "no SDP with media"),
        ("rubbish", "no SDP with media"),
        (HEAD, "no SDP with media"),
        ("m=audio\n", "begins with 'm=audio'"),
        (HEAD + VIDEO, "no section m=audio"),
        (HEAD + AUDIO.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"), "it is RTP/AVP"),
        (HEAD + AUDIO.replace("m=audio 51000", "m=audio 0"), "its port is 0"),
        (
            without(AUDIO_CALL, "a=rtpmap:111", "a=fmtp:111").replace("SAVPF 111 63 9 0 8", "SAVPF 9"),
            "no codec of opus",
        ),
        (AUDIO_CALL.replace("SAVPF 111 63 9 0 8 13 110 126", "SAVPF 126"), "no codec of opus"),
        (without(AUDIO_CALL, "a=ice-ufrag"), "no ICE"),
        (without(AUDIO_CALL, "a=ice-pwd"), "no ICE"),
        (without(AUDIO_CALL, "a=fingerprint"), "no a=fingerprint"),
        (AUDIO_CALL.replace("sha-256", "sha-1"), "no a=fingerprint"),
        (without(AUDIO_CALL, "a=setup"), "a=setup is missing"),
        (without(AUDIO_CALL, "a=rtcp-mux"), "a=rtcp-mux"),
        (AUDIO_CALL + "a=ice-lite\n", "ICE lite"),
        (HEAD + AUDIO + VIDEO.replace("a=mid:1", "a=mid:0"), "same a=mid"),
        (HEAD + AUDIO * 33, "33 sections"),
        (AUDIO_CALL + "a=x:" + "y" * 200_000, "characters"),
    ],
)
def test_an_offer_that_cannot_be_answered_is_refused_and_it_says_why(sdp: str, why: str) -> None:
    if "ICE lite" in why:
        sdp = sdp.replace("a=ice-lite\n", "").replace("a=extmap-allow-mixed", "a=ice-lite")
    with pytest.raises(NotAcceptable, match=why):
        read(sdp)


@given(st.randoms(use_true_random=False), st.text(max_size=12))
def test_whatever_is_wrong_with_an_offer_it_is_answered_or_refused_in_words(dice: random.Random, word: str) -> None:
    lines = (HEAD + AUDIO + VIDEO + DATA).splitlines()
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(lines))
        line = lines[at]
        cut = dice.randint(0, len(line))
        lines[at] = dice.choice([line[:cut], line[:cut] + word + line[cut:], word, f"{line}\n{line}", "a=" + word])
    try:
        offer = read("\n".join(lines))
    except NotAcceptable as refused:
        assert str(refused)  # noqa: PT017  (either is right)
    else:
        assert any(section.kind == "audio" and not section.refused for section in offer.sections)


@pytest.mark.parametrize(
    "later",
    [
        AUDIO_CALL.replace("sendrecv", "sendonly"),
        VIDEO_CALL,
        AUDIO_CALL + f"a=fingerprint:sha-512 {'CD:' * 63}CD\n",
        AUDIO_CALL.replace("BUNDLE 0", "BUNDLE 0 1") + VIDEO,
    ],
)
def test_hold_resume_and_a_section_more_can_follow(later: str) -> None:
    check_successor(read(AUDIO_CALL), read(later))


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (AUDIO_CALL, "1 sections"),
        (VIDEO_CALL.replace("uvwx", "other"), "restarts ICE"),
        (VIDEO_CALL.replace("0123456789abcdef", "fedcba9876543210"), "restarts ICE"),
        (VIDEO_CALL.replace(FINGERPRINT, "sha-256 " + ":".join(["CD"] * 32)), "another certificate"),
        (VIDEO_CALL.replace("actpass", "active"), "another certificate or role"),
    ],
)
def test_what_would_need_a_new_transport_cannot_follow(later: str, why: str) -> None:
    with pytest.raises(NotAcceptable, match=why):
        check_successor(read(VIDEO_CALL), read(later))
