"""The doors as bare ASGI applications: behind any server, and for a client that goes away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from cec_client.protocol import Endpoint
from mock_cec.app import app
from mock_cec.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]


class Caller:
    """A request to the application without any server between."""

    def __init__(self, client: Api, endpoint: Endpoint, query: bytes = b"channel=WEB") -> None:
        self.sent: list[dict[str, Any]] = []
        self.gone = asyncio.Event()
        self._app = app(Platform(client.tenant))
        self._parts = [b'{"channel":', b'"WEB"}'] if endpoint.method == "POST" else [b""]
        headers = [(name.encode(), value.encode()) for name, value in client.headers.items()]
        self._scope = {
            "type": "http",
            "method": endpoint.method,
            "scheme": "http",
            "path": endpoint.path,
            "query_string": query,
            "headers": headers,
        }

    async def run(self) -> None:
        await self._app(self._scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        if self._parts:
            part = self._parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(self._parts)}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_a_body_in_parts_is_read_to_its_end(api: MakeApi) -> None:
    client = api().login()
    caller = Caller(client, Endpoint.DROP)
    asyncio.run(caller.run())
    assert caller.sent[0]["status"] == 200
    assert caller.sent[1]["body"] == b'{"resultCode":"13","resultDesc":"disconnect failed"}'


def test_a_held_poll_ends_with_its_event(api: MakeApi) -> None:
    client = api("answered").login()
    client.call("createClickToCall")
    caller = Caller(client, Endpoint.EVENTS)

    async def play() -> None:
        poll = asyncio.ensure_future(caller.run())
        await turns()
        assert caller.sent == []
        client.clock.advance(0.5)
        await poll

    asyncio.run(play())
    assert b"168101" in caller.sent[1]["body"]


def test_a_client_that_disconnects_leaves_its_event_to_the_next_poll(api: MakeApi) -> None:
    client = api("answered").login()
    client.call("createClickToCall")
    caller = Caller(client, Endpoint.EVENTS)

    async def play() -> None:
        poll = asyncio.ensure_future(caller.run())
        await turns()
        caller.gone.set()
        await turns()
        client.clock.advance(0.5)
        await poll

    asyncio.run(play())
    assert caller.sent == []
    assert client.event() == 168101


def test_a_client_that_disconnects_during_a_delay_had_no_effect(api: MakeApi) -> None:
    client = api("title: t\nanswers: {dropClickToCall: {1: {delay: 5s}}}\n").login()
    client.call("createClickToCall")
    caller = Caller(client, Endpoint.DROP)

    async def play() -> None:
        drop = asyncio.ensure_future(caller.run())
        await turns()
        caller.gone.set()
        await drop

    asyncio.run(play())
    assert caller.sent == []
    assert client.tenant.sessions[0].script.live(client.clock.now())


def test_a_server_that_cancels_a_held_poll_loses_no_event(api: MakeApi) -> None:
    client = api("answered").login()
    client.call("createClickToCall")
    caller = Caller(client, Endpoint.EVENTS)

    async def play() -> None:
        poll = asyncio.ensure_future(caller.run())
        await turns()
        poll.cancel()
        await asyncio.wait([poll])

    asyncio.run(play())
    assert client.event() == 168101
