"""Calls without a socket: tenants whose clocks move when a test says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_cec.clock import SteppedClock
from mock_cec.gateway.media_call import MediaCall
from mock_cec.platform import Platform
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Credentials, Tenant

if TYPE_CHECKING:
    from mock_cec.gateway.media_call import Act
    from mock_cec.session import Session

STAYS_UP = "title: x\nevents: [{after: 1s, event: connected}]"


def tenant(name: str = "default", scenario: str = STAYS_UP) -> Tenant:
    """Make a tenant."""
    return Tenant(plan(load(scenario, "test")), SteppedClock(), Credentials(name, name, name), name=name)


def platform(*names: str, scenario: str = STAYS_UP) -> Platform:
    """Make a platform with tenants of these names, or with one."""
    made = [tenant(name, scenario) for name in names or ("default",)]
    found = Platform(made[0])
    for one in made[1:]:
        found.add(one)
    return found


def create(owner: Tenant, user: str = "alice") -> Session:
    """Have a user create a call."""
    session = owner.session(user)
    assert session.script.create(owner.clock.now())
    owner.begin_call(session)
    return session


def connected(owner: Tenant, user: str = "alice", number: str | None = None) -> Session:
    """Have a user create a call, and tell them what to dial."""
    session = create(owner, user)
    owner.hand_out(session, number or session.access_code, owner.clock.now())
    return session


class Call:
    """A media call of its own session, which is told the time in seconds from its INVITE."""

    def __init__(self, gateway: str = "", events: str = "[{after: 1s, event: connected}]", *, dials: int = 0) -> None:
        self.tenant = tenant(scenario=f"title: x\nevents: {events}\ngateway: {{{gateway}}}")
        self.session = connected(self.tenant)
        self.session.dials = dials
        self.call = MediaCall(self.session, self.tenant.plan, 0.0)

    def begin(self) -> list[Act]:
        """Take the INVITE."""
        return self.call.begin(0.0)

    def up(self) -> Call:
        """Have it answered and confirmed."""
        self.begin()
        assert self.call.answered(0.0)
        self.call.confirmed(0.0)
        return self

    @property
    def coming(self) -> list[tuple[float, str]]:
        """What will come to the user who polls, and when."""
        return [(round(due.at, 3), due.event.step) for due in self.session.script.coming(0.0)]
