"""A rehearsal: what a client of the simplest kind gets from a scenario, worked out without a socket or a clock.

The client creates a call and polls, each time as soon as the last poll is answered. It goes by the guide: it stops at
an event that ends the call, and when a request and its three retries have all failed (guide §5 step 4); after a 403 it
logs in anew, which takes no time here, and counts the 403 as a failure like any other. It never hangs up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from mock_cec.scenario.answering import PIECES, fails
from mock_cec.script import CallScript, Due, Nothing
from mock_cec.session import scripted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_cec.scenario.plan import Plan, PlannedEvent, Step

RETRIES: Final = 3
"""How often a failed poll is tried again (guide §5 step 4)."""

PATIENCE: Final = 60.0
"""After so many seconds the client gives a request up that is never answered (guide §5 step 4)."""

MOST_POLLS: Final = 100
"""After so many polls a rehearsal stops: the rest would be more of the same."""


@dataclass(frozen=True, slots=True)
class Polled:
    """An answered poll.

    Attributes:
        ordinal: Its number, from 1.
        at: When it was answered, in seconds from create.
        event: The event it brought, if any.
        step: The scripted answer it got instead, if any.
        lost: The event that was lost with that answer, if any.
    """

    ordinal: int
    at: float
    event: PlannedEvent | None = None
    step: Step | None = None
    lost: PlannedEvent | None = None

    @property
    def failed(self) -> bool:
        """Whether the client has to count this poll as a failure."""
        return self.step is not None and fails(self.step.answer)


def rehearse(plan: Plan) -> tuple[Polled, ...]:
    """Poll until the call is over, or the client gives up, or nothing new can come."""
    polls = []
    failures = events = 0
    for poll in _polls(plan):
        polls.append(poll)
        events += poll.event is not None or poll.lost is not None
        failures = failures + 1 if poll.failed else 0
        over = poll.event is not None and poll.event.terminal
        done = events == len(plan.timeline) and poll.ordinal >= _last_scripted(plan) and not poll.failed
        if over or done or failures > RETRIES:
            break
    return tuple(polls)


def _polls(plan: Plan) -> Iterator[Polled]:
    script = CallScript(plan)
    now = 0.0
    script.create(now)
    for ordinal in range(1, MOST_POLLS + 1):
        step = scripted(plan, Endpoint.EVENTS, ordinal)
        now += step.delay if step else 0.0
        if step and step.in_place and step.answer.loses is None:
            now += PATIENCE if step.answer.hang else _dripping(step)
            yield Polled(ordinal, now, step=step)
            continue
        hold = script.poll(now)
        taken = script.collect(hold, now)
        if taken is Nothing.NOT_YET:
            now = script.next_due() or now
            taken = script.collect(hold, now)
        event = taken.event if isinstance(taken, Due) else None
        now += _dripping(step) if step else 0.0
        if step and step.answer.loses:
            yield Polled(ordinal, now, step=step, lost=event)
        else:
            yield Polled(ordinal, now, event)


def _dripping(step: Step) -> float:
    """Give the seconds that a body takes which comes in pieces."""
    return step.drip * ((step.answer.pieces or PIECES) - 1)


def _last_scripted(plan: Plan) -> int:
    """Give the last poll for which the scenario has something special, or the first of a series without end."""
    return max((step.ordinals.last or step.ordinals.first for step in plan.answers.get(Endpoint.EVENTS, ())), default=0)
