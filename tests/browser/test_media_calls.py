"""The example page with JsSIP in a real browser: the whole way from the two tokens to the echo, and every end of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint
from mock_cec import MockCec

from tests.browser import sounding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ANSWERED = """
title: A call with media
events:
  - {after: 1s, event: queued}
  - {after: 1s, event: connected}
  - {after: 60s, event: released, cause: {id: -1, desc: agent hung up}}
"""


@pytest.fixture
def caller(browser: Browser, media_page_url: str) -> Iterator[Page]:
    """The page, newly opened, with a tone and a colour in place of microphone and camera."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    context.add_init_script(sounding.OWN_MEDIA)
    try:
        page = context.new_page()
        page.goto(media_page_url)
        yield page
    finally:
        context.close()


def call(page: Page, cec: MockCec, kind: str = "audio") -> None:
    """Click to call, and let the time pass until the call is connected."""
    page.locator("[name=baseURL]").fill(cec.base_url)
    page.locator(f"#{kind}").click()
    for _ in ("queued", "connected"):
        cec.wait_until_held()
        cec.clock.advance(1)


def tells(page: Page, words: str) -> None:
    """Wait until the page's log has these words."""
    page.locator("#log li", has_text=words).first.wait_for()


def ends(page: Page, outcome: str) -> None:
    """Wait until the page says how the call ended."""
    page.wait_for_function("outcome => document.body.dataset.state === outcome", arg=outcome)


def steps(cec: MockCec) -> list[Endpoint | None]:
    return [exchange.endpoint for exchange in cec.trace.exchanges]


def messages(cec: MockCec, kind: str) -> list[str]:
    """Give the first words of the SIP messages that came (`received`) or went (`sent`)."""
    return [signal.text.split("\r\n")[0].split(" sip:")[0] for signal in cec.trace.signals if signal.kind == kind]


def test_an_audio_call_hears_its_own_tone_change_until_the_agent_hangs_up(caller: Page) -> None:
    with MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec)
        tells(caller, "media connected")
        sounding.hears_itself(caller, 600)
        sounding.hears_itself(caller, 1500)
        cec.clock.advance(60)
        ends(caller, "released")
        tells(caller, "ended by remote")
        assert Endpoint.DROP not in steps(cec)
        assert "BYE" in messages(cec, "sent")


def test_a_video_call_sees_its_own_picture_change_until_the_user_hangs_up(caller: Page) -> None:
    with MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec, "video")
        for colour in ("red", "lime", "blue"):
            sounding.sees_itself(caller, colour)
        sounding.hears_itself(caller, 900)
        caller.locator("#hangup").click()
        ends(caller, "hung_up")
        assert Endpoint.DROP in steps(cec)
        tells(caller, "ended by")


def test_on_hold_nothing_comes_back_and_afterwards_it_does_again(caller: Page) -> None:
    with MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec)
        sounding.hears_itself(caller, 600)
        caller.locator("#hold").click()
        tells(caller, "on hold (local)")
        sounding.hears_nothing(caller)
        caller.locator("#resume").click()
        tells(caller, "resumed (local)")
        sounding.hears_itself(caller, 1200)


def test_keys_are_told_to_the_gateway_and_come_back(caller: Page) -> None:
    with MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec)
        tells(caller, "media connected")
        caller.locator("[data-key='5']").click()
        tells(caller, "key 5 (remote)")
        assert any("Signal=5" in signal.text for signal in cec.trace.signals if signal.kind == "received")


@pytest.mark.parametrize(
    ("gateway", "told"),
    [
        ("{answer: busy}", "486"),
        ("{answer: unavailable}", "480"),
        ("{answer: declines}", "603"),
        ("{callee: '1', addresses: ['ws://127.0.0.1:9/']}", "the gateway was not reached"),
    ],
)
def test_what_the_gateway_does_is_told_to_the_page(caller: Page, gateway: str, told: str) -> None:
    with MockCec(ANSWERED + f"gateway: {gateway}\n", clock="stepped") as cec:
        call(caller, cec)
        tells(caller, told)
        caller.locator("#hangup").click()
        ends(caller, "hung_up")


def test_hanging_up_while_it_rings_takes_the_call_back(caller: Page) -> None:
    with MockCec(ANSWERED + "gateway: {answer: never}\n", clock="stepped") as cec:
        call(caller, cec)
        tells(caller, "ringing")
        caller.locator("#hangup").click()
        ends(caller, "hung_up")
        tells(caller, "failed (local): Canceled")
        assert "CANCEL" in messages(cec, "received")


def test_one_way_audio_is_not_heard_though_the_call_is_up(caller: Page) -> None:
    with MockCec(ANSWERED + "gateway: {direction: to_agent}\n", clock="stepped") as cec:
        call(caller, cec)
        tells(caller, "media connected")
        caller.evaluate("() => test.speak(700)")
        sounding.hears_nothing(caller)


def test_the_page_checks_its_devices_before_it_calls(caller: Page) -> None:
    caller.evaluate("() => { navigator.mediaDevices.enumerateDevices = async () => [{ kind: 'audiooutput' }] }")
    caller.locator("#audio").click()
    ends(caller, "error")
    tells(caller, "No microphone was found")
