"""The server as a target of the engine: visits are paid to it over the network, each with users of its own."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import BY_PATH, Trace
from msgspec import Struct

from cec_conformance import facts
from cec_conformance.fairness import Measured
from cec_conformance.server.announced import announced
from cec_conformance.server.control import MOVES, ControlError
from cec_conformance.server.gentleness import Guard
from cec_conformance.server.playing import known
from cec_conformance.server.probing import SERVER_PROBE
from cec_conformance.server.visit import Means, Visit
from cec_conformance.server.visitor import Access, Visitor
from cec_conformance.targets.target import Played, Stopped
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    import httpx
    from mock_cec.scenario.dialect import DialectName

    from cec_conformance.cases.case import Case
    from cec_conformance.server.control import Control
    from cec_conformance.server.reaching import Carrier

PROBE_PATIENCE: Final = 20.0
"""Seconds that the answers to a first login are waited for: no poll is among them."""

_BEAT: Final = 0.05
"""Seconds between two looks at how late this process is."""

_LONGEST_NAME: Final = 12
"""Letters of a user's name that go into the userId, which has at most 24 (facts §3)."""


class Manner(Struct, frozen=True, kw_only=True):
    """How visits are paid.

    Attributes:
        nonce: What makes the userIds of this run its own.
        longest: Seconds that an answer may take.
        dialect: Whose word the answers are expected to go by; `None`: nobody said.
        missing: The visits that cannot be paid, with what it would take.
        calls: How many calls may be created, and a platform in trouble is left alone; `None` for a server that is there
            to be tried.
        pause: Seconds before every request.
    """

    nonce: str
    longest: float
    dialect: DialectName | None = None
    missing: Mapping[str, Words] = {}
    calls: int | None = None
    pause: float = 0.0


class _Enough(Exception):  # noqa: N818  (its name says what is wrong)
    """Raised out of a request when nothing more may be asked."""


class _RealTime:
    """The time of this machine."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> float:
        return time.monotonic() - self._began

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def read(self, _message: object) -> None:
        """Do nothing: it runs by itself."""


class _TenantTime:
    """The time of a tenant that can be moved: it is asked for before and after every exchange."""

    def __init__(self, control: Control, tenant: str) -> None:
        self._control = control
        self._tenant = tenant
        self._last = 0.0

    def now(self) -> float:
        return self._last

    async def wait(self, seconds: float) -> None:
        self._last = await self._control.advance(self._tenant, seconds)

    async def read(self, _message: object) -> None:
        self._last = max(self._last, await self._control.now(self._tenant))


class Server:
    """Pays visits to a server.

    Args:
        access: How to reach it; with a control channel each visit has credentials of its own.
        carrier: Makes the clients that carry requests.
        manner: How visits are paid.
        control: The control channel, if there is one.
    """

    probed = True

    def __init__(self, access: Access, carrier: Carrier, manner: Manner, control: Control | None = None) -> None:
        self.name = access.base_url
        self.most: int | None = None if manner.calls is None else 1
        self._access = access
        self._carrier = carrier
        self._manner = manner
        self._control = control
        self._guard = None if manner.calls is None else Guard(manner.calls)
        self._enough: Words | None = None
        self._numbers = count(1)

    async def play(self, case: Case) -> Played:
        """Pay a visit.

        Raises:
            Stopped: The server is to be left alone, or the control channel fails.
        """
        if not isinstance(case, Visit):
            raise TypeError(f"{case.name} is a case for clients")
        lacking = self._manner.missing.get(case.name)
        if lacking is not None:
            return Played(Trace(), None, missing=lacking)
        try:
            async with self._ground(case) as (access, clock, number):
                return await self._pay(case, access, clock, number)
        except ControlError as error:
            reason = Words(str(error), f"控制接口不可用：{error}")
            raise Stopped(reason, Played(Trace(), None, missing=reason)) from error

    @asynccontextmanager
    async def _ground(self, visit: Visit) -> AsyncIterator[tuple[Access, _RealTime | _TenantTime, int]]:
        """Prepare what a visit stands on: a tenant of its own where there is a control channel, and its time."""
        number = next(self._numbers)
        if self._control is None:
            yield self._access, _RealTime(), number
            return
        name, moves = f"conformance-{self._manner.nonce}-{number}", Means.HOURS in visit.means
        async with self._control.tenant(name, visit.scenario, self._manner.dialect, moves=moves) as credentials:
            access = Access(
                base_url=self._access.base_url, token_base_url=self._access.token_base_url, credentials=credentials
            )
            yield access, _TenantTime(self._control, name) if moves else _RealTime(), number

    async def _pay(self, visit: Visit, access: Access, clock: _RealTime | _TenantTime, number: int) -> Played:
        hooks: dict[str, list[Callable[[Any], Awaitable[None]]]] = {
            "request": [self._before, clock.read],
            "response": [clock.read, self._after],
        }
        started = datetime.now(UTC).isoformat(timespec="milliseconds")
        async with self._carrier.client(event_hooks=hooks) as http, _late() as lateness:
            visitor = Visitor(
                access,
                http,
                clock.now,
                self._manner.pause,
                longest=min(self._manner.longest, PROBE_PATIENCE) if visit is SERVER_PROBE else self._manner.longest,
                naming=lambda name: user_id(name, self._manner.nonce, number),
                wait=clock.wait,
            )
            with suppress(_Enough):
                await visit.course(visitor)
        trace = replace(visitor.trace(self._known(visit, access, clock)), started=started)
        enough = self._enough or unreachable(trace)
        if enough is not None:
            raise Stopped(enough, Played(trace, None, missing=enough))
        return Played(trace, None, Measured(max(lateness, default=0.0)))

    def _known(self, visit: Visit, access: Access, clock: _RealTime | _TenantTime) -> dict[str, str]:
        """Give what is known beside the traffic: what will happen only where the platform was told so."""
        found = known(access)
        if self._control is not None:
            found |= announced(visit.scenario, self._manner.dialect) | {facts.CONTROL_URL: self._control.url}
        elif self._manner.dialect is not None:
            found[facts.DIALECT] = self._manner.dialect
        if isinstance(clock, _TenantTime):
            found[facts.CLOCK] = MOVES
        return found

    async def _before(self, request: httpx.Request) -> None:
        """Keep a request from going out if nothing more may be asked."""
        endpoint = next((one for path, one in BY_PATH.items() if request.url.path.endswith(path)), None)
        if self._guard is not None and self._enough is None:
            self._enough = self._guard.asking(endpoint)
        if self._enough is not None:
            raise _Enough

    async def _after(self, response: httpx.Response) -> None:
        """Look at an answer, which is still written down, whether it is the last one to be asked for."""
        if self._guard is not None and self._enough is None:
            self._enough = self._guard.answered(response.status_code)

    async def close(self) -> None:
        """Let go of the control channel; visits clean up behind themselves."""
        if self._control is not None:
            await self._control.close()


def unreachable(trace: Trace) -> Words | None:
    """Say that a server is not there any more: no request of a visit got a connection; `None` if it is."""
    errors = [str(one.script.get("error", "")) for one in trace.exchanges if one.status is None]
    if not errors or len(errors) < len(trace.exchanges) or not all("ConnectError" in error for error in errors):
        return None
    return Words(f"the server could not be reached any more: {errors[-1]}", f"中途已无法连接服务端：{errors[-1]}")


def user_id(name: str, nonce: str, number: int) -> str:
    """Make the userId of a user in a visit: nobody else's, and short enough for every endpoint (facts §2, §3)."""
    return f"{name.removeprefix('conformance-')[:_LONGEST_NAME]}-{nonce}{number:02x}"


@asynccontextmanager
async def _late() -> AsyncIterator[list[float]]:
    """Measure by how much this process is late."""
    found: list[float] = []

    async def beat() -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _BEAT
            await asyncio.sleep(_BEAT)
            found[:] = [max(loop.time() - due, *found)] if found else [loop.time() - due]

    task = asyncio.create_task(beat())
    try:
        yield found
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
