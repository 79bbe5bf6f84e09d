"""What all tests share: how an emulator is had, in process or over real sockets."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from mock_cec.clock import RealClock
from mock_cec.platform import Platform
from mock_cec.scenario import catalogue
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.serving import BackgroundServer
from mock_cec.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from ssl import SSLContext

    from mock_cec.clock import Clock

# A machine under load is slow now and then; what an example takes is not what the tests are about. Half as many of them
# as Hypothesis draws by default show the same; `pytest --hypothesis-profile thorough` draws many more.
settings.register_profile("steady", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=1000)
settings.load_profile("steady")

# Shells have programs in the background ignore Ctrl-C, and so would every program that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_xdist_auto_num_workers() -> int:
    """Give `-n auto` twice as many workers as there are cores: many tests wait for other programs."""
    return 2 * (os.cpu_count() or 1)


UNTRACED = ("tests/browser/", "tests/examples/", "tests/conformance/suite/test_pyargs.py")
"""Where whole programs are at work; what they share with the pure cores is held by tables elsewhere."""


@pytest.fixture(autouse=True)
def _without_coverage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Trace no test that is marked `uncovered`: `no_cover` of pytest-cov does nothing in the workers of xdist."""
    untraced = request.node.nodeid.startswith(UNTRACED)
    if not untraced and request.node.get_closest_marker("uncovered") is None:
        yield
        return
    here, in_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    yield
    sys.settrace(here)
    threading.settrace(in_threads)


@pytest.fixture(autouse=True, scope="session")
def _no_proxy() -> Iterator[None]:
    """Keep the proxy that whoever runs the tests may have away from this machine's own addresses."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, "127.0.0.1,localhost,::1")
        yield


class Emulator:
    """An emulator over real sockets.

    Attributes:
        tenant: Its only tenant.
        base_url: Where it is.
    """

    def __init__(self, tenant: Tenant, server: BackgroundServer) -> None:
        self.tenant = tenant
        self.base_url = server.base_url
        self.stop = server.stop


def tenant(scenario: str, clock: Clock | None = None) -> Tenant:
    """Make a tenant; a scenario is a name, or the text of one if it has several lines."""
    found = load(scenario, "test") if "\n" in scenario else catalogue.find(scenario)
    return Tenant(plan(found), clock or RealClock())


@pytest.fixture
def emulator() -> Iterator[Callable[..., Emulator]]:
    """Start emulators; they stop with the test."""
    with ExitStack() as running:

        def start(scenario: str, tls: SSLContext | None = None) -> Emulator:
            mine = tenant(scenario)
            return Emulator(mine, running.enter_context(BackgroundServer(Platform(mine), tls=tls)))

        yield start
