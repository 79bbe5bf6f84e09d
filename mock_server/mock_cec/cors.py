"""Cross-origin requests: any page may use the emulated API, as no document says that the real one lets it.

Every answer grants it, errors included, or the page's script would be told "network error" in place of a 403. With
`cors: none` nothing is granted, as a live platform may choose to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol.headers import CCMESSAGING_TOKEN

from mock_cec.replies import HINT_HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

Headers = list[tuple[bytes, bytes]]

EXPOSED: Final = CCMESSAGING_TOKEN.encode("ascii") + b", " + HINT_HEADER
"""The headers of an answer that a page's script may read."""

_VARY: Final = (b"vary", b"Origin")


def grants(request_headers: Mapping[bytes, bytes], setting: str) -> Headers:
    """Give the headers that let a page of another origin read the answer; none for requests of no page."""
    origin = request_headers.get(b"origin")
    if origin is None or setting == "none":
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-expose-headers", EXPOSED),
        _VARY,
    ]


def preflight(request_headers: Mapping[bytes, bytes], setting: str) -> Headers:
    """Give the headers of the answer to OPTIONS: whatever was asked for is granted."""
    granted = grants(request_headers, setting)
    if not granted:
        return granted
    asked = request_headers.get(b"access-control-request-headers")
    # Wrong methods are granted too, or the page could not read the 405 that tells it so.
    granted.append(
        (b"access-control-allow-methods", request_headers.get(b"access-control-request-method") or b"GET, POST")
    )
    if asked is not None:
        granted.append((b"access-control-allow-headers", asked))
    if b"access-control-request-private-network" in request_headers:
        granted.append((b"access-control-allow-private-network", b"true"))
    granted.append((b"access-control-max-age", b"600"))
    return granted
