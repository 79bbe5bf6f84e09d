"""Keys by RTP telephone-event (RFC 4733): many packets, one word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from mock_cec.gateway.media.keys import SIGNALS, Keys, Pressed


def event(signal: str, length: int, *, ends: bool = False) -> bytes:
    return bytes([SIGNALS.index(signal), (0x80 if ends else 0) | 10]) + length.to_bytes(2)


def all_of(*packets: tuple[int, bytes], rate: int = 8000) -> list[Pressed]:
    keys = Keys()
    return [key for timestamp, payload in packets for key in keys.received(timestamp, payload, rate)]


def test_a_key_is_told_once_with_its_length() -> None:
    packets = [(800, event("5", length)) for length in (160, 320, 480)] + [(800, event("5", 800, ends=True))] * 3
    assert all_of(*packets) == [Pressed("5", 100)]
    assert all_of(*((time, event("5", 4800, ends=True)) for time in (1,)), rate=48000) == [Pressed("5", 100)]


def test_every_key_has_its_sign() -> None:
    packets = [(1000 * number, event(signal, 400, ends=True)) for number, signal in enumerate(SIGNALS)]
    assert "".join(key.signal for key in all_of(*packets)) == "0123456789*#ABCD"


def test_the_same_key_twice_is_two_keys() -> None:
    assert all_of((0, event("1", 400, ends=True)), (900, event("1", 400, ends=True))) == [Pressed("1", 50)] * 2


def test_if_its_end_is_lost_a_key_is_told_when_the_next_begins() -> None:
    assert all_of((0, event("1", 400)), (900, event("2", 160))) == [Pressed("1", 50)]


def test_packets_that_were_overtaken_say_nothing() -> None:
    assert all_of((900, event("2", 400, ends=True)), (0, event("1", 400, ends=True))) == [Pressed("2", 50)]


def test_packets_of_a_key_may_change_places() -> None:
    assert all_of((0, event("1", 320)), (0, event("1", 160)), (0, event("1", 320, ends=True))) == [Pressed("1", 40)]


def test_a_key_that_is_held_longer_than_a_packet_can_say_is_one_key() -> None:
    packets = [(100, event("9", 0xFFFF)), (100 + 0xFFFF, event("9", 480)), (100 + 0xFFFF, event("9", 960, ends=True))]
    assert all_of(*packets, rate=48000) == [Pressed("9", round((0xFFFF + 960) / 48))]


def test_time_may_come_round() -> None:
    packets = [(0xFFFF_FF00, event("1", 400, ends=True)), (0x0000_0100, event("2", 400, ends=True))]
    assert [key.signal for key in all_of(*packets)] == ["1", "2"]


def test_other_events_and_rubbish_are_no_keys() -> None:
    assert all_of((0, b""), (0, b"\x01\x80\x01"), (0, b"\x10\x8a\x01\x00"), (0, b"\xff" * 8)) == []


@given(st.lists(st.tuples(st.integers(0, 0xFFFFFFFF), st.binary(max_size=6)), max_size=20))
def test_no_more_keys_are_told_than_packets_came(packets: list[tuple[int, bytes]]) -> None:
    assert len(all_of(*packets)) <= len(packets)
