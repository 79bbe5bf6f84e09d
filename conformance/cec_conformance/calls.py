"""The polls of a call, and where polling stopped: what the rules on polling, retrying and expiry all ask.

A client that does not poll on may have good reasons, of which a trace shows some: the user hung up, the call was over,
another request failed for good, or the recording ends there. Only where none of them is to be seen has it *stopped*.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance import facts
from cec_conformance.run import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cec_conformance.run import Run, Seen

PATIENCE: Final = 5.0
"""Seconds that a client may take before it does the next thing, however slow the machine."""

KILLED: Final = "killed"
"""The exit status of a client that the judge had to end: it may have been about to go on."""


def calls(run: Run) -> tuple[tuple[Seen, ...], ...]:
    """Give the polls of each call: those between two creates, but for those made after it had ended or was dropped."""
    parts: list[list[Seen]] = [[]]
    for seen in run.calls:
        if seen.endpoint is Endpoint.CREATE:
            parts.append([])
        elif seen.endpoint is Endpoint.EVENTS and not _over_before(run, seen):
            parts[-1].append(seen)
    return tuple(tuple(part) for part in parts if part)


def with_previous(run: Run) -> Iterator[tuple[Seen | None, Seen]]:
    """Give every poll of every call with the one before it; the first has none."""
    for polls in calls(run):
        yield from zip((None, *polls), polls, strict=False)


def streaks(polls: tuple[Seen, ...], fits: Callable[[Seen], bool]) -> Iterator[tuple[Seen, ...]]:
    """Give each unbroken row of polls that fit."""
    for fitting, row in groupby(polls, key=fits):
        if fitting:
            yield tuple(row)


def next_poll(run: Run, seen: Seen) -> Seen | None:
    """Give the poll that came next, whatever made it."""
    return next(iter(run.after(seen, Endpoint.EVENTS)), None)


def polls_made_after(run: Run, seen: Seen) -> tuple[Seen, ...]:
    """Give the polls of the same call that were made when a request was over."""
    return tuple(poll for poll in run.made_after(seen, Endpoint.EVENTS) if _of_same_call(run, seen, poll))


def stopped(run: Run, seen: Seen) -> bool:
    """Say whether, once a request was over, the client polled no more though nothing kept it from that."""
    return next_poll(run, seen) is None and not excused(run, seen)


def excused(run: Run, seen: Seen) -> bool:
    """Say whether what should have come after a request may be missing: the user, the call or the recording ended."""
    over = seen.over
    if over is None or not goes_on(run, seen):
        return True
    hung_up = run.hung_up is not None and run.hung_up <= over + PATIENCE
    dropped = any(drop.started <= over + PATIENCE for drop in run.after(seen, Endpoint.DROP))
    begun_anew = bool(run.after(seen, Endpoint.CREATE))
    return hung_up or dropped or begun_anew or _ended_beside(run, seen) or _something_failed(run, seen)


def goes_on(run: Run, seen: Seen) -> bool:
    """Say whether the run is known to go on after a request was over, or to have ended by the client's own will."""
    status = run.fact(facts.EXIT_STATUS)
    if status is not None and status != KILLED:
        return True
    times = [time for other in run.calls for time in (other.started, other.over) if time is not None]
    return seen.over is not None and max([run.ended_at or 0.0, *times]) >= seen.over + PATIENCE


def given_up_after(run: Run, poll: Seen) -> float | None:
    """Give the seconds after which the client's own time limit ended a poll.

    Returns:
        `None` if the poll did not end so, or if there may have been another reason: the user hung up, the call was
        over, the client was busy with another request, crashed, or the recording ends there.
    """
    if poll.kind is not Kind.LEFT or poll.over is None:
        return None
    over, following = poll.over, run.made_after(poll)
    hung_up = run.hung_up is not None and run.hung_up <= over
    busy = any(
        other.endpoint is not Endpoint.EVENTS and other.started <= over and not other.before(poll)
        for other in run.calls
    )
    ended = not following and run.fact(facts.EXIT_STATUS) != "0"
    otherwise_engaged = bool(following) and following[0].endpoint is not Endpoint.EVENTS
    call_over = any(other.terminal and other.over is not None and other.over <= over for other in run.polls)
    other_reason = hung_up or busy or ended or otherwise_engaged or call_over
    return None if other_reason else over - poll.started


def _ended_beside(run: Run, seen: Seen) -> bool:
    """Say whether another poll brought the end of the call, not before a request was made."""
    return any(poll.terminal and poll is not seen and not poll.before(seen) for poll in run.polls)


def _something_failed(run: Run, seen: Seen) -> bool:
    """Say whether some request that is no poll, made later or under way at that time, failed for good."""
    others = (
        other
        for other in run.calls
        if other.endpoint is not Endpoint.EVENTS and other is not seen and not other.before(seen)
    )
    return any(not other.ok and not any(later.ok for later in run.after(other, other.endpoint)) for other in others)


def _over_before(run: Run, poll: Seen) -> bool:
    ends = (*(drop for drop in run.drops if drop.ok), *(other for other in run.polls if other.terminal))
    return any(end.before(poll) and _of_same_call(run, end, poll) for end in ends)


def _of_same_call(run: Run, first: Seen, second: Seen) -> bool:
    return not any(first.serial < create.serial < second.serial for create in run.creates)
