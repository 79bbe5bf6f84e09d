"""The vocabulary of the protocol, pure data: endpoints, headers, events, codes, bodies and the trace.

Emulator, client and judge all speak it; it imports none of them, and no HTTP library. The trace is loaded when it is
first used: an emulator starts more often than somebody reads its trace.
"""

from typing import TYPE_CHECKING, Any

from cec_client.protocol.endpoints import BY_NAME, BY_PATH, WEB, Endpoint
from cec_client.protocol.events import EVENT_TEXT, NO_EVENT_TEXT, TERMINAL, EventId, event_name

if TYPE_CHECKING:
    from cec_client.protocol.trace import Exchange, Signal, SignalKind, Trace, TraceError

__all__ = [
    "BY_NAME",
    "BY_PATH",
    "EVENT_TEXT",
    "NO_EVENT_TEXT",
    "TERMINAL",
    "WEB",
    "Endpoint",
    "EventId",
    "Exchange",
    "Signal",
    "SignalKind",
    "Trace",
    "TraceError",
    "event_name",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  (whatever the name stands for)
    if name not in {"Exchange", "Signal", "SignalKind", "Trace", "TraceError"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from cec_client.protocol import trace  # noqa: PLC0415

    return getattr(trace, name)
