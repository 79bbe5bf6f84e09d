"""Serving: the one file that owns uvicorn, its ports, its protocol and its way to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import struct
import sys
import threading
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, Self, cast

import httptools
from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from mock_cec.app import app
from mock_cec.control.door import Control
from mock_cec.replies import Problem, error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from ssl import SSLContext
    from types import FrameType

    from starlette.types import ASGIApp
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
    from uvicorn.server import ServerState

    from mock_cec.platform import Platform

BACKLOG: Final = 4096
"""How many connections may wait to be accepted: a test may open thousands at once."""

PATIENCE: Final = 1.0
"""Seconds that a server which stops gives its clients to take the answers that it has written."""

IDLE: Final = 75
"""Seconds that an idle connection is kept; longer than clients keep theirs, so that they are the ones who close."""

_TURNS_OF_ACCEPTING: Final = 5
"""Turns of the loop in which asyncio makes a connection of an accepted socket; it needs three."""

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


class Crowd(set[Any]):
    """A set that tells when the last of its members has left."""

    def __init__(self) -> None:
        super().__init__()
        self._empty: asyncio.Future[None] | None = None

    def discard(self, member: object) -> None:
        """Let a member leave."""
        super().discard(member)
        if not self and self._empty is not None and not self._empty.done():
            self._empty.set_result(None)

    def remove(self, member: object) -> None:
        """Let a member leave, as uvicorn's WebSockets do."""
        self.discard(member)

    async def empty(self) -> None:
        """Wait until nobody is left."""
        if self:
            self._empty = asyncio.get_running_loop().create_future()
            await self._empty


class CecServer(Server):
    """uvicorn's server, with a way of its own to stop.

    uvicorn looks ten times a second whether it shall stop, whether its connections have closed and whether its answers
    have been written, and would sit out the polls that are held. Here all of that is waited for, so that a server
    without clients stops within a millisecond; held polls are answered first. Signals are no more than a wish to stop.
    """

    def __init__(
        self,
        platform: Platform,
        on_ready: Callable[[], None],
        control: Control | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self.control = control or Control(platform)
        self.control.ports = self
        self._tls = tls
        super().__init__(_config(app(platform, self.control), tls))
        self.loop: asyncio.AbstractEventLoop | None = None
        self._platform = platform
        self._on_ready = on_ready
        self._wish = asyncio.Event()
        self._connections = self.server_state.connections = Crowd()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._on_ready()

    async def main_loop(self) -> None:
        """Serve until somebody wants it to stop; the `Date` header is renewed every second."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._wish.wait()

    def stop(self) -> None:
        """Wish it to stop, from any thread or signal handler, as often as one likes."""
        self.should_exit = True
        if self.loop is not None:
            with suppress(RuntimeError):  # the loop is closed already
                self.loop.call_soon_threadsafe(self._wish.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal for the wish to stop."""
        super().handle_exit(sig, frame)
        self.stop()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nobody any more, answer everybody who waits, and part from them all."""
        await self._close_doors(sockets or [])
        for port in tuple(self.control.own_ports.values()):
            await port.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._part()
        await self._cut_off()
        for server in self.servers:
            await server.wait_closed()

    async def _close_doors(self, listeners: list[socket.socket]) -> None:
        """Stop to accept, and let those in who have been accepted: asyncio loses them if its server closes first."""
        for listener in listeners:
            with suppress(NotImplementedError):  # on Windows, where nobody gets lost
                asyncio.get_running_loop().remove_reader(listener)
        for _ in range(_TURNS_OF_ACCEPTING):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for listener in listeners:
            listener.close()

    async def _part(self) -> None:
        """Answer everybody and close; who was only about to wait meets the same the next time round."""
        for connection in list(self._connections):
            connection.shutdown()
        while self.server_state.tasks:
            self._platform.close()
            await asyncio.wait(self.server_state.tasks, timeout=0.01)
        await self._connections.empty()

    async def _cut_off(self) -> None:
        """Part from those who do not take their answers."""
        for connection in list(self._connections):
            connection.transport.abort()
        await self._connections.empty()
        for task in self.server_state.tasks:
            task.cancel()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=PATIENCE)

    async def open_port(self, platform: Platform, number: int) -> OwnPort:
        """Open a port for another platform, on the same host; 0 takes a free one.

        Raises:
            PortTaken: It cannot be done.
        """
        host = self.servers[0].sockets[0].getsockname()[0]
        listener = listen(host, number)
        config = _config(app(platform), self._tls)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Protocol(config=config, server_state=self.server_state, app_state={}),
            sock=listener,
            ssl=self._tls,
            backlog=BACKLOG,
        )
        return OwnPort(listener, server, self.server_state, config)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen to SIGINT and SIGTERM, and do not pass them on afterwards."""
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
        self.base_url = base_url(listener, config.ssl)
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


def _config(application: ASGIApp, tls: SSLContext | None) -> Config:
    config = Config(
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
    config.load()
    config.ssl = tls
    return config


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


def base_url(listener: socket.socket, tls: SSLContext | None = None) -> str:
    """Give the URL under which this machine reaches a listener."""
    scheme = "http" if tls is None else "https"
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def run(
    platform: Platform,
    listener: socket.socket,
    on_ready: Callable[[], None],
    control: Control,
    tls: SSLContext | None = None,
) -> None:
    """Serve a platform until SIGINT or SIGTERM."""
    gc.freeze()  # what there is now stays
    CecServer(platform, on_ready, control, tls).run(sockets=[listener])


class BackgroundServer:
    """A server in a thread of its own, as a context manager.

    Attributes:
        base_url: Where it is.
    """

    def __init__(
        self, platform: Platform, host: str = "127.0.0.1", port: int = 0, tls: SSLContext | None = None
    ) -> None:
        self._listener = listen(host, port)
        self.base_url = base_url(self._listener, tls)
        self._ready: Future[None] = Future()
        self._server = CecServer(platform, lambda: self._ready.set_result(None), tls=tls)
        self._thread = threading.Thread(target=self._run, name="mock-cec", daemon=True)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Its event loop, in which everything that belongs to its tenants is to be touched; it has to have started."""
        assert self._server.loop is not None  # noqa: S101
        return self._server.loop

    def __enter__(self) -> Self:
        """Start it; it answers when this returns."""
        self._thread.start()
        self._ready.result()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def stop(self) -> None:
        """Stop it, and wait until it has stopped; once is as good as twice."""
        self._server.stop()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._server.run([self._listener])
        except BaseException as failure:
            if self._ready.done():
                raise
            self._ready.set_exception(failure)


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
