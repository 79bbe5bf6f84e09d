"""A client with bare sockets, over HTTP or HTTPS: it sees what comes, byte by byte, and how the connection ends."""

from __future__ import annotations

import json
import socket
import ssl
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import httpx
import pytest
from cec_client.protocol import BY_NAME, Endpoint, Exchange

from tests.mock_server.conftest import GOOD_BODIES, GOOD_QUERIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Emulator


T = TypeVar("T")


class Seen(NamedTuple):
    """What a socket brought: every byte until the connection ended (`FIN`, `RST`) or was still open (`open`)."""

    head: bytes
    body: bytes
    end: str

    @property
    def status(self) -> int:
        return int(self.head.split()[1])

    def header(self, name: str) -> str | None:
        lines = (line.partition(b": ") for line in self.head.split(b"\r\n")[1:])
        return next((value.decode() for key, _, value in lines if key.decode() == name), None)


class Tls:
    """TLS over a socket whose end can be seen: one of Python's own takes a reset for an orderly end."""

    def __init__(self, connection: socket.socket, trusting: ssl.SSLContext, name: str) -> None:
        self._connection = connection
        self._came, self._goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = trusting.wrap_bio(self._came, self._goes, server_hostname=name)
        self._read(self._tls.do_handshake)
        self._flush()

    def sendall(self, data: bytes) -> None:
        self._tls.write(data)
        self._flush()

    def recv(self, size: int) -> bytes:
        """Give some bytes; none after an orderly end (`close_notify`).

        Raises:
            ConnectionResetError: The connection was reset.
            ssl.SSLEOFError: It was closed, and TLS had not been ended.
        """
        return self._read(lambda: self._tls.read(size))

    def close(self) -> None:
        self._connection.close()

    def _read(self, act: Callable[[], T]) -> T:
        while True:
            try:
                return act()
            except ssl.SSLWantReadError:
                self._flush()
                part = self._connection.recv(65536)
                if part:
                    self._came.write(part)
                else:
                    self._came.write_eof()

    def _flush(self) -> None:
        if self._goes.pending:
            self._connection.sendall(self._goes.read())


class Wire:
    """A logged-in client with bare sockets."""

    def __init__(self, emulator: Emulator, trusting: ssl.SSLContext | None = None) -> None:
        self.emulator = emulator
        self.http = httpx.Client(base_url=emulator.base_url, timeout=20, verify=trusting or True)
        self._trusting = trusting
        self.headers = {"x-app-key": "mock-app-key", "content-type": "application/json"}

    def login(self) -> Wire:
        access = self.http.post(Endpoint.TOKEN.path, json=GOOD_BODIES["tokenByAkSk"]).json()["AccessToken"]
        self.headers["authorization"] = f"Bearer {access}"
        token = self.http.post(Endpoint.APPLY_TOKEN.path, json=GOOD_BODIES["applyToken"], headers=self.headers)
        self.headers["ccmessaging-token"] = token.json()["token"]
        return self

    def ask(self, name: str) -> dict[str, Any]:
        answer = self.http.request(
            BY_NAME[name].method,
            BY_NAME[name].path + GOOD_QUERIES.get(name, ""),
            headers=self.headers,
            json=GOOD_BODIES.get(name),
        )
        members: dict[str, Any] = answer.json()
        return members

    def write(self, name: str, *lines: str) -> socket.socket | Tls:
        """Open a connection and write a request."""
        place = urlsplit(self.emulator.base_url)
        plain = socket.create_connection((place.hostname or "", place.port or 0), timeout=10)
        connection = plain if self._trusting is None else Tls(plain, self._trusting, place.hostname or "")
        body = json.dumps(GOOD_BODIES[name]).encode() if name in GOOD_BODIES else b""
        head = [f"{BY_NAME[name].method} {BY_NAME[name].path}{GOOD_QUERIES.get(name, '')} HTTP/1.1", "host: cec.test"]
        head += [*(f"{key}: {value}" for key, value in self.headers.items()), *lines, f"content-length: {len(body)}"]
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
        return connection

    def see(self, name: str = "getClickToCallEvents", *lines: str, ends: bool = False) -> Seen:
        """Send a request and read the answer; then to the end of the connection, or see that it takes another one."""
        data, end = b"", ""
        with closing(self.write(name, *lines)) as connection:
            while not end:
                try:
                    part = connection.recv(65536)
                except ConnectionResetError:
                    end = "RST"
                    break
                data += part
                if not part:
                    end = "FIN"
                elif complete(data) and not ends:
                    connection.sendall(b"GET /not-here HTTP/1.1\r\nhost: x\r\n\r\n")
                    end = "open" if connection.recv(65536).startswith(b"HTTP/1.1 404 ") else "FIN"
        head, _, body = data.partition(b"\r\n\r\n")
        return Seen(head, body, end)

    def exchanges(self, endpoint: Endpoint = Endpoint.EVENTS) -> list[Exchange]:
        trace = self.emulator.tenant.recorder.trace()
        return [exchange for exchange in trace.exchanges if exchange.endpoint is endpoint]

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait on a condition inside the emulator; each look is a round trip to it."""
        for _ in range(2000):
            if condition():
                return
            self.http.get("/not-here")
        pytest.fail("the condition never came true")


def complete(data: bytes) -> bool:
    head, found, body = data.partition(b"\r\n\r\n")
    length = next((int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"content-length: ")), 0)
    return bool(found) and len(body) >= length
