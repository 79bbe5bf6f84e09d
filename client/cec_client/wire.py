"""The synchronous wire: requests over httpx, each of which another thread can abort while it waits.

httpx has no call for that. So every request under way has a *lane*, an httpx client that holds one connection, and the
lane learns its socket from httpx's documented `trace` extension. Shutting the socket down ends the wait at once. Lanes
are used again, and with them their connections; cookies are shared, for load balancers.
"""

from __future__ import annotations

import contextlib
import socket
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

import httpx

from cec_client.transport import Place, answer_of, failure_of

if TYPE_CHECKING:
    from cec_client.answers import Answer
    from cec_client.requests import Request

_ONE = httpx.Limits(max_connections=1, max_keepalive_connections=1)


class Lane:
    """One connection and what is needed to cut it."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.cut = False
        self._socket: socket.socket | None = None

    def trace(self, event_name: str, info: dict[str, Any]) -> None:
        """Learn the socket when a connection has been made; httpx calls this.

        Raises:
            ConnectionAbortedError: A connection was to be made for what was aborted.
        """
        if event_name.endswith(("connect_tcp.started", "start_tls.started")):
            self._socket = None  # the one before is no more, or belongs to the handshake
        if event_name.endswith("connect_tcp.started") and self.cut:
            raise ConnectionAbortedError("aborted before it was connected")
        if event_name.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.cut:
                self.abort()

    @property
    def connected(self) -> bool:
        """Whether there is a socket, so that aborting works at once; it waits for a connection that is being made."""
        return self._socket is not None

    def abort(self) -> None:
        """End what waits on this connection. It may be called from any thread, also before there is a connection."""
        self.cut = True
        near = self._socket
        if near is not None:
            with contextlib.suppress(OSError):  # the other side was faster
                # The plain socket's method: the TLS socket's would pull the session from under its reader.
                socket.socket.shutdown(near, socket.SHUT_RDWR)


class Wire:
    """Sends requests, each in the thread that asks for it.

    Args:
        place: Where to.
        transport: An httpx transport in place of the network, for tests.

    Attributes:
        abortable: Whether requests can be aborted; those in somebody else's transport cannot.
    """

    def __init__(self, place: Place, transport: httpx.BaseTransport | None = None) -> None:
        self.abortable = transport is None
        self._place = place
        self._certificates = place.certificates()
        self._cookies = CookieJar()
        self._shared = None if transport is None else self._make(transport=transport)
        self._idle = [Lane(self._client())]  # made here, where the caller hears of a proxy that cannot be used

    def take(self) -> Lane:
        """Give a lane for one request; the caller sees to it that no other thread is at it."""
        return self._idle.pop() if self._idle else Lane(self._client())

    def give_back(self, lane: Lane) -> None:
        """Take a lane back when its request has ended; the same holds."""
        if not lane.cut:
            self._idle.append(lane)
        elif lane.client is not self._shared:
            lane.client.close()

    def exchange(self, request: Request, lane: Lane) -> Answer:
        """Send a request and wait for what comes of it; a failing network is an answer too."""
        try:
            prepared = self._place.http_request(lane.client, request)
            prepared.extensions["trace"] = lane.trace
            return answer_of(request, lane.client.send(prepared))
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return failure_of(request, error)

    def close(self) -> None:
        """Close idle connections; call it when nothing is under way."""
        while self._idle:
            self._idle.pop().client.close()
        if self._shared is not None:
            self._shared.close()

    def _client(self) -> httpx.Client:
        return self._shared or self._make(limits=_ONE, cookies=self._cookies)

    def _make(self, **options: Any) -> httpx.Client:  # noqa: ANN401 - httpx's own
        return self._place.make(httpx.Client, self._certificates, **options)
