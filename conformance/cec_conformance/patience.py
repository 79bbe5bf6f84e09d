"""How long to wait for a client that does not end: a decision made of what has happened so far (pure).

A client has 30 seconds after its call is over (driver contract); one that goes on for ever is stopped when it has shown
enough, so that a report gets written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mock_cec.recording import Recorder

GRACE: Final = 30.0
"""Seconds in which a client has to end, once its call is over (driver contract)."""

MARGIN: Final = 5.0
"""Seconds more before it is killed, so that no verdict hangs on a moment."""

LONGEST: Final = 300.0
"""Seconds after which a run is stopped, whatever happens."""

MOST_REQUESTS: Final = 400
"""Requests after which a run is stopped: whoever makes so many goes round in circles."""


def enough(recorder: Recorder, now: float, began: float = 0.0) -> bool:
    """Say whether a client that still runs has been waited for long enough.

    Args:
        recorder: What it has done so far.
        now: The time, on the clock of the recorder, in seconds.
        began: When it was started.
    """
    if now - began >= LONGEST or recorder.serial > MOST_REQUESTS:
        return True
    last = began
    for record in recorder.records:
        if not record.complete:
            return False
        last = max(last, record.request_complete, record.answer_ended or 0.0, record.connection_gone or 0.0)
    return now - last >= GRACE + MARGIN
