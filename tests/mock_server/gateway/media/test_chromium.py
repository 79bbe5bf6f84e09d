"""A real browser: what aiortc's client forgives, Chromium may not."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_cec.gateway.media.carrier import AiortcCarrier
from mock_cec.gateway.media.leg import Wish
from playwright.async_api import async_playwright

from tests.browser import chromium
from tests.mock_server.gateway.media.clients import Heard

if TYPE_CHECKING:
    from playwright.async_api import Page

PAGE = Path(__file__).with_name("page.html")
FAKES = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
"""No camera, no microphone, and nobody who allows them."""


async def statistics(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await page.evaluate("statistics()"))
    return found


def test_chromium_hears_a_tone_sees_itself_and_presses_keys() -> None:
    async def scene() -> None:
        heard = Heard()
        carrier = AiortcCarrier()
        leg = carrier.leg(Wish(source="tone"), heard)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=chromium.executable(), args=[*chromium.ARGUMENTS, *FAKES]
            )
            page = await browser.new_page()
            await page.expose_function("answer", leg.answer)
            await page.goto(PAGE.as_uri())
            await page.evaluate("call()")
            await page.wait_for_function("statistics().then(text => ready(JSON.parse(text)))")
            await heard.until(lambda: heard.states == ["connecting", "connected"])
            assert await page.evaluate("streams") == {"audio": ["mock-cec"], "video": ["mock-cec"]}
            await page.evaluate("press('15#')")
            await heard.until(lambda: len(heard.digits) == 3)
            assert [signal for signal, _ in heard.digits] == ["1", "5", "#"]
            assert all(80 <= length < 200 for _, length in heard.digits)  # Chromium rounds up
            assert (await statistics(page))["audio"]["packetsLost"] == 0
            await browser.close()
        await carrier.close()

    asyncio.run(scene())
