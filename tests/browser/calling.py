"""Calls with media by the example page: a page is opened, calls, and tells how it goes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.browser import sounding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_client.protocol import Endpoint
    from mock_cec import MockCec
    from playwright.sync_api import Browser, Page

ANSWERED = """
title: A call with media
events:
  - {after: 1s, event: queued}
  - {after: 1s, event: connected}
  - {after: 60s, event: released, cause: {id: -1, desc: agent hung up}}
"""


@contextmanager
def opened(browser: Browser, url: str, script: str = "") -> Iterator[Page]:
    """Open a page anew, with a tone and a colour in place of microphone and camera; `script` runs before its own."""
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(20_000)
    context.add_init_script(sounding.OWN_MEDIA + script)
    try:
        page = context.new_page()
        page.goto(url)
        yield page
    finally:
        context.close()


def call(page: Page, cec: MockCec, kind: str = "audio", *, polls: int = 1) -> None:
    """Click to call, and let the time pass until the call is connected; `polls` counts those of other callers too."""
    page.locator("[name=baseURL]").fill(cec.base_url)
    page.locator(f"#{kind}").click()
    for _ in ("queued", "connected"):
        cec.wait_until_held(polls)
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
