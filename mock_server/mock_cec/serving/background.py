"""A server in the background of somebody else's program."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Self

from mock_cec.serving.listening import listen_all
from mock_cec.serving.server import CecServer

if TYPE_CHECKING:
    import asyncio
    from ssl import SSLContext

    from mock_cec.platform import Platform


class BackgroundServer:
    """A server in a thread of its own, as a context manager.

    Attributes:
        addresses: Where it is.
        base_url: The same in short.
    """

    def __init__(
        self,
        platform: Platform,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: SSLContext | None = None,
        *,
        token_port: int | None = None,
    ) -> None:
        self._listeners = listen_all(host, port, token_port)
        self._ready: Future[None] = Future()
        self._server = CecServer(platform, self._listeners, lambda: self._ready.set_result(None), tls=tls)
        self.addresses = self._server.addresses
        self.base_url = self.addresses.base_url
        self._thread = threading.Thread(target=self._run, name="mock-cec", daemon=True)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Its event loop, in which everything that belongs to its tenants is to be touched; it has to have started."""
        assert self._server.loop is not None  # noqa: S101
        return self._server.loop

    @property
    def server(self) -> CecServer:
        """The server itself, for those who work in its loop."""
        return self._server

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
            self._server.run([self._listeners.main])
        except BaseException as failure:
            if self._ready.done():
                raise
            self._ready.set_exception(failure)
