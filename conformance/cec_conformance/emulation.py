"""The judge's emulator: a server in a thread of its own, in which every case gets a port of its own.

Judging and starting processes go on in another thread, so that they do not disturb its timing. How late its loop was is
measured all the time (see `cec_conformance.fairness`).
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, Self

from mock_cec.clock import RealClock
from mock_cec.embed.loops import Hand, until
from mock_cec.platform import Platform
from mock_cec.scenario.model import Scenario
from mock_cec.scenario.plan import plan
from mock_cec.serving import BackgroundServer
from mock_cec.tenant import Tenant

from cec_conformance.patience import enough
from cec_conformance.virtual.playing import CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from ssl import SSLContext

    from cec_client.protocol import Trace
    from mock_cec.recording import Recorder
    from mock_cec.serving import OwnPort

    from cec_conformance.cases.case import Case

MOST_EXCHANGES: Final = 10_000
"""Exchanges that the trace of a case keeps; a run is stopped long before."""

_BEAT: Final = 0.05
"""Seconds between two measurements of the loop's lag."""

_LOOK_EVERY: Final = 0.25
_SETTLED: Final = 2.0
"""Seconds in which the end of a client's connections is seen."""


class CasePort:
    """The platform as one case has it.

    Attributes:
        base_url: Where clients reach it.
        clock: Its time; second 0 is when the case began.
        lag: By how many seconds the emulator was late at its worst, so far.
    """

    def __init__(self, tenant: Tenant, base_url: str, hand: Hand) -> None:
        self.base_url = base_url
        self.clock = tenant.clock
        self.lag = 0.0
        self._tenant = tenant
        self._hand = hand

    async def waited_enough(self, began: float, look: Callable[[Recorder, float, float], bool] = enough) -> None:
        """Wait until a client has been waited for long enough.

        Args:
            began: The second of the clock at which it was started.
            look: Decides that, given what it has done, the time, and when it was started.
        """

        async def there() -> None:
            while True:
                if look(self._tenant.recorder, self.clock.now(), began):
                    return
                await asyncio.sleep(_LOOK_EVERY)

        await self._hand.wait_async(there)

    async def trace(self) -> Trace:
        """Give what went over the wire, once the end of its client's connections has been seen."""
        recorder = self._tenant.recorder

        async def there() -> Trace:
            await until(recorder, lambda: all(record.complete for record in recorder.records) or None, _SETTLED)
            return recorder.trace()

        return await self._hand.wait_async(there)


class Emulation:
    """The emulator, as a context manager.

    Args:
        host: Where it listens.
        public_url: How clients reach it, with `{port}` for the port; by default, how this machine does.
        tls: With which it serves HTTPS.

    Raises:
        PortTaken: It cannot listen there.
    """

    def __init__(self, host: str = "127.0.0.1", public_url: str | None = None, tls: SSLContext | None = None) -> None:
        # Whoever judges a client wants no log lines of the emulator's.
        logging.getLogger("mock_cec").addHandler(logging.NullHandler())
        nobody = Tenant(plan(Scenario(title="Nobody calls here")), RealClock(), CREDENTIALS)
        self._server = BackgroundServer(Platform(nobody), host, 0, tls)
        self._public_url = public_url
        self._hand = Hand()
        self._open: set[CasePort] = set()
        self._beating: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        """Start it."""
        self._server.__enter__()
        self._hand.take(self._server.loop)
        self._beating = self._hand.wait(self._begin_to_beat)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        if self._beating is not None:
            self._hand.do(self._beating.cancel)
        self._server.stop()
        self._hand.let_go()

    @asynccontextmanager
    async def port(self, case: Case) -> AsyncIterator[CasePort]:
        """Open a port that plays a case; it is closed at the end, when the client is to be gone."""
        tenant = Tenant(
            plan(case.scenario),
            RealClock(),
            CREDENTIALS,
            most_exchanges=MOST_EXCHANGES,
            permissive=True,
        )
        own = await self._hand.wait_async(lambda: self._server.server.open_port(Platform(tenant), 0))
        public = self._public_url.replace("{port}", str(own.number)).rstrip("/") if self._public_url else None
        tenant.public_url = public
        port = CasePort(tenant, public or own.base_url, self._hand)
        self._open.add(port)
        try:
            yield port
        finally:
            self._open.discard(port)
            await asyncio.shield(self._hand.wait_async(lambda: _close(tenant, own)))

    async def _begin_to_beat(self) -> asyncio.Task[None]:
        return asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        with suppress(asyncio.CancelledError):
            while True:
                due = loop.time() + _BEAT
                await asyncio.sleep(_BEAT)
                late = loop.time() - due
                for port in tuple(self._open):
                    port.lag = max(port.lag, late)


async def _close(tenant: Tenant, own: OwnPort) -> None:
    tenant.close()
    await own.close()
