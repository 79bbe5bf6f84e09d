"""The WebSocket protocol: uvicorn's, with a way of its own to stop; loaded when the first WebSocket comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from mock_cec.gateway.socket import STOPPING

if TYPE_CHECKING:
    from websockets.http11 import Request

_LINGER: Final = 0.5
"""Seconds that a client has to answer the end of its WebSocket."""


class WebSocket(WebSocketsSansIOProtocol):
    """A WebSocket whose application is told that the server stops, so that it can say goodbye."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (as in uvicorn)
        super().__init__(*args, **kwargs)
        self.close_timeout = _LINGER

    def handle_connect(self, event: Request) -> None:
        """Begin; the application gets the connection, for it may have to be cut."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["mock_cec.connection"] = self.transport  # type: ignore[typeddict-unknown-key]

    def shutdown(self) -> None:
        """Tell the application, which closes when it has said goodbye."""
        if self.handshake_complete and not self.close_sent and not self.transport.is_closing():
            self.queue.put_nowait({"type": STOPPING})  # type: ignore[arg-type, misc]
        else:
            super().shutdown()
