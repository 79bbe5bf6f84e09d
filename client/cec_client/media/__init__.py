"""The media leg: a call by SIP over WebSocket to the gateway that "connected" names (guide §5 step 4), with WebRTC.

`Client.call(connect_media=True)` does it all. By hand it is `AsyncMediaCall` or `MediaCall`. What the vendor does not
document (facts §12) follows RFC 3261 and RFC 7118. Names are loaded when they are first used; those two need the extra
`gateway`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from cec_client.media.libraries import lacking

if TYPE_CHECKING:
    from cec_client.media.addresses import AddressFailure
    from cec_client.media.calling import AsyncMediaCall
    from cec_client.media.policy import MediaPolicy
    from cec_client.media.statistics import MediaStatistics, StreamStatistics
    from cec_client.media.threaded import MediaCall

_HOME_OF = {
    "AddressFailure": "addresses",
    "AsyncMediaCall": "calling",
    "MediaCall": "threaded",
    "MediaPolicy": "policy",
    "MediaStatistics": "statistics",
    "StreamStatistics": "statistics",
}

__all__ = ["AddressFailure", "AsyncMediaCall", "MediaCall", "MediaPolicy", "MediaStatistics", "StreamStatistics"]

if not TYPE_CHECKING:  # a type checker would take it for a promise that any name exists

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used (PEP 562)."""
        if name not in _HOME_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = _HOME_OF[name]
        if home in ("calling", "threaded") and (missing := lacking()):
            raise ImportError(missing)
        value = globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
        return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted({*globals(), *__all__})
