"""The protocol: HTTP as uvicorn speaks it, with what an emulator has to do otherwise."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from typing import TYPE_CHECKING, Any, Final, cast

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mock_cec.gateway.installed import installed
from mock_cec.replies import Problem, error

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

_OFFER: Final = {b"connection", b"upgrade", b"http2-settings"}
"""The headers of which the offer of another protocol is made (RFC 7540 §3.2)."""


class Connection(asyncio.Transport):
    """A connection whose loss can be waited for, and on which head and body of an answer leave together.

    Attributes:
        on_loss: What to call then.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._head = b""
        self.on_loss: Callable[[], None] | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write; a head waits for the next write, or for `flush`: one system call and one packet in place of two."""
        if self._head:
            self._transport.write(self._head + data)
            self._head = b""
        elif data[:9] == b"HTTP/1.1 " and data[:13] != b"HTTP/1.1 100 ":
            self._head = bytes(data)
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Let a head go that has no body."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Close, when everything has been written."""
        self.flush()
        self._transport.close()

    def end(self, *, reset: bool) -> None:
        """End it from this side, for a fault: in order, or with a reset as soon as everything has been written."""
        if not reset:
            self.close()
            return
        self.flush()
        linger = struct.pack("HH" if sys.platform == "win32" else "ii", 1, 0)
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._transport.abort()

    def abort(self) -> None:
        """Close at once, whatever has not been written."""
        self._transport.abort()

    def is_closing(self) -> bool:
        """Say whether it is closed or being closed."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: object = None) -> Any:  # noqa: ANN401  (as in asyncio)
        """Ask the transport."""
        return self._transport.get_extra_info(name, default)

    def bare(self) -> asyncio.Transport:
        """Give the transport itself, for a protocol that is not HTTP."""
        self.flush()
        return self._transport

    def pause_reading(self) -> None:
        """Read no more for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Hand the connection to another protocol."""
        self._transport.set_protocol(protocol)


class Protocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with five differences.

    A request that offers an upgrade nobody here speaks, such as the `Upgrade: h2c` of Java's HTTP client, is served
    as if it had not: httptools takes its body for the first bytes of the other protocol, so the request is parsed
    once more without the offer. What is not HTTP is answered in the shape of all other errors. Head and body of an
    answer leave together. The scope has the connection, for those who wait: to be told of its loss is
    cheaper than a second task that awaits `receive`. And a server that stops does not wait for the rest of a request.
    """

    _declined = False
    _offer: tuple[tuple[bytes, bytes], ...] = ()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin a connection."""
        super().connection_made(Connection(transport))

    def connection_lost(self, exc: Exception | None) -> None:
        """End a connection."""
        on_loss = cast("Connection", self.transport).on_loss
        super().connection_lost(exc)
        if on_loss is not None:
            on_loss()

    def shutdown(self) -> None:
        """Close the connection, after the answer if there is a whole request to be answered."""
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and cycle.more_body:
            self.transport.close()
        else:
            super().shutdown()

    def on_response_complete(self) -> None:
        """End an answer."""
        cast("Connection", self.transport).flush()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        """Feed the parser."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self.parser.get_method() == b"CONNECT":
                self._refuse("CONNECT, as to a proxy")
            elif self._declined:
                self._parse_without_upgrade(data[upgrade.args[0] :])
            else:
                self.handle_websocket_upgrade()
        except httptools.HttpParserError as failure:
            self._refuse(str(failure))

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over to a WebSocket, without what holds back the heads of answers."""
        connection = cast("Connection", self.transport)
        self.transport = connection.bare()
        super().handle_websocket_upgrade()

    def _should_upgrade_to_ws(self) -> bool:
        """Say whether WebSockets can be served; what they need is loaded when the first one comes."""
        if not installed():
            return False
        if self.config.ws_protocol_class is None:
            from mock_cec.serving.websocket import WebSocket  # noqa: PLC0415  (few emulators ever see one)

            self.config.ws_protocol_class = WebSocket
        self.ws_protocol_class = self.config.ws_protocol_class
        return True

    def on_message_begin(self) -> None:
        """Start a scope."""
        super().on_message_begin()
        self._declined = False
        self.scope["mock_cec.connection"] = self.transport  # type: ignore[typeddict-unknown-key]

    def on_headers_complete(self) -> None:
        """Start the request, unless it has to be parsed once more; then it gets its headers back, for the trace."""
        self.headers += self._offer
        self._offer = ()
        self._declined = self.parser.should_upgrade() and not self._should_upgrade()
        if self._declined:
            self.scope["method"] = self.parser.get_method().decode("ascii")
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if not self._declined:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request."""
        if not self._declined:
            super().on_message_complete()

    def _parse_without_upgrade(self, rest: bytes) -> None:
        self._offer = tuple(header for header in self.headers if header[0] in _OFFER)
        kept = [header for header in self.headers if header[0] not in _OFFER]
        if any(name == b"connection" and b"close" in value.lower() for name, value in self._offer):
            kept.append((b"connection", b"close"))
        lines = [b"%b: %b\r\n" % header for header in kept]
        head = b"%b %b HTTP/1.1\r\n" % (self.scope["method"].encode("ascii"), self.url)
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"".join([head, *lines, b"\r\n", rest]))

    def _refuse(self, failure: str) -> None:
        reply = error(400, Problem("request", f"bytes that are not HTTP ({failure})", "an HTTP/1.1 request"))
        self.transport.write(
            b"%bcontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
            % (STATUS_LINE[400], len(reply.body), reply.body)
        )
        self.transport.close()
