"""What becomes of a packet of the client, by what the scenario wants and what was agreed."""

from __future__ import annotations

from itertools import count

import pytest
from aiortc.rtp import RtcpRrPacket
from mock_cec.gateway.media.echo import Echo
from mock_cec.gateway.media.leg import Wish
from mock_cec.gateway.media.offer import read

from tests.mock_server.gateway.media.clients import rtp
from tests.mock_server.gateway.media.offers import VIDEO_CALL

KEY = b"\x05\x8a\x03\x20"
TO_CALLER, TO_AGENT = Wish(direction="to_caller"), Wish(direction="to_agent")


def echo(wish: Wish, sdp: str = VIDEO_CALL) -> tuple[Echo, list[tuple[str, int]]]:
    pressed: list[tuple[str, int]] = []
    made = Echo(wish, lambda signal, length: pressed.append((signal, length)), count(1).__next__)
    made.agree(read(sdp))
    return made, pressed


def goes_back(made: Echo, payload_type: int) -> bool:
    return made.rtp(rtp(b"x", payload_type=payload_type)) is not None


@pytest.mark.parametrize(
    ("wish", "audio", "video"),
    [
        (Wish(), True, True),
        (Wish(source="tone"), False, True),
        (Wish(source="silence"), False, True),
        (Wish(source="voice"), False, True),
        (TO_CALLER, False, False),
        (TO_AGENT, False, False),
    ],
)
def test_what_goes_back(wish: Wish, *, audio: bool, video: bool) -> None:
    made, _ = echo(wish)
    assert (goes_back(made, 111), goes_back(made, 96)) == (audio, video)
    assert (made.rtcp(bytes(RtcpRrPacket(1000, []))) is not None) == (audio or video)


@pytest.mark.parametrize(("direction", "back"), [("sendonly", False), ("inactive", False), ("recvonly", True)])
def test_while_the_client_does_not_want_to_hear_nothing_goes_back(direction: str, *, back: bool) -> None:
    made, _ = echo(Wish(), VIDEO_CALL.replace("a=sendrecv", f"a={direction}"))
    assert goes_back(made, 111) == back
    made.agree(read(VIDEO_CALL))
    assert goes_back(made, 111)


def test_what_was_not_agreed_or_is_no_rtp_goes_nowhere() -> None:
    made, _ = echo(Wish())
    assert not goes_back(made, 63)
    assert made.rtp(b"\x80") is None


def test_once_stopped_nothing_goes_back_and_keys_are_still_heard() -> None:
    made, pressed = echo(Wish())
    made.stopped = True
    assert not goes_back(made, 111)
    assert made.rtcp(bytes(RtcpRrPacket(1000, []))) is None
    made.rtp(rtp(KEY, payload_type=126))
    assert pressed == [("5", 100)]


@pytest.mark.parametrize("wish", [Wish(), Wish(source="tone"), TO_AGENT])
def test_keys_are_heard_and_come_back_only_as_an_echo(wish: Wish) -> None:
    made, pressed = echo(wish)
    packet = rtp(KEY, payload_type=126)
    back = made.rtp(packet)
    assert pressed == [("5", 100)]
    assert back == (packet[:8] + b"\0\0\0\1" + KEY if wish == Wish() else None)


def test_an_agent_who_does_not_hear_the_caller_hears_no_keys() -> None:
    made, pressed = echo(TO_CALLER)
    made.rtp(rtp(KEY, payload_type=126))
    assert pressed == []


def test_the_payload_is_found_behind_sources_and_extensions_and_before_padding() -> None:
    head = b"\xb1\x7e\0\1\0\0\0\0\0\0\0\7" + b"\0\0\0\x0a" + b"\xbe\xde\0\1\x10\xff\0\0"
    made, pressed = echo(Wish())
    made.rtp(head + KEY + b"\0\0\0\4")
    assert pressed == [("5", 100)]


@pytest.mark.parametrize("head", [b"\xbf\x7e\0\1\0\0\0\0\0\0\0\7", b"\x90\x7e\0\1\0\0\0\0\0\0\0\7\xff"])
def test_a_packet_that_ends_within_its_head_is_no_key(head: bytes) -> None:
    made, pressed = echo(Wish())
    made.rtp(head)
    assert pressed == []
