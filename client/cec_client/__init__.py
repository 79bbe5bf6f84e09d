"""The reference client for CEC's click-to-call API.

`Client` and `AsyncClient` talk to the platform; `cec_client.protocol` is the vocabulary they and others share. Names
are loaded when they are first used, so that importing the vocabulary brings no HTTP library along.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cec_client.account import Media, Sequence, Tokens
    from cec_client.answers import Done, Support, TextMessage
    from cec_client.async_client import AsyncCall, AsyncClient
    from cec_client.client import Call, Client
    from cec_client.errors import (
        AuthenticationFailed,
        BadAnswer,
        CallInProgress,
        CallNotSupported,
        CallRejected,
        CecError,
        ClientClosed,
        GatewayUnreachable,
        GaveUp,
        MediaProblem,
        MediaRefused,
        RequestRefused,
        TimedOut,
        TransportFailed,
    )
    from cec_client.events import (
        CallCreated,
        CallEvent,
        CallFailed,
        Cause,
        Connected,
        Gateway,
        HangUpFailed,
        HungUp,
        LoggedIn,
        LoginFailed,
        NothingYet,
        PollFailed,
        Queued,
        QueueTimeout,
        Released,
        SupportChecked,
        TextConnected,
        TextFailed,
        TokensExpired,
        Transferred,
        UnknownEvent,
    )
    from cec_client.media.events import (
        MediaAddressFailed,
        MediaConnected,
        MediaDialling,
        MediaEnded,
        MediaFailed,
        MediaRinging,
    )
    from cec_client.media.policy import MediaPolicy
    from cec_client.media.statistics import MediaStatistics, StreamStatistics
    from cec_client.outcome import Outcome
    from cec_client.policy import Policy

_HOMES = {
    "account": ("Media", "Sequence", "Tokens"),
    "answers": ("Done", "Support", "TextMessage"),
    "async_client": ("AsyncCall", "AsyncClient"),
    "client": ("Call", "Client"),
    "errors": (
        "AuthenticationFailed",
        "BadAnswer",
        "CallInProgress",
        "CallNotSupported",
        "CallRejected",
        "CecError",
        "ClientClosed",
        "GatewayUnreachable",
        "GaveUp",
        "MediaProblem",
        "MediaRefused",
        "RequestRefused",
        "TimedOut",
        "TransportFailed",
    ),
    "events": (
        "CallCreated",
        "CallEvent",
        "CallFailed",
        "Cause",
        "Connected",
        "Gateway",
        "HangUpFailed",
        "HungUp",
        "LoggedIn",
        "LoginFailed",
        "NothingYet",
        "PollFailed",
        "QueueTimeout",
        "Queued",
        "Released",
        "SupportChecked",
        "TextConnected",
        "TextFailed",
        "TokensExpired",
        "Transferred",
        "UnknownEvent",
    ),
    "media.events": (
        "MediaAddressFailed",
        "MediaConnected",
        "MediaDialling",
        "MediaEnded",
        "MediaFailed",
        "MediaRinging",
    ),
    "media.policy": ("MediaPolicy",),
    "media.statistics": ("MediaStatistics", "StreamStatistics"),
    "outcome": ("Outcome",),
    "policy": ("Policy",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AsyncCall",
    "AsyncClient",
    "AuthenticationFailed",
    "BadAnswer",
    "Call",
    "CallCreated",
    "CallEvent",
    "CallFailed",
    "CallInProgress",
    "CallNotSupported",
    "CallRejected",
    "Cause",
    "CecError",
    "Client",
    "ClientClosed",
    "Connected",
    "Done",
    "Gateway",
    "GatewayUnreachable",
    "GaveUp",
    "HangUpFailed",
    "HungUp",
    "LoggedIn",
    "LoginFailed",
    "Media",
    "MediaAddressFailed",
    "MediaConnected",
    "MediaDialling",
    "MediaEnded",
    "MediaFailed",
    "MediaPolicy",
    "MediaProblem",
    "MediaRefused",
    "MediaRinging",
    "MediaStatistics",
    "NothingYet",
    "Outcome",
    "Policy",
    "PollFailed",
    "QueueTimeout",
    "Queued",
    "Released",
    "RequestRefused",
    "Sequence",
    "StreamStatistics",
    "Support",
    "SupportChecked",
    "TextConnected",
    "TextFailed",
    "TextMessage",
    "TimedOut",
    "Tokens",
    "TokensExpired",
    "Transferred",
    "TransportFailed",
    "UnknownEvent",
]


if not TYPE_CHECKING:  # a type checker would take it for a promise that any name exists

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used (PEP 562)."""
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
