"""What the client sends comes back: its changing tone, its changing picture, through hold and resume."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from aiortc.rtp import RtcpRrPacket
from aiortc.sdp import SessionDescription

from tests.mock_server.gateway.media.clients import Softphone, Wire, rtp, talking


@pytest.mark.parametrize("codec", ["audio/opus", "audio/PCMU", "audio/PCMA"])
def test_the_caller_hears_itself(codec: str) -> None:
    async def scene() -> None:
        async with talking(Softphone(500, codec)) as (phone, leg, heard):
            await phone.call(leg)
            await phone.hears(500)
            phone.mouth.hertz = 800
            await phone.hears(800)
            assert heard.states == ["connecting", "connected"]
        assert heard.states == ["connecting", "connected", "closed"]

    asyncio.run(scene())


@pytest.mark.parametrize("codec", ["video/VP8", "video/H264"])
def test_the_caller_sees_itself(codec: str) -> None:
    async def scene() -> None:
        async with talking(Softphone()) as (phone, leg, _):
            phone.show(codec)
            await phone.call(leg)
            await phone.sees(60)
            phone.eye.grey = 180
            await phone.sees(180)

    asyncio.run(scene())


@pytest.mark.parametrize(("direction", "mirrored"), [("sendonly", "recvonly"), ("inactive", "inactive")])
def test_on_hold_the_caller_does_not_hear_itself_and_afterwards_it_does(
    direction: Literal["sendonly", "inactive"], mirrored: str
) -> None:
    async def scene() -> None:
        async with talking(Softphone()) as (phone, leg, _):
            await phone.call(leg)
            await phone.hears(500)
            held = await phone.call(leg, direction)
            assert SessionDescription.parse(held).media[0].direction == mirrored
            await phone.says(5)
            before = phone.heard
            await phone.says(15)
            assert phone.heard < before + 5  # what was on its way
            phone.mouth.hertz = 800
            await phone.call(leg)
            await phone.hears(800)

    asyncio.run(scene())


def test_a_picture_can_be_added_later() -> None:
    async def scene() -> None:
        async with talking(Softphone()) as (phone, leg, _):
            await phone.call(leg)
            await phone.hears(500)
            phone.show()
            answer = await phone.call(leg)
            await phone.sees(60)
            assert [media.kind for media in SessionDescription.parse(answer).media] == ["audio", "video"]

    asyncio.run(scene())


@pytest.mark.parametrize("direction", ["sendonly", "inactive"])
def test_on_hold_not_one_packet_comes_back(direction: str) -> None:
    async def scene() -> None:
        async with talking(Wire()) as (wire, leg, _):
            await wire.call(leg)
            await wire.send(rtp(b"before"))
            await wire.until(lambda: len(wire.rtp) == 1)
            await leg.answer(await wire.offer(direction))
            await wire.send(rtp(b"held", sequence=2))
            await wire.send(bytes(RtcpRrPacket(1000, [])))
            await wire.until(lambda: len(wire.rtcp) == 1)  # reports come back on hold as well, and in order
            await leg.answer(await wire.offer())
            await wire.send(rtp(b"after", sequence=3))
            await wire.until(lambda: len(wire.rtp) == 2)
            assert [packet[12:] for packet in wire.rtp] == [b"before", b"after"]

    asyncio.run(scene())
