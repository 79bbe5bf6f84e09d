"""The reflector and the names of aiortc that it rests on, which have no promise to stay."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from inspect import iscoroutinefunction, signature
from typing import TYPE_CHECKING

from aiortc import RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from mock_cec.gateway.media.reflector import Reflector, certificate

from tests.mock_server.gateway.media.clients import Heard, Wire, rtp, talking

if TYPE_CHECKING:
    import pytest


def test_aiortc_has_what_the_reflector_overrides_and_calls() -> None:
    parameters = {
        "_handle_rtp_data": ["self", "data", "arrival_time_ms"],
        "_handle_rtcp_data": ["self", "data"],
        "_recv_next": ["self"],
        "_send_rtp": ["self", "data"],
    }
    for name, expected in parameters.items():
        method = getattr(RTCDtlsTransport, name)
        assert iscoroutinefunction(method)
        assert list(signature(method).parameters) == expected
    assert list(signature(RTCDtlsTransport._set_role).parameters) == ["self", "role"]  # noqa: SLF001


def test_aiortc_calls_them_and_an_empty_datagram_does_no_harm() -> None:
    async def scene() -> None:
        async with talking(Wire()) as (wire, leg, heard):
            await wire.call(leg)
            await wire.send(rtp(b"one"))
            await wire.until(lambda: len(wire.rtp) == 1)
            await wire.bare(b"")
            await wire.bare(b"\xff no STUN, no DTLS, no RTP")
            await wire.bare(b"\x80\x6f sealed by nobody")
            await wire.send(rtp(b"two", sequence=2))
            await wire.until(lambda: len(wire.rtp) == 2)
            assert wire.rtp[0][12:] == b"one"
            assert heard.states == ["connecting", "connected"]

    asyncio.run(scene())


def test_an_error_of_ours_does_not_end_the_call(caplog: pytest.LogCaptureFixture) -> None:
    class Deaf(Heard):
        def digit(self, signal: str, milliseconds: int) -> None:  # noqa: ARG002  (a listener's)
            raise RuntimeError("a listener's own error")

    async def scene() -> None:
        async with talking(Wire(), heard=Deaf()) as (wire, leg, _):
            await wire.call(leg)
            await wire.send(rtp(b"\x05\x8a\x12\xc0", payload_type=110))
            await wire.send(rtp(b"next", sequence=2))
            await wire.until(lambda: len(wire.rtp) == 1)

    with caplog.at_level(logging.ERROR):
        asyncio.run(scene())
    assert "could not be handled" in caplog.text


def test_what_cannot_be_sent_is_lost_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        reflector = Reflector(RTCIceTransport(RTCIceGatherer(iceServers=[])), lambda _: None, lambda _: None)
        await reflector.send(rtp(b"too early"))

    asyncio.run(scene())
    assert caplog.text == ""


def test_the_process_has_one_certificate_and_never_an_expired_one(monkeypatch: pytest.MonkeyPatch) -> None:
    first = certificate()
    assert certificate() is first
    monkeypatch.setattr(type(first), "expires", property(lambda _: datetime.now(UTC) + timedelta(hours=1)))
    assert certificate() is not first
