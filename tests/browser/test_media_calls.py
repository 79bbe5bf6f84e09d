"""The example page with JsSIP in a real browser: the whole way from the two tokens to the echo, and every end of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint
from mock_cec import MockCec

from tests.browser import sounding
from tests.browser.calling import ANSWERED, call, ends, messages, opened, steps, tells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


@pytest.fixture
def caller(browser: Browser, media_page_url: str) -> Iterator[Page]:
    """The page, newly opened, with a tone and a colour in place of microphone and camera."""
    with opened(browser, media_page_url) as page:
        yield page


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


ONLY = """
(() => {
  const { createOffer } = RTCPeerConnection.prototype;
  RTCPeerConnection.prototype.createOffer = function (...options) {
    for (const transceiver of this.getTransceivers()) {
      const { codecs } = RTCRtpReceiver.getCapabilities(transceiver.receiver.track.kind);
      transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => %s.includes(mimeType)));
    }
    return createOffer.apply(this, options);
  };
})();
"""
"""Lets the browser offer these codecs alone, of those that it has."""


@pytest.mark.parametrize(("audio", "video"), [("PCMU", "H264"), ("PCMA", "VP9")])
def test_other_codecs_come_back_as_well(browser: Browser, media_page_url: str, audio: str, video: str) -> None:
    codecs = [f"audio/{audio}", f"video/{video}"]
    with opened(browser, media_page_url, ONLY % codecs) as caller, MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec, "video")
        for hertz, colour in ((600, "red"), (1500, "lime")):
            sounding.hears_itself(caller, hertz)
            sounding.sees_itself(caller, colour)
        answer = next(one.text for one in cec.trace.signals if one.kind == "sent" and "m=audio" in one.text)
        assert f" {audio}/8000" in answer
        assert f" {video}/90000" in answer
        assert "opus" not in answer
        assert "VP8" not in answer


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
        tells(caller, "failed (")
        # The page cancels once dropClickToCall is answered; with that answer the gateway gives up as well.
        assert "CANCEL" in messages(cec, "received") or "SIP/2.0 480 Temporarily Unavailable" in messages(cec, "sent")


def test_the_page_checks_its_devices_before_it_calls(caller: Page) -> None:
    caller.evaluate("() => { navigator.mediaDevices.enumerateDevices = async () => [{ kind: 'audiooutput' }] }")
    caller.locator("#audio").click()
    ends(caller, "error")
    tells(caller, "No microphone was found")
