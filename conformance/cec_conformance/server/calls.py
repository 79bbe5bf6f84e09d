"""The calls of a visit, one user's after the other, and what their polls brought.

Times are the visitor's: a request reached the platform after it was sent, and an answer was made before it came. So
the moment of an event, which the platform counts from a create, lies between two times, and no verdict takes the one
for the other: a slow network makes the gap wider, never a platform guilty.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cec_client.protocol import EVENT_TEXT, Endpoint, EventId
from msgspec import Struct

from cec_conformance.rule import broken
from cec_conformance.run import UNAUTHORIZED, Kind
from cec_conformance.server import announced
from cec_conformance.server.reading import meant, user
from cec_conformance.server.visitor import LEFT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

GRACE: Final = 1.0
"""Seconds by which a platform may be later than its own scenario says, or see later that a client has left."""

VARIANTS: Final = {EventId.TRANSFERRED: "Call transferred", EventId.QUEUE_TIMEOUT: "Call queued timeout"}
"""Other texts that the vendor's papers have for an event."""

EVENT_TEXTS: Final = frozenset({*EVENT_TEXT.values(), *VARIANTS.values()})


def tells(poll: Seen) -> int | None:
    """Give the event that a poll brought; `None` for a poll without one, also where its `eventId` says nothing."""
    return poll.event if poll.event is not None and poll.event > 0 else None


def betrays(poll: Seen) -> bool:
    """Say whether a poll without an eventId tells of an event all the same, in words of its own."""
    if tells(poll) is not None or not poll.ok:
        return False
    ids = {*EventId, *map(str, map(int, EventId))}
    said = [value for value in poll.answer.values() if isinstance(value, int | str)]
    return bool(
        str(poll.answer.get("resultDesc")) in EVENT_TEXTS
        or (poll.answer.get("content") and isinstance(poll.answer["content"], dict))
        or any(value in ids for value in said)
    )


def refused_token(seen: Seen) -> bool:
    """Say whether a request was answered as one whose token is dead: 403, or the 401 of the API reference."""
    return seen.kind is Kind.EXPIRED or seen.status == UNAUTHORIZED


def took(seen: Seen) -> float:
    """Give the seconds from sending a request to the first byte of its answer, or to its end."""
    begun = seen.exchange.answer_begun
    return (begun if begun is not None else seen.over or seen.started) - seen.started


class Due(Struct, frozen=True):
    """An event of a call.

    Attributes:
        id: Its number.
        earliest: The earliest second at which it can have been due.
        latest: The latest.
        losable: Whether it may be lost, with a connection that was closed.
    """

    id: int
    earliest: float
    latest: float
    losable: bool = False


class Call:
    """One call of one user.

    Attributes:
        create: The create that made it.
        requests: Everything that its user sent after that, up to the next create that succeeded.
        polls: The good polls of these.
        doubtful: Whether the user may have had another call at the time: then nobody knows whose an event is.
    """

    def __init__(self, run: Run, create: Seen, requests: tuple[Seen, ...], *, doubtful: bool) -> None:
        self.create = create
        self.requests = requests
        self.polls = tuple(seen for seen in requests if seen.endpoint is Endpoint.EVENTS and not meant(seen))
        self.doubtful = doubtful
        self._run = run

    @cached_property
    def end(self) -> Seen | None:
        """The poll that brought the event that ended it."""
        return next((poll for poll in self.polls if poll.terminal), None)

    @cached_property
    def hung_up(self) -> Seen | None:
        """The first drop that may have ended it: every one that was not refused."""
        refused = {Kind.FAIL, Kind.EXPIRED, Kind.HTTP_ERROR}
        drops = (seen for seen in self.requests if seen.endpoint is Endpoint.DROP)
        return next((drop for drop in drops if drop.kind not in refused or drop.server_error), None)

    @cached_property
    def dropped(self) -> Seen | None:
        """The first drop that succeeded."""
        return next((seen for seen in self.requests if seen.endpoint is Endpoint.DROP and seen.ok), None)

    @cached_property
    def logins(self) -> tuple[Seen, ...]:
        """The new tokens that its user was given in mid-call."""
        return tuple(seen for seen in self.requests if seen.endpoint is Endpoint.APPLY_TOKEN and seen.ok)

    def live(self, seen: Seen) -> bool:
        """Say whether the call lived from the moment a request was sent to its answer, as far as anybody told."""
        hung_up, over = self.hung_up, seen.over
        return (
            self.create.before(seen)
            and (self.end is None or not self.end.before(seen))
            and (hung_up is None or (over is not None and over <= hung_up.started))
        )

    @cached_property
    def live_polls(self) -> tuple[Seen, ...]:
        """The polls while it lived, the last of which may have brought its end."""
        return tuple(poll for poll in self.polls if self.live(poll))

    @cached_property
    def told(self) -> tuple[Seen, ...]:
        """The polls that brought an event while it lived."""
        return tuple(poll for poll in self.live_polls if tells(poll) is not None)

    @cached_property
    def overlapping(self) -> tuple[tuple[Seen, Seen], ...]:
        """The pairs of its polls that were under way at the same time."""
        return tuple((one, other) for one, other in pairwise(self.polls) if not one.before(other))

    @cached_property
    def left(self) -> tuple[Seen, ...]:
        """The polls that the visitor left."""
        return tuple(poll for poll in self.polls if LEFT in poll.exchange.script)

    @cached_property
    def orderly(self) -> bool:
        """Whether each event can be told from the others: one poll at a time, and no poll that a fault ended."""
        faults = {Kind.LEFT, Kind.OPEN, Kind.NET_ERROR, Kind.HTTP_ERROR, Kind.FAIL}
        faulty = any(poll.kind in faults and not refused_token(poll) for poll in self.live_polls if not _left(poll))
        consumed = any(tells(seen) is not None for seen in self.requests if meant(seen))
        return not (self.doubtful or self.overlapping or faulty or consumed)

    @cached_property
    def expected(self) -> tuple[Due, ...]:
        """The events that the platform was to send, in order; what a closed connection may have lost is marked."""
        sent, made = self.create.started, self.create.over or self.create.started
        dues = (Due(event.id, sent + event.after, made + event.after) for event in announced.events(self._run))
        return tuple(Due(due.id, due.earliest, due.latest, self._losable(due)) for due in dues)

    def waiting(self, poll: Seen) -> Due | None:
        """Give an event that had surely been waiting when a poll was sent; `None` if there was none."""
        earlier = sum(other.serial < poll.serial for other in self.told)
        rest = self.expected[earlier:]
        return rest[0] if rest and rest[0].latest + GRACE <= poll.started else None

    def _losable(self, due: Due) -> bool:
        return any(
            poll.started <= due.latest and due.earliest <= (poll.over or poll.started) + GRACE for poll in self.left
        )


def calls(run: Run) -> Iterator[Call]:
    """Give every call of every user."""
    for name in dict.fromkeys(map(user, run.calls)):
        mine = [seen for seen in run.calls if user(seen) == name]
        made = [place for place, seen in enumerate(mine) if seen.endpoint is Endpoint.CREATE and seen.ok]
        earlier: Call | None = None
        for place, until in zip(made, [*made[1:], len(mine)], strict=False):
            doubtful = earlier is not None and (earlier.doubtful or not _over(earlier))
            earlier = Call(run, mine[place], tuple(mine[place + 1 : until]), doubtful=doubtful)
            yield earlier


def unaccounted(call: Call) -> Observation | None:
    """Find the first place at which the events of a call were not those that the platform was to send; `None`: none.

    Each has to come once, the oldest first. One that did not come is missed only where a poll that was sent long after
    it was due came back without an event.
    """
    coming = list(call.expected)
    for poll in call.told:
        while coming and coming[0].losable and coming[0].id != poll.event:
            del coming[0]
        if not coming or coming[0].id != poll.event:
            was = f"{coming[0].id}" if coming else ""
            return broken(
                [poll],
                f"{poll.event} came where {was} was next" if was else f"{poll.event} came, and no more was to come",
                f"收到 {poll.event}，而下一个应为 {was}" if was else f"收到 {poll.event}，而此时已没有事件",
            )
        del coming[0]
    missed = next((due for due in coming if not due.losable), None)
    if missed is None:
        return None
    empty = [poll for poll in call.live_polls if not tells(poll) and poll.ok and poll.started >= missed.latest + GRACE]
    if not empty:
        return None
    return broken(empty[:1], f"{missed.id} never came", f"{missed.id} 始终没有收到")


def _left(poll: Seen) -> bool:
    return LEFT in poll.exchange.script


def _over(call: Call) -> bool:
    return call.end is not None or call.dropped is not None
