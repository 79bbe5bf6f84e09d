"""What a scripted gateway lets the caller hear (keys `media`, `direction`, `stops`), heard in a real browser."""

from __future__ import annotations

import math
import wave
from array import array
from typing import TYPE_CHECKING

import pytest
from mock_cec import MockCec

from tests.browser import sounding
from tests.browser.calling import ANSWERED, call, messages, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

OWN, TONE, VOICE = 1500, 440, 1000
"""Hertz of what the caller says, of the gateway's tone, and of the agent's voice here."""

HALF_A_SECOND = 25
"""Packets of audio, 20 ms each."""

PACKETS = """async (way) => {
  const [type, count] = way === 'sent' ? ['outbound-rtp', 'packetsSent'] : ['inbound-rtp', 'packetsReceived'];
  const told = [...((await window.phone?.session?.connection.getStats()) ?? new Map()).values()];
  return Math.max(0, ...told.filter((one) => one.type === type).map((one) => one[count]));
}"""


@pytest.fixture
def caller(browser: Browser, softphones_url: str) -> Iterator[Page]:
    """The page with JsSIP, newly opened; it says a tone and remembers what it hears."""
    with opened(browser, f"{softphones_url}#jssip") as page:
        page.evaluate("hertz => test.speak(hertz)", OWN)
        sounding.listens(page)
        yield page


def playing(gateway: str) -> MockCec:
    """Make an emulator whose gateway does so."""
    return MockCec(f"{ANSWERED}gateway: {gateway}\n", clock="stepped")


def packets(page: Page, way: str) -> int:
    """Say how many packets of audio were `sent` or `received`."""
    number: int = page.evaluate(PACKETS, way)
    return number


def wait_for_packets(page: Page, way: str, least: int = HALF_A_SECOND) -> None:
    """Wait until so many packets of audio were `sent` or `received`."""
    page.evaluate(
        f"""async ([way, least]) => {{
          while (await ({PACKETS})(way) < least) await new Promise((resolve) => setTimeout(resolve, 20));
        }}""",
        [way, least],
    )


def test_a_tone_is_heard_and_the_caller_is_not(caller: Page) -> None:
    with playing("{media: tone}") as cec:
        call(caller, cec)
        sounding.has_heard(caller, TONE)
        wait_for_packets(caller, "received")
        sounding.has_heard_nothing_but(caller, TONE)


def test_of_silence_there_are_packets_and_no_sound(caller: Page) -> None:
    with playing("{media: silence}") as cec:
        call(caller, cec)
        wait_for_packets(caller, "received")
        sounding.has_heard_nothing_but(caller)


def test_a_voice_is_heard_once_and_then_silence(caller: Page, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "voice.wav"), "wb") as voice:
        voice.setparams((1, 2, 8000, 0, "NONE", ""))
        samples = (round(8000 * math.sin(2 * math.pi * VOICE * at / 8000)) for at in range(6000))
        voice.writeframes(array("h", samples).tobytes())
    scenario = tmp_path / "greeting.yaml"
    scenario.write_text(f"{ANSWERED}gateway: {{media: {{voice: voice.wav}}}}\n", encoding="utf-8")
    with MockCec(scenario, clock="stepped") as cec:
        call(caller, cec)
        sounding.has_heard(caller, VOICE)
        sounding.hears_nothing(caller)
        sounding.has_heard_nothing_but(caller, VOICE)
        wait_for_packets(caller, "received", packets(caller, "received") + HALF_A_SECOND)
        sounding.hears_nothing(caller)


@pytest.mark.parametrize("direction", ["to_agent", "to_caller"])
def test_one_way_there_is_no_echo_though_the_caller_is_sending(caller: Page, direction: str) -> None:
    with playing(f"{{direction: {direction}}}") as cec:
        call(caller, cec)
        wait_for_packets(caller, "sent")
        assert packets(caller, "received") == 0
        sounding.has_heard_nothing_but(caller)


def test_media_that_stop_leave_the_call_up(caller: Page) -> None:
    with playing("{stops: 1s}") as cec:
        call(caller, cec)
        sounding.has_heard(caller, OWN)
        cec.wait_for_signal("media stopped")
        sounding.hears_nothing(caller)
        assert "BYE" not in messages(cec, "sent")
        assert caller.evaluate("() => phone.session.isEstablished()")
