"""The system's Chromium, driven by Playwright; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from tests.examples.programs import missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

ARGUMENTS: Final = (
    "--no-sandbox",  # containers
    "--disable-gpu",
    "--disable-dev-shm-usage",  # containers again
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--use-fake-device-for-media-stream",  # a camera and a microphone where there are none
    "--use-fake-ui-for-media-stream",  # and leave to use them
    "--autoplay-policy=no-user-gesture-required",  # no sound is held back until somebody clicks
)


def executable() -> str:
    """Find the browser on this machine."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        missing(f"no browser: this needs Chromium on the PATH ({', '.join(NAMES)}) or its path in CHROMIUM")
    return str(path)


@contextmanager
def started() -> Iterator[Browser]:
    """Start the browser, or say why not; it ends with the block."""
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  (may be missing)
    except ImportError:
        missing("no Python package playwright: this needs it to drive a browser")
    path = executable()
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS), timeout=60_000)
        except Error as failure:
            missing(f"{path} does not start: {failure.message.strip()[:300]}")
        try:
            yield browser
        finally:
            browser.close()
