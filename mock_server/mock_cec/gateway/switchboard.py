"""The switchboard: whose call is it that is dialled, and may it be dialled now? It is pure.

The user part of the Request-URI is the `accessCode` that "connected" handed out (guide §5 step 4). It is unique to a
call among all tenants of a port, unless a scenario gives one to all (`gateway.callee`); then the call that was
connected last, and that nobody has dialled, has it.

    nobody has the number                            404
    the call is over                                 410
    the call lives, "connected" has told nobody yet  480
    a media call of it is up already                 486
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from mock_cec.scenario.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_cec.platform import Platform
    from mock_cec.session import Session
    from mock_cec.tenant import Tenant


class Found(Struct, frozen=True):
    """A call that may be dialled."""

    tenant: Tenant
    session: Session


class Refused(Struct, frozen=True):
    """A number that cannot be dialled.

    Attributes:
        status: The SIP status.
        why: The reason, for the client's developer.
        tenant: Whose number it is; `None` for nobody's.
        session: Of which session; the same.
    """

    status: int
    why: str
    tenant: Tenant | None = None
    session: Session | None = None


def find(platform: Platform, number: str) -> Found | Refused:
    """Find the call that a number belongs to."""
    having = [Found(tenant, session) for tenant in platform.tenants for session in tenant.dialled(number)]
    if not having:
        return Refused(404, f"no call has the number {shown(number)}: dial the accessCode of the last 168101")
    live = [found for found in having if found.session.script.live(found.tenant.clock.now())]
    if not live:
        return _refused(410, "the call is over: create another one and dial its accessCode", having)
    told = [found for found in live if number in found.session.numbers]
    if not told:
        return _refused(480, "the call is not connected yet: dial after 168101", live)
    free = [found for found in told if found.session.media is None or found.session.media.over]
    if not free:
        return _refused(486, "the call has been dialled already, and that media call is up", told)
    return max(free, key=lambda found: found.session.numbers[number])


def _refused(status: int, why: str, having: Iterable[Found]) -> Refused:
    found = next(iter(having))
    return Refused(status, why, found.tenant, found.session)
