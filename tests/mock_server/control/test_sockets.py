"""The control API over real sockets: ports of a tenant's own, held polls, and waits that end."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cec_client.protocol import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Emulator

POLL = Endpoint.EVENTS.path + "?channel=WEB"


@pytest.fixture
def running(emulator: Callable[[str], Emulator]) -> Emulator:
    return emulator("quiet")


@pytest.fixture
def http(running: Emulator) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.base_url, timeout=20) as client:
        yield client


def login(client: httpx.Client, app_key: str) -> httpx.Client:
    """Log a client in; it is given back."""
    body: dict[str, Any] = {"app_key": app_key, "app_secret": "mock-app-secret"}
    token = client.post(Endpoint.TOKEN.path, json=body).json()["AccessToken"]
    client.headers.update({"x-app-key": app_key, "authorization": f"Bearer {token}"})
    body = {"userId": "alice", "userName": "Alice", "channelId": "mock-channel", "locale": "zh"}
    client.headers["ccmessaging-token"] = client.post(Endpoint.APPLY_TOKEN.path, json=body).json()["token"]
    return client


def test_a_tenant_has_a_port_of_its_own_where_whatever_comes_is_its_own(http: httpx.Client) -> None:
    view = http.post("/__mock/tenants", json={"name": "t", "port": 0}).json()
    assert view["base_url"] == f"http://127.0.0.1:{view['port']}"
    assert httpx.get(f"{view['base_url']}/__mock/health").status_code == 404
    with closing(login(httpx.Client(base_url=view["base_url"], timeout=20), "t")) as user:
        assert http.get("/__mock/tenants/t").json()["exchanges"] == 3
        taken = http.post("/__mock/tenants", json={"name": "u", "port": view["port"]})
        assert (taken.status_code, taken.json()["error"]) == (409, "port_taken")
        with ThreadPoolExecutor() as threads:
            poll = threads.submit(user.get, POLL)
            http.get("/__mock/tenants/t/trace/wait?endpoint=getClickToCallEvents&state=begun")
            assert http.delete("/__mock/tenants/t").status_code == 200
            assert poll.result().json()["resultDesc"] == "ClickToCall polled without any events"
    with pytest.raises(httpx.ConnectError):
        httpx.get(view["base_url"])
    assert [tenant["name"] for tenant in http.get("/__mock/tenants").json()["tenants"]] == ["default"]


def test_a_preflight_says_nothing_of_whose_it_is_so_the_first_tenant_answers_and_at_an_own_port_its_own(
    http: httpx.Client,
) -> None:
    page = {"origin": "http://page.test"}
    scenario = {"title": "t", "cors": "none"}
    own = http.post("/__mock/tenants", json={"name": "t", "scenario": scenario, "port": 0}).json()["base_url"]
    answers = [httpx.options(url + POLL, headers=page) for url in (str(http.base_url).rstrip("/"), own)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert ["access-control-allow-origin" in answer.headers for answer in answers] == [True, False]
    user = login(httpx.Client(base_url=http.base_url, timeout=20), "t")
    with closing(user):
        answer = user.get(Endpoint.CHECK.path + "?channel=WEB", headers=page)
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_a_held_poll_is_failed_while_it_is_held(http: httpx.Client) -> None:
    http.post("/__mock/tenants", json={"name": "t"})
    with closing(login(httpx.Client(base_url=http.base_url, timeout=20), "t")) as user, ThreadPoolExecutor() as threads:
        poll = threads.submit(user.get, POLL)
        http.get("/__mock/tenants/t/trace/wait?endpoint=getClickToCallEvents&state=begun")
        (held,) = http.get("/__mock/tenants/t/polls").json()["polls"]
        assert http.post(f"/__mock/tenants/t/polls/{held['poll']}/fail", json={"status": 503}).status_code == 200
        assert poll.result().status_code == 503


def test_a_server_that_stops_ends_waits_and_closes_all_its_ports(running: Emulator, http: httpx.Client) -> None:
    view = http.post("/__mock/tenants", json={"port": 0}).json()
    with ThreadPoolExecutor() as threads:
        wait = threads.submit(httpx.get, f"{running.base_url}/__mock/tenants/default/trace/wait?timeout=10m")
        while not running.tenant.recorder.watchers:
            http.get("/__mock/health")
        running.stop()
        assert wait.result().json()["error"] == "gone"
    with pytest.raises(httpx.ConnectError):
        httpx.get(view["base_url"])


def test_the_control_api_is_not_loaded_before_it_is_asked() -> None:
    code = "import sys, mock_cec.serving; print([name for name in sys.modules if name.startswith('starlette.')])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"
