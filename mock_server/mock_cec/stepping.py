"""When stepped time may step by itself, and to when: the decision of the clock `auto`, without a clock.

Time stands still while anybody is at work: a request that is being answered, or a client that has just been answered
and is about to ask again. It steps once everybody who is there waits for nothing but time, and has done so for a
moment. Then it goes to whatever is due first: an event, the end of a hold, the end of a delay. Whether that is due to
this request or to another one makes no difference, so several users, or a poll and a delayed answer, do not keep each
other waiting.

Nothing steps while no request waits: whoever is not there cannot be kept from anything.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

QUIET: Final = 0.05
"""Real seconds without a request that comes or is answered, after which nobody is taken to be at work."""

_A_MOMENT: Final = 0.001
"""The least that it is worth to wait: what is left of `QUIET` may be a rounding error, and no time would ever pass."""


class Situation(Struct, frozen=True):
    """What there is to be known of a tenant.

    Attributes:
        open: How many requests have come and have not been answered.
        waiting: How many of them wait for time to pass: held polls, delayed answers, answers that never come.
        quiet: The real seconds for which no request has come or been answered.
        due: The time at which the next thing is due, in seconds of the tenant's clock; `None` if nothing is.
    """

    open: int
    waiting: int
    quiet: float
    due: float | None


class Advance(Struct, frozen=True):
    """That time steps now, to a time of the tenant's clock in seconds."""

    to: float


class LookAgain(Struct, frozen=True):
    """That it is too early to say; it is to be decided again after so many real seconds."""

    after: float


def decide(situation: Situation) -> Advance | LookAgain | None:
    """Decide whether time steps; `None` if it cannot before a request comes or is answered."""
    if situation.open == 0:
        return None
    if situation.quiet < QUIET:
        return LookAgain(max(QUIET - situation.quiet, _A_MOMENT))
    if situation.waiting < situation.open:
        return LookAgain(QUIET)
    return None if situation.due is None else Advance(situation.due)
