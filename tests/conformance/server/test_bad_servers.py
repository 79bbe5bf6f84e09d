"""Whatever stands where CEC is expected: one readable reason, and exit status 2."""

from __future__ import annotations

import socket
import struct
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import trustme
from cec_client.protocol import Exchange, Trace
from cec_conformance.command import main
from cec_conformance.server.probing import complaint
from cec_conformance.targets.target import Played
from cec_conformance.words import Words
from click.testing import CliRunner
from mock_cec.serving import BackgroundServer
from mock_cec.tls import made_context

from tests.conformance.server.serving import ENVIRONMENT, LOGIN, http, platform, talking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result

JSON = "content-type: application/json"


def judged(url: str, *arguments: str, **environment: str) -> Result:
    given = ["server", "--base-url", url, *LOGIN, "--smoke", "--timeout", "1", *arguments]
    return CliRunner(env=ENVIRONMENT | environment).invoke(main, given)


def reason(done: Result) -> str:
    """Give the reason, on one line."""
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert "?." not in done.output
    return " ".join(done.output.split())


def hang(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.recv(1)


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def close(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def without_end(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.sendall(b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999999999\r\n\r\n{"')
        while True:
            connection.sendall(b"x" * 65536)


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
    hang(connection)


def gibberish(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    connection.shutdown(socket.SHUT_WR)


BAD: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "hangs": (hang, "did not answer tokenByAkSk within 1 s; is it CEC"),
    "resets": (reset, "closed the connection without an answer"),
    "closes": (close, "closed the connection without an answer"),
    "sends gigabytes": (without_end, "answered tokenByAkSk without an end, after 1 MiB"),
    "stops in the middle": (drip, "answers, but not as CEC does: tokenByAkSk got HTTP 200"),
    "speaks something else": (gibberish, "does not speak HTTP as one can read it"),
    "answers a page": (
        http("200 OK", b"<html><h1>It works!</h1></html>", "content-type: text/html"),
        "not as CEC does: tokenByAkSk got HTTP 200 text/html <html><h1>It works!</h1></html>. Is the address right?",
    ),
    "knows no such path": (
        http("404 Not Found", b"nope"),
        "HTTP 404 nope. Is the address right, or is it behind a path",
    ),
    "answers other JSON": (http("200 OK", b'{"status":"UP"}', JSON), 'application/json {"status":"UP"}'),
    "answers a list": (http("200 OK", b"[" * 3 + b"]" * 3, JSON), "not as CEC does"),
    "redirects": (
        http("301 Moved", b"", "location: https://cec.test/apigovernance/api/oauth/tokenByAkSk"),
        "redirects tokenByAkSk to https://cec.test/apigovernance/api/oauth/tokenByAkSk (301); the judge does not "
        "follow: give --base-url https://cec.test",
    ),
    "wants TLS": (
        http("400 Bad Request", b"<h1>The plain HTTP request was sent to HTTPS port</h1>"),
        "expects TLS: give https://127.0.0.1:",
    ),
    "refuses the secret": (
        http("401 No", b'{"errorCode":"0","exceptionInfo":"bad secret"}', JSON),
        "refused the credentials: tokenByAkSk got HTTP 401",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_cec_is_told_in_one_reason(name: str) -> None:
    answer, said = BAD[name]
    with talking(answer) as url:
        assert said in reason(judged(url))
        assert url in reason(judged(url)) or name == "wants TLS"


def test_the_channel_is_not_known() -> None:
    with BackgroundServer(platform()) as server:
        said = reason(judged(server.base_url, "--channel-id", "another", "--timeout", "10"))
    assert "granted an AccessToken, but applyToken got HTTP 200" in said
    assert "Check --channel-id" in said


def test_what_no_table_knows_is_told_in_the_library_s_own_words() -> None:
    facts = {"base_url": "http://cec.test", "login_base_url": "http://cec.test"}
    one = Exchange(
        serial=1,
        method="POST",
        target="/apigovernance/api/oauth/tokenByAkSk",
        connection_gone=1.0,
        script={"error": "connection closed (PoolTimeout)"},
    )
    found = complaint(Played(Trace(exchanges=(one,), facts=facts), None))
    assert found == Words("http://cec.test cannot be used: PoolTimeout", "http://cec.test 无法使用：PoolTimeout")
    assert complaint(Played(Trace(), None)) is None


def test_nobody_listens() -> None:
    with talking(hang) as url:
        pass
    assert f"nobody listens at {url}: the connection was refused" in reason(judged(url))


def test_there_is_no_such_host() -> None:
    assert "there is no host of that name: http://nowhere.invalid" in reason(judged("http://nowhere.invalid"))


@contextmanager
def encrypted(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Serve the emulator by TLS; give its address and the file of its authority."""
    context, authority = made_context(tmp_path, ())
    with BackgroundServer(platform(), tls=context) as server:
        yield server.base_url, str(authority)


def test_a_certificate_that_does_not_verify_is_named_with_both_ways_out(tmp_path: Path) -> None:
    with encrypted(tmp_path) as (url, authority):
        said = reason(judged(url))
        assert f"the certificate of {url} does not verify" in said
        assert "--ca FILE, or --insecure" in said

        for way in (("--ca", authority), ("--insecure",)):
            done = judged(url, "--case", "login", "--timeout", "10", *way)
            assert done.exit_code == 0, done.output


def test_a_certificate_of_somebody_else_does_not_help(tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    with encrypted(tmp_path) as (url, _):
        assert "does not verify" in reason(judged(url, "--ca", str(tmp_path / "other.pem")))


def test_http_and_https_are_told_apart(tmp_path: Path) -> None:
    with encrypted(tmp_path) as (url, _):
        plain = url.replace("https://", "http://")
        assert f"if it expects TLS, its address is {url}" in reason(judged(plain))
    with BackgroundServer(platform()) as server:
        wrong = server.base_url.replace("http://", "https://")
        assert f"does not speak TLS; its address is probably {server.base_url}" in reason(judged(wrong))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "it is empty"),
        ("service.example.com", "did you mean https://service.example.com?"),
        ("ftp://service.example.com", "did you mean https://service.example.com?"),
        ("http://", "it names no host"),
        ("http://host:0", "port 0 is none"),
        ("http://host:port", "is no address: Port could not be cast"),
        ("http://me:secret@host", "no user or password belongs in front of the host host"),
        ("http://host/?x=1", "nothing can follow behind ? or #"),
        (
            "http://host/cec/apigovernance/api/oauth/tokenByAkSk",
            "is the endpoint tokenByAkSk; give what is before: http://host/cec",
        ),
        ("https://host/apiaccess/ccmessaging", "give what is before /apiaccess: https://host"),
    ],
)
def test_an_address_that_is_none_is_explained(url: str, said: str) -> None:
    found = reason(judged(url))
    assert said in found
    assert "secret@" not in found


def test_an_address_may_have_a_path_and_a_slash_behind_it() -> None:
    """As behind a proxy."""
    from tests.conformance.server.serving import served  # noqa: PLC0415

    async def below(scope: dict[str, object], receive: object, send: object) -> None:
        path = str(scope["path"])
        assert path.startswith("/cec/")
        inner = {**scope, "path": path.removeprefix("/cec"), "raw_path": path.removeprefix("/cec").encode()}
        await original(inner, receive, send)  # type: ignore[arg-type]

    from cec_conformance.server.twins.original import Original  # noqa: PLC0415

    original = Original(platform())
    with served(below) as url:  # type: ignore[arg-type]
        done = judged(f"{url}/cec/", "--timeout", "10")
    assert done.exit_code == 0, done.output


def test_proxies_are_kept_out_of_this_machine() -> None:
    with BackgroundServer(platform()) as server:
        done = judged(server.base_url, "--timeout", "10", HTTP_PROXY="http://127.0.0.1:1", NO_PROXY="127.0.0.1")
        assert done.exit_code == 0, done.output
        without = CliRunner(env=ENVIRONMENT | {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "elsewhere.test"})
        given = ["server", "--base-url", server.base_url, *LOGIN, "--smoke"]
        assert without.invoke(main, given).exit_code == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http("404 Not Found", b"nope"), "answered POST /tenants with 404: nope"),
        (http("401 No", b""), "answered POST /tenants with 401: nothing; expected: an address such as"),
        (http("201 Created", b'{"name": 1}', JSON), "something else than a control API of the emulator's shape"),
        (close, "cannot be used"),
    ],
)
def test_a_control_channel_that_is_none_is_explained(answer: Callable[[socket.socket], None], said: str) -> None:
    with talking(answer) as url:
        found = reason(judged(url, "--control-url", f"{url}/__mock"))
    assert f"the control channel at {url}/__mock" in found
    assert said in found
