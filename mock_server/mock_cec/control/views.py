"""How tenants, their clocks, sessions and held polls are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import EVENT_TEXT, event_name

from mock_cec.clock import AutoClock, RealClock, SteppedClock
from mock_cec.control.shapes import CallView, ClockView, DueView, MediaView, PollView, SessionView, TenantView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_cec.clock import Clock
    from mock_cec.script import Due, Hold
    from mock_cec.session import Session
    from mock_cec.tenant import Tenant


def tenant(shown: Tenant, base_url: str, token_base_url: str, port: int | None) -> TenantView:
    """Show a tenant."""
    credentials, scenario = shown.credentials, shown.plan.scenario
    return TenantView(
        name=shown.name,
        base_url=base_url,
        token_base_url=token_base_url,
        port=port,
        app_key=credentials.app_key,
        app_secret=credentials.app_secret,
        channel_id=credentials.channel_id,
        title=scenario.title,
        dialect=scenario.dialect,
        clock=clock(shown.clock),
        sessions=len(shown.sessions),
        polls=sum(len(session.script.held) for session in shown.sessions),
        exchanges=len(shown.recorder.records),
        serial=shown.recorder.serial,
    )


def clock(shown: Clock) -> ClockView:
    """Show a clock."""
    if isinstance(shown, SteppedClock):
        return ClockView("auto" if isinstance(shown, AutoClock) else "stepped", shown.now(), None, shown.next_due())
    speed = shown.speed if isinstance(shown, RealClock) else 1.0
    return ClockView("real" if speed == 1.0 else "scaled", shown.now(), speed)


def session(shown: Session, now: float) -> SessionView:
    """Show a session with its call."""
    script = shown.script
    waiting, coming = script.waiting(now), script.coming(now)
    return SessionView(
        user=shown.user_id,
        call=CallView(script.calls, script.live(now), shown.access_code, _media(shown)) if script.calls else None,
        text=shown.text.peer,
        polls=len(script.held),
        waiting=tuple(map(_due, waiting)),
        next_due=_due(coming[0]) if coming else None,
    )


def _media(shown: Session) -> MediaView | None:
    """Show the media call; one of an earlier call is not this one's."""
    call = shown.media
    return MediaView(call.state.value, call.since, call.media, call.ended) if call and shown.dials else None


def polls(shown: Tenant) -> Iterator[tuple[PollView, Session, Hold]]:
    """Show the polls that a tenant holds, each with its session and the poll itself."""
    now = shown.clock.now()
    for session in shown.sessions:
        held = session.script.held
        for hold in held:
            hold.number = hold.number or next(shown.poll_numbers)
            yield _poll(hold, session, now, newest=hold is held[-1]), session, hold


def _poll(hold: Hold, session: Session, now: float, *, newest: bool) -> PollView:
    following: Due | None = None
    if newest and hold.fate is None:
        events = (*session.script.waiting(now), *session.script.coming(now))
        following = next((due for due in events if due.at <= hold.until), None)
    return PollView(
        poll=f"p{hold.number}",
        user=session.user_id,
        since=hold.since,
        until=hold.until,
        next=None if following is None else _due(following),
    )


def _due(due: Due) -> DueView:
    number = due.event.id
    return DueView(event_name(number) if number in EVENT_TEXT else str(number), due.event.id, due.at, due.event.step)
