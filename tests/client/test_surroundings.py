"""Proxies and certificates that the environment names: used where they can be, explained where they cannot."""

from __future__ import annotations

import asyncio
import os
import socket
import socketserver
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import cec_client
import pytest
from cec_client import AsyncClient, Client, Outcome, Policy
from cec_client.protocol import Endpoint
from cec_client.surroundings import certificate_trouble, proxy_to, proxy_trouble, without_proxy

from tests.client import world as w
from tests.client.platform import HELD, served

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.usefixtures("no_proxies")

PROMPT = Policy(retry_delay=0.0, empty_pause=0.0, farewell=0.05)
ACCOUNT: dict[str, Any] = {"app_key": "key", "app_secret": "s", "channel_id": "ch", "user_id": "al", "policy": PROMPT}
FAR = "http://cec.invalid"
NEAR = "http://127.0.0.1:9"


def set_all(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, FAR, None),
        ({"http_proxy": "http://p:1"}, FAR, "the proxy http://p:1 (http_proxy)"),
        ({"HTTP_PROXY": "http://p:1"}, FAR, "the proxy http://p:1 (HTTP_PROXY)"),
        ({"http_proxy": "http://p:1"}, "https://cec.invalid", None),
        ({"https_proxy": "http://p:1", "ALL_PROXY": "http://q:2"}, FAR, "the proxy http://q:2 (ALL_PROXY)"),
        ({"all_proxy": "http://me:word@p:1"}, FAR, "the proxy http://me:***@p:1 (all_proxy)"),
        ({"http_proxy": "http://me@p:1"}, FAR, "the proxy http://me@p:1 (http_proxy)"),
        ({"http_proxy": "http://p:1", "NO_PROXY": "127.0.0.1,localhost"}, NEAR, None),
        (
            {"http_proxy": "http://p:1", "NO_PROXY": "127.0.0.1"},
            "http://localhost:9",
            "the proxy http://p:1 (http_proxy)",
        ),
        ({"http_proxy": "http://p:1", "no_proxy": "*"}, FAR, None),
        ({"http_proxy": "http://p:1"}, "nonsense", None),
    ],
)
def test_which_proxy_is_on_the_way(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, proxy: str | None
) -> None:
    set_all(monkeypatch, environment)
    found = proxy_to(url)
    assert (None if found is None else str(found)) == proxy


@pytest.mark.parametrize(
    ("environment", "url", "advice"),
    [
        ({}, "http://localhost:8360", "set NO_PROXY=127.0.0.1,localhost"),
        ({}, FAR, "set NO_PROXY=cec.invalid"),
        ({"no_proxy": "a,b"}, "http://[::1]:8360", "set no_proxy=a,b,127.0.0.1,localhost"),
    ],
)
def test_the_way_around_a_proxy(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, advice: str
) -> None:
    set_all(monkeypatch, environment)
    assert without_proxy(url) == advice


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (
            {"ALL_PROXY": "socks://127.0.0.1:7890"},
            "(ALL_PROXY) has a scheme that is not known here: write socks5://127",
        ),
        (
            {"http_proxy": "ftp://a"},
            "the proxy ftp://a (http_proxy) has a scheme that is not known here: write http://",
        ),
        ({"http_proxy": "http://a:x"}, "the proxy http://a:x (http_proxy) cannot be used: Invalid port: 'x'; correct"),
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_proxy_that_cannot_be_used_is_told_to_the_caller(
    monkeypatch: pytest.MonkeyPatch, kind: type[Client | AsyncClient], environment: dict[str, str], words: str
) -> None:
    set_all(monkeypatch, environment)
    with pytest.raises(ValueError, match=r"NO_PROXY=127\.0\.0\.1,localhost") as caught:
        kind(NEAR, **ACCOUNT)
    assert words in str(caught.value)
    kind(NEAR, **ACCOUNT, trust_env=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")  # the advice that was given
    kind(NEAR, **ACCOUNT)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_socks_proxy_without_its_package(monkeypatch: pytest.MonkeyPatch, kind: type[Client | AsyncClient]) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:7890")
    with pytest.raises(
        ValueError, match=r"pip install 'httpx\[socks\]'; or, to go without, set NO_PROXY=127"
    ) as caught:
        kind(NEAR, **ACCOUNT)
    assert "the proxy socks5://127.0.0.1:7890 (ALL_PROXY) speaks SOCKS" in str(caught.value)


def test_a_trouble_that_nothing_in_the_environment_explains() -> None:
    assert proxy_trouble(ImportError("socksio"), NEAR).startswith("a proxy speaks SOCKS")
    assert proxy_trouble(OSError("odd"), NEAR).startswith("a proxy cannot be used: odd")


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_certificates_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for other in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(other, raising=False)
    assert certificate_trouble(OSError("odd")) == "the certificate authorities cannot be read: odd"
    monkeypatch.setenv(name, "/none")
    assert certificate_trouble(OSError("odd")) == f"{name} is '/none', which cannot be read: odd; correct or unset it"


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_missing_certificate_file_is_told_to_the_caller(
    monkeypatch: pytest.MonkeyPatch, kind: type[Client | AsyncClient]
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull + "/none")
    with pytest.raises(ValueError, match="SSL_CERT_FILE is"):
        kind(NEAR, **ACCOUNT)


def test_a_call_through_a_proxy_whose_held_poll_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    # The server takes the absolute URLs that only a proxy is sent; the name it is asked for exists nowhere.
    with served({Endpoint.EVENTS: [w.CONNECTED, HELD]}) as (proxy, platform, gone):
        monkeypatch.setenv("http_proxy", proxy)
        with Client(FAR, **ACCOUNT) as client, client.call() as call:
            next(event for event in call if event.kind == "connected")
        assert call.outcome is Outcome.HUNG_UP
        assert platform.asked.count(Endpoint.EVENTS) == 1 or gone.wait(20)


def test_an_asynchronous_call_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> Outcome | None:
        async with AsyncClient(FAR, **ACCOUNT) as client, client.call() as call:
            async for _ in call:
                pass
        return call.outcome

    with served({Endpoint.EVENTS: [w.CONNECTED, w.RELEASED]}) as (proxy, _, _):
        monkeypatch.setenv("http_proxy", proxy)
        assert asyncio.run(work()) is Outcome.RELEASED


def test_a_proxy_that_is_down_is_a_failing_transport(monkeypatch: pytest.MonkeyPatch) -> None:
    with served() as (proxy, _, _):
        pass
    monkeypatch.setenv("http_proxy", proxy)
    with Client(FAR, **ACCOUNT) as client, pytest.raises(cec_client.TransportFailed):
        client.login()


class Socks(socketserver.StreamRequestHandler):
    """SOCKS 5 (RFC 1928) without authentication, for names, towards one server."""

    def handle(self) -> None:
        methods = self.rfile.read(2)[1]
        self.rfile.read(methods)
        self.wfile.write(b"\x05\x00")
        length = self.rfile.read(5)[4]
        name = self.rfile.read(length + 2)[:-2]
        assert name == b"cec.invalid"
        self.wfile.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        target: tuple[str, int] = self.server.target  # type: ignore[attr-defined]
        with socket.create_connection(target) as far:
            back = threading.Thread(target=pump, args=(far, self.connection), daemon=True)
            back.start()
            pump(self.connection, far)
            back.join()


def pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@contextmanager
def socks_proxy(to: str) -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Socks) as server:
        server.daemon_threads = True
        server.target = ("127.0.0.1", int(to.rpartition(":")[2]))  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"socks5://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_call_through_a_socks_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("socksio")
    with served({Endpoint.EVENTS: [w.CONNECTED, HELD]}) as (url, platform, gone), socks_proxy(url) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy)
        with Client(FAR, **ACCOUNT) as client, client.call() as call:
            next(event for event in call if event.kind == "connected")
        assert call.outcome is Outcome.HUNG_UP
        assert platform.asked.count(Endpoint.EVENTS) == 1 or gone.wait(20)
