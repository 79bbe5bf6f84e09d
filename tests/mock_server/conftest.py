"""The emulated API in process, with a clock that moves only when a test says so."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cec_client.protocol import BY_NAME, Endpoint
from mock_cec.app import app
from mock_cec.clock import SteppedClock
from mock_cec.platform import Platform
from mock_cec.scenario import catalogue
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONNECT = {
    "channel": "WEB",
    "content": "start",
    "controlType": "CONNECT",
    "from": "alice",
    "mediaType": "TEXT",
    "sourceType": "CUSTOMER",
    "to": "mock-channel",
}
"""The guide's `send` (guide §5 step 1)."""

GOOD_BODIES: dict[str, dict[str, Any]] = {
    "tokenByAkSk": {"app_key": "mock-app-key", "app_secret": "mock-app-secret"},
    "applyToken": {"userId": "alice", "userName": "Alice", "channelId": "mock-channel", "locale": "zh"},
    "send": CONNECT,
    "createClickToCall": {"channel": "WEB", "mediaAbility": "0"},
    "dropClickToCall": {"channel": "WEB"},
    "doLeaveMessage": {"callId": "alice", "caller": "13800000000", "leaveMessage": "call me", "channel": "WEB"},
}
"""A body for each POST that its endpoint takes."""

GOOD_QUERIES = {
    "poll": "?channel=WEB&receiverId=alice",
    "checkClickToCallSupport": "?channel=WEB",
    "getClickToCallEvents": "?channel=WEB",
}
"""A query for each GET that its endpoint takes."""


class Api:
    """A client of the emulated API, and the hand on its clock.

    Attributes:
        headers: What every request carries: the common headers, once there is a login.
    """

    def __init__(self, scenario: str, runner: asyncio.Runner) -> None:
        self.clock = SteppedClock()
        found = load(scenario, "test") if "\n" in scenario else catalogue.find(scenario)
        self.tenant = Tenant(plan(found), self.clock)
        self.headers: dict[str, str] = {"content-type": "application/json"}
        self._runner = runner
        self._http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app(Platform(self.tenant))), base_url="http://cec.test:8360"
        )

    def login(self, user: str = "alice") -> Api:
        """Get both tokens, and use them from now on."""
        access = self.call("tokenByAkSk").json()["AccessToken"]
        self.headers |= {"x-app-key": "mock-app-key", "authorization": f"Bearer {access}"}
        answer = self.call("applyToken", json=GOOD_BODIES["applyToken"] | {"userId": user})
        self.headers["ccmessaging-token"] = answer.json()["token"]
        return self

    def call(self, name: str, **changes: Any) -> httpx.Response:
        """Send a good request, or one with the changes a test wants, and wait for its answer."""
        return self.answer(self.start(name, **changes))

    def start(self, name: str, **changes: Any) -> asyncio.Task[httpx.Response]:
        """Send a request that may be held."""
        endpoint = BY_NAME[name]
        request: dict[str, Any] = {"method": endpoint.method, "query": GOOD_QUERIES.get(name, ""), "headers": {}}
        if endpoint.method == "POST":
            request["json"] = GOOD_BODIES[name]
        request |= changes
        if "content" in changes:
            del request["json"]
        headers = {key: value for key, value in (self.headers | request.pop("headers")).items() if value is not None}
        url = changes.get("path", endpoint.path) + request.pop("query")
        request.pop("path", None)
        task = self._runner.get_loop().create_task(self._http.request(url=url, headers=headers, **request))
        self.settle()
        return task

    def settle(self) -> None:
        """Let everything happen that can happen without time."""

        async def turns() -> None:
            for _ in range(30):
                await asyncio.sleep(0)

        self._runner.run(turns())

    def advance(self, seconds: float) -> None:
        """Move time on."""

        async def move() -> None:
            self.clock.advance(seconds)

        self._runner.run(move())
        self.settle()

    def answer(self, task: asyncio.Task[httpx.Response]) -> httpx.Response:
        """Give the answer of a request that has one by now."""
        assert task.done(), "the request is still held"
        return task.result()

    def event(self) -> int | None:
        """Poll, move time on until the poll is answered, and give the event it brought."""
        poll = self.start("getClickToCallEvents")
        while not poll.done():
            due = self.clock.next_due()
            assert due is not None
            self.advance(due - self.clock.now())
        answer = self.answer(poll).json()
        assert answer["resultCode"] == "0"
        event: int | None = answer.get("eventId")
        return event

    def endpoints(self) -> list[Endpoint | None]:
        """Name the endpoints that were asked, in order."""
        return [exchange.endpoint for exchange in self.tenant.recorder.trace().exchanges]


@pytest.fixture
def api() -> Iterator[Callable[[str], Api]]:
    """Make emulated APIs by scenario (a name, or a text of several lines)."""
    with ExitStack() as stack:
        runner = stack.enter_context(asyncio.Runner())
        runner.run(asyncio.sleep(0))

        def make(scenario: str = "queue_then_answered") -> Api:
            return Api(scenario, runner)

        yield make
