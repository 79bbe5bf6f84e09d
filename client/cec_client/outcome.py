"""How a call ended, in one word."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How a call ended; the values are those of the driver contract's outcome line."""

    RELEASED = "released"
    """Event 168110 came."""

    QUEUE_TIMEOUT = "queue_timeout"
    """Event 168103 came."""

    CALL_FAILED = "call_failed"
    """Event 168105 came."""

    UNSUPPORTED = "unsupported"
    """The tenant or the channel does not support click-to-call."""

    REJECTED = "rejected"
    """The platform refused to create the call."""

    HUNG_UP = "hung_up"
    """The user hung up and the platform agreed, or the user hung up before there was a call."""

    GAVE_UP = "gave_up"
    """The long poll kept failing after its retries."""

    ERROR = "error"
    """Anything else ended it."""

    SKIP = "skip"
    """This client cannot do what was asked; only the driver contract says so."""
