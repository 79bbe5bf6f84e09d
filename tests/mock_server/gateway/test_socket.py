"""One WebSocket: line, media and call are brought together, and every end reaches the others."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any

import pytest

from tests.mock_server.gateway.calls import connected, platform
from tests.mock_server.gateway.fakes import FakeParts, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from mock_cec.session import Session
    from mock_cec.tenant import Tenant

RELEASED = "title: x\nevents: [{after: 1s, event: connected}, {after: 9s, event: released}]"


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in a loop of its own."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


class House:
    """A tenant with a call that is connected, and a client at the gateway.

    Attributes:
        number: What it has to dial.
    """

    def __init__(self, gateway: str = "", scenario: str = RELEASED, **parts: Any) -> None:
        self.platform = platform(scenario=f"{scenario}\ngateway: {{{gateway}}}")
        self.tenant: Tenant = self.platform.first
        self.session: Session = connected(self.tenant)
        self.number = self.session.access_code
        self.visitor = Visitor(self.platform, FakeParts(**parts))

    async def up(self) -> Visitor:
        """Have a media call up."""
        await self.visitor.open()
        assert await self.visitor.say(f"dial {self.number} sdp") == ["100 1", "180 1", "200 1 answer to sdp"]
        assert await self.visitor.say("ack") == []
        return self.visitor

    def advance(self, seconds: float) -> None:
        """Move the tenant's time."""
        self.tenant.clock.advance(seconds)  # type: ignore[attr-defined]

    @property
    def states(self) -> list[str]:
        """What the trace says of the WebSocket and of media."""
        return [signal.text for signal in self.tenant.recorder.signals if signal.kind == "state"]


@in_loop
async def test_a_call_is_answered_with_what_the_media_say() -> None:
    house = House()
    visitor = await house.up()
    assert visitor.got[0] == "accept sip"
    visitor.leg.listener.state("connected")
    assert house.states == ["WebSocket opened", "media connected"]
    await visitor.leave()
    assert visitor.leg.closed


@in_loop
async def test_every_frame_is_in_the_trace_of_whose_call_it_is() -> None:
    house = House()
    visitor = await house.visitor.open()
    await visitor.say(f"dial {house.number} sdp\ni: 1", "hello")
    noted = [(one.kind.value, one.text, one.call, one.user) for one in house.tenant.recorder.signals]
    assert noted[1:4] == [
        ("received", f"dial {house.number} sdp\ni: 1", house.number, "alice"),
        ("sent", "100 1", None, None),
        ("sent", "180 1", None, None),
    ]
    assert ("received", "hello", None, None) in noted
    assert {one.connection for one in house.tenant.recorder.signals} == {"10.0.0.1:5"}
    await visitor.leave()
    assert house.states[-1] == "over: the WebSocket is gone"


@in_loop
async def test_released_is_a_bye_at_its_time_though_nobody_polls() -> None:
    house = House()
    visitor = await house.up()
    house.advance(9.9)
    assert await visitor.say() == []
    house.advance(0.1)
    assert await visitor.say() == ["BYE 1 16 168110 Call disconnected"]
    assert visitor.leg.closed
    assert house.session.media is not None
    assert house.session.media.ended == "168110 Call disconnected"
    await visitor.leave()


@in_loop
async def test_a_drop_is_a_bye_at_once() -> None:
    house = House()
    visitor = await house.up()
    house.session.script.drop(0.0)
    house.session.room.look()
    assert await visitor.say() == ["BYE 1 16 dropClickToCall"]
    await visitor.leave()


@in_loop
async def test_a_bye_wakes_the_poll_with_released() -> None:
    house = House()
    visitor = await house.up()
    assert await visitor.say("bye") == ["200"]
    house.advance(0.1)
    assert house.session.script.waiting(0.1)[-1].event.step == "gateway.on_hangup released"
    assert visitor.leg.closed
    await visitor.leave()


@in_loop
async def test_a_lost_websocket_is_a_hang_up_and_the_call_can_be_dialled_again_if_nothing_follows() -> None:
    house = House("on_hangup: silence")
    visitor = await house.up()
    await visitor.leave()
    assert visitor.leg.closed
    again = await Visitor(house.platform).open()
    assert (await again.say(f"dial {house.number} sdp"))[-1] == "200 1 answer to sdp"
    other = await Visitor(house.platform).open()
    assert (await other.say(f"dial {house.number} sdp"))[-1].startswith("486 1 the call has been dialled already")
    await again.leave()
    await other.leave()


@in_loop
async def test_a_cancelled_call_is_not_answered_though_its_media_come() -> None:
    house = House()
    visitor = await house.visitor.open()
    assert await visitor.say(f"dial {house.number} slow") == ["100 1", "180 1"]
    await visitor.say("cancel")
    assert visitor.leg.closed
    visitor.leg.go_on.set()
    assert await visitor.say() == []
    assert house.states[-1] == "over: the caller cancelled (changed my mind)"
    await visitor.leave()


@in_loop
async def test_ringing_lasts_as_long_as_the_tenants_time_says() -> None:
    house = House("ring: 3s")
    visitor = await house.visitor.open()
    assert await visitor.say(f"dial {house.number} sdp") == ["100 1", "180 1"]
    house.advance(3.0)
    assert await visitor.say() == ["200 1 answer to sdp"]
    await visitor.leave()


@pytest.mark.parametrize(("answer", "status"), [("busy", 486), ("unavailable", 480), ("declines", 603)])
@in_loop
async def test_a_refusal_needs_no_media_and_leaves_the_call_alone(answer: str, status: int) -> None:
    house = House(f"answer: {answer}", most=0)
    visitor = await house.visitor.open()
    assert await visitor.say(f"dial {house.number} sdp") == ["100 1", f"{status} 1"]
    assert house.session.script.live(1.0)
    await visitor.leave()


@pytest.mark.parametrize(
    ("offer", "answer", "state"),
    [
        ("bad", "488 1 no audio", "problem: 488: no audio"),
        ("broken", "500 1 the media could not be set up", "problem: 500: the media could not be set up; see the log"),
    ],
)
@in_loop
async def test_an_offer_that_cannot_be_answered_is_refused_with_the_reason(offer: str, answer: str, state: str) -> None:
    house = House()
    visitor = await house.visitor.open()
    assert (await visitor.say(f"dial {house.number} {offer}"))[-1] == answer
    assert state in house.states
    assert visitor.leg.closed
    assert house.session.script.live(1.0)
    await visitor.leave()


@in_loop
async def test_hold_and_resume_are_answered_and_a_bad_offer_leaves_the_call_as_it_was() -> None:
    house = House()
    visitor = await house.up()
    assert await visitor.say("offer hold") == ["200 1 answer to hold"]
    assert await visitor.say("offer bad") == ["488 1 no audio"]
    await visitor.leave()


@in_loop
async def test_calls_beyond_what_the_machine_carries_are_told_when_to_come_again() -> None:
    house = House(most=0)
    visitor = await house.visitor.open()
    assert (await visitor.say(f"dial {house.number} sdp"))[-1] == "503 1 full after 10"
    assert house.session.media is None
    await visitor.leave()


@in_loop
async def test_keys_come_back_unless_the_scenario_says_otherwise_and_are_in_the_trace() -> None:
    house = House()
    visitor = await house.up()
    assert await visitor.say("key 5") == ["INFO 1 5 100"]
    visitor.leg.listener.digit("#", 90)
    assert await visitor.say() == []
    assert house.states[-2:] == ["key 5 by INFO (100 ms)", "key # by RTP (90 ms)"]
    await visitor.leave()
    mute = House("dtmf: none")
    visitor = await mute.up()
    assert await visitor.say("key 5") == []
    await visitor.leave()


@in_loop
async def test_media_that_fail_end_the_call() -> None:
    house = House()
    visitor = await house.up()
    visitor.leg.listener.state("failed")
    assert await visitor.say() == ["BYE 1 41 the media failed"]
    house.advance(0.1)
    assert house.session.script.waiting(0.1)[-1].event.step == "gateway.on_hangup released"
    await visitor.leave()


@in_loop
async def test_the_scenario_may_cut_the_websocket() -> None:
    class Connection:
        cut = False

        def abort(self) -> None:
            self.cut = True

    connection = Connection()
    house = House("drop_socket: 2s")
    more: dict[str, Any] = {"mock_cec.connection": connection}
    visitor = await house.visitor.open(**more)
    await visitor.say(f"dial {house.number} sdp")
    house.advance(2.0)
    assert connection.cut
    await visitor.leave()
    inside = House("drop_socket: 2s")
    visitor = await inside.up()
    inside.advance(2.0)
    assert await visitor.say() == ["close 1001 cut"]
    await visitor.leave()


@in_loop
async def test_a_server_that_stops_says_bye_first_and_then_goes_away() -> None:
    house = House()
    visitor = await house.up()
    assert await visitor.told("mock_cec.stopping") == [
        "BYE 1 16 the emulator ends all calls",
        "close 1001 the emulator stops",
    ]
    await visitor.leave()
    await visitor.gateway.close()
    assert visitor.parts.carriers[0].closed


@pytest.mark.parametrize("end", ["reset", "close"])
@in_loop
async def test_a_tenant_that_begins_anew_hangs_up(end: str) -> None:
    house = House()
    visitor = await house.up()
    getattr(house.tenant, end)()
    assert await visitor.say() == ["BYE 1 16 the emulator ends all calls"]
    assert not house.tenant.ending
    await visitor.leave()


@in_loop
async def test_a_client_that_does_not_read_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_cec.gateway.socket.MOST_UNSENT", 1)
    house = House()
    visitor = await house.visitor.open()
    await visitor.say(f"dial {house.number} sdp")
    assert visitor.got[-1].startswith("close")
    assert "problem: the client does not read; its WebSocket is cut" in house.states
    await visitor.leave()


@in_loop
async def test_news_of_calls_that_nobody_placed_are_no_news() -> None:
    house = House()
    visitor = await house.visitor.open()
    assert await visitor.say("ack", "offer x", "key 5") == []
    assert await visitor.say("close") == ["close 1002 that was no SIP"]
    await visitor.leave()


@in_loop
async def test_the_alarm_of_the_line_rings() -> None:
    house = House()
    visitor = await house.up()
    visitor.parts.lines[0].alarm = 0.0
    assert (await visitor.say(b"hello"))[-1] == "again"
    await visitor.leave()


@pytest.mark.parametrize(
    ("path", "protocols", "got"),
    [
        ("/sip", (), "no Sec-WebSocket-Protocol"),
        ("/", ("chat", "superchat"), 'Sec-WebSocket-Protocol \\"chat, superchat\\"'),
        ("/ws", ("sip",), 'a WebSocket to \\"/ws\\"'),
    ],
)
@in_loop
async def test_who_does_not_speak_sip_is_refused_with_what_was_expected(
    path: str, protocols: tuple[str, ...], got: str
) -> None:
    visitor = await Visitor(platform()).open(path, protocols)
    assert visitor.got[0] == "HTTP 403"
    assert got in visitor.got[1]
    plain = await Visitor(platform()).open(path, protocols, extensions={})
    assert plain.got == ["close"]


@in_loop
async def test_there_is_an_end_to_how_many_may_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_cec.gateway.door.MOST_SOCKETS", 1)
    house = platform()
    first = await Visitor(house).open("/", ("x", "sip"))
    second = await Visitor(house, first.parts, first.gateway).open()
    assert second.got[0] == "HTTP 503"
    await first.leave()
    third = await Visitor(house, first.parts, first.gateway).open()
    assert third.got == ["accept sip"]
    assert len(first.parts.carriers) == 1
    await third.leave()


@in_loop
async def test_a_machine_without_an_address_for_media_is_told_so(caplog: pytest.LogCaptureFixture) -> None:
    visitor = await Visitor(platform(), FakeParts(trouble="no address at all")).open()
    assert "gateway: no address at all" in caplog.text
    await visitor.leave()
