"""Servers to be judged, over real sockets: the emulator, its faulty twins, and whatever else may stand there."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import uvicorn
from cec_conformance.cases.writing import scenario
from cec_conformance.server.twins.original import Original
from mock_cec.clock import RealClock
from mock_cec.platform import Platform
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Credentials, Tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from ssl import SSLContext

    from starlette.types import ASGIApp

CREDENTIALS = Credentials("socket-key", "socket-secret-that-nobody-may-see", "socket-channel")
LOGIN = ("--app-key", CREDENTIALS.app_key, "--channel-id", CREDENTIALS.channel_id)
ENVIRONMENT = {"CEC_APP_SECRET": CREDENTIALS.app_secret, "NO_PROXY": "127.0.0.1"}


def platform() -> Platform:
    """Make a platform of one tenant, whose polls are not held for long."""
    quick = scenario("Answered", events=["100ms queued", "200ms connected"], hold="1200ms")
    return Platform(Tenant(plan(quick), RealClock(), CREDENTIALS))


@contextmanager
def served(app: ASGIApp, **options: Any) -> Iterator[str]:
    """Serve an application, and give its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_level="critical", timeout_graceful_shutdown=1, **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@contextmanager
def twin(server: type[Original] = Original) -> Iterator[str]:
    """Serve the emulator or a faulty twin of it."""
    with served(server(platform())) as url:
        yield url


@contextmanager
def talking(answer: Callable[[socket.socket], None], tls: SSLContext | None = None) -> Iterator[str]:
    """Have a socket do with every connection what the test says, once the head of a request has come."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_ones: list[socket.socket] = []

    def meet(connection: socket.socket) -> None:
        with suppress(OSError):
            wrapped = tls.wrap_socket(connection, server_side=True) if tls else connection
            open_ones.append(wrapped)
            wrapped.recv(65536)
            answer(wrapped)

    def work() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                open_ones.append(connection)
                threading.Thread(target=meet, args=(connection,), daemon=True).start()

    threading.Thread(target=work, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_ones:
            connection.close()


def http(status: str, body: bytes = b"", *headers: str) -> Callable[[socket.socket], None]:
    """Answer like an HTTP server."""
    head = "\r\n".join((f"HTTP/1.1 {status}", f"content-length: {len(body)}", "connection: close", *headers))

    def answer(connection: socket.socket) -> None:
        connection.sendall(f"{head}\r\n\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)

    return answer
