"""A network without sockets: an httpx transport that asks an ASGI application and keeps httpx's time-outs.

To the client it looks like a connection of its own for each request; to the emulator like one that can be lost, cut and
reset, so that every fault of a scenario can be made here too.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import httpx

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from starlette.types import ASGIApp, Message, Scope

LATENCY: Final = 0.001
"""Seconds that a request takes to the emulator, and the emulator to begin an answer; so what a client makes together
arrives before an answer to either, and what it makes because of an answer arrives after it."""

FIRST_PORT: Final = 40_000
"""The port of the first connection, as the trace names it."""

NAMES: Final = "cec_conformance.header_names"
"""Where the scope says how the names of the headers were written, which ASGI itself has in small letters."""


class VirtualNetwork(httpx.AsyncBaseTransport):
    """Carries requests to an application in the same event loop.

    Args:
        application: Whom to ask.
    """

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self._ports = count(FIRST_PORT)
        self._talks: set[asyncio.Task[None]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and wait for the head of its answer."""
        body = await request.aread()
        await asyncio.sleep(LATENCY)
        line = _Line(request, request.extensions.get("timeout", {}).get("read"))
        talk = asyncio.ensure_future(
            self._application(_scope(request, line, next(self._ports)), line.receiver(body), line.send)
        )
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        talk.add_done_callback(line.finished)
        status, headers = await line.head()
        return httpx.Response(status, headers=headers, stream=_Body(line), request=request)

    async def aclose(self) -> None:
        """Wait until the application has seen the last of it."""
        if self._talks:
            await asyncio.gather(*self._talks, return_exceptions=True)


class _Line:
    """One connection: what has come of the answer, and whether either side has ended it."""

    def __init__(self, request: httpx.Request, patience: float | None) -> None:
        self.on_loss: Callable[[], None] | None = None
        self._request = request
        self._patience = patience
        self._news: asyncio.Queue[Message | None] = asyncio.Queue()
        self._trouble: httpx.TransportError | None = None
        self._lost = asyncio.Event()
        self._all = False

    # As the emulator sees it

    def receiver(self, body: bytes) -> Callable[[], Any]:
        """Give ASGI's `receive`: the body, then the loss of the connection."""
        sent = False

        async def receive() -> Message:
            nonlocal sent
            if not sent:
                sent = True
                return {"type": "http.request", "body": body, "more_body": False}
            await self._lost.wait()
            return {"type": "http.disconnect"}

        return receive

    async def send(self, message: Message) -> None:
        """Take ASGI's answer; what comes after the end of the connection is lost, as with a socket."""
        if message["type"] == "http.response.start":
            await asyncio.sleep(LATENCY)
        if not self._lost.is_set():
            self._news.put_nowait(message)

    def is_closing(self) -> bool:
        """Say whether the connection has ended."""
        return self._lost.is_set()

    def end(self, *, reset: bool) -> None:
        """End it from the emulator's side."""
        kind, words = (
            (httpx.ReadError, "connection reset") if reset else (httpx.RemoteProtocolError, "connection closed")
        )
        self._trouble = kind(words, request=self._request)
        self._news.put_nowait(None)
        self._lose()

    def finished(self, talk: asyncio.Task[None]) -> None:
        """Take note that the application is through; if it broke, so does the connection."""
        if not self._all and not self._lost.is_set():
            failure = None if talk.cancelled() else talk.exception()
            self._trouble = httpx.RemoteProtocolError(f"the emulator ended early: {failure!r}", request=self._request)
            self._news.put_nowait(None)

    def _lose(self) -> None:
        self._lost.set()
        if self.on_loss is not None:
            self.on_loss()

    # As the client sees it

    async def head(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        """Wait for status and headers."""
        message = await self._next()
        return message["status"], message["headers"]

    async def pieces(self) -> AsyncIterator[bytes]:
        """Wait for the body, piece by piece."""
        while not self._all:
            message = await self._next()
            self._all = not message.get("more_body", False)
            if message.get("body"):
                yield message["body"]

    def leave(self) -> None:
        """End it from the client's side, unless the answer has come whole."""
        if not self._all and not self._lost.is_set():
            self._lose()

    async def _next(self) -> Message:
        with self._leaving_on_trouble():
            try:
                async with asyncio.timeout(self._patience):
                    message = await self._news.get()
            except TimeoutError:
                raise httpx.ReadTimeout("no answer in time", request=self._request) from None
            if message is None:
                assert self._trouble is not None  # noqa: S101  (it was set first)
                raise self._trouble
            return message

    @contextmanager
    def _leaving_on_trouble(self) -> Iterator[None]:
        try:
            yield
        except BaseException:  # a cancellation too: whoever is cancelled closes its connection
            self.leave()
            raise


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as it comes."""

    def __init__(self, line: _Line) -> None:
        self._line = line

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._line.pieces():
            yield piece

    async def aclose(self) -> None:
        self._line.leave()


def _scope(request: httpx.Request, line: _Line, port: int) -> Scope:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.partition(b"?")[0],
        "query_string": request.url.query,
        "root_path": "",
        "client": ("127.0.0.1", port),
        "server": (request.url.host, request.url.port or 80),
        "mock_cec.connection": line,
        NAMES: [name for name, _ in request.headers.raw],
    }
