"""The legal order of a call's events, as a table (guide §5 step 4).

The theory. The guide lists the events and what each means; their order follows from the meaning:

             ┌─168102─┐                 ┌──────────168106──────────┐
             ▼        │                 ▼                          │
           WAITING ───┴─168101──▶ TALKING ──168106──▶ MOVING ──168101──▶ TALKING_AGAIN
                                                      ▲    │
                                                      └────┴─168102, 168106

Whoever waits hears that the call is in the queue, any number of times, also never. A call that is connected can be
transferred; what follows a transfer is not said, so anything that can happen to a call that waits or talks may. One of
168110, 168105 ends the call from everywhere. 168103 ends it where a queue can be: not while it is connected for the
first time, for there was none since. Events that the guide does not name change nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from cec_client.protocol import EventId

from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping


class Stage(Enum):
    """Where a call is, as far as its events tell; in words."""

    WAITING = Words("before the first 168101", "首个 168101 之前")
    TALKING = Words("after the first 168101", "首个 168101 之后")
    MOVING = Words("after a 168106", "168106 之后")
    TALKING_AGAIN = Words("after a 168101 that followed a 168106", "168106 之后的 168101 之后")
    OVER = Words("after the event that ended the call", "通话结束事件之后")


_ENDS: Final = {EventId.RELEASED: Stage.OVER, EventId.FAILED: Stage.OVER}
_TIMES_OUT: Final = {EventId.QUEUE_TIMEOUT: Stage.OVER}

ORDER: Final[Mapping[Stage, Mapping[EventId, Stage]]] = {
    Stage.WAITING: {EventId.QUEUED: Stage.WAITING, EventId.CONNECTED: Stage.TALKING, **_TIMES_OUT, **_ENDS},
    Stage.TALKING: {EventId.TRANSFERRED: Stage.MOVING, **_ENDS},
    Stage.MOVING: {
        EventId.QUEUED: Stage.MOVING,
        EventId.TRANSFERRED: Stage.MOVING,
        EventId.CONNECTED: Stage.TALKING_AGAIN,
        **_TIMES_OUT,
        **_ENDS,
    },
    Stage.TALKING_AGAIN: {EventId.TRANSFERRED: Stage.MOVING, **_TIMES_OUT, **_ENDS},
    Stage.OVER: {},
}
"""What may come at each stage, and which stage follows."""


def following(stage: Stage, event: int) -> Stage | None:
    """Give the stage after an event; `None` if the event cannot come at this stage."""
    return ORDER[stage].get(EventId(event)) if event in set(EventId) else stage
