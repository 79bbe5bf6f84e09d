"""What each route of the control API does."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from mock_cec import __version__
from mock_cec.clock import SteppedClock
from mock_cec.control import making, shapes, views
from mock_cec.control.finding import meant, meant_too
from mock_cec.control.settling import advance, settle
from mock_cec.control.troubles import Trouble
from mock_cec.control.watching import Watch
from mock_cec.control.writing import masked, written
from mock_cec.platform import Platform, TenantExists
from mock_cec.scenario.durations import seconds
from mock_cec.scenario.words import nearest, shown
from mock_cec.script import Due, Nothing

if TYPE_CHECKING:
    from collections.abc import Collection

    from cec_client.protocol import Signal

    from mock_cec.control.door import Control
    from mock_cec.recording import Record
    from mock_cec.scenario.plan import Step
    from mock_cec.tenant import Tenant
    from mock_cec.waiting import Client

MOST_TENANTS: Final = 10_000
"""How many tenants there may be at once."""

LONGEST_STEP: Final = 1000 * 3600.0
LONGEST_WAIT: Final = 600.0
"""The longest step of a clock and the longest wait for an exchange, in seconds."""


class Asked(Struct, frozen=True):
    """A control request that has been read.

    Attributes:
        control: The control API it came to.
        origin: Scheme and host under which the client reached it.
        client: The other end of the connection.
        path: The variable parts of the path.
        query: The query, as its type.
        body: The body, as its type.
    """

    control: Control
    origin: str
    client: Client
    path: dict[str, str]
    query: Any
    body: Any

    @property
    def tenant(self) -> Tenant:
        """The tenant that the path names."""
        name = self.path["tenant"]
        found = self.control.platform.tenant(name)
        if found is None:
            known = tuple(tenant.name for tenant in self.control.platform.tenants[:20])
            raise Trouble("not_found", f"there is no tenant {shown(name)}{nearest(name, known)}")
        return found


async def health(asked: Asked) -> shapes.Health:
    """Say that it lives."""
    control = asked.control
    return shapes.Health("ok", __version__, round(control.clock.now(), 3), len(control.platform.tenants))


async def list_tenants(asked: Asked) -> shapes.TenantList:
    """Show all tenants."""
    return shapes.TenantList(tuple(_view(asked, tenant) for tenant in asked.control.platform.tenants))


async def make_tenant(asked: Asked) -> shapes.TenantView:
    """Make a tenant, with a port of its own if it wants one."""
    platform, wish = asked.control.platform, asked.body
    if len(platform.tenants) >= MOST_TENANTS:
        raise Trouble("too_many", f"there are {MOST_TENANTS} tenants already; remove some")
    public_url = platform.first.public_url if wish.port is None else None
    tenant = making.tenant(wish, f"tenant-{os.urandom(5).hex()}", public_url)
    try:
        platform.add(tenant)
    except TenantExists as failure:
        raise Trouble("taken", str(failure)) from failure
    if wish.port is not None:
        try:
            await _open_port(asked.control, tenant, wish.port)
        except Trouble:
            platform.remove(tenant)
            raise
    return _view(asked, tenant)


async def show_tenant(asked: Asked) -> shapes.TenantView:
    """Show a tenant."""
    return _view(asked, asked.tenant)


async def remove_tenant(asked: Asked) -> shapes.Done:
    """Remove a tenant; whoever waits there is answered first."""
    tenant, control = asked.tenant, asked.control
    if tenant is control.platform.first:
        raise Trouble("taken", "the first tenant stays: requests that say nothing of whose they are belong to it")
    port = control.own_ports.pop(tenant, None)
    if port is not None:
        await port.close()  # first, so that nobody who is answered comes again
    control.platform.remove(tenant)
    await settle(tenant)
    return shapes.Done()


async def swap_scenario(asked: Asked) -> shapes.TenantView:
    """Have a tenant play another scenario."""
    tenant = asked.tenant
    tenant.swap(making.planned(asked.body.scenario, asked.body.dialect or tenant.dialect))
    return _view(asked, tenant)


async def reset(asked: Asked) -> shapes.TenantView:
    """Make a tenant as new; whoever waits there is answered first."""
    tenant = asked.tenant
    tenant.close()
    await settle(tenant)
    tenant.reset()
    return _view(asked, tenant)


async def show_clock(asked: Asked) -> shapes.ClockView:
    """Show a tenant's time."""
    return views.clock(asked.tenant.clock)


async def step_clock(asked: Asked) -> shapes.ClockView:
    """Move a stepped clock, and answer all that became due before this is answered."""
    tenant, clock = asked.tenant, asked.tenant.clock
    if not isinstance(clock, SteppedClock):
        raise Trouble("not_stepped", 'this tenant\'s clock is real; make a tenant with "clock": "stepped"')
    span = None if asked.body.advance == "next" else _seconds(asked.body.advance, LONGEST_STEP)
    async with asked.control.stepping.setdefault(tenant, asyncio.Lock()):
        await settle(tenant)
        due = clock.next_due()
        end = clock.now() + span if span is not None else clock.now() if due is None else due
        await advance(tenant, clock, end)
    return views.clock(clock)


async def list_sessions(asked: Asked) -> shapes.SessionList:
    """Show the users of a tenant with their calls."""
    tenant, user = asked.tenant, asked.query.user
    now = tenant.clock.now()
    wanted = (session for session in tenant.sessions if user is None or session.user_id == user)
    return shapes.SessionList(tuple(views.session(session, now) for session in wanted))


async def inject(asked: Asked) -> shapes.SessionList:
    """Put an event on a user's axis."""
    tenant, user = asked.tenant, asked.body.user
    session = next((session for session in tenant.sessions if session.user_id == user), None)
    if session is None:
        raise Trouble("not_found", f"no user {shown(user)} has logged in to this tenant")
    session.script.inject(making.event(asked.body.event, tenant.clock.now(), tenant.plan.scenario.dialect))
    session.room.look()
    await settle(tenant)
    return shapes.SessionList((views.session(session, tenant.clock.now()),))


async def list_polls(asked: Asked) -> shapes.PollList:
    """Show the polls that are held."""
    return shapes.PollList(tuple(view for view, _, _ in views.polls(asked.tenant)))


async def release_poll(asked: Asked) -> shapes.Done:
    """Answer a held poll without an event."""
    return await _decide(asked, Nothing.EMPTY)


async def fail_poll(asked: Asked) -> shapes.Done:
    """Fail a held poll."""
    return await _decide(asked, making.failure(asked.body))


async def inject_into_poll(asked: Asked) -> shapes.Done:
    """Answer a held poll with an event."""
    tenant = asked.tenant
    due = making.event(asked.body.event, now := tenant.clock.now(), tenant.plan.scenario.dialect)
    if due.at > now:
        raise Trouble("bad_request", 'a held poll gets its event at once: leave "after" out')
    return await _decide(asked, due)


async def show_trace(asked: Asked) -> bytes:
    """Show the exchanges that are meant."""
    tenant = asked.tenant
    records = [record for record in tenant.recorder.records if meant(record, asked.query, tenant)]
    return await _shown(asked, records, [one for one in tenant.recorder.signals if meant_too(one, asked.query)])


async def clear_trace(asked: Asked) -> shapes.Done:
    """Forget a tenant's exchanges."""
    asked.tenant.recorder.clear()
    return shapes.Done()


async def await_exchange(asked: Asked) -> bytes:
    """Wait until an exchange arrives, and show it."""
    tenant = asked.tenant
    watch = Watch(tenant, asked.query)
    await watch.wait(_seconds(asked.query.timeout, LONGEST_WAIT), asked.client)
    if watch.found is not None:
        return await _shown(asked, [watch.found])
    if watch.ended:
        raise Trouble("gone", "nothing more can come: the tenant was reset or removed, or the server stops")
    raise Trouble("timed_out", f"no such exchange within {asked.query.timeout}; {_last_seen(tenant)}")


async def _shown(asked: Asked, records: Collection[Record], signals: Collection[Signal] = ()) -> bytes:
    form, recorder = asked.query, asked.tenant.recorder
    scheme = (asked.tenant.public_url or asked.origin).partition("://")[0]
    if not (form.mask or form.mask_personal):
        return written(recorder.trace_of(records, signals), form, scheme)
    whole, serials = recorder.trace(), ({record.serial for record in records}, {one.serial for one in signals})
    # In a thread, for a long trace takes longer to mask than anybody else's poll should be late.
    return await asyncio.to_thread(lambda: written(masked(whole, *serials, form), form, scheme))


async def _decide(asked: Asked, fate: Due | Step | Nothing) -> shapes.Done:
    tenant, wanted = asked.tenant, asked.path["poll"]
    for view, session, hold in views.polls(tenant):
        if view.poll == wanted and session.script.decide(hold, fate, tenant.clock.now()):
            session.room.look()
            await settle(tenant)
            return shapes.Done()
    raise Trouble("not_found", f"no poll {shown(wanted)} is held here (any more)")


async def _open_port(control: Control, tenant: Tenant, number: int) -> None:
    if control.ports is None:
        raise Trouble("no_ports", "ports are opened by a server of mock-cec; this one runs inside another program")
    try:
        control.own_ports[tenant] = await control.ports.open_port(Platform(tenant), number)
    except OSError as failure:
        raise Trouble("port_taken", str(failure)) from failure


def _view(asked: Asked, tenant: Tenant) -> shapes.TenantView:
    port = asked.control.own_ports.get(tenant)
    if port is not None:
        return views.tenant(tenant, port.base_url, port.base_url, port.number)
    base_url, ports = tenant.public_url or asked.origin, asked.control.ports
    return views.tenant(tenant, base_url, ports.addresses.token_base_url(base_url) if ports else base_url, None)


def _seconds(text: str, most: float) -> float:
    value = seconds(text)
    if value > most:
        raise Trouble("bad_request", f"{shown(text)} is too long; at most {most / 60:g}m")
    return value


def _last_seen(tenant: Tenant) -> str:
    if not tenant.recorder.records:
        return "this tenant was asked nothing at all"
    newest = tenant.recorder.records[-1]
    status = "no answer yet" if newest.reply is None else f"status {newest.reply.status}"
    return f"the newest has serial {newest.serial}: {newest.method} {newest.path[:100]}, {status}"
