"""The control API in process, beside the emulated one that it controls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cec_client.protocol import BY_NAME
from mock_cec.app import app
from mock_cec.clock import SteppedClock
from mock_cec.control.door import Control
from mock_cec.platform import Platform
from mock_cec.scenario import catalogue
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Tenant

from tests.mock_server.conftest import GOOD_BODIES, GOOD_QUERIES

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "secret-of-the-control-api"


class House:
    """A client of the control API, and of the emulated API of any tenant.

    Attributes:
        platform: What is controlled.
        control: The control API.
    """

    def __init__(self, runner: asyncio.Runner) -> None:
        first = Tenant(plan(catalogue.find("queue_then_answered")), SteppedClock())
        self.platform = Platform(first)
        self.control = Control(self.platform, token=TOKEN)
        self._runner = runner
        transport = httpx.ASGITransport(app(self.platform, self.control))
        self._http = httpx.AsyncClient(transport=transport, base_url="http://localhost:8360")

    def start(self, method: str, path: str, **request: Any) -> asyncio.Task[httpx.Response]:
        """Send a request that may have to wait."""
        task = self._runner.get_loop().create_task(self._http.request(method, path, **request))
        self.settle()
        return task

    def settle(self) -> None:
        """Let everything happen that can happen without time."""

        async def turns() -> None:
            for _ in range(60):
                await asyncio.sleep(0)

        self._runner.run(turns())

    def wait(self, task: asyncio.Task[httpx.Response]) -> httpx.Response:
        """Wait for an answer."""
        return self._runner.run(_finished(task))

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a control request: `GET`, `/tenants`."""
        return self.wait(self.start(method, f"/__mock{path}", **request))

    def tenant(self, **wishes: Any) -> dict[str, Any]:
        """Make a tenant."""
        answer = self.ask("POST", "/tenants", json={"clock": "stepped"} | wishes)
        assert answer.status_code == 201, answer.text
        view: dict[str, Any] = answer.json()
        return view

    def login(self, app_key: str, user: str = "alice") -> User:
        """Log in to the tenant of an app key."""
        return User(self, app_key, user)

    def found(self, name: str) -> Tenant:
        """Give a tenant."""
        tenant = self.platform.tenant(name)
        assert tenant is not None
        return tenant


class User:
    """A user of one tenant, logged in."""

    def __init__(self, house: House, app_key: str, user: str) -> None:
        self.house = house
        self.headers: dict[str, str] = {}
        credentials = GOOD_BODIES["tokenByAkSk"] | {"app_key": app_key}
        token = self.call("tokenByAkSk", json=credentials, headers={"x-token-expire": "3600"}).json()["AccessToken"]
        self.headers = {"x-app-key": app_key, "authorization": f"Bearer {token}"}
        answer = self.call("applyToken", json=GOOD_BODIES["applyToken"] | {"userId": user})
        self.headers["ccmessaging-token"] = answer.json()["token"]

    def start(self, name: str, **changes: Any) -> asyncio.Task[httpx.Response]:
        """Send an emulated request that may be held."""
        endpoint = BY_NAME[name]
        request: dict[str, Any] = {"headers": self.headers}
        if endpoint.method == "POST":
            request["json"] = GOOD_BODIES[name]
        return self.house.start(endpoint.method, endpoint.path + GOOD_QUERIES.get(name, ""), **request | changes)

    def call(self, name: str, **changes: Any) -> httpx.Response:
        """Send an emulated request and wait for its answer."""
        task = self.start(name, **changes)
        assert task.done(), "the request is held"
        return task.result()


async def _finished(task: asyncio.Task[httpx.Response]) -> httpx.Response:
    return await task


@pytest.fixture
def house() -> Iterator[House]:
    with asyncio.Runner() as runner:
        runner.run(asyncio.sleep(0))
        yield House(runner)
