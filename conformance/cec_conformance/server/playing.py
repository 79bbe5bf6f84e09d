"""Paying a visit in virtual time: to the emulator or a faulty twin in this very process, without a socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import httpx
from mock_cec.clock import STEPPED_START
from mock_cec.platform import Platform
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Tenant

from cec_conformance import facts
from cec_conformance.server.announced import announced
from cec_conformance.server.twins.original import Original
from cec_conformance.server.visitor import LONGEST, Access, Visitor
from cec_conformance.virtual.loop import LoopClock, run
from cec_conformance.virtual.network import VirtualNetwork
from cec_conformance.virtual.playing import BASE_URL, CREDENTIALS

if TYPE_CHECKING:
    from cec_client.protocol import Trace
    from mock_cec.scenario.dialect import DialectName

    from cec_conformance.server.visit import Visit

ACCESS: Final = Access(base_url=BASE_URL, token_base_url=BASE_URL, credentials=CREDENTIALS)


def pay(visit: Visit, server: type[Original] = Original, dialect: DialectName | None = None) -> Trace:
    """Pay a visit, and give its trace."""
    return run(_pay(visit, server, dialect))


async def _pay(visit: Visit, server: type[Original], dialect: DialectName | None) -> Trace:
    clock = LoopClock(STEPPED_START)
    tenant = Tenant(plan(visit.scenario, dialect), clock, CREDENTIALS, dialect=dialect)
    network = VirtualNetwork(server(Platform(tenant)))
    async with httpx.AsyncClient(transport=network, timeout=LONGEST, trust_env=False) as http:
        visitor = Visitor(ACCESS, http, clock.now)
        await visit.course(visitor)
        tenant.close()
    return visitor.trace(known(ACCESS) | announced(visit.scenario, dialect))


def known(access: Access) -> dict[str, str]:
    """Give what a visitor knows beside the traffic."""
    credentials = access.credentials
    return {
        facts.APP_KEY: credentials.app_key,
        facts.APP_SECRET: credentials.app_secret,
        facts.CHANNEL_ID: credentials.channel_id,
        facts.BASE_URL: access.base_url,
        facts.TOKEN_BASE_URL: access.token_base_url,
    }
