"""The events of a call: their numbers, their texts, and which of them end it (guide §5 step 4)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class EventId(IntEnum):
    """An event that `getClickToCallEvents` reports; the member's name is the project's short name for it."""

    CONNECTED = 168101
    QUEUED = 168102
    QUEUE_TIMEOUT = 168103
    FAILED = 168105
    TRANSFERRED = 168106
    RELEASED = 168110


EVENT_TEXT: Final = {
    EventId.CONNECTED: "Call connected",
    EventId.QUEUED: "Call in queue",
    EventId.QUEUE_TIMEOUT: "Call queue timeout",
    EventId.FAILED: "Call failed",
    EventId.TRANSFERRED: "Call transfered",  # the guide's spelling
    EventId.RELEASED: "Call disconnected",
}
"""The `resultDesc` of each event, to the letter."""

NO_EVENT_TEXT: Final = "ClickToCall polled without any events"
"""The `resultDesc` of a poll that ended without an event."""

TERMINAL: Final = frozenset({EventId.QUEUE_TIMEOUT, EventId.FAILED, EventId.RELEASED})
"""The events after which there is no call any more, hence nothing to poll for."""


def event_name(event_id: int) -> str:
    """Name an event in words a person reads: `queue_timeout`, or `event 168199` for one nobody documents."""
    try:
        return EventId(event_id).name.lower()
    except ValueError:
        return f"event {event_id}"
