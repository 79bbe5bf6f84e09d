"""Serving: the one file that owns uvicorn, its ports, its protocol and its way to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Self, cast

import httptools
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mock_cec.app import app
from mock_cec.control.door import Control
from mock_cec.replies import Problem, error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp
    from uvicorn.server import ServerState

    from mock_cec.platform import Platform

BACKLOG: Final = 4096
"""How many connections may wait to be accepted: a test may open thousands at once."""

IDLE: Final = 75
"""Seconds that an idle connection is kept; longer than clients keep theirs, so that they are the ones who close."""

_OFFER: Final = {b"connection", b"upgrade", b"http2-settings"}
"""The headers of which the offer of another protocol is made (RFC 7540 §3.2)."""


class PortTaken(OSError):  # noqa: N818  (its name says what is wrong)
    """Raised when the emulator cannot listen where it was told to."""


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

    def is_closing(self) -> bool:
        """Say whether it is closed or being closed."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: object = None) -> Any:  # noqa: ANN401  (as in asyncio)
        """Ask the transport."""
        return self._transport.get_extra_info(name, default)

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
    """uvicorn's HTTP protocol, with four differences.

    A request that offers an upgrade nobody here speaks, such as the `Upgrade: h2c` of Java's HTTP client, is served
    as if it had not: httptools takes its body for the first bytes of the other protocol, so the request is parsed
    once more without the offer. What is not HTTP is answered in the shape of all other errors. Head and body of an
    answer leave together. And the scope has the connection, for those who wait: to be told of its loss is
    cheaper than a second task that awaits `receive`.
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


class CecServer(Server):
    """uvicorn's server, with held polls that end before it waits for them, and without its way with signals."""

    def __init__(self, platform: Platform, on_ready: Callable[[], None], control: Control | None = None) -> None:
        self.control = control or Control(platform)
        self.control.ports = self
        super().__init__(_config(app(platform, self.control)))
        self._platform = platform
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer everybody who waits, then stop."""
        self._platform.close()
        for port in tuple(self.control.own_ports.values()):
            await port.close()
        await super().shutdown(sockets)

    async def open_port(self, platform: Platform, number: int) -> OwnPort:
        """Open a port for another platform, on the same host; 0 takes a free one.

        Raises:
            PortTaken: It cannot be done.
        """
        host = self.servers[0].sockets[0].getsockname()[0]
        listener = listen(host, number)
        config = _config(app(platform))
        config.load()
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Protocol(config=config, server_state=self.server_state, app_state={}),
            sock=listener,
            backlog=BACKLOG,
        )
        return OwnPort(listener, server, self.server_state, config)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM for the wish to stop, and for no more than that."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class OwnPort:
    """A port that a server opened beside its first one.

    Attributes:
        number: Its number.
        base_url: Where it is.
    """

    def __init__(self, listener: socket.socket, server: asyncio.Server, state: ServerState, config: Config) -> None:
        self.number: int = listener.getsockname()[1]
        self.base_url = base_url(listener)
        self._server = server
        self._state = state
        self._config = config

    async def close(self) -> None:
        """Stop to listen; connections are closed, at once or when they are answered."""
        self._server.close()
        for connection in tuple(self._state.connections):
            if connection.config is self._config:
                connection.shutdown()
        await asyncio.sleep(0)


def _config(application: ASGIApp) -> Config:
    return Config(
        application,
        http=Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE,
        backlog=BACKLOG,
    )


def listen(host: str, port: int) -> socket.socket:
    """Listen on a host and port; port 0 takes a free one.

    Raises:
        PortTaken: It cannot be done; the text says why and what to try.
    """
    _raise_file_limit()
    try:
        name = host.encode("ascii") if host.isascii() else host  # bytes spare the start the codec of foreign names
        family, _, _, _, address = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0]
        # Said to be TCP in so many words, or asyncio leaves Nagle's algorithm on and every answer is 40 ms late.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as failure:
        raise _taken(host, port, failure) from failure
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as failure:
        listener.close()
        raise _taken(host, port, failure) from failure
    return listener


def _taken(host: str, port: int, failure: OSError) -> PortTaken:
    reason = failure.strerror or str(failure)
    return PortTaken(f"cannot listen on {host}:{port}: {reason}; try another --port, or --port 0 for a free one")


def base_url(listener: socket.socket) -> str:
    """Give the URL under which this machine reaches a listener."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(platform: Platform, listener: socket.socket, on_ready: Callable[[], None], control: Control) -> None:
    """Serve a platform until SIGINT or SIGTERM."""
    gc.freeze()  # what there is now stays
    CecServer(platform, on_ready, control).run(sockets=[listener])


class BackgroundServer:
    """A server in a thread of its own, as a context manager.

    Attributes:
        base_url: Where it is.
    """

    def __init__(self, platform: Platform, host: str = "127.0.0.1", port: int = 0) -> None:
        self._listener = listen(host, port)
        self.base_url = base_url(self._listener)
        self._ready = threading.Event()
        self._server = CecServer(platform, self._ready.set)
        self._thread = threading.Thread(target=self._server.run, args=([self._listener],), name="mock-cec")

    def __enter__(self) -> Self:
        """Start it; it answers when this returns."""
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def stop(self) -> None:
        """Stop it, and wait until it has stopped; once is as good as twice."""
        self._server.should_exit = True
        self._thread.join()


def _raise_file_limit() -> None:
    """Let as many connections be open as the system allows; Windows has no such limit."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  (not on Windows)

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):  # macOS names a hard limit that it does not grant
        return
