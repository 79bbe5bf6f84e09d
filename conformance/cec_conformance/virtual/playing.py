"""Playing a case in virtual time: a client in this very process against a permissive emulator, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import httpx
from mock_cec.app import app
from mock_cec.clock import STEPPED_START
from mock_cec.platform import Platform
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Credentials, Tenant

from cec_conformance import facts
from cec_conformance.cases.case import variables
from cec_conformance.patience import enough
from cec_conformance.virtual.loop import LoopClock, Standstill, run
from cec_conformance.virtual.network import VirtualNetwork

if TYPE_CHECKING:
    from cec_client.protocol import Trace

    from cec_conformance.cases.case import Case

InProcessClient = Callable[[Mapping[str, str], httpx.AsyncBaseTransport], Awaitable[str]]
"""A Python client: it gets the variables of the contract and a transport, places one call and returns the outcome."""

BASE_URL: Final = "http://cec.test"
CREDENTIALS: Final = Credentials("conformance-key", "conformance-secret", "conformance-channel")
LOOK_EVERY: Final = 1.0
"""Virtual seconds between two looks at whether a client has been waited for long enough."""


def play(case: Case, client: InProcessClient) -> Trace:
    """Play a case without media, and give the trace with its facts.

    A client that raises has crashed, like a process with exit status 1; one that does not end is cancelled in time.
    """
    return run(_play(case, client))


async def _play(case: Case, client: InProcessClient) -> Trace:
    clock = LoopClock(STEPPED_START)
    tenant = Tenant(plan(case.scenario), clock, CREDENTIALS, permissive=True)
    network = VirtualNetwork(app(Platform(tenant)))
    environment = variables(case, CREDENTIALS, BASE_URL)
    exit_status, outcome = await _to_its_end(tenant, client(environment, network))
    ended = clock.now()
    tenant.close()
    await network.aclose()
    trace = tenant.recorder.trace()
    known = facts.of_launch(environment) | {
        facts.EXIT_STATUS: exit_status,
        facts.ENDED_AT: repr(ended),
        facts.OUTCOME: outcome,
    }
    return replace(trace, facts={**trace.facts, **known})


async def _to_its_end(tenant: Tenant, placing: Awaitable[str]) -> tuple[str, str]:
    task = asyncio.ensure_future(placing)
    while not task.done():
        await asyncio.wait([task], timeout=LOOK_EVERY)
        if not task.done() and enough(tenant.recorder, tenant.clock.now()):
            task.cancel()
            await asyncio.wait([task])
            return facts.KILLED, ""
    if task.cancelled():
        return facts.KILLED, ""
    failure = task.exception()
    if isinstance(failure, Standstill):
        raise failure
    return ("1", "") if failure is not None else ("0", str(task.result()))
