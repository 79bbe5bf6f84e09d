"""A platform for the drivers' tests: httpx transports, and a server on a real socket, that answer from a script.

Some answers are held, as polls are.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import msgspec
from cec_client.protocol import BY_PATH, Endpoint

from tests.client.world import DONE, NEVER, RELEASED, Reply, Script, support

if TYPE_CHECKING:
    from collections.abc import Iterator

HELD = NEVER
"""Held for ever, or until the gate of a `Transport` opens."""

UNTIL_DROP = Reply(body=RELEASED.body, after=-1.0)
"""Held until the call is dropped, as real platforms do; then "released". Others held so have the same `after`."""

DRIP = Reply(body={}, after=-2.0)
"""Begun, and then a byte now and then as long as anybody listens."""

DEFAULTS = {
    Endpoint.TOKEN: Reply(body={"AccessToken": "access-token"}),
    Endpoint.APPLY_TOKEN: Reply(body={"resultCode": "0", "token": "messaging-token"}),
    Endpoint.CHECK: support(),
    Endpoint.EVENTS: HELD,
    Endpoint.POLL_TEXT: Reply(body={"resultCode": "0", "downlinkMessages": []}),
}


class Scripted:
    """Gives the answers of a script, and remembers who asked."""

    def __init__(self, script: Script | None = None) -> None:
        self.asked: list[Endpoint] = []
        self.requests: list[httpx.Request] = []
        self.gate = threading.Event()
        self.dropped = threading.Event()
        self._lock = threading.Lock()
        self._script = defaultdict(list, {endpoint: list(replies) for endpoint, replies in (script or {}).items()})

    def next_reply(self, path: str) -> Reply:
        endpoint = BY_PATH[path]
        with self._lock:
            self.asked.append(endpoint)
            script = self._script[endpoint]
            return script.pop(0) if script else DEFAULTS.get(endpoint, DONE)


def _response(request: httpx.Request, reply: Reply) -> httpx.Response:
    if reply.status == 0:
        raise httpx.ReadError("cut", request=request)
    return httpx.Response(reply.status, headers=reply.headers, content=_body(reply), request=request)


def _body(reply: Reply) -> bytes:
    return reply.body if isinstance(reply.body, bytes) else msgspec.json.encode(reply.body)


class Transport(Scripted, httpx.BaseTransport):
    """The platform as a synchronous transport; held answers come as `EMPTY`-like once the gate opens."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        reply = self.next_reply(request.url.path)
        if reply is HELD:
            self.gate.wait()
            reply = Reply(body={"resultCode": "0"})
        return _response(request, reply)

    def close(self) -> None:
        self.gate.set()


class AsyncTransport(Scripted, httpx.AsyncBaseTransport):
    """The platform as an asynchronous transport."""

    def __init__(self, script: Script | None = None) -> None:
        super().__init__(script)
        self.aborted: list[Endpoint] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        reply = self.next_reply(request.url.path)
        if reply is HELD:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.aborted.append(BY_PATH[request.url.path])
                raise
        return _response(request, reply)


def _hold(handler: BaseHTTPRequestHandler) -> None:
    """Wait until the other side has gone."""
    with contextlib.suppress(ConnectionError):
        handler.connection.recv(1)


def _drip(handler: BaseHTTPRequestHandler) -> None:
    """Answer at leisure until the other side has gone."""
    handler.send_response(200)
    handler.send_header("content-length", "1000000")
    handler.end_headers()
    handler.connection.settimeout(0.02)
    with contextlib.suppress(ConnectionError):
        while True:
            handler.wfile.write(b" ")
            with contextlib.suppress(TimeoutError):
                if not handler.connection.recv(1):
                    return


@contextmanager
def served(script: Script | None = None) -> Iterator[tuple[str, Scripted, threading.Event]]:
    """Serve a script on a free port; the event tells that a held poll's connection has gone."""
    scripted = Scripted(script)
    gone = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self._answer()

        def _answer(self) -> None:
            reply = scripted.next_reply(urlsplit(self.path).path)
            if reply in (HELD, DRIP):
                (_hold if reply is HELD else _drip)(self)
                gone.set()
                self.close_connection = True
                return
            if reply.after == UNTIL_DROP.after:
                scripted.dropped.wait(20)
            body = _body(reply)
            self.send_response(reply.status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            if BY_PATH[urlsplit(self.path).path] is Endpoint.DROP:
                scripted.dropped.set()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", scripted, gone
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
