"""The softphones that applications are built with, in a real browser: the vendor's way, SIP.js, and JsSIP as it comes.

Each takes the place of the example page's own, so that every call is the whole way from the two tokens on. The vendor's
SDK could not be had from npm; `softphones/sdk.js` does as it does, with the JsSIP that it is built upon.
"""

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

BOTH = pytest.mark.parametrize("softphone", ["sdk", "sipjs"])
JSSIP = pytest.mark.parametrize("softphone", ["jssip"])

HASTY = """
(() => {
  const unhurried = window.setTimeout;
  window.setTimeout = (what, after, ...more) => unhurried(what, after === 45_000 ? 200 : after, ...more);
})();
"""
"""Lets half of JsSIP's session interval of 90 s (RFC 4028 §10) pass in 0.2 s, and leaves all other time as it is."""


@pytest.fixture
def caller(browser: Browser, softphones_url: str, softphone: str) -> Iterator[Page]:
    """The page with that softphone, newly opened."""
    with opened(browser, f"{softphones_url}#{softphone}") as page:
        yield page


@BOTH
def test_an_audio_call_with_hold_and_resume_until_the_agent_hangs_up(caller: Page) -> None:
    with MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec)
        sounding.hears_itself(caller, 600)
        sounding.hears_itself(caller, 1500)
        caller.locator("#hold").click()
        tells(caller, "on hold")
        sounding.hears_nothing(caller)
        caller.locator("#resume").click()
        tells(caller, "resumed")
        sounding.hears_itself(caller, 900)
        cec.clock.advance(60)
        ends(caller, "released")
        tells(caller, "ended")
        cec.wait_for_signal(lambda signal: signal.kind == "received" and "200" in signal.text and "BYE" in signal.text)
        assert "BYE" not in messages(cec, "received")
        assert Endpoint.DROP not in steps(cec)
        held = [signal.text for signal in cec.trace.signals if signal.kind == "sent" and "a=recvonly" in signal.text]
        assert len(held) == 1, "the hold was the client's and the gateway's, not only the page's"


@BOTH
def test_a_video_call_with_keys_until_the_user_hangs_up(caller: Page) -> None:
    with MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec, "video")
        for colour in ("red", "lime"):
            sounding.sees_itself(caller, colour)
        sounding.hears_itself(caller, 900)
        caller.evaluate("() => phone.press('5', 'INFO')")
        tells(caller, "key 5 (remote)")
        caller.evaluate("() => phone.press('#', 'RFC2833')")
        cec.wait_for_signal(lambda signal: signal.text.startswith("key # by RTP"))
        caller.locator("#hangup").click()
        ends(caller, "hung_up")
        assert Endpoint.DROP in steps(cec)


@pytest.mark.parametrize("softphone", ["sdk"])
def test_the_vendors_way_is_anonymous_without_register_and_keeps_its_socket_alive(caller: Page) -> None:
    with MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec)
        caller.wait_for_function("() => phone.sockets[0].pongs >= 2")
        sounding.hears_itself(caller, 600)
        first = next(signal.text for signal in cec.trace.signals if signal.kind == "received")
    assert first.startswith("INVITE ")
    assert 'From: "Anonymous" <sip:AnonymousCard@127.0.0.1>;tag=' in first
    assert ".invalid;transport=ws;ob>" in first
    assert "Session-Expires" not in first
    assert caller.evaluate("() => phone.sockets[0].lost") == 0


@pytest.mark.parametrize("softphone", ["sdk"])
def test_the_vendors_way_leaves_a_call_up_whose_socket_is_lost_and_hangs_up_on_the_next(caller: Page) -> None:
    lost = "gateway: {drop_socket: 1s, on_hangup: silence}\n"
    with MockCec(ANSWERED + lost, clock="stepped") as cec:
        call(caller, cec)
        sounding.hears_itself(caller, 600)
        cec.clock.advance(1)
        cec.wait_for_signal("WebSocket opened", count=2)
        assert not caller.evaluate("() => phone.session.isEnded()")
        caller.wait_for_function("() => phone.agent.isConnected()")
        caller.locator("#hangup").click()
        cec.wait_for_signal(lambda signal: signal.text.startswith("SIP/2.0 481 "))
        ends(caller, "hung_up")


@pytest.mark.parametrize(
    ("softphone", "gateway", "said", "sent"),
    [
        ("sdk", "{answer: never}", "ringing", "CANCEL"),
        ("sdk", "{answer: ok}", "answered", "BYE"),
        ("sipjs", "{answer: never}", "dialling", "CANCEL"),
        ("sipjs", "{answer: ok}", "answered", "BYE"),
    ],
)
def test_a_softphone_that_hangs_up_by_itself_ends_the_call(caller: Page, gateway: str, said: str, sent: str) -> None:
    with MockCec(f"{ANSWERED}gateway: {gateway}\n", clock="stepped") as cec:
        call(caller, cec)
        tells(caller, said)
        cec.wait_for_signal(lambda signal: signal.text.startswith("SIP/2.0 180 "))
        caller.evaluate("() => phone.hangUp()")
        cec.wait_for_signal(lambda signal: signal.text.startswith("over: "))
        cec.clock.advance(0.1)
        ends(caller, "released")
        assert sent in messages(cec, "received")
        assert messages(cec, "sent").count("BYE") == 0


@pytest.mark.parametrize("softphone", ["sipjs"])
def test_a_refusal_is_told_with_its_status(caller: Page) -> None:
    with MockCec(ANSWERED + "gateway: {answer: busy}\n", clock="stepped") as cec:
        call(caller, cec)
        tells(caller, "486")


def test_jssip_refreshes_its_session_by_update_and_the_call_goes_on(browser: Browser, softphones_url: str) -> None:
    with opened(browser, f"{softphones_url}#jssip", HASTY) as caller, MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec)
        # A second one comes only if the first was answered well.
        cec.wait_for_signal(
            lambda signal: signal.text.startswith("SIP/2.0 200 ") and " UPDATE\r\n" in signal.text, count=2
        )
        sounding.hears_itself(caller, 600)
        assert "BYE" not in messages(cec, "sent") + messages(cec, "received")


@JSSIP
@pytest.mark.parametrize("use_update", [False, True], ids=["by a re-INVITE", "by UPDATE"])
def test_jssip_adds_a_picture_to_a_call_takes_it_out_and_adds_it_again(caller: Page, *, use_update: bool) -> None:
    with MockCec(ANSWERED, clock="stepped") as cec:
        call(caller, cec)
        sounding.hears_itself(caller, 600)
        caller.evaluate("useUpdate => phone.addVideo(useUpdate)", use_update)
        for colour in ("blue", "red"):
            sounding.sees_itself(caller, colour)
        caller.evaluate("() => phone.dropVideo()")
        sounding.hears_itself(caller, 1200)
        caller.evaluate("useUpdate => phone.addVideo(useUpdate)", use_update)
        sounding.sees_itself(caller, "lime")
        sounding.hears_itself(caller, 900)


TRANSFERRED = """
title: Another agent takes over
events:
  - {after: 1s, event: queued}
  - {after: 1s, event: connected}
  - {after: 1s, event: transferred}
  - {after: 1s, event: connected}
"""


@JSSIP
def test_connected_again_after_a_transfer_the_call_is_still_up_and_cannot_be_dialled_twice(caller: Page) -> None:
    with MockCec(TRANSFERRED, clock="stepped") as cec:
        call(caller, cec)
        sounding.hears_itself(caller, 600)
        for _ in ("transferred", "connected"):
            cec.wait_until_held()
            cec.clock.advance(1)
        caller.wait_for_function("() => document.querySelectorAll('#log .cec').length >= 5")
        assert caller.evaluate("() => phone.dialAgain()") == 486
        sounding.hears_itself(caller, 1500)
        assert messages(cec, "received").count("INVITE") == 2
