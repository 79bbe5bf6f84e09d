"""TLS: an authority that is kept, certificates for the names under which an emulator is reached."""

from __future__ import annotations

import ssl
import stat
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from cec_client import Client, Connected
from mock_cec.platform import Platform
from mock_cec.serving import BackgroundServer
from mock_cec.tls import TlsError, made_context, own_context

from tests.conftest import tenant

if TYPE_CHECKING:
    from pathlib import Path

SOON = "title: t\nevents:\n  - {after: 50ms, event: connected}\n"


def test_a_whole_call_over_https_gets_a_secure_gateway(tmp_path: Path) -> None:
    context, authority = made_context(tmp_path / "data")
    mine = tenant(SOON)
    with (
        BackgroundServer(Platform(mine), tls=context) as server,
        Client(
            server.base_url,
            app_key="mock-app-key",
            app_secret="mock-app-secret",
            channel_id="mock-channel",
            user_id="alice",
            verify=str(authority),
            trust_env=False,
        ) as client,
        client.call() as call,
    ):
        assert server.base_url.startswith("https://127.0.0.1:")
        gateway = next(event.gateway for event in call if isinstance(event, Connected))
        call.hang_up()
    assert gateway is not None
    assert gateway.addresses == (server.base_url.replace("https:", "wss:") + "/sip",)


def test_who_does_not_know_the_authority_refuses(tmp_path: Path) -> None:
    context, _ = made_context(tmp_path)
    with BackgroundServer(Platform(tenant(SOON)), tls=context) as server, pytest.raises(httpx.ConnectError):
        httpx.get(server.base_url, trust_env=False)


def test_the_authority_is_made_once_and_its_key_is_the_users_alone(tmp_path: Path) -> None:
    _, authority = made_context(tmp_path)
    before = authority.read_bytes()
    made_context(tmp_path)
    assert authority.read_bytes() == before
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "ca-key.pem").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "10.0.2.2", "host.docker.internal", "cec.test"])
def test_a_certificate_has_the_usual_names_and_those_asked_for(tmp_path: Path, name: str) -> None:
    served, authority = made_context(tmp_path, ("cec.test",))
    trusting = ssl.create_default_context(cafile=authority)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = trusting.wrap_bio(to_client, to_server, server_hostname=name)
    server = served.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    assert client.getpeercert()


def test_ones_own_certificate_is_used(tmp_path: Path) -> None:
    _, authority = made_context(tmp_path)
    context = own_context(authority, tmp_path / "ca-key.pem")
    assert context.cert_store_stats() == {"x509": 0, "crl": 0, "x509_ca": 0}


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "mine.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(TlsError, match=r"mine\.pem"):
        own_context(file, None)


def test_an_authority_that_cannot_be_kept_or_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TlsError, match="cannot keep"):
        made_context(tmp_path / "file")
    (tmp_path / "ca.pem").write_text("?")
    (tmp_path / "ca-key.pem").write_text("?")
    with pytest.raises(TlsError, match="delete it"):
        made_context(tmp_path)


def test_a_name_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(TlsError, match="host names"):
        made_context(tmp_path, ("not a name!",))
