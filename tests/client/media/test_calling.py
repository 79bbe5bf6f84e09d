"""Media calls over real sockets, against a gateway that was written by other rules."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

import pytest
from cec_client.errors import GatewayUnreachable, MediaRefused
from cec_client.events import Gateway
from cec_client.media import AsyncMediaCall, MediaCall, MediaPolicy
from cec_client.media.events import (
    MediaAddressFailed,
    MediaConnected,
    MediaDialling,
    MediaEnded,
    MediaEvent,
    MediaFailed,
    MediaRinging,
)
from mock_cec.tls import made_context
from websockets.asyncio.server import serve

from tests.client.media.fake import Mood, header, running

if TYPE_CHECKING:
    from pathlib import Path

    from cec_client.media.statistics import MediaStatistics
    from websockets.asyncio.server import ServerConnection

T = TypeVar("T", bound=MediaEvent)
QUICK = MediaPolicy(connect_timeout=5.0, answer_timeout=0.3, ring_timeout=0.3, media_timeout=10.0, farewell=1.0)


def gateway(*addresses: str) -> Gateway:
    return Gateway("gw.example", addresses, "179080387420489", "AnonymousCard")


async def reached(call: AsyncMediaCall, kind: type[T]) -> T:
    """Follow a call to an event of this kind."""
    seen: list[MediaEvent] = []
    async for event in call:
        seen.append(event)
        if isinstance(event, kind):
            return event
    raise AssertionError(f"no {kind.__name__} came, but {seen}")


async def echoed(call: AsyncMediaCall) -> MediaStatistics:
    """Wait until all that is sent has come back, and the gateway has reported."""
    async with asyncio.timeout(20):
        while True:
            statistics = await call.statistics()
            if all(stream.echo and stream.round_trip_time is not None for stream in statistics.streams):
                return statistics
            await asyncio.sleep(0.05)


def test_audio_and_video_come_back() -> None:
    async def work(url: str) -> None:
        async with AsyncMediaCall(gateway(url), video=True, trust_env=False) as call:
            assert await reached(call, MediaDialling) == MediaDialling(url, "179080387420489")
            assert await reached(call, MediaRinging) == MediaRinging(180, "Ringing")
            assert await reached(call, MediaConnected) == MediaConnected(url, ("opus", "VP8"))
            running = await echoed(call)
            await call.hang_up()
            ended = await reached(call, MediaEnded)
            assert ended.why == "you hung up"
            assert await call.statistics() == ended.statistics
        assert call.over
        assert ended.statistics.seconds >= running.seconds > 0.8
        audio, video = ended.statistics.streams
        assert (audio.kind, audio.codec, video.kind, video.codec) == ("audio", "opus", "video", "VP8")
        for stream in (audio, video):
            assert stream.packets_sent > 10
            assert stream.packets_received > 10
            assert stream.loss < 0.5
            assert 0 < (stream.round_trip_time or 0) < 1
            assert 0 <= (stream.echo_delay or -1) < 2
            assert stream.jitter is not None

    with running(Mood()) as (gate,):
        asyncio.run(work(gate.url))
    assert gate.methods == ["INVITE", "ACK", "BYE"]
    invite = gate.received[0]
    assert invite.startswith("INVITE sip:179080387420489@gw.example SIP/2.0")
    assert header(invite, "From").startswith("<sip:AnonymousCard@gw.example>;tag=")
    assert header(invite, "Via").startswith("SIP/2.0/WS ")
    assert ".invalid;" in header(invite, "Via")
    assert "m=audio" in invite
    assert "m=video" in invite


def test_hold_and_resume_are_answered() -> None:
    async def work(url: str) -> None:
        async with AsyncMediaCall(gateway(url), trust_env=False) as call:
            await reached(call, MediaConnected)
            await echoed(call)

    with running(Mood(holds=True)) as (gate,):
        asyncio.run(work(gate.url))
    assert "m=video" not in gate.received[0]
    held, resumed = (answer for answer in gate.answered if "INVITE" in header(answer, "CSeq"))
    assert held.startswith("SIP/2.0 200")
    assert "a=recvonly" in held
    assert "a=sendrecv" in resumed


def test_a_thread_will_do() -> None:
    with running(Mood(releases_after=1.0)) as (gate,), MediaCall(gateway(gate.url), trust_env=False) as call:
        assert call.statistics().streams == () or call.statistics().streams[0].kind == "audio"
        events = list(call)
        assert list(call) == []
    assert [event.kind for event in events] == ["media_dialling", "media_ringing", "media_connected", "media_ended"]
    last = events[-1]
    assert isinstance(last, MediaEnded)
    assert last.why == "the gateway hung up: agent hung up"
    assert call.statistics() == last.statistics
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("cec-client")]


def test_any_thread_may_hang_up() -> None:
    with running(Mood()) as (gate,):
        call = MediaCall(gateway(gate.url), trust_env=False)
        call.hang_up()
        assert call.statistics().streams == ()
        for event in call:
            if isinstance(event, MediaConnected):
                threading.Thread(target=call.hang_up).start()
        call.hang_up()
    assert isinstance(event, MediaEnded)
    assert gate.methods == ["INVITE", "ACK", "BYE"]


@pytest.mark.parametrize(
    ("mood", "why", "methods"),
    [
        (Mood(refuses="486 Busy Here"), "the gateway answered 486 Busy Here", ["INVITE", "ACK"]),
        (Mood(refuses="480 Temporarily Unavailable"), "answered 480 Temporarily Unavailable", ["INVITE", "ACK"]),
        (Mood(refuses="603 Decline", rings=False), "answered 603 Decline", ["INVITE", "ACK"]),
        (Mood(refuses="401 Unauthorized"), "asks for a password", ["INVITE", "ACK"]),
        (Mood(accepts=False), "nobody answered within 0.3 s", ["INVITE", "CANCEL", "ACK"]),
        (Mood(closes=True, fails_ice=True), "closed (1001 going away)", ["INVITE", "ACK"]),
    ],
)
def test_no_media(mood: Mood, why: str, methods: list[str]) -> None:
    async def work(url: str) -> MediaFailed:
        async with AsyncMediaCall(gateway(url), trust_env=False, policy=QUICK) as call:
            return await reached(call, MediaFailed)

    with running(mood) as (gate,):
        failure = asyncio.run(work(gate.url)).failure
    assert isinstance(failure, MediaRefused)
    assert why in str(failure)
    assert gate.methods == methods


def test_no_connection_for_media() -> None:
    async def work(url: str) -> MediaFailed:
        policy = MediaPolicy(media_timeout=0.5, farewell=1.0)
        async with AsyncMediaCall(gateway(url), trust_env=False, policy=policy) as call:
            return await reached(call, MediaFailed)

    with running(Mood(fails_ice=True)) as (gate,):
        failed = asyncio.run(work(gate.url))
    assert str(failed.failure) == "the call was answered, but no media came within 0.5 s"
    assert gate.methods == ["INVITE", "ACK", "BYE"]


def test_a_socket_lost_in_mid_call() -> None:
    async def work(url: str) -> MediaEnded:
        async with AsyncMediaCall(gateway(url), trust_env=False) as call:
            return await reached(call, MediaEnded)

    with running(Mood(closes_after=0.3)) as (gate,):
        ended = asyncio.run(work(gate.url))
    assert ended.why == "the gateway's WebSocket closed (1001 going away)"
    assert ended.statistics.streams[0].packets_sent > 0


def test_leaving_while_it_rings_cancels() -> None:
    async def work(url: str) -> None:
        async with AsyncMediaCall(gateway(url), trust_env=False) as call:
            await reached(call, MediaRinging)

    with running(Mood(accepts=False)) as (gate,):
        asyncio.run(work(gate.url))
    assert gate.methods == ["INVITE", "CANCEL", "ACK"]


def test_fail_over_from_one_address_to_the_next(tmp_path: Path) -> None:
    """Refused, not trusted, no TLS, no sub-protocol, silent, full; then one that will do."""
    context, authority = made_context(tmp_path)

    async def work(*urls: str) -> list[MediaEvent]:
        async with AsyncMediaCall(gateway(*urls), trust_env=False, policy=QUICK) as call:
            events = []
            async for event in call:
                events.append(event)
                if isinstance(event, MediaConnected):
                    await call.hang_up()
            return events

    with (
        running(Mood(), tls=context) as (secure,),
        running(Mood(speaks_sip=False), Mood(answers=False), Mood(refuses="503 Service Unavailable"), Mood()) as others,
    ):
        deaf, silent, full, good = others
        bare = deaf.url.removeprefix("ws://").removesuffix("/sip")
        refused = "ws://127.0.0.1:9"
        events = asyncio.run(work(refused, secure.url, bare, deaf.url, silent.url, full.url, good.url))
    failed = [(event.address, event.why) for event in events if isinstance(event, MediaAddressFailed)]
    assert [address for address, _ in failed] == [
        refused, secure.url, f"wss://{bare}", deaf.url, silent.url, full.url,
    ]  # fmt: skip
    for (_, why), words in zip(
        failed,
        (
            "nothing listens there",
            "its certificate is not trusted",
            "the connection was cut before there was a WebSocket",
            "does not speak the sub-protocol sip",
            "no answer to the INVITE within 0.3 s",
            "the gateway answered 503 Service Unavailable",
        ),
        strict=True,
    ):
        assert words in why
    assert [event.address for event in events if isinstance(event, MediaConnected)] == [good.url]
    assert isinstance(events[-1], MediaEnded)
    assert authority.exists()


def test_no_address_will_do() -> None:
    async def refuse(_: ServerConnection) -> None:
        """Never come here."""

    async def work() -> MediaFailed:
        async with serve(refuse, "127.0.0.1", 0, process_request=lambda c, _: c.respond(403, "no")) as server:
            port = server.sockets[0].getsockname()[1]
            addresses = (f"ws://127.0.0.1:{port}/sip", "ws://nowhere.invalid", "http://x")
            async with AsyncMediaCall(gateway(*addresses), trust_env=False, policy=QUICK) as call:
                return await reached(call, MediaFailed)

    failure = asyncio.run(work()).failure
    assert isinstance(failure, GatewayUnreachable)
    assert [one.why.partition(" (")[0] for one in failure.failures] == [
        "it is no ws:// or wss:// URL and no host:port",
        "the WebSocket was refused by HTTP status 403",
        "no connection",
    ]


def test_over_tls_with_the_right_authority(tmp_path: Path) -> None:
    context, authority = made_context(tmp_path)

    async def work(url: str) -> None:
        async with AsyncMediaCall(gateway(url), verify=str(authority), trust_env=False) as call:
            await reached(call, MediaConnected)
        async with AsyncMediaCall(gateway(url), verify=False, trust_env=False) as call:
            await reached(call, MediaConnected)

    with running(Mood(), tls=context) as (gate,):
        asyncio.run(work(gate.url.replace("wss://", "")))
    assert header(gate.received[0], "Via").startswith("SIP/2.0/WSS ")


def test_a_proxy_is_not_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def work(url: str) -> MediaFailed:
        async with AsyncMediaCall(gateway(url, "ws://gw.invalid")) as call:
            return await reached(call, MediaFailed)

    with running(Mood(answers=False, speaks_sip=False)) as (gate,):
        failure = asyncio.run(work(gate.url)).failure
    assert isinstance(failure, GatewayUnreachable)
    here, there = failure.failures
    assert "sub-protocol sip" in here.why
    assert "through the proxy http://127.0.0.1:9 (http_proxy)" in there.why
