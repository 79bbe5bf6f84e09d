"""The offer of HTTP/2 that Java's client makes, byte by byte: however the bytes come, the offer is declined in silence.

What is sent here is what `java.net.http.HttpClient` of JDK 17 sends; no JDK is needed for it.
"""

from __future__ import annotations

import json
import socket
from contextlib import closing
from http.client import HTTPConnection, parse_headers
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from cec_client.protocol import Endpoint

from tests.examples.emulation import CREDENTIALS, Emulator, emulator

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGIN = json.dumps({"app_key": CREDENTIALS.app_key, "app_secret": CREDENTIALS.app_secret}).encode()


def head(length: int | None, method: str = "POST", path: str = Endpoint.TOKEN.path) -> bytes:
    """Write the head of a request as JDK 17 does."""
    framing = f"Content-Length: {length}" if length is not None else "Transfer-Encoding: chunked"
    return (
        f"{method} {path} HTTP/1.1\r\n"
        "Connection: Upgrade, HTTP2-Settings\r\n"
        f"{framing}\r\n"
        "Host: 127.0.0.1\r\n"
        "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"
        "Upgrade: h2c\r\n"
        "User-Agent: Java-http-client/17.0.15\r\n"
        "Content-Type: application/json\r\n"
        "\r\n"
    ).encode("ascii")


class Wire:
    """A connection to an emulator, for bytes."""

    def __init__(self, running: Emulator) -> None:
        self.running = running
        self.address = urlsplit(running.url).netloc
        host, _, port = self.address.partition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def send(self, *packets: bytes) -> None:
        """Send packets; each has been read before the next is sent."""
        for number, packet in enumerate(packets):
            if number:
                self.wait_until_read()
            self.socket.sendall(packet)

    def wait_until_read(self) -> None:
        """Ask on another connection: who serves one at a time has read what came earlier when the answer is there."""
        other = HTTPConnection(self.address, timeout=20)
        try:
            other.request("OPTIONS", "/")
            other.getresponse().read()
        finally:
            other.close()

    def answer(self) -> tuple[int, Any]:
        """Read an answer."""
        status = int(self.reader.readline().split()[1])
        headers = parse_headers(self.reader)
        return status, json.loads(self.reader.read(int(headers["content-length"])))

    def close(self) -> None:
        """Close it."""
        self.reader.close()
        self.socket.close()

    @property
    def bodies(self) -> list[bytes]:
        """The bodies that the emulator has read."""
        return [exchange.request_body for exchange in self.running.trace.exchanges]


@pytest.fixture
def wire() -> Iterator[Wire]:
    with emulator("") as running, closing(Wire(running)) as connected:
        yield connected


def test_head_and_body_in_one_packet(wire: Wire) -> None:
    wire.send(head(len(LOGIN)) + LOGIN)
    status, token = wire.answer()
    assert (status, token["ApplyType"]) == (200, "Bearer")
    assert wire.bodies == [LOGIN]


def test_the_body_in_a_packet_of_its_own(wire: Wire) -> None:
    wire.send(head(len(LOGIN)), LOGIN)
    assert wire.answer()[0] == 200
    assert wire.bodies == [LOGIN]


def test_head_and_body_broken_anywhere(wire: Wire) -> None:
    whole = head(len(LOGIN)) + LOGIN
    cuts = range(0, len(whole), 37)
    wire.send(*(whole[cut : cut + 37] for cut in cuts))
    assert wire.answer()[0] == 200
    assert wire.bodies == [LOGIN]


def test_a_body_in_chunks(wire: Wire) -> None:
    chunks = b"%x\r\n%b\r\n" % (10, LOGIN[:10]) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(LOGIN) - 10, LOGIN[10:])
    wire.send(head(None), chunks)
    assert wire.answer()[0] == 200
    assert wire.bodies == [LOGIN]


def test_two_requests_on_one_connection(wire: Wire) -> None:
    for _ in range(2):
        wire.send(head(len(LOGIN)), LOGIN)
        assert wire.answer()[0] == 200
    first, second = wire.running.trace.exchanges
    assert first.connection == second.connection
    assert wire.bodies == [LOGIN, LOGIN]


def test_two_requests_in_one_packet(wire: Wire) -> None:
    wire.send(2 * (head(len(LOGIN)) + LOGIN))
    assert [wire.answer()[0], wire.answer()[0]] == [200, 200]
    assert wire.bodies == [LOGIN, LOGIN]


def test_an_ordinary_request_after_one_that_offered(wire: Wire) -> None:
    wire.send(head(len(LOGIN)) + LOGIN)
    first, _ = wire.answer()
    request = f"POST {Endpoint.TOKEN.path} HTTP/1.1\r\nHost: here\r\nContent-Length: {len(LOGIN)}\r\n"
    wire.send(f"{request}Content-Type: application/json\r\n\r\n".encode(), LOGIN)
    assert (first, wire.answer()[0]) == (200, 200)


def test_a_get_without_a_body(wire: Wire) -> None:
    wire.send(head(0, "GET", f"{Endpoint.CHECK.path}?channel=WEB"))
    status, refused = wire.answer()
    assert status == 403
    assert "token" in refused["exceptionInfo"]


def test_a_large_body_is_refused_and_the_connection_lives_on(wire: Wire) -> None:
    large = b" " * (10 << 20)
    wire.send(head(len(large)) + large)
    assert wire.answer()[0] == 413
    wire.send(head(len(LOGIN)), LOGIN)
    assert wire.answer()[0] == 200
