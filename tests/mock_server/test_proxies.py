"""Behind a reverse proxy that speaks HTTPS: nginx, as docs/proxies.md sets it up, over real sockets."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import ssl
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest
import trustme
from cec_client import Client, Connected, Outcome
from cec_client.protocol import Endpoint
from mock_cec import MockCec
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.examples.programs import missing
from tests.mock_server.conftest import GOOD_BODIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_cec import MockTenant

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
DOCS = Path(__file__).parents[2] / "docs" / "proxies.md"
NAME = "cec.test"
POLL = Endpoint.EVENTS.path + "?channel=WEB"

SOON = "title: t\nhold: 1h\nevents:\n  - {after: 1s, event: queued}\n  - {after: 1s, event: connected}\n"

AROUND = """
daemon off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
{server}
}}
"""


class Proxy(NamedTuple):
    """A proxy in front of an emulator.

    Attributes:
        cec: The emulator.
        port: Where the proxy listens.
        authority: The file of the authority that vouches for it.
    """

    cec: MockCec
    port: int
    authority: str

    def url(self, name: str = NAME) -> str:
        return f"https://{name}:{self.port}"


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        number: int = listener.getsockname()[1]
        return number


def snippet(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def answers(port: int) -> bool:
    with closing(socket.socket()) as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """Run the nginx of the docs before an emulator."""
    if NGINX is None:
        missing("nginx is not here (Debian: apt-get install nginx-light)")
    assert NGINX is not None
    folder = tmp_path_factory.mktemp("nginx")
    authority = trustme.CA()
    certificate = authority.issue_cert(NAME, "host.docker.internal", "127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "cec.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    with MockCec() as cec:
        port = free_port()
        server = snippet("nginx").replace("http://127.0.0.1:8360", cec.base_url).replace("listen 443", f"listen {port}")
        server = server.replace("/etc/nginx/cec.pem", str(folder / "cec.pem"))
        (folder / "nginx.conf").write_text(AROUND.format(server=server), encoding="utf-8")
        command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                while not answers(port):
                    assert process.poll() is None, process.stderr and process.stderr.read()
                yield Proxy(cec, port, str(folder / "ca.pem"))
            finally:
                process.terminate()
                process.communicate()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name be this machine, as a line in its hosts file would."""
    look_up = socket.getaddrinfo

    def here(_: str, *more: object, **options: object) -> object:
        return look_up("127.0.0.1", *more, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", here)


def client(url: str, tenant: MockTenant, verify: str | bool = True) -> Client:  # noqa: FBT001, FBT002  (as httpx has it)
    return Client(
        url,
        app_key=tenant.app_key,
        app_secret=tenant.app_secret,
        channel_id=tenant.channel_id,
        user_id="alice",
        verify=verify,
        trust_env=False,
    )


def gateway(caller: Client) -> tuple[str | None, tuple[str, ...]]:
    """Place a whole call and give the gateway's domain and addresses."""
    found = None
    with caller, caller.call() as call:
        for event in call:
            if isinstance(event, Connected):
                found = event.gateway
                call.hang_up()
    assert call.outcome is Outcome.HUNG_UP
    assert found is not None
    return found.domain, found.addresses


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("name", [NAME, "host.docker.internal"])
def test_a_whole_call_through_it_gets_a_gateway_at_the_public_name(proxy: Proxy, name: str) -> None:
    with proxy.cec.tenant(scenario=SOON, speed=20) as tenant:
        found = gateway(client(proxy.url(name), tenant, proxy.authority))
    assert found == (name, (f"wss://{name}:{proxy.port}/sip",))


@pytest.mark.usefixtures("names")
def test_a_public_url_is_told_whatever_the_client_asked_for(proxy: Proxy) -> None:
    with proxy.cec.tenant(scenario=SOON, speed=20, public_url="https://cec.example/") as tenant:
        found = gateway(client(proxy.url(), tenant, proxy.authority))
    assert found == ("cec.example", ("wss://cec.example/sip",))


@pytest.mark.usefixtures("names")
def test_a_poll_is_held_through_it_and_its_client_is_missed_when_it_leaves(proxy: Proxy) -> None:
    with (
        proxy.cec.tenant(scenario=SOON, clock="stepped") as tenant,
        ThreadPoolExecutor() as threads,
        httpx.Client(base_url=proxy.url(), verify=ssl.create_default_context(cafile=proxy.authority)) as http,
    ):
        log_in(http, tenant)
        with pytest.raises(httpx.ReadTimeout):
            http.get(POLL, timeout=0.2)
        assert tenant.wait_for(endpoint=Endpoint.EVENTS).connection_gone is not None
        poll = threads.submit(http.get, POLL)
        tenant.wait_until_held()
        tenant.clock.advance("1s")
        assert poll.result().json()["eventId"] == 168102
        poll = threads.submit(http.get, POLL)
        tenant.wait_until_held()
        tenant.clock.advance("1s")
        assert poll.result().json()["content"]["gwAddresses"] == [f"wss://{NAME}:{proxy.port}/sip"]


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("how", ["close", "reset"])
def test_of_a_connection_that_ends_before_the_answer_the_proxy_makes_a_502(proxy: Proxy, how: str) -> None:
    fault = f"title: t\nanswers: {{checkClickToCallSupport: {{1: {{{how}: before the answer}}}}}}\n"
    with (
        proxy.cec.tenant(scenario=fault) as tenant,
        httpx.Client(base_url=proxy.url(), verify=ssl.create_default_context(cafile=proxy.authority)) as http,
    ):
        log_in(http, tenant)
        answers = [http.get(Endpoint.CHECK.path + "?channel=WEB") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [502, 200]
    assert answers[0].headers["content-type"] == "text/html"


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("name", [NAME, "host.docker.internal", "localhost"])
def test_without_a_proxy_too_the_gateway_has_the_name_that_the_client_used(name: str) -> None:
    with MockCec(SOON, speed=20) as cec:
        port = cec.base_url.rpartition(":")[2]
        found = gateway(client(f"http://{name}:{port}", cec))
    assert found == (name, (f"ws://{name}:{port}/sip",))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has 127.0.0.2 as it is")
@pytest.mark.parametrize(
    ("source", "believed", "scheme"),
    [("127.0.0.1", None, "wss"), ("127.0.0.2", None, "ws"), ("127.0.0.2", "10.0.0.5,127.0.0.0/30", "wss")],
    ids=["from this machine", "from elsewhere", "from where it is to be believed"],
)
def test_what_was_forwarded_is_believed_from_this_machine_or_as_it_is_told(
    monkeypatch: pytest.MonkeyPatch, source: str, believed: str | None, scheme: str
) -> None:
    if believed is not None:
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", believed)
    forwarded = {"host": NAME, "x-forwarded-proto": "https", "x-forwarded-host": "other.test"}
    with (
        MockCec("title: t\nevents: [{after: 0s, event: connected}]\n") as cec,
        httpx.Client(
            base_url=cec.base_url, transport=httpx.HTTPTransport(local_address=source), headers=forwarded
        ) as http,
    ):
        log_in(http, cec)
        assert http.get(POLL).json()["content"]["gwAddresses"] == [f"{scheme}://{NAME}/sip"]


def log_in(http: httpx.Client, tenant: MockTenant) -> None:
    """Log in and create a call."""
    keys = {"app_key": tenant.app_key, "app_secret": tenant.app_secret}
    http.headers["authorization"] = f"Bearer {http.post(Endpoint.TOKEN.path, json=keys).json()['AccessToken']}"
    http.headers["x-app-key"] = tenant.app_key
    user = GOOD_BODIES["applyToken"] | {"channelId": tenant.channel_id}
    http.headers["ccmessaging-token"] = http.post(Endpoint.APPLY_TOKEN.path, json=user).json()["token"]
    http.post(Endpoint.CREATE.path, json=GOOD_BODIES["createClickToCall"])


def test_the_gateways_websocket_goes_through_the_proxy(proxy: Proxy) -> None:
    async def scene() -> None:
        trusting = ssl.create_default_context(cafile=proxy.authority)
        address = f"wss://{NAME}:{proxy.port}/sip"
        protocols = [Subprotocol("sip")]
        async with connect(
            address, host="127.0.0.1", port=proxy.port, subprotocols=protocols, ssl=trusting, proxy=None
        ) as socket:
            await socket.send("\r\n\r\n")
            assert await socket.recv() == "\r\n"

    asyncio.run(scene())
