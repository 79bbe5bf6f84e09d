"""Whole calls: the HTTP flow, SIP over the gateway's own port, and media by aiortc, all of it real."""

from __future__ import annotations

import asyncio

from mock_cec.embed.server import MockCec

from tests.mock_server.gateway.dialling import calling, phone
from tests.mock_server.gateway.media.clients import Softphone

TALK = "title: t\nevents: [{after: 50ms, event: connected}]\n"
RELEASED = TALK.replace("}]", "}, {after: 5s, event: released}]")


def test_a_caller_hears_itself_until_the_agent_hangs_up() -> None:
    async def scene(cec: MockCec) -> None:
        softphone = Softphone(500)
        async with calling(cec) as caller, phone(caller) as sip:
            try:
                await softphone.call(sip)
                await softphone.hears(500)
                softphone.mouth.hertz = 800
                await softphone.hears(800)
                bye = await sip.bye()
                assert 'text="168110 Call disconnected"' in bye["Reason"]
                assert (await caller.over())[-1] == "released"
            finally:
                await softphone.close()
        media = [signal.text for signal in cec.trace.signals if signal.text.startswith("media")]
        assert media[:2] == ["media connecting", "media connected"]
        assert all(signal.user == "alice" for signal in cec.trace.signals if signal.call)

    with MockCec(RELEASED) as cec:
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
