"""The states of a call, and the tables that say what leads from one to the next.

The theory, after guide §4.2 and §5:

    SETTING_UP ──create ok──▶ LIVE ──drop ok──▶ LEAVING
        │                      │                   │
        └───────────────────▶ OVER ◀───────────────┘

SETTING_UP does the steps of `STEPS` one after the other; each must succeed before the next starts, and none is
repeated, for a repeated create could make two calls.

LIVE keeps exactly one poll going, or the pause before it. An event of `ENDS` ends the call; anything else that a poll
brings, an unknown event or no event at all, calls for the next poll. A poll that fails is repeated `poll_retries` times
in an unbroken streak; any success starts the count afresh.

The user may hang up at any time. Before create was sent there is nothing to drop. While create is under way its answer
is awaited, then dropped. Later the drop goes out at once, beside the poll, which goes on until the drop has succeeded.

LEAVING starts no poll any more; the one under way has `farewell` seconds to bring the last event.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from cec_client.account import Sequence
from cec_client.answers import HttpFailed, Refused
from cec_client.events import CallEvent, CallFailed, NothingYet, QueueTimeout, Released, UnknownEvent
from cec_client.outcome import Outcome
from cec_client.protocol import Endpoint

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phase(Enum):
    """Where a call is."""

    SETTING_UP = auto()
    LIVE = auto()
    LEAVING = auto()
    OVER = auto()


STEPS: Final[Mapping[Sequence, tuple[Endpoint, ...]]] = {
    Sequence.CALL: (Endpoint.CHECK, Endpoint.CREATE),
    Sequence.TEXT_THEN_CALL: (Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE),
    Sequence.CALL_THEN_TEXT: (Endpoint.CHECK, Endpoint.CREATE),  # SEND follows the first "connected"
}
"""What comes before the first poll (guide §4.2)."""

ENDS: Final[Mapping[type[CallEvent], Outcome]] = {
    Released: Outcome.RELEASED,
    QueueTimeout: Outcome.QUEUE_TIMEOUT,
    CallFailed: Outcome.CALL_FAILED,
}
"""The events after which no poll follows, and how the call ended with them (guide §5 step 4)."""

PAUSES: Final = (NothingYet, UnknownEvent)
"""What a poll may bring without having waited for it: two polls around it keep a distance."""

REJECTS: Final = (Refused, HttpFailed)
"""The failures of create that say there is no call; the others leave it open."""
