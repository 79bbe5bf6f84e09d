"""A token port: tokenByAkSk has a base URL of its own, as on platforms whose token URL is elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from cec_client import Client, Released
from cec_client.protocol import Endpoint
from mock_cec import MockCec
from mock_cec.serving import PortTaken

from tests.mock_server.test_exec_command import execute

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {"app_key": "mock-app-key", "app_secret": "mock-app-secret"}


@pytest.fixture
def cec() -> Iterator[MockCec]:
    with MockCec("agent_hangs_up", speed=100, token_port=0) as cec:
        yield cec


def hint(answer: httpx.Response) -> str:
    assert answer.status_code == 404
    expected: str = json.loads(answer.headers["x-mock-cec-hint"])["expected"]
    return expected


def test_a_whole_call_uses_both_urls(cec: MockCec) -> None:
    with Client(
        cec.base_url,
        token_base_url=cec.token_base_url,
        app_key=cec.app_key,
        app_secret=cec.app_secret,
        channel_id=cec.channel_id,
        user_id="alice",
    ) as client:
        assert any(isinstance(event, Released) for event in client.call())
    hosts = {exchange.request_header("host"): exchange.endpoint for exchange in cec.trace.exchanges[:2]}
    assert hosts == {
        cec.token_base_url.removeprefix("http://"): Endpoint.TOKEN,
        cec.base_url.removeprefix("http://"): Endpoint.APPLY_TOKEN,
    }


def test_a_client_that_ignores_the_token_url_is_told_where_it_is(cec: MockCec) -> None:
    told = hint(httpx.post(cec.base_url + Endpoint.TOKEN.path, json=KEYS))
    assert told.startswith(cec.token_base_url + Endpoint.TOKEN.path)
    assert "CEC_TOKEN_BASE_URL" in told
    assert "tokenByAkSk              404" in cec.problems


@pytest.mark.parametrize("endpoint", [endpoint for endpoint in Endpoint if endpoint is not Endpoint.TOKEN])
def test_a_client_that_takes_the_token_url_for_everything_is_told_where_the_rest_is(
    cec: MockCec, endpoint: Endpoint
) -> None:
    told = hint(httpx.request(endpoint.method, cec.token_base_url + endpoint.path))
    assert told.startswith(cec.base_url + endpoint.path)


def test_it_is_told_under_the_name_that_the_client_uses(cec: MockCec) -> None:
    port = cec.base_url.rpartition(":")[2]
    host = {"host": f"host.docker.internal:{port}"}
    told = hint(httpx.post(cec.base_url + Endpoint.TOKEN.path, json=KEYS, headers=host))
    assert told.startswith(f"http://host.docker.internal:{cec.token_base_url.rpartition(':')[2]}/")


def test_a_page_may_ask_at_both(cec: MockCec) -> None:
    asked = {"origin": "http://localhost:5173", "access-control-request-method": "POST"}
    for base_url in (cec.base_url, cec.token_base_url):
        answer = httpx.options(base_url + Endpoint.TOKEN.path, headers=asked)
        assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"


def test_the_control_api_is_at_the_main_port_alone_and_names_both(cec: MockCec) -> None:
    tenant = httpx.get(f"{cec.base_url}/__mock/tenants/default").json()
    assert (tenant["base_url"], tenant["token_base_url"]) == (cec.base_url, cec.token_base_url)
    assert httpx.get(f"{cec.token_base_url}/__mock/tenants/default").status_code == 404


def test_a_tenants_own_port_serves_everything(cec: MockCec) -> None:
    wish = {"app_key": "k", "port": 0}
    tenant = httpx.post(f"{cec.base_url}/__mock/tenants", json=wish).json()
    assert tenant["token_base_url"] == tenant["base_url"]
    answer = httpx.post(tenant["base_url"] + Endpoint.TOKEN.path, json=KEYS | {"app_key": "k"})
    assert answer.status_code == 200


def test_tenants_share_it_and_their_programs_are_told(cec: MockCec) -> None:
    with cec.tenant("other") as other:
        assert other.token_base_url == cec.token_base_url != cec.base_url
        assert other.env["CEC_TOKEN_BASE_URL"] == cec.token_base_url
        keys = {"app_key": other.app_key, "app_secret": other.app_secret}
        assert httpx.post(other.token_base_url + Endpoint.TOKEN.path, json=keys).status_code == 200
        assert len(other.trace.exchanges) == 1


def test_when_the_emulator_stops_both_ports_are_free(cec: MockCec) -> None:
    cec.stop()
    ports = [int(url.rpartition(":")[2]) for url in (cec.base_url, cec.token_base_url)]
    with MockCec(port=ports[1], token_port=ports[0]) as again:
        assert again.token_base_url == cec.base_url


def test_a_taken_port_is_told_with_its_option(cec: MockCec) -> None:
    taken = int(cec.base_url.rpartition(":")[2])
    with pytest.raises(PortTaken, match="another --token-port"):
        MockCec(token_port=taken).start()


def test_without_one_there_is_one_url() -> None:
    with MockCec() as cec:
        assert cec.token_base_url == cec.base_url


SHOW = "import os; print(os.environ['CEC_BASE_URL'], os.environ['CEC_TOKEN_BASE_URL'], os.environ['T'])"


@pytest.mark.parametrize(
    ("public_url", "same_name"), [([], True), (["--public-url", "https://cec.example"], False)], ids=["here", "proxied"]
)
def test_exec_tells_its_program(public_url: list[str], same_name: bool) -> None:  # noqa: FBT001
    done = execute("--token-port=0", *public_url, "--env", "T={token_base_url}", program=SHOW)
    base_url, token_base_url, named = done.stdout.split()
    assert token_base_url == named != base_url
    assert token_base_url.startswith("http://127.0.0.1:")
    assert base_url.startswith("http://127.0.0.1:") == same_name


def test_the_command_logs_it_and_is_told_by_its_environment_too() -> None:
    command = [sys.executable, "-m", "mock_cec", "--port", "0"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"MOCK_CEC_TOKEN_PORT": "0"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        base_url = process.stdout.readline().split()[2]
        lines = [process.stderr.readline() for _ in range(2)]
        token_url = lines[1].split()[2].rstrip(",")
        assert httpx.post(token_url + Endpoint.TOKEN.path, json=KEYS).status_code == 200
        assert httpx.post(base_url + Endpoint.TOKEN.path, json=KEYS).status_code == 404
        process.terminate()
        assert process.wait(20) == 0
