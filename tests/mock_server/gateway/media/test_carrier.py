"""The carrier: as many calls as the machine can, nothing left behind, and no offer that does harm."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from pathlib import Path

import aioice.ice
import pytest
from mock_cec.gateway.media.addresses import NoAddress, usable_addresses
from mock_cec.gateway.media.carrier import AiortcCarrier
from mock_cec.gateway.media.leg import Full, NotAcceptable, Wish

from tests.mock_server.gateway.media.clients import Heard, Softphone, Wire, rtp, talking
from tests.mock_server.gateway.media.offers import AUDIO, AUDIO_CALL, HEAD, without


def test_beyond_what_the_machine_carries_there_is_no_leg_until_one_is_closed() -> None:
    async def scene() -> None:
        carrier = AiortcCarrier(most_calls=2)
        first, _ = (carrier.leg(Wish(), Heard()) for _ in range(2))
        with pytest.raises(Full, match="2 calls"):
            carrier.leg(Wish(), Heard())
        await first.close()
        carrier.leg(Wish(), Heard())
        await carrier.close()
        with pytest.raises(Full, match="being closed"):
            carrier.leg(Wish(), Heard())

    asyncio.run(scene())


@pytest.mark.parametrize(
    "offer",
    [
        "",
        "rubbish",
        "m=audio",
        AUDIO_CALL.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
        without(AUDIO_CALL, "a=fingerprint"),
        without(AUDIO_CALL, "a=ice-ufrag"),
        AUDIO_CALL.replace("SAVPF 111 63 9 0 8", "SAVPF 9"),
        HEAD + AUDIO.replace("a=mid:0", "a=mid:\N{PILE OF POO}"),
        "m=audio 9 x y\n" * 100_000,
    ],
)
def test_an_offer_that_cannot_be_answered_does_nothing_to_a_call_that_is_up(offer: str) -> None:
    async def scene() -> None:
        async with talking(Wire()) as (wire, leg, heard):
            with pytest.raises(NotAcceptable):
                await leg.answer(offer)
            assert heard.states == []
            await wire.call(leg)
            with pytest.raises(NotAcceptable):
                await leg.answer(offer)
            await wire.send(rtp(b"still here"))
            await wire.until(lambda: len(wire.rtp) == 1)

    asyncio.run(scene())


def test_an_ice_restart_is_refused_and_the_call_goes_on() -> None:
    async def scene() -> None:
        async with talking(Wire()) as (wire, leg, _):
            await wire.call(leg)
            offer = await wire.offer()
            ufrag = offer.partition("a=ice-ufrag:")[2].partition("\r\n")[0]
            with pytest.raises(NotAcceptable, match="restarts ICE"):
                await leg.answer(offer.replace(f"a=ice-ufrag:{ufrag}", "a=ice-ufrag:anew"))
            assert "IN IP4 127.0.0.1" in await leg.answer(offer)
            await wire.send(rtp(b"still here"))
            await wire.until(lambda: len(wire.rtp) == 1)

    asyncio.run(scene())


def test_answers_of_a_call_are_numbered() -> None:
    async def scene() -> None:
        async with talking(Wire()) as (wire, leg, _):
            origins = [(await leg.answer(await wire.offer())).split("\r\n")[1].split() for _ in range(3)]
            assert [origin[2] for origin in origins] == ["1", "2", "3"]
            assert len({origin[1] for origin in origins}) == 1

    asyncio.run(scene())


def test_a_client_whose_addresses_are_hidden_is_found_by_its_own_checks() -> None:
    async def scene() -> None:
        async with talking(Wire()) as (wire, leg, _):
            offer = await wire.offer()
            hidden = "".join(
                " ".join([*line.split(" ")[:4], "0123-abcd.local", *line.split(" ")[5:]])
                if line.startswith("a=candidate")
                else line
                for line in offer.splitlines(keepends=True)
            )
            assert hidden.count(".local") > 0
            await wire.take(await leg.answer(hidden))
            await wire.send(rtp(b"here I am"))
            await wire.until(lambda: len(wire.rtp) == 1)

    asyncio.run(scene())


def test_a_client_that_opens_dtls_itself_is_heard() -> None:
    async def scene() -> None:
        async with talking(Wire(opens=True)) as (wire, leg, _):
            assert "a=setup:passive" in await wire.call(leg)
            await wire.send(rtp(b"here I am"))
            await wire.until(lambda: len(wire.rtp) == 1)

    asyncio.run(scene())


def test_a_client_that_never_comes_has_failed() -> None:
    async def scene() -> None:
        async with talking(Wire(), carrier=AiortcCarrier(patience=0.2)) as (wire, leg, heard):
            await leg.answer(await wire.offer())
            await heard.until(lambda: heard.states == ["connecting", "failed"])

    asyncio.run(scene())


def test_a_client_with_another_certificate_than_it_said_has_failed() -> None:
    async def scene() -> None:
        async with talking(Wire()) as (wire, leg, heard):
            offer = await wire.offer()
            start = offer.index("a=fingerprint:sha-256 ") + len("a=fingerprint:sha-256 ")
            answer = await leg.answer(offer[:start] + ":".join(["00"] * 32) + offer[start + 95 :])
            await wire.take(answer)
            await heard.until(lambda: heard.states == ["connecting", "failed"])

    asyncio.run(scene())


def test_a_client_that_leaves_is_told_of() -> None:
    async def scene() -> None:
        async with talking(Wire()) as (wire, leg, heard):
            await wire.call(leg)
            await heard.until(lambda: heard.states[-1] == "connected")
            await wire.close()
            await heard.until(lambda: heard.states == ["connecting", "connected", "closed"])
            assert "a=recvonly" in await leg.answer((await wire.offer()).replace("a=sendrecv", "a=sendonly"))
        assert heard.states == ["connecting", "connected", "closed"]

    asyncio.run(scene())


def test_a_client_that_vanishes_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aioice.ice, "CONSENT_INTERVAL", 0.01)
    monkeypatch.setattr(aioice.ice, "CONSENT_FAILURES", 1)

    async def scene() -> None:
        async with talking(Wire(), Wish(source="tone", stops=60)) as (wire, leg, heard):
            await wire.call(leg)
            await heard.until(lambda: heard.states[-1] == "connected")
            await wire.vanish()
            await heard.until(lambda: heard.states == ["connecting", "connected", "failed"])
        assert heard.states == ["connecting", "connected", "failed", "closed"]

    asyncio.run(scene())


@pytest.mark.parametrize("moment", ["no offer", "answered", "connecting", "connected", "failed"])
def test_a_closed_call_leaves_nothing_behind(moment: str) -> None:
    async def scene() -> None:
        wire, heard = Wire(), Heard()
        carrier = AiortcCarrier(patience=0.1 if moment == "failed" else 15)
        wish = Wish(source="tone", stops=30, ice="fails" if moment == "failed" else "ok")
        await wire.offer()
        tasks, sockets = len(asyncio.all_tasks()), open_sockets()
        leg = carrier.leg(wish, heard)
        if moment != "no offer":
            answer = await leg.answer(await wire.offer())
        if moment == "connecting":
            await asyncio.sleep(0)
        if moment == "connected":
            await wire.take(answer)
            await heard.until(lambda: heard.states[-1] == "connected")
            assert open_sockets() > sockets
        if moment == "failed":
            await heard.until(lambda: heard.states[-1] == "failed")
        await asyncio.gather(leg.close(), leg.close())
        await leg.close()
        told = list(heard.states)
        await wire.close()
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == tasks
        assert open_sockets() <= sockets
        assert heard.states == told
        with pytest.raises(NotAcceptable, match="the call is over"):
            await leg.answer(AUDIO_CALL)

    before = threading.active_count()
    asyncio.run(scene())
    gc.collect()
    assert threading.active_count() == before


def test_a_call_that_ends_while_it_is_answered_is_not_answered() -> None:
    async def scene() -> None:
        async with talking(Wire()) as (wire, leg, heard):
            answering = asyncio.create_task(leg.answer(await wire.offer()))
            await asyncio.sleep(0)
            await leg.close()
            with pytest.raises(NotAcceptable, match="the call is over"):
                await answering
            assert "connecting" not in heard.states

    asyncio.run(scene())


def test_a_carrier_that_closes_ends_all_its_calls() -> None:
    async def scene() -> None:
        carrier = AiortcCarrier()
        async with talking(Softphone(), carrier=carrier) as (phone, leg, heard):
            await phone.call(leg)
            await phone.hears(500)
            await carrier.close()
            assert heard.states[-1] == "closed"

    asyncio.run(scene())


def test_a_machine_without_an_address_says_so_before_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    assert usable_addresses()
    monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: [])
    with pytest.raises(NoAddress, match="no address besides the loopback ones"):
        usable_addresses()

    async def scene() -> None:
        async with talking(Wire()) as (_, leg, __):
            with pytest.raises(NotAcceptable, match="no address"):
                await leg.answer(AUDIO_CALL)

    asyncio.run(scene())


@pytest.mark.parametrize("wish", [Wish(), Wish(ice="fails")])
def test_an_address_that_is_gone_by_the_time_of_the_call_is_missed(monkeypatch: pytest.MonkeyPatch, wish: Wish) -> None:
    async def scene() -> None:
        async with talking(Wire(), wish) as (_, leg, __):
            addresses = iter([["192.0.2.1"], []])
            monkeypatch.setattr(aioice.ice, "get_host_addresses", lambda **_: next(addresses))
            with pytest.raises(NotAcceptable, match="no address"):
                await leg.answer(AUDIO_CALL)

    asyncio.run(scene())


def test_aiortc_is_loaded_by_the_first_offer_and_not_before() -> None:
    program = (
        "import sys\n"
        "from mock_cec.gateway.media.carrier import AiortcCarrier\n"
        "from mock_cec.gateway.media.leg import Wish\n"
        "AiortcCarrier().leg(Wish(), None)\nprint({'aiortc', 'aioice', 'av', 'sipmessage'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


def open_sockets() -> int:
    folder = Path("/proc/self/fd")
    if not folder.exists():
        return 0
    return sum(1 for link in folder.iterdir() if link.is_symlink() and str(link.readlink()).startswith("socket:"))
