"""The vocabulary of the protocol, pure data: endpoints, headers, events, codes, bodies and the trace.

Emulator, client and judge all speak it; it imports none of them, and no HTTP library.
"""

from cec_client.protocol.endpoints import BY_NAME, BY_PATH, WEB, Endpoint
from cec_client.protocol.events import EVENT_TEXT, NO_EVENT_TEXT, TERMINAL, EventId, event_name
from cec_client.protocol.trace import Exchange, Trace, TraceError

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
    "Trace",
    "TraceError",
    "event_name",
]
