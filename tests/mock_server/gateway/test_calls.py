"""Whole calls: the HTTP flow, SIP over the gateway's own port, and media by aiortc, all of it real."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import httpx
from mock_cec.embed.server import MockCec
from mock_cec.gateway.media.carrier import AiortcCarrier

from tests.mock_server.gateway.dialling import calling, phone
from tests.mock_server.gateway.media.clients import Softphone

if TYPE_CHECKING:
    import pytest

TALK = "title: t\nevents: [{after: 50ms, event: connected}]\n"


def agent_hangs_up(cec: MockCec) -> None:
    event = {"user": "alice", "event": {"event": "released", "cause": {"desc": "the agent hung up"}}}
    answer = httpx.post(f"{cec.base_url}/__mock/tenants/default/events", json=event, trust_env=False)
    assert answer.status_code == 200


def test_a_caller_hears_itself_until_the_agent_hangs_up() -> None:
    async def scene(cec: MockCec) -> None:
        softphone = Softphone(500)
        async with calling(cec) as caller, phone(caller) as sip:
            try:
                await softphone.call(sip)
                await softphone.hears(500)
                softphone.mouth.hertz = 800
                await softphone.hears(800)
                await asyncio.to_thread(agent_hangs_up, cec)
                bye = await sip.bye()
                assert 'text="168110 Call disconnected"' in bye["Reason"]
                assert (await caller.over())[-1] == "released"
            finally:
                await softphone.close()
        media = [signal.text for signal in cec.trace.signals if signal.text.startswith("media")]
        assert media[:2] == ["media connecting", "media connected"]
        assert all(signal.user == "alice" for signal in cec.trace.signals if signal.call)

    with MockCec(TALK) as cec:
        asyncio.run(scene(cec))
        story = cec.story
        for words in ("> INVITE 1790", "< 200 OK to INVITE", "- media connected", "< BYE (168110 Call disconnected)"):
            assert words in story
        assert story.index("createClickToCall") < story.index("INVITE") < story.index("BYE")


def test_a_drop_ends_the_media_call_and_a_bye_ends_the_call() -> None:
    async def scene(cec: MockCec) -> None:
        async with calling(cec) as caller, phone(caller) as sip:
            softphone = Softphone()
            await softphone.call(sip)
            await caller.call.hang_up()
            assert 'text="dropClickToCall"' in (await sip.bye())["Reason"]
            await softphone.close()
        async with calling(cec, "bob") as caller, phone(caller) as sip:
            softphone = Softphone()
            await softphone.call(sip)
            assert (await sip.asks("BYE")).status == 200
            assert (await caller.over())[-1] == "released"
            await softphone.close()

    with MockCec(TALK) as cec:
        asyncio.run(scene(cec))


def test_hold_and_resume_by_re_invite() -> None:
    async def scene(cec: MockCec) -> None:
        softphone = Softphone()
        async with calling(cec) as caller, phone(caller) as sip:
            try:
                await softphone.call(sip)
                await softphone.hears(500)
                assert "a=recvonly" in await softphone.call(sip, "sendonly")
                softphone.mouth.hertz = 800
                await softphone.call(sip)
                await softphone.hears(800)
            finally:
                await softphone.close()

    with MockCec(TALK) as cec:
        asyncio.run(scene(cec))
        assert cec.wait_for_signal("INVITE", count=3).text.count("a=sendrecv") == 1


def test_an_agents_voice_is_heard() -> None:
    async def scene(cec: MockCec) -> None:
        softphone = Softphone()
        async with calling(cec) as caller, phone(caller) as sip:
            try:
                await softphone.call(sip)
                await softphone.until(lambda: softphone.loudness > 1000 and softphone.hertz not in range(480, 520))
            finally:
                await softphone.close()

    with MockCec("agent_voice") as cec:
        asyncio.run(scene(cec))


def test_a_call_too_many_is_told_to_come_later_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_cec.gateway.loading.AiortcCarrier", partial(AiortcCarrier, most_calls=1))

    async def scene(cec: MockCec) -> None:
        softphone = Softphone()
        async with (
            calling(cec) as alice,
            phone(alice) as first,
            calling(cec, "bob") as bob,
            phone(bob) as second,
        ):
            try:
                await softphone.call(first)
                refused = await second.invite()
                assert (refused.status, refused["Retry-After"]) == (503, "10")
                softphone.mouth.hertz = 800
                await softphone.hears(800)
            finally:
                await softphone.close()

    with MockCec(TALK) as cec:
        asyncio.run(scene(cec))
        assert "problem: 503: the gateway carries 1 calls already" in cec.problems
