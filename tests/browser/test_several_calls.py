"""Calls beside each other, a call whose page is gone, and a call over TLS, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from cec_client.protocol import Endpoint
from mock_cec import MockCec
from mock_cec.platform import Platform
from mock_cec.serving import BackgroundServer
from mock_cec.tls import made_context

from tests.browser import sounding
from tests.browser.calling import ANSWERED, call, ends, opened
from tests.conftest import tenant

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

NOTHING = 0
"""Hertz of a tone that nobody hears."""


def test_two_callers_hear_themselves_and_not_each_other(browser: Browser, media_page_url: str) -> None:
    with (
        opened(browser, media_page_url) as alice,
        opened(browser, media_page_url) as bob,
        MockCec(ANSWERED, clock="stepped") as cec,
    ):
        for number, (page, user) in enumerate([(alice, "alice"), (bob, "bob")], 1):
            page.locator("[name=userId]").fill(user)
            call(page, cec, polls=number)
        for speaking, silent, hertz in ((alice, bob, 900), (bob, alice, 1200), (alice, bob, 600)):
            silent.evaluate("hertz => test.speak(hertz)", NOTHING)
            sounding.hears_itself(speaking, hertz)
            sounding.hears_nothing(silent)
        bob.locator("#hangup").click()
        ends(bob, "hung_up")
        sounding.hears_itself(alice, 1500)


def test_a_page_that_is_loaded_anew_in_mid_call_has_hung_up_and_may_call_again(
    browser: Browser, media_page_url: str
) -> None:
    lost = "gateway: {on_hangup: {after: 2s, event: failed}}\n"
    with opened(browser, media_page_url) as page, MockCec(ANSWERED + lost, clock="stepped") as cec:
        call(page, cec)
        sounding.hears_itself(page, 600)
        page.reload()
        cec.wait_for_signal("over: the WebSocket is gone")
        cec.clock.advance(2)
        poll = next(one for one in reversed(cec.trace.exchanges) if one.endpoint is Endpoint.EVENTS)
        own = [(name, value) for name, value in poll.request_headers if name.lower() not in {"host", "content-length"}]
        told = httpx.request(
            poll.method, cec.base_url + poll.target, headers=own, content=poll.request_body, trust_env=False
        )
        assert told.json()["eventId"] == 168105
        call(page, cec)
        sounding.hears_itself(page, 900)


def test_over_tls_both_halves_of_a_call_are_secure(browser: Browser, media_page_url: str, tmp_path: Path) -> None:
    context, _ = made_context(tmp_path)
    mine = tenant(ANSWERED.replace("1s", "50ms"))
    with BackgroundServer(Platform(mine), tls=context) as server, opened(browser, media_page_url) as page:
        page.locator("[name=baseURL]").fill(server.base_url)
        page.locator("#audio").click()
        page.locator("#log li", has_text=f"at {server.base_url.replace('https', 'wss')}/sip").wait_for()
        sounding.hears_itself(page, 600)
        sounding.hears_itself(page, 1200)
        page.locator("#hangup").click()
        ends(page, "hung_up")
