"""The load generator's end of the wire: keep-alive HTTP/1.1 on raw sockets and a selector, and nothing to spare.

It is lean so that it never is what is being measured: no event loop, no header objects, no redirects, no chunks. Both
servers are asked by the same bytes and read by the same code. What is said is a *talk*: a generator that yields
requests, is sent their answers, checks them, and knows no socket.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_SILENCE: Final = 30.0
"""Seconds without any answer after which the server is given up."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_HEAD_END: Final = b"\r\n\r\n"
_OK: Final = b"HTTP/1.1 200 OK\r\n"

_decode: Final = msgspec.json.Decoder().decode


class Wrong(Exception):  # noqa: N818  (it says what the answer is)
    """Raised when a server answers otherwise than it should; what was measured until then is worth nothing."""


class Answer(NamedTuple):
    """A whole answer with status 200.

    Attributes:
        at: When its last byte had been read, in seconds of `time.monotonic`.
        body: Its JSON, decoded.
    """

    at: float
    body: dict[str, Any]


Talk = Generator[bytes, Answer, None]


class Connection:
    """One keep-alive connection, with one request at a time on it."""

    __slots__ = ("_received", "_socket", "talk")

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self.talk: Talk | None = None

    def fileno(self) -> int:
        """Say which descriptor it is, for the selector."""
        return self._socket.fileno()

    def send(self, request: bytes) -> None:
        """Send a request."""
        self._socket.sendall(request)

    def read(self) -> Answer | None:
        """Read what has come; `None` while the answer is not whole."""
        data = self._socket.recv(8192)
        at = time.monotonic()
        received = self._received + data
        head, end, body = received.partition(_HEAD_END)
        length = _LENGTH.search(head)
        if not data or (end and (length is None or len(body) > int(length[1]) or not head.startswith(_OK))):
            raise Wrong(f"the server closed after, or answered: {received.decode(errors='replace')!r}")
        if length is None or not end or len(body) < int(length[1]):
            self._received = received
            return None
        self._received = b""
        return Answer(at, _decode(body))

    def close(self) -> None:
        """Close it."""
        self._socket.close()


class Load:
    """Many connections to one server, as a context manager."""

    def __init__(self, port: int, count: int) -> None:
        self._selector = selectors.DefaultSelector()
        self.connections = [Connection(port) for _ in range(count)]
        for connection in self.connections:
            self._selector.register(connection, selectors.EVENT_READ, connection)

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all connections."""
        self._selector.close()
        for connection in self.connections:
            connection.close()

    def answers(self, timeout: float) -> Iterator[tuple[Connection, Answer]]:
        """Wait for answers, but not longer than so many seconds; none if none came."""
        for key, _ in self._selector.select(timeout):
            connection: Connection = key.data
            answer = connection.read()
            if answer is not None:
                yield connection, answer

    def hold(self, talks: Iterator[Talk], at_once: int) -> int:
        """Hold these talks, so many at once, each on a connection of its own; give how many they were."""
        held = open_talks = 0
        for connection in self.connections[:at_once]:
            open_talks += _begin(connection, talks)
        last = time.monotonic()
        while open_talks:
            for connection, answer in self.answers(1):
                last = answer.at
                assert connection.talk is not None  # noqa: S101  (`_begin` gave it one)
                try:
                    connection.send(connection.talk.send(answer))
                except StopIteration:
                    held += 1
                    open_talks += _begin(connection, talks) - 1
            if time.monotonic() > last + LONGEST_SILENCE:
                raise Wrong(f"no answer for {LONGEST_SILENCE:g} s")
        return held


def _begin(connection: Connection, talks: Iterator[Talk]) -> int:
    """Begin the next talk, if there is one; give how many were begun."""
    connection.talk = next(talks, None)
    if connection.talk is None:
        return 0
    connection.send(next(connection.talk))
    return 1
