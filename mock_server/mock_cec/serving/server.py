"""The server: uvicorn's, with a way of its own to start and to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import Endpoint
from uvicorn import Config, Server

from mock_cec.addresses import OtherPort
from mock_cec.app import app
from mock_cec.control.door import Control
from mock_cec.gateway.door import Gateway
from mock_cec.serving.listening import BACKLOG, Listeners, base_url, listen
from mock_cec.serving.protocol import Protocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from ssl import SSLContext
    from types import FrameType

    from starlette.types import ASGIApp
    from uvicorn.server import ServerState

    from mock_cec.platform import Platform

PATIENCE: Final = 1.0
"""Seconds that a server which stops gives its clients to take the answers that it has written."""

LARGEST_FRAME: Final = 128 << 10
"""The most bytes of a message on a WebSocket; an offer of audio and video has a tenth of it."""

IDLE: Final = 75
"""Seconds that an idle connection is kept; longer than clients keep theirs, so that they are the ones who close."""

_TURNS_OF_ACCEPTING: Final = 5
"""Turns of the loop in which asyncio makes a connection of an accepted socket; it needs three."""


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

    Attributes:
        addresses: Where it is.
    """

    def __init__(
        self,
        platform: Platform,
        listeners: Listeners,
        on_ready: Callable[[], None],
        control: Control | None = None,
        tls: SSLContext | None = None,
    ) -> None:
        self.control = control or Control(platform)
        self.control.ports = self
        self._tls = tls
        self._listeners = listeners
        self.addresses = listeners.addresses(tls)
        token_port = self.addresses.token_port
        elsewhere = {} if token_port is None else {Endpoint.TOKEN: token_port}
        self._gateway = Gateway()
        super().__init__(_config(app(platform, self.control, elsewhere, self._gateway), tls))
        self.loop: asyncio.AbstractEventLoop | None = None
        self._platform = platform
        self._on_ready = on_ready
        self._wish = asyncio.Event()
        self._connections = self.server_state.connections = Crowd()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)
        if self._listeners.token is not None:
            self.servers.append(await self._serve_tokens(self._listeners.token))
        self._on_ready()

    async def _serve_tokens(self, listener: socket.socket) -> asyncio.Server:
        """Serve `tokenByAkSk` on its own port, and there nothing else."""
        main = OtherPort(base_url(listener, self._tls), self.addresses.base_url)
        rest = dict.fromkeys(set(Endpoint) - {Endpoint.TOKEN}, main)
        return await self._accept(listener, _config(app(self._platform, elsewhere=rest), self._tls))

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
        await self._close_doors([*(sockets or []), *filter(None, [self._listeners.token])])
        for port in tuple(self.control.own_ports.values()):
            await port.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._part()
        await self._cut_off()
        await self._gateway.close()
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
        config = _config(app(platform, gateway=self._gateway), self._tls)
        return OwnPort(listener, await self._accept(listener, config), self.server_state, config)

    async def _accept(self, listener: socket.socket, config: Config) -> asyncio.Server:
        return await asyncio.get_running_loop().create_server(
            lambda: Protocol(config=config, server_state=self.server_state, app_state={}),
            sock=listener,
            ssl=self._tls,
            backlog=BACKLOG,
        )

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
        ws="none",  # until one comes: see `Protocol`
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
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


def run(
    platform: Platform,
    listeners: Listeners,
    on_ready: Callable[[], None],
    control: Control,
    tls: SSLContext | None = None,
) -> None:
    """Serve a platform until SIGINT or SIGTERM."""
    gc.freeze()  # what there is now stays
    CecServer(platform, listeners, on_ready, control, tls).run(sockets=[listeners.main])
