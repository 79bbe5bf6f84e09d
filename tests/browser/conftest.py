"""A browser, and a page whose origin is not the emulator's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser import chromium
from tests.browser.pages import media_page, page_server, plain_page, softphone_page
from tests.examples import programs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page


SOFTPHONES: Final = Path(__file__).parent / "softphones"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless browser, one for all tests of a module.

    Not one for the session: while it runs, Playwright's event loop does, and no test could run its own.
    """
    with chromium.started() as running:
        yield running


@pytest.fixture(scope="session")
def page_url() -> Iterator[str]:
    """Where the page with axios and `cec.js` is: another origin than any emulator's."""
    with page_server(plain_page(programs.install_axios())) as url:
        yield url


@pytest.fixture(scope="session")
def media_page_url() -> Iterator[str]:
    """Where the example of a page with media is."""
    with page_server(media_page(programs.install(programs.BROWSER))) as url:
        yield url


@pytest.fixture(scope="session")
def softphones_url() -> Iterator[str]:
    """Where that example is with other softphones."""
    with page_server(softphone_page(programs.BROWSER, programs.install(SOFTPHONES))) as url:
        yield url


@pytest.fixture
def page(browser: Browser, page_url: str) -> Iterator[Page]:
    """The page, newly opened, with nothing remembered."""
    context = browser.new_context()
    context.set_default_timeout(30_000)
    try:
        opened = context.new_page()
        opened.goto(page_url)
        yield opened
    finally:
        context.close()
