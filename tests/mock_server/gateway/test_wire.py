"""The gateway's port, literally: who is let in, what rubbish gets, and that nobody else is harmed by it."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from mock_cec.clock import RealClock
from mock_cec.embed.server import MockCec
from mock_cec.platform import Platform
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.serving import BackgroundServer
from mock_cec.tenant import Tenant
from mock_cec.tls import made_context
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.mock_server.gateway.dialling import SIP, SipPhone, calling, phone
from tests.mock_server.gateway.media.clients import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_cec.embed.tenant import MockTenant

TALK = "title: t\nevents: [{after: 50ms, event: connected}]\n"
NEVER = TALK + "gateway: {answer: never}\n"


@pytest.fixture
def cec() -> Iterator[MockCec]:
    with MockCec(TALK) as running:
        yield running


def url(cec: MockTenant, path: str = "/sip") -> str:
    return cec.base_url.replace("http://", "ws://") + path


def get(address: str) -> httpx.Response:
    return httpx.get(address, trust_env=False)


async def connected(sip: SipPhone) -> Wire:
    """Have a call up that has media."""
    wire = Wire()
    await wire.take((await sip.invite(await wire.offer())).body)
    return wire


@pytest.mark.parametrize(
    ("path", "protocols", "expected"),
    [
        ("/sip", None, "the sub-protocol sip (RFC 7118 §4)"),
        ("/", ["chat"], "the sub-protocol sip (RFC 7118 §4)"),
        ("/ws", ["sip"], "/sip or /, as in gwAddresses"),
        ("/apiaccess/ccmessaging/applyToken", ["sip"], "/sip or /, as in gwAddresses"),
    ],
)
def test_whoever_does_not_speak_sip_gets_403_and_is_told_what_was_expected(
    cec: MockCec, path: str, protocols: list[str] | None, expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> InvalidStatus:
        asked = None if protocols is None else [Subprotocol(name) for name in protocols]
        with pytest.raises(InvalidStatus) as refused:
            await connect(url(cec, path), subprotocols=asked, proxy=None)
        return refused.value

    response = asyncio.run(scene()).response
    assert response.status_code == 403
    assert json.loads(response.headers["x-mock-cec-hint"])["expected"] == expected
    assert json.loads(response.body)["errorCode"] == "403"
    assert expected in caplog.text


@pytest.mark.parametrize("path", ["/sip", "/"])
def test_any_page_may_come_and_one_of_several_protocols_is_enough(cec: MockCec, path: str) -> None:
    async def scene() -> None:
        protocols = [Subprotocol("chat"), Subprotocol("sip")]
        origin = Origin("https://shop.example")
        async with connect(url(cec, path), subprotocols=protocols, origin=origin, proxy=None) as socket:
            assert socket.subprotocol == "sip"
            await socket.send("\r\n\r\n")
            assert await socket.recv() == "\r\n"

    asyncio.run(scene())
    assert httpx.get(f"{cec.base_url}/", trust_env=False).status_code == 404


RUBBISH: dict[str, str | bytes] = {
    "nothing SIP": "hello",
    "bytes": bytes(range(256)),
    "half a request": "INVITE sip:1790",
    "half a message": "INVITE sip:1@x SIP/2.0\r\nVia: SIP/2.0/WS x.invalid;branch=z9hG4bK1\r\n"
    "Content-Length: 99\r\n\r\nv=0",
    "no headers": "INVITE sip:1@x SIP/2.0\r\n\r\n",
    "a megabyte of headers": "INVITE sip:1@x SIP/2.0\r\nX: " + "x" * 2**20 + "\r\n\r\n",
    "many small headers": "INVITE sip:1@x SIP/2.0\r\n" + "X: y\r\n" * 20_000 + "\r\n",
    "unpaired": "BYE sip:1@x SIP/2.0\r\nVia: \x00\r\n\r\n",
}


def test_rubbish_gets_an_error_or_the_end_and_the_call_beside_it_goes_on(
    cec: MockCec, caplog: pytest.LogCaptureFixture
) -> None:
    async def throw(frame: str | bytes) -> str:
        async with connect(url(cec), subprotocols=SIP, proxy=None) as socket:
            await socket.send(frame)
            try:
                return str(await asyncio.wait_for(socket.recv(), 10))[:9]
            except ConnectionClosed as closed:
                return str(closed.rcvd.code if closed.rcvd else "lost")

    async def scene() -> dict[str, str]:
        async with calling(cec) as caller, phone(caller) as sip:
            wire = await connected(sip)
            found = {name: await throw(frame) for name, frame in RUBBISH.items()}
            assert (await sip.asks("OPTIONS")).status == 200
            await wire.close()
        return found

    found = asyncio.run(scene())
    assert found["a megabyte of headers"] == "1009"
    assert found["nothing SIP"] == "1007"
    assert set(found.values()) <= {"1007", "1009", "SIP/2.0 4"}
    assert "Traceback" not in caplog.text
    assert sum(len(signal.text) for signal in cec.trace.signals) < 2**20


def test_a_flood_of_invites_is_answered_and_bounded_and_holds_up_nobody(cec: MockCec) -> None:
    async def flood(socket: Any) -> list[str]:
        attacker = SipPhone(socket, "4711")

        async def pour() -> None:
            for number in range(400):
                head = attacker.head.replace("6542001", f"flood{number}").replace("t3mtc5mkgqra3158ihq2", f"f{number}")
                attacker.head, kept = head, attacker.head
                await attacker.dial()
                attacker.head = kept

        pouring = asyncio.create_task(pour())
        finals = [(await attacker.final("INVITE")).start for _ in range(400)]
        await pouring
        return finals

    async def scene() -> set[str]:
        async with (
            calling(cec) as caller,
            phone(caller) as sip,
            connect(url(cec), subprotocols=SIP, proxy=None) as other,
        ):
            wire = await connected(sip)
            flooding = asyncio.create_task(flood(other))
            for _ in range(5):
                assert (await sip.asks("OPTIONS")).status == 200
            finals = set(await flooding)
            await wire.close()
            return finals

    assert asyncio.run(scene()) <= {"SIP/2.0 404 Not Found", "SIP/2.0 503 Service Unavailable"}


def test_each_tenant_of_a_port_has_its_calls_found_and_its_signals_in_its_own_trace(cec: MockCec) -> None:
    async def scene(other: MockTenant) -> None:
        for one in (cec, other):
            async with calling(one) as caller, phone(caller) as sip:
                assert (await sip.invite()).status == 488  # an offer without ICE
                again = await sip.asks("OPTIONS", To=f"<sip:{sip.number}@x>")
                assert again.status == 200

    with cec.tenant("b", scenario=TALK) as other:
        asyncio.run(scene(other))
        for one in (cec, other):
            invites = [signal for signal in one.trace.signals if signal.text.startswith("INVITE")]
            assert len(invites) == 1
            assert (invites[0].user, len(invites[0].call or "")) == ("alice", 15)
        assert {s.call for s in cec.trace.signals if s.call}.isdisjoint({s.call for s in other.trace.signals if s.call})


def test_a_port_of_its_own_knows_no_calls_but_its_own(cec: MockCec) -> None:
    wish = {"name": "t", "app_key": "k", "port": 0, "scenario": NEVER}
    made = httpx.post(f"{cec.base_url}/__mock/tenants", json=wish, trust_env=False).json()

    async def scene() -> None:
        async with calling(cec) as caller, phone(caller) as sip:
            address = made["base_url"].replace("http", "ws") + "/sip"
            async with connect(address, subprotocols=SIP, proxy=None) as socket:
                assert (await SipPhone(socket, sip.number).invite()).status == 404
            assert (await sip.invite()).status == 488

    asyncio.run(scene())


def test_the_scenario_rings_and_never_answers_and_a_drop_makes_an_end_of_it() -> None:
    async def scene(cec: MockCec) -> None:
        async with calling(cec) as caller, phone(caller) as sip:
            await sip.dial()
            assert [(await sip.next()).status, (await sip.next()).status] == [100, 180]
            view = (await asyncio.to_thread(get, f"{cec.base_url}/__mock/tenants/default/sessions")).json()
            assert view["sessions"][0]["call"]["media"]["state"] == "ringing"
            await caller.call.hang_up()
            assert (await sip.final("INVITE")).status == 480

    with MockCec(NEVER) as cec:
        asyncio.run(scene(cec))
        assert cec.wait_for_signal("480").user == "alice"
        with pytest.raises(TimeoutError, match='no signal "603"'):
            cec.wait_for_signal("603", timeout=0.05)


def test_a_socket_that_the_scenario_cuts_ends_without_a_word_and_dialling_anew_has_the_call_back() -> None:
    async def scene(cec: MockCec) -> None:
        async with calling(cec) as caller:
            async with phone(caller) as sip:
                await sip.dial()
                with pytest.raises(ConnectionClosed) as cut:
                    await sip.final("INVITE")
                assert cut.value.rcvd is None
            async with phone(caller) as sip:
                await sip.dial()
                assert [(await sip.next()).status, (await sip.next()).status] == [100, 180]

    with MockCec(TALK + "gateway: {answer: never, drop_socket: 100ms, on_hangup: silence}") as cec:
        asyncio.run(scene(cec))


def test_a_server_that_stops_says_bye_and_1001() -> None:
    async def scene(cec: MockCec) -> None:
        loop = asyncio.get_running_loop()
        async with calling(cec) as caller, phone(caller) as sip:
            wire = await connected(sip)
            with ThreadPoolExecutor() as pool:
                began = loop.time()
                stopping = loop.run_in_executor(pool, cec.stop)
                assert 'text="the emulator ends all calls"' in (await sip.bye(answered=False))["Reason"]
                with pytest.raises(ConnectionClosed) as closed:
                    await sip.next()
                assert closed.value.rcvd is not None
                assert closed.value.rcvd.code == 1001
                await stopping
                assert loop.time() - began < 2
            await wire.close()
            caller.call.abandon()

    with MockCec(TALK) as cec:
        asyncio.run(scene(cec))


def test_time_that_steps_rings_for_an_hour_in_no_time() -> None:
    async def scene(cec: MockCec) -> None:
        async with calling(cec) as caller:
            await cec.wait_until_held_async()
            await cec.clock.advance_async("50ms")
            async with phone(caller) as sip:
                await sip.dial()
                assert [(await sip.next()).status, (await sip.next()).status] == [100, 180]
                await cec.clock.advance_async("1h")
                assert (await sip.final("INVITE")).status == 486

    with MockCec(TALK + "gateway: {answer: busy, ring: 1h}", clock="stepped") as cec:
        asyncio.run(scene(cec))


def test_behind_https_it_is_wss(tmp_path: Path) -> None:
    context, authority = made_context(tmp_path, ())
    tenant = Tenant(plan(load(TALK, "t")), RealClock())

    async def scene(base_url: str) -> None:
        import ssl  # noqa: PLC0415

        trusting = ssl.create_default_context(cafile=str(authority))
        address = base_url.replace("https://", "wss://") + "/sip"
        async with connect(address, subprotocols=SIP, ssl=trusting, proxy=None) as socket:
            assert (await SipPhone(socket, "4711").invite()).status == 404

    with BackgroundServer(Platform(tenant), tls=context) as server:
        asyncio.run(scene(server.base_url))
    assert any("404: no call has the number" in signal.text for signal in tenant.recorder.signals)
