"""Where sequences of requests are played: in this process in virtual time, or over a network."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import httpx
from cec_client.protocol import Endpoint, EventId
from mock_cec.clock import STEPPED_START
from mock_cec.platform import Platform
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Tenant

from cec_conformance.cases.writing import scenario
from cec_conformance.server.model import Known
from cec_conformance.server.playing import ACCESS
from cec_conformance.server.twins.original import Original
from cec_conformance.server.visitor import LONGEST, Visitor
from cec_conformance.virtual.loop import LoopClock, VirtualLoop
from cec_conformance.virtual.network import VirtualNetwork

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from mock_cec.scenario.dialect import DialectName

    from cec_conformance.server.visitor import Access

    Leave = Callable[[], Coroutine[None, None, None]]

T = TypeVar("T")

EVENTS: Final = (
    (0.3, EventId.QUEUED),
    (1.3, EventId.CONNECTED),
    (3.3, EventId.TRANSFERRED),
    (3.8, EventId.CONNECTED),
    (23.8, EventId.RELEASED),
)
"""The events of every call in this process, with the seconds from create at which they are due."""

SCENARIO: Final = scenario(
    "Queued, connected, transferred, connected again, released",
    hold="5s",
    events=["300ms queued", "1s connected", "2s transferred", "500ms connected", "20s released"],
)


class Ground(Protocol):
    """Where sequences are played.

    Attributes:
        known: What is known of the platform beside its document.
        steps: How many steps a sequence has at most.
        pauses: Seconds between two steps, the usual first.
        patience: Seconds for which a poll is waited for before the next step, the usual first; it is held on after.
        doubles: Whether a user polls a second time while a poll is held.
    """

    known: Known
    steps: int
    pauses: tuple[float, ...]
    patience: tuple[float, ...]
    doubles: bool

    def enter(self) -> Place:
        """Begin a sequence, apart from all others."""


class Place:
    """Where one sequence is played.

    Attributes:
        visitor: Who sends its requests.
    """

    def __init__(
        self, runner: asyncio.Runner, visitor: Visitor, leave: Callable[[], Coroutine[None, None, None]]
    ) -> None:
        self.visitor = visitor
        self._runner = runner
        self._leave = leave

    def run(self, work: Coroutine[None, None, T]) -> T:
        """Do something to its end; whatever was begun before goes on in the meantime."""
        return self._runner.run(work)

    def leave(self) -> None:
        """End the sequence."""
        try:
            self._runner.run(self._leave())
        finally:
            self._runner.close()


class InProcess:
    """The emulator, or a faulty twin, in virtual time: hours cost nothing, and every sequence has its own platform.

    Args:
        server: The server.
        dialect: The dialect it speaks.
    """

    known = Known(EVENTS, grants=True)
    steps = 30
    pauses: tuple[float, ...] = (0.5, 3.0, 0.1, 10.0, 1.0, 30.0, 2.0, 61.0, 700.0, 3700.0)
    patience: tuple[float, ...] = (LONGEST, 0.0, 0.7)
    doubles = True

    def __init__(self, server: type[Original] = Original, dialect: DialectName | None = None) -> None:
        self._server = server
        self._dialect = dialect

    def enter(self) -> Place:
        """Make a platform."""
        runner = asyncio.Runner(loop_factory=VirtualLoop)

        async def make() -> tuple[Visitor, Tenant, httpx.AsyncClient]:
            clock = LoopClock(STEPPED_START)
            tenant = Tenant(plan(SCENARIO, self._dialect), clock, ACCESS.credentials, dialect=self._dialect)
            network = VirtualNetwork(self._server(Platform(tenant)))
            http = httpx.AsyncClient(transport=network, timeout=LONGEST, trust_env=False)
            return Visitor(ACCESS, http, asyncio.get_running_loop().time), tenant, http

        visitor, tenant, http = runner.run(make())

        async def leave() -> None:
            tenant.close()
            await http.aclose()

        return Place(runner, visitor, leave)


class OverNetwork:
    """A platform at a base URL: time is dear, and every sequence has users of its own, who hang up in the end.

    Args:
        access: How to reach it.
        connect: Makes what carries the requests of a sequence.
        pause: Seconds to wait before every request.
        pauses: Seconds between two steps, the usual first.
        patience: Seconds for which a poll is waited for before the next step, the usual first.
        now: Gives the time.
    """

    known = Known()
    steps = 15
    doubles = False

    def __init__(  # noqa: PLR0913  (a setting each)
        self,
        access: Access,
        connect: Callable[[], httpx.AsyncClient],
        pause: float = 0.0,
        *,
        pauses: tuple[float, ...] = (0.2, 1.0),
        patience: tuple[float, ...] = (2.0, 0.0),
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pauses = pauses
        self.patience = patience
        self._access = access
        self._connect = connect
        self._pause = pause
        self._now = now
        self._mark = secrets.token_hex(3)
        self._sequences = 0

    def enter(self) -> Place:
        """Open connections, and think of names."""
        runner = asyncio.Runner()
        began = self._now()
        self._sequences += 1
        suffix = f"-{self._mark}{self._sequences}"

        async def make() -> tuple[Visitor, httpx.AsyncClient]:
            http = self._connect()
            visitor = Visitor(
                self._access, http, lambda: self._now() - began, self._pause, naming=lambda name: name + suffix
            )
            return visitor, http

        visitor, http = runner.run(make())

        async def leave() -> None:
            for user in visitor.users:
                if user.tokens.ccmessaging:
                    await user.ask(Endpoint.DROP)
            await http.aclose()

        return Place(runner, visitor, leave)
