"""The call script: what each poll of a session gets, given what its client did and the time.

The theory. A call has a time axis that starts when create succeeds. Its events lie on that axis, and once an event is
*due* it waits in a queue until a poll takes it. Polls are held; a poll and an event meet at the moment at which the
poll's answer is about to be written, never before:

    axis  --(due)-->  queue  --(collect, at the moment of writing)-->  the newest held poll

So an event leaves the queue only together with bytes on the way to the client. A client that went away while its poll
was held leaves the queue as it was; a client that died after the write has lost the event, as the protocol has no
acknowledgement. Events go out in order, each at most once. Of two held polls the newer gets the event and the older
runs out empty, for whoever polls again has given the first one up.

Somebody may also decide over a held poll from outside: let it end empty, fail it, or give it an event of its own. That
is the poll's *fate*, and goes before everything else; an event that was fated to a client which left waits in the queue
like any other.

What the papers leave open (each with its reason in `docs/assumptions.md`):

    a poll without a call             is held like any other, and ends empty
    a poll after the end              the same, once the last event has been collected
    a second create in a live call    is refused, unless its client is gone: it closed the connection of the poll that
                                      was held last (a page that was loaded anew), or has not polled for a minute;
                                      then the old call gives way without a word
    a drop without a live call        is refused
    a drop of a live call             takes back everything that was not delivered; what follows is the `on_drop` event

The file knows no socket, no clock and no event loop; every method is told the time, in seconds.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from mock_cec.scenario.plan import Plan, PlannedEvent, Step


DESERTED: Final = 60.0
"""Seconds without a poll after which a live call has no client any more: clients poll on at once (guide §5 step 4)."""


class Due(Struct, frozen=True):
    """An event of a call, with the time at which it is or was due, in seconds."""

    at: float
    event: PlannedEvent


class Nothing(Enum):
    """What a poll can get that is no event."""

    EMPTY = "empty"
    """The poll has run out; it is answered without an event."""
    NOT_YET = "not yet"
    """The poll is held on."""


class Hold:
    """A held poll; two of them are never the same one.

    Attributes:
        since: The time at which it came.
        until: The time at which it runs out.
        fate: What it gets instead, once somebody has decided so.
        number: By which it is called, once somebody has asked; 0 before.
    """

    __slots__ = ("fate", "number", "since", "until")

    def __init__(self, since: float, until: float) -> None:
        self.since = since
        self.until = until
        self.fate: Due | Step | Nothing | None = None
        self.number = 0


class CallScript:
    """The calls of one session, one after the other, and the polls that wait for their events.

    Attributes:
        calls: How many calls there have been.
        ending: The event that ended the last call, delivered or not; `None` if it lives, or was dropped.
    """

    __slots__ = (
        "_abandoned",
        "_axis",
        "_coming",
        "_held",
        "_live",
        "_plan",
        "_queue",
        "_unpolled_since",
        "calls",
        "ending",
    )

    def __init__(self, plan: Plan) -> None:
        self.calls = 0
        self.ending: PlannedEvent | None = None
        self._plan = plan
        self._coming = plan
        self._live = False
        self._abandoned = False
        self._unpolled_since = 0.0
        self._axis: deque[Due] = deque()
        self._queue: deque[Due] = deque()
        self._held: list[Hold] = []

    @property
    def held(self) -> tuple[Hold, ...]:
        """The polls that are held, the newest last."""
        return tuple(self._held)

    def live(self, now: float) -> bool:
        """Say whether there is a call that has not ended."""
        self._advance(now)
        return self._live

    def engaged(self, now: float) -> bool:
        """Say whether there is a live call whose client is not gone: a second create is refused."""
        deserted = self._abandoned or (not self._held and now - self._unpolled_since >= DESERTED)
        return self.live(now) and not deserted

    def over(self, now: float) -> bool:
        """Say whether the last call is over for its client too: it was dropped, or its end has been collected."""
        told = all(due.event is self._plan.on_drop for due in (*self._queue, *self._axis))
        return not self.engaged(now) and told

    def create(self, now: float) -> bool:
        """Start a call; `False` if it is refused because one is live."""
        if self.engaged(now):
            return False
        self.calls += 1
        self._plan = self._coming
        self._live = True
        self.ending = None
        self._abandoned = False
        self._unpolled_since = now
        self._queue.clear()
        self._axis = deque(Due(now + event.after, event) for event in self._plan.timeline)
        return True

    def drop(self, now: float) -> bool:
        """End the call by the user's wish; `False` if there is none to end."""
        if not self.live(now):
            return False
        self._live = False
        self._queue.clear()
        self._axis.clear()
        if self._plan.on_drop is None:
            for hold in self._held:
                hold.until = now
        else:
            self._axis.append(Due(now + self._plan.on_drop.after, self._plan.on_drop))
        return True

    def poll(self, now: float) -> Hold:
        """Hold a poll that has just arrived."""
        hold = Hold(now, now + self._plan.hold)
        self._abandoned = False
        self._held.append(hold)
        return hold

    def leave(self, hold: Hold, now: float) -> None:
        """Forget a poll whose client went away before anything was written; no event is lost by it."""
        self._end(hold, now)
        self._abandoned = not self._held
        if isinstance(hold.fate, Due):
            self._queue.appendleft(hold.fate)

    def collect(self, hold: Hold, now: float) -> Due | Step | Nothing:
        """Take what a held poll gets; an event that is taken has to be written at once."""
        self._advance(now)
        if hold.fate is not None:
            self._end(hold, now)
            return hold.fate
        if self._queue and self._held[-1] is hold:
            self._end(hold, now)
            return self._queue.popleft()
        if hold.until <= now:
            self._end(hold, now)
            return Nothing.EMPTY
        return Nothing.NOT_YET

    def decide(self, hold: Hold, fate: Due | Step | Nothing, now: float) -> bool:
        """Decide what a held poll gets, now: an event, a failure, or nothing; `False` if it is not held any more.

        An event that ends the call ends it for good: what lay on the axis does not come any more.
        """
        if hold not in self._held or hold.fate is not None:
            return False
        hold.fate = fate
        hold.until = now
        if isinstance(fate, Due) and fate.event.terminal:
            self._end_call(fate.event)
            self._axis.clear()
        return True

    def inject(self, due: Due) -> None:
        """Put an event on the axis, behind what is due at the same time; one that ends the call is its last one."""
        earlier = [other for other in self._axis if other.at <= due.at]
        later = [] if due.event.terminal else [other for other in self._axis if other.at > due.at]
        self._axis = deque((*earlier, due, *later))

    def waiting(self, now: float) -> tuple[Due, ...]:
        """Name the events that are due and that no poll has taken."""
        self._advance(now)
        return tuple(self._queue)

    def coming(self, now: float) -> tuple[Due, ...]:
        """Name the events that are still to become due."""
        self._advance(now)
        return tuple(self._axis)

    def swap(self, plan: Plan, now: float) -> None:
        """Play another scenario from the next call on; what has not been delivered of this one stays."""
        self._advance(now)
        self._coming = plan
        if not (self._live or self._queue or self._axis):
            self._plan = plan

    def end_polls(self, now: float) -> None:
        """Let every held poll run out now, as a server does that is about to stop."""
        for hold in self._held:
            hold.until = now

    def ready(self, now: float) -> list[Hold]:
        """Name the held polls that have something to collect."""
        self._advance(now)
        ready = [hold for hold in self._held if hold.until <= now]
        if self._queue and self._held and self._held[-1] not in ready:
            ready.append(self._held[-1])
        return ready

    def next_due(self) -> float | None:
        """Give the time at which a held poll will next have something to collect; `None` if no poll is held."""
        if not self._held:
            return None
        times = [hold.until for hold in self._held]
        if self._axis:
            times.append(self._axis[0].at)
        return min(times)

    def ends_at(self, now: float) -> float | None:
        """Give the time at which the call will end by itself, as things are now; `None` if nothing will end it."""
        return next((due.at for due in self.coming(now) if due.event.terminal), None)

    def _end_call(self, event: PlannedEvent) -> None:
        if self._live:
            self._live = False
            self.ending = event

    def _end(self, hold: Hold, now: float) -> None:
        self._held.remove(hold)
        self._unpolled_since = now

    def _advance(self, now: float) -> None:
        while self._axis and self._axis[0].at <= now:
            due = self._axis.popleft()
            self._queue.append(due)
            if due.event.terminal:
                self._end_call(due.event)
