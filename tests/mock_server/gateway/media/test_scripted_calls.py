"""What a scenario makes of a call's media: sounds of its own, one way, an end, keys, no connection."""

from __future__ import annotations

import asyncio
import math
import wave
from array import array
from pathlib import Path  # noqa: TC003  (pytest looks at it)
from typing import Literal

import pytest
from mock_cec.gateway.media.carrier import AiortcCarrier
from mock_cec.gateway.media.leg import NotAcceptable, Wish
from mock_cec.gateway.media.sounds import TONE_HERTZ

from tests.mock_server.gateway.media.clients import Softphone, Wire, rtp, talking

PCMU = "a=rtpmap:0 PCMU/8000\r\na=rtpmap:126 telephone-event/8000\r\n"


@pytest.mark.parametrize("codec", ["audio/opus", "audio/PCMU", "audio/PCMA"])
def test_a_tone_is_heard_in_every_codec(codec: str) -> None:
    async def scene() -> None:
        async with talking(Softphone(900, codec), Wish(source="tone")) as (phone, leg, _):
            await phone.call(leg)
            await phone.hears(TONE_HERTZ)

    asyncio.run(scene())


def test_silence_is_packets_without_sound() -> None:
    async def scene() -> None:
        async with talking(Softphone(), Wish(source="silence")) as (phone, leg, _):
            await phone.call(leg)
            await phone.until(lambda: phone.heard > 10)
            assert phone.loudness < 10

    asyncio.run(scene())


def test_a_voice_is_played_once_and_silence_follows(tmp_path: Path) -> None:
    file = tmp_path / "agent.wav"
    with wave.open(str(file), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(16000)
        tone = (round(9000 * math.sin(2 * math.pi * 700 * at / 16000)) for at in range(8000))
        writer.writeframes(array("h", (sample for one in tone for sample in (one, one))).tobytes())

    async def scene() -> None:
        async with talking(Softphone(), Wish(source="voice", voice=file)) as (phone, leg, _):
            await phone.call(leg)
            await phone.hears(700)
            await phone.until(lambda: phone.loudness < 10)

    asyncio.run(scene())


def test_a_voice_that_cannot_be_played_is_said_to_be_at_fault(tmp_path: Path) -> None:
    async def scene() -> None:
        async with talking(Wire(), Wish(source="voice", voice=tmp_path / "none.wav")) as (wire, leg, heard):
            with pytest.raises(NotAcceptable, match=r"none\.wav cannot be played"):
                await leg.answer(await wire.offer())
            assert heard.states == []

    asyncio.run(scene())


def test_a_picture_comes_back_beside_a_tone() -> None:
    async def scene() -> None:
        async with talking(Softphone(900), Wish(source="tone")) as (phone, leg, _):
            phone.show()
            await phone.call(leg)
            await phone.hears(TONE_HERTZ)
            await phone.sees(60)

    asyncio.run(scene())


def test_a_tone_waits_while_the_caller_holds_the_line() -> None:
    async def scene() -> None:
        tone = Wish(source="tone")
        async with (
            talking(Wire(), tone) as (wire, leg, _),
            talking(Wire(), tone) as (other, clock, __),
        ):
            await wire.call(leg)
            await other.call(clock)
            await wire.until(lambda: len(wire.rtp) > 3)
            assert "a=recvonly" in await leg.answer(await wire.offer("sendonly"))
            before, time = len(wire.rtp), len(other.rtp)
            await other.until(lambda: len(other.rtp) >= time + 6)
            assert len(wire.rtp) <= before + 1
            await leg.answer(await wire.offer())
            await wire.until(lambda: len(wire.rtp) > before + 3)
            assert len({packet[8:12] for packet in wire.rtp}) == 1
            assert sum(packet[1] >> 7 for packet in wire.rtp) == 2  # it begins twice

    asyncio.run(scene())


def test_a_tone_goes_on_in_another_codec_if_the_client_wants_one() -> None:
    async def scene() -> None:
        async with talking(Wire(), Wish(source="tone")) as (wire, leg, _):
            await wire.call(leg)
            await wire.until(lambda: bool(wire.rtp) and wire.rtp[-1][1] & 0x7F == 111)
            offer = await wire.offer()
            await leg.answer(offer.replace("SAVPF 111 110", "SAVPF 0 110"))
            await wire.until(lambda: wire.rtp[-1][1] & 0x7F == 0 and len(wire.rtp[-1]) == 172)

    asyncio.run(scene())


@pytest.mark.parametrize("direction", ["to_caller", "to_agent"])
def test_one_way_audio(direction: Literal["to_caller", "to_agent"]) -> None:
    async def scene() -> None:
        async with talking(Wire(), Wish(source="tone", direction=direction)) as (wire, leg, heard):
            answer = await wire.call(leg)
            assert "a=sendrecv" in answer  # the fault is in the net, and no party to the agreement knows of it
            await wire.send(rtp(b"\x05\x8a\x12\xc0", payload_type=110))
            if direction == "to_caller":
                await wire.until(lambda: len(wire.rtp) > 5)
                assert heard.digits == []
            else:
                await heard.until(lambda: heard.digits == [("5", 100)])
                assert wire.rtp == []

    asyncio.run(scene())


@pytest.mark.parametrize("wish", [Wish(stops=0.1), Wish(source="tone", stops=0.1)])
def test_media_stop_and_the_call_goes_on(wish: Wish) -> None:
    async def scene() -> None:
        async with talking(Wire(), wish) as (wire, leg, heard):
            await wire.call(leg)
            await wire.send(rtp(b"before"))
            await wire.until(lambda: len(wire.rtp) > 0)
            await heard.until(lambda: heard.states[-1] == "stopped")
            before = len(wire.rtp)
            await wire.send(rtp(b"after", sequence=2))
            await wire.send(rtp(b"\x05\x8a\x12\xc0", sequence=3, payload_type=110))
            await heard.until(lambda: heard.digits == [("5", 100)])
            assert len(wire.rtp) <= before + 1
            assert not any(packet.endswith(b"after") for packet in wire.rtp)
            await leg.answer(await wire.offer("sendonly"))
        assert heard.states == ["connecting", "connected", "stopped", "closed"]

    asyncio.run(scene())


def test_keys_are_told_and_come_back_as_they_are() -> None:
    async def scene() -> None:
        async with talking(Wire(PCMU, "0 126")) as (wire, leg, heard):
            answer = await wire.call(leg)
            assert "telephone-event" in answer
            for number, key in enumerate(("1", "#")):
                code = "0123456789*#".index(key)
                for sequence, end in enumerate((0, 0x80, 0x80, 0x80)):
                    event = bytes([code, end | 10]) + (800).to_bytes(2)
                    packet = rtp(event, sequence=8 * number + sequence, payload_type=126, timestamp=9000 * number)
                    await wire.send(packet)
            await heard.until(lambda: heard.digits == [("1", 100), ("#", 100)])
            await wire.until(lambda: len(wire.rtp) == 8)
            assert [packet[12] for packet in wire.rtp] == [1] * 4 + [11] * 4

    asyncio.run(scene())


def test_a_connection_that_fails_leads_nowhere_and_is_told_after_a_while() -> None:
    async def scene() -> None:
        carrier = AiortcCarrier(patience=0.2)
        async with talking(Wire(), Wish(ice="fails"), carrier) as (wire, leg, heard):
            answer = await leg.answer(await wire.offer())
            assert " 9 typ host" in answer
            assert heard.states == ["connecting"]
            await heard.until(lambda: heard.states == ["connecting", "failed"])
            assert "a=recvonly" in await leg.answer(await wire.offer("sendonly"))
        assert heard.states == ["connecting", "failed", "closed"]

    asyncio.run(scene())
