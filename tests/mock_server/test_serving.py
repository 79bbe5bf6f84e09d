"""The emulator over real sockets: what only a connection can show."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cec_client.protocol import Endpoint
from mock_cec.platform import Platform
from mock_cec.serving import BackgroundServer, PortTaken, base_url, listen
from mock_cec.serving import server as serving

from tests.conftest import tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Emulator

    Start = Callable[[str], Emulator]

QUICK = """
title: Answered soon
hold: 20s
events:
  - {after: 150ms, event: queued}
  - {after: 50ms, event: connected}
"""


class Wire:
    """A client with bare sockets.

    Attributes:
        emulator: The other end.
        headers: The common headers of a logged-in user.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.http = httpx.Client(base_url=emulator.base_url, timeout=20)
        self.headers = {"x-app-key": "mock-app-key", "content-type": "application/json"}
        credentials = {"app_key": "mock-app-key", "app_secret": "mock-app-secret"}
        token = self.http.post(Endpoint.TOKEN.path, json=credentials).json()["AccessToken"]
        self.headers["authorization"] = f"Bearer {token}"
        user = {"userId": "alice", "userName": "Alice", "channelId": "mock-channel", "locale": "zh"}
        answer = self.http.post(Endpoint.APPLY_TOKEN.path, json=user, headers=self.headers)
        self.headers["ccmessaging-token"] = answer.json()["token"]

    def create(self) -> dict[str, Any]:
        body = {"channel": "WEB", "mediaAbility": "0"}
        answer: dict[str, Any] = self.http.post(Endpoint.CREATE.path, json=body, headers=self.headers).json()
        return answer

    def poll(self) -> dict[str, Any]:
        path = Endpoint.EVENTS.path + "?channel=WEB"
        answer: dict[str, Any] = self.http.get(path, headers=self.headers).json()
        return answer

    def open(self, data: bytes = b"") -> socket.socket:
        """Open a connection of one's own, and write something."""
        host, port = self.emulator.base_url.removeprefix("http://").split(":")
        connection = socket.create_connection((host, int(port)), timeout=10)
        connection.sendall(data)
        return connection

    def poll_bytes(self) -> bytes:
        lines = [f"GET {Endpoint.EVENTS.path}?channel=WEB HTTP/1.1", "host: cec.test"]
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in self.headers.items()), "", ""]).encode()

    def held(self) -> int:
        return sum(len(session.room) for session in self.emulator.tenant.sessions)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait on a condition inside the emulator; each look is a round trip to it."""
        for _ in range(2000):
            if condition():
                return
            self.http.get("/not-here")
        pytest.fail("the condition never came true")


@pytest.fixture
def wire(emulator: Start) -> Iterator[Wire]:
    client = Wire(emulator(QUICK))
    yield client
    client.http.close()


def read_answer(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    """Read one answer with a Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(4096)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length"))
    while len(body) < length:
        body += connection.recv(4096)
    return int(lines[0].split()[1]), json.loads(body)


def test_a_whole_call_by_long_polling(wire: Wire) -> None:
    assert wire.create()["resultCode"] == "0"
    assert [wire.poll()["eventId"] for _ in range(2)] == [168102, 168101]
    last = wire.emulator.tenant.recorder.trace().exchanges[-1]
    assert last.answer_begun is not None
    assert last.script["due"] == pytest.approx(last.answer_begun, abs=5.0)
    assert last.connection is not None
    assert last.connection.startswith("127.0.0.1:")


def test_a_client_that_closes_its_poll_loses_no_event(wire: Wire) -> None:
    connection = wire.open(wire.poll_bytes())
    wire.until(lambda: wire.held() == 1)
    connection.close()
    wire.until(lambda: wire.held() == 0)
    wire.create()
    assert wire.poll()["eventId"] == 168102
    trace = wire.emulator.tenant.recorder.trace()
    left = next(exchange for exchange in trace.exchanges if exchange.endpoint is Endpoint.EVENTS)
    assert left.connection_gone is not None
    assert left.status is None


def test_a_client_that_closes_at_once_loses_no_event_either(wire: Wire) -> None:
    for _ in range(20):
        with closing(wire.open(wire.poll_bytes())) as connection:
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b""  # the emulator has seen the end; an event due before would have been lost
    wire.create()
    assert wire.poll()["eventId"] == 168102


def test_a_client_that_leaves_in_mid_call_may_create_anew(wire: Wire) -> None:
    wire.create()
    assert [wire.poll()["eventId"] for _ in range(2)] == [168102, 168101]
    with closing(wire.open(wire.poll_bytes())):
        wire.until(lambda: wire.held() == 1)
        assert wire.create()["resultCode"] == "13"
    wire.until(lambda: wire.held() == 0)
    assert wire.create()["resultCode"] == "0"


def test_of_two_held_polls_the_newer_gets_the_event(wire: Wire) -> None:
    with closing(wire.open(wire.poll_bytes())):
        wire.until(lambda: wire.held() == 1)
        with closing(wire.open(wire.poll_bytes())) as newer:
            wire.until(lambda: wire.held() == 2)
            wire.create()
            assert read_answer(newer)[1]["eventId"] == 168102


def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_exchange(wire: Wire) -> None:
    before = len(wire.emulator.tenant.recorder.trace().exchanges)
    head = f"POST {Endpoint.DROP.path} HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n"
    for part in (b"", b'{"channel"'):
        wire.open(head.encode() + part).close()
    wire.http.get("/not-here")
    exchanges = wire.emulator.tenant.recorder.trace().exchanges[before:]
    assert [exchange.target for exchange in exchanges] == ["/not-here"]


def test_a_body_may_come_in_pieces(wire: Wire) -> None:
    body = b'{"channel":"WEB"}'
    head = [f"POST {Endpoint.DROP.path} HTTP/1.1", "host: x", f"content-length: {len(body)}"]
    lines = "\r\n".join([*head, *(f"{name}: {value}" for name, value in wire.headers.items()), "", ""])
    with closing(wire.open(lines.encode())) as connection:
        for byte in body:
            wire.http.get("/not-here")
            connection.sendall(bytes([byte]))
        assert read_answer(connection) == (200, {"resultCode": "13", "resultDesc": "disconnect failed"})


@pytest.mark.parametrize("rest", [b"", b'{"channel":"WEB"}'], ids=["body in a packet of its own", "body at once"])
def test_an_offer_of_http2_is_declined_and_the_body_arrives(wire: Wire, rest: bytes) -> None:
    body = b'{"channel":"WEB"}'
    lines = [
        f"POST {Endpoint.DROP.path} HTTP/1.1",
        "Connection: Upgrade, HTTP2-Settings",
        f"Content-Length: {len(body)}",
        "Host: x",
        "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA",
        "Upgrade: h2c",
        *(f"{name}: {value}" for name, value in wire.headers.items()),
        "",
        "",
    ]
    with closing(wire.open("\r\n".join(lines).encode() + rest)) as connection:
        if not rest:
            wire.http.get("/not-here")
            connection.sendall(body)
        assert read_answer(connection) == (200, {"resultCode": "13", "resultDesc": "disconnect failed"})
        connection.sendall(b"GET /again HTTP/1.1\r\nhost: x\r\n\r\n")
        assert read_answer(connection)[0] == 404
    drop, again = wire.emulator.tenant.recorder.trace().exchanges[-2:]
    assert drop.request_header("upgrade") == "h2c"
    assert again.request_header("upgrade") is None


def test_who_offers_http2_and_wants_to_close_is_closed(wire: Wire) -> None:
    lines = ["GET / HTTP/1.1", "host: x", "connection: close, upgrade, http2-settings", "upgrade: h2c", "", ""]
    with closing(wire.open("\r\n".join(lines).encode())) as connection:
        assert read_answer(connection)[0] == 404
        assert connection.recv(1) == b""


def test_who_takes_the_emulator_for_a_proxy_is_told(wire: Wire) -> None:
    with closing(wire.open(b"CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n")) as connection:
        status, body = read_answer(connection)
    assert status == 400
    assert "CONNECT" in body["exceptionInfo"]


def test_a_websocket_is_refused_with_what_to_install_where_the_extra_is_not(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_cec.serving.protocol.installed", lambda: False)
    lines = ["GET /sip HTTP/1.1", "host: x", "connection: upgrade", "upgrade: websocket", "sec-websocket-version: 13"]
    with closing(wire.open("\r\n".join([*lines, "sec-websocket-key: eA==", "", ""]).encode())) as connection:
        status, body = read_answer(connection)
    assert (status, body["errorCode"]) == (501, "501")
    assert "pip install 'mock-cec[gateway]'" in body["exceptionInfo"]


@pytest.mark.parametrize("data", [b"hello\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9\r\n\r\n", b"\0"], ids=repr)
def test_what_is_not_http_is_answered_like_every_other_mistake(wire: Wire, data: bytes) -> None:
    with closing(wire.open(data)) as connection:
        status, body = read_answer(connection)
        assert (status, body["errorCode"]) == (400, "400")
        assert "HTTP" in body["exceptionInfo"]


def test_ten_megabytes_are_answered_over_the_wire(wire: Wire) -> None:
    answer = wire.http.post(Endpoint.TOKEN.path, content=b"x" * 10_000_000, headers=wire.headers)
    assert (answer.status_code, answer.json()["errorCode"]) == (413, "413")


def test_answers_are_not_held_back_by_nagles_algorithm(wire: Wire) -> None:
    assert wire.emulator.tenant is not None
    with closing(listen("127.0.0.1", 0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # asyncio turns it off for such sockets only


def test_a_server_that_stops_answers_its_held_polls(emulator: Start) -> None:
    client = Wire(emulator("title: t\nhold: 1h\nanswers: {dropClickToCall: {1: {delay: 1h}}}\n"))
    answers: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: answers.append(client.poll()))
    thread.start()
    client.until(lambda: client.held() == 1)
    head = f"POST {Endpoint.DROP.path} HTTP/1.1\r\nhost: x\r\ncontent-length: 17\r\n"
    lines = "".join(f"{name}: {value}\r\n" for name, value in client.headers.items())
    with closing(client.open(f'{head}{lines}\r\n{{"channel":"WEB"}}'.encode())) as paused:
        client.until(lambda: client.emulator.tenant.recorder.trace().exchanges[-2].endpoint is Endpoint.DROP)
        client.emulator.stop()
        assert read_answer(paused)[1]["resultCode"] == "13"
    thread.join()
    client.http.close()
    assert answers == [{"resultCode": "0", "resultDesc": "ClickToCall polled without any events"}]


def test_a_server_waits_for_no_tick_to_start_or_stop(emulator: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    sleep, pauses = asyncio.sleep, list[float]()

    async def noted(delay: float) -> None:
        pauses.append(delay)
        await sleep(delay)

    monkeypatch.setattr(asyncio, "sleep", noted)
    client = Wire(emulator(QUICK))
    client.emulator.stop()
    client.emulator.stop()
    client.http.close()
    assert set(pauses) <= {0}


@pytest.mark.parametrize("body", [b"", b'{"chan'])
def test_a_server_that_stops_waits_for_no_half_request(wire: Wire, body: bytes) -> None:
    head = f"POST {Endpoint.DROP.path} HTTP/1.1\r\nhost: x\r\ncontent-length: 17\r\n\r\n"
    with closing(wire.open(head.encode() + body)) as connection:
        wire.http.get("/not-here")
        wire.emulator.stop()
        assert connection.recv(1) == b""


def test_a_server_that_stops_leaves_those_who_do_not_read(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.05)
    with closing(wire.open()) as connection:
        connection.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            while True:  # until neither side takes any more
                connection.send(b"GET /again HTTP/1.1\r\nhost: x\r\n\r\n" * 1000)
        wire.emulator.stop()


def test_a_start_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise OSError("no more sockets")

    server = BackgroundServer(Platform(tenant(QUICK)))
    with closing(server._listeners.main):  # noqa: SLF001
        monkeypatch.setattr("uvicorn.Server.startup", fail)
        with pytest.raises(OSError, match="no more sockets"), server:
            pass


def test_a_port_that_is_taken_is_told() -> None:
    with closing(listen("127.0.0.1", 0)) as first, pytest.raises(PortTaken, match="another --port"):
        listen("127.0.0.1", first.getsockname()[1])


def test_a_host_that_does_not_exist_is_told() -> None:
    with pytest.raises(PortTaken, match=r"nobody\.invalid"):
        listen("nobody.invalid", 0)


@pytest.mark.parametrize(("host", "name"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")])  # noqa: S104
def test_the_base_url_is_one_that_this_machine_reaches(host: str, name: str) -> None:
    try:
        listener = listen(host, 0)
    except PortTaken:
        pytest.skip(f"this machine has no {host}")
    with closing(listener):
        assert base_url(listener) == f"http://{name}:{listener.getsockname()[1]}"
