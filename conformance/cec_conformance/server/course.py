"""A call as its user can know it: which events may come next, given those that came (guide §5 step 4; pure).

A user does not see the platform's call but what has been delivered of it, so what is known is a *set* of states in
which the call may be. An event leaves those in which it cannot come; if none is left, the platform has departed from
the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import TERMINAL, EventId

from cec_conformance.event_order import ORDER, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Course = tuple["Mapping[int, int]", ...]
"""For each state the events that may come in it, and the states that follow; a call begins in state 0."""

OVER: Final = -1
"""The state after the event that ends the call."""

_STATES: Final = tuple(stage for stage in Stage if stage is not Stage.OVER)

DOCUMENTED: Final[Course] = tuple(
    {event: OVER if after is Stage.OVER else _STATES.index(after) for event, after in ORDER[stage].items()}
    for stage in _STATES
)
"""Every order of events that the guide allows, by the number of the stage."""


def scripted(events: Iterable[int]) -> Course:
    """Give the course of a call whose events are known one by one."""
    events = tuple(events)
    following = [OVER if event in TERMINAL else number + 1 for number, event in enumerate(events)]
    return (*({event: after} for event, after in zip(events, following, strict=True)), {})


class Call:
    """What is known of a user's calls: there is at most one that lives.

    Args:
        course: In which order events come.

    Attributes:
        states: The states in which the call may be; none before the first create.
        dropped: Whether the user has dropped it.
        again: Whether another create was granted while it lived.
        said_over: Whether the platform refused a drop, as one does of a call that has ended.
        epoch: Changes with each create and drop that was granted.
        created: Seconds at which the answer to the create had come.
    """

    def __init__(self, course: Course) -> None:
        self.states: frozenset[int] = frozenset()
        self.dropped = False
        self.again = False
        self.said_over = False
        self.epoch = 0
        self.created = 0.0
        self._course = course
        self._released_late = False

    @property
    def may_live(self) -> bool:
        """Whether the call may live, as far as its user can know."""
        return not self.dropped and bool(self.states - {OVER})

    def was_created(self, now: float) -> None:
        """A create was granted. While a call lives, either may be the one that is left."""
        self.again = self.may_live
        self._released_late = self.dropped and OVER not in self.states
        self.states = self.states | {0} if self.again else frozenset({0})
        self.dropped = self.said_over = False
        self.epoch += 1
        self.created = now

    def was_dropped(self) -> None:
        """A drop was granted."""
        if self.states:
            self.dropped = True
            self.epoch += 1

    def was_left(self) -> None:
        """The user closed the connection of a poll: an event may have been on its way, and is lost."""
        self.states |= {after for state in self.states if state != OVER for after in self._course[state].values()}

    def takes(self, event: int) -> bool:
        """Take an event that was delivered; `False` if it may not come."""
        after = {self._course[state][event] for state in self.states if state != OVER and event in self._course[state]}
        if self.again and OVER in after:
            after.add(0)  # the earlier call has ended, the later one lives
        if self.dropped:
            after = {OVER} if event in TERMINAL and self.states != {OVER} else set()
        if self._released_late and event == EventId.RELEASED:
            after |= self.states
            self._released_late = False
        self.states = frozenset(after) or self.states
        return bool(after)
