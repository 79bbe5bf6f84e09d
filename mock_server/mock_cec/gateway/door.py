"""The gateway's door: an ASGI application for WebSockets, which lets in whoever speaks SIP (RFC 7118).

All that a gateway needs beside the emulator is loaded when the first WebSocket comes, and then in a thread, so that the
emulator starts in a blink and nobody's poll is late for it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from mock_cec.replies import HINT_HEADER, Problem, error
from mock_cec.scenario.words import shown

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mock_cec.gateway.media.leg import Carrier
    from mock_cec.gateway.parts import Parts
    from mock_cec.platform import Platform

log: Final = logging.getLogger("mock_cec")

PATHS: Final = frozenset({"/sip", "/"})
"""Where WebSockets are taken."""

MOST_SOCKETS: Final = 1000
"""How many WebSockets may be open at once."""

_SUBPROTOCOL: Final = "sip"


class Gateway:
    """The gateway of a server: all its WebSockets, whichever port they come to, and one carrier for their media.

    Args:
        parts: Where lines and the carrier come from; `None` for the real ones.
    """

    def __init__(self, parts: Parts | None = None) -> None:
        self._parts = parts
        self._carrier: Carrier | None = None
        self._loading = asyncio.Lock()
        self._open = 0

    async def serve(self, platform: Platform, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one WebSocket.

        Args:
            platform: Whose calls may be dialled here.
            scope: The WebSocket, by ASGI.
            receive: Gives its messages.
            send: Takes messages to it.
        """
        await receive()  # websocket.connect
        problem = _objection(scope)
        if problem is not None:
            await _refuse(scope, send, 403, problem)
            return
        if self._open >= MOST_SOCKETS:
            found = Problem("WebSocket", f"one more than {MOST_SOCKETS}", "some of them to be closed first")
            await _refuse(scope, send, 503, found)
            return
        self._open += 1
        try:
            parts, carrier = await self._ready()
            from mock_cec.gateway.socket import Socket  # noqa: PLC0415  (few emulators ever see a media call)

            await send({"type": "websocket.accept", "subprotocol": _SUBPROTOCOL})
            await Socket(platform, parts, carrier, scope, send).serve(receive)
        finally:
            self._open -= 1

    async def close(self) -> None:
        """End the media of all calls, as the server does when it has parted from everybody."""
        if self._carrier is not None:
            await self._carrier.close()
            self._carrier = None

    async def _ready(self) -> tuple[Parts, Carrier]:
        async with self._loading:
            if self._parts is None:
                self._parts = await asyncio.to_thread(_load)
            if self._carrier is None:
                self._carrier = self._parts.carrier()
                if self._parts.trouble:
                    log.error("gateway: %s", self._parts.trouble)
            return self._parts, self._carrier


def _load() -> Parts:
    from mock_cec.gateway.loading import RealParts  # noqa: PLC0415  (takes a while, so it is done in a thread)

    return RealParts()


def _objection(scope: Scope) -> Problem | None:
    """Say what is wrong with a WebSocket; `None` if it is welcome, whatever its Origin."""
    if scope["path"] not in PATHS:
        return Problem("path", f"a WebSocket to {shown(scope['path'])}", "/sip or /, as in gwAddresses")
    given = scope.get("subprotocols") or []
    asked = [name.strip() for names in given for name in names.split(",")]  # older servers leave that to us
    if _SUBPROTOCOL not in asked:
        got = f"Sec-WebSocket-Protocol {shown(', '.join(asked))}" if asked else "no Sec-WebSocket-Protocol"
        return Problem("WebSocket", got, "the sub-protocol sip (RFC 7118 §4)")
    return None


async def _refuse(scope: Scope, send: Send, status: int, problem: Problem) -> None:
    """Refuse a WebSocket with an HTTP answer that says why, and say so in the log."""
    log.warning("gateway: WebSocket refused with %s [%s]", status, problem)
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close"})
        return
    reply = error(status, problem)
    headers = [(b"content-type", b"application/json"), (HINT_HEADER, problem.hint())]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": reply.body})
