"""`cec-call`: what it prints, what it returns, and how it stops."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
from cec_client import command
from cec_client.errors import TransportFailed
from cec_client.media import libraries
from cec_client.protocol import Endpoint

from tests.client import world as w
from tests.client.media.fake import Mood, running
from tests.client.platform import HELD, UNTIL_DROP, Scripted, served
from tests.client.world import Reply, Script

POLL = Endpoint.EVENTS


@dataclass
class Ran:
    status: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, no_proxies: None, capsys: pytest.CaptureFixture[str]) -> Run:  # noqa: ARG001
    for name in list(os.environ):
        if name.startswith("CEC_"):
            monkeypatch.delenv(name)

    def run(*arguments: str, **environment: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["cec-call", *arguments])
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        status = 0
        try:
            command.main()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 0
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


@pytest.fixture
def platform() -> Iterator[Callable[[Script], tuple[str, Scripted]]]:
    open_ones = []

    def start(script: Script) -> tuple[str, Scripted]:
        context = served(script)
        open_ones.append(context)
        url, scripted, _ = context.__enter__()
        return url, scripted

    yield start
    for context in open_ones:
        context.__exit__(None, None, None)


Start = Callable[[Script], tuple[str, Scripted]]
MESSAGE = {"sourceType": "AGENT", "controlType": "CHAT", "mediaType": "TEXT", "content": "您好"}
CHAT: Script = {
    POLL: [w.QUEUED, Reply(body=w.CONNECTED.body), w.EMPTY, UNTIL_DROP],
    Endpoint.POLL_TEXT: [Reply(body={"resultCode": "0", "downlinkMessages": [MESSAGE]})],
}


def test_a_call_with_chat_in_plain_lines(run: Run, platform: Start) -> None:
    url, scripted = platform(CHAT)
    ran = run(url, "--flow", "text_then_call", "--say", "你好", "--hangup-after", "0.3", "--verbose")
    assert ran.status == 0
    for words in (
        "> logged in",
        "< in queue",
        "< connected: call 179",
        "# you: 你好",
        "# agent: 您好",
    ):
        assert words in ran.out
    assert re.search(r"= (hung_up|released) after", ran.out)  # the drop and the event may cross
    assert ". poll ended without an event" in ran.out
    assert "> hanging up" in ran.out
    assert ran.err == ""
    assert scripted.asked.count(Endpoint.DROP) == 1


def test_json_lines(run: Run, platform: Start) -> None:
    url, _ = platform({POLL: [w.EXPIRED, w.CONNECTED, w.FAIL, w.RELEASED]})
    ran = run("--base-url", url, "--json")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.status == 0
    assert [line["event"] for line in lines] == [
        "logged_in",
        "support_checked",
        "call_created",
        "tokens_expired",
        "logged_in",
        "connected",
        "poll_failed",
        "released",
        "ended",
    ]
    assert lines[3]["endpoint"] == "getClickToCallEvents"
    assert lines[5]["gateway"]["addresses"] == ["wss://a", "wss://b"]
    assert lines[6]["failure"]["error"] == "RequestRefused"
    assert lines[7]["cause"] == {"id": -1, "desc": "xxxx"}
    assert lines[8]["outcome"] == "released"
    assert all(isinstance(line["elapsed"], float) for line in lines)


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ({POLL: [w.RELEASED]}, "released"),
        ({POLL: [w.QUEUE_TIMEOUT]}, "queue_timeout"),
        ({POLL: [w.CALL_FAILED]}, "call_failed"),
        ({Endpoint.CHECK: [w.support(webrtc=False)]}, "unsupported"),
        ({Endpoint.CREATE: [w.FAIL]}, "rejected"),
        ({Endpoint.TOKEN: [Reply(500)]}, "error"),
    ],
)
def test_the_driver_contract(run: Run, platform: Start, script: Script, outcome: str) -> None:
    url, _ = platform(script)
    ran = run(CEC_BASE_URL=url, CEC_USER_ID="u", CEC_HANGUP_AFTER="", CEC_MEDIA_ABILITY="1", CEC_FLOW="call")
    assert ran.status == 0
    assert ran.out.splitlines() == [json.dumps({"outcome": outcome})]
    assert "Calling channel" in ran.err


@pytest.mark.parametrize("moment", ["connected", "created", "queued"])
def test_hanging_up_as_the_contract_says(run: Run, platform: Start, moment: str) -> None:
    url, scripted = platform({POLL: [w.QUEUED, w.CONNECTED, UNTIL_DROP]})
    ran = run(CEC_BASE_URL=url, CEC_HANGUP_AFTER="0", CEC_HANGUP_WHEN=moment, CEC_FLOW="call_then_text")
    assert json.loads(ran.out.splitlines()[-1])["outcome"] in ("hung_up", "released")
    assert scripted.asked.count(Endpoint.DROP) == 1
    assert Endpoint.POLL_TEXT not in scripted.asked


def test_media_in_plain_lines(run: Run, platform: Start) -> None:
    with running(Mood()) as (gate,):
        url, scripted = platform({POLL: [connected_at("ws://127.0.0.1:9", gate.url), UNTIL_DROP]})
        gate.mood.once_heard = scripted.dropped.set
        ran = run(url, "--media")
    assert ran.status == 0
    for words in (
        "~ media: dialling 179 at ws://127.0.0.1:9",
        "! media: ws://127.0.0.1:9: nothing listens there",
        f"~ media: dialling 179 at {gate.url}",
        "~ media: 180 ringing",
        "~ media connected: opus",
        "~ media ended: the call is over; audio opus: ",
        "own tone ",
    ):
        assert words in ran.out
    assert gate.methods == ["INVITE", "ACK", "BYE"]
    assert ran.out.splitlines()[-1].split()[1] == "="


def test_media_by_the_driver_contract(run: Run, platform: Start) -> None:
    """A gateway that refuses changes nothing of the outcome, but is shown."""
    with running(Mood(refuses="486 Busy Here")) as (gate,):
        url, _ = platform({POLL: [connected_at(gate.url), w.EMPTY, UNTIL_DROP]})
        environment = {"CEC_CONNECT_MEDIA": "1", "CEC_MEDIA_ABILITY": "1", "CEC_HANGUP_AFTER": "1"}
        ran = run("--json", CEC_BASE_URL=url, **environment)
    assert ran.status == 0
    assert json.loads(ran.out) in ({"outcome": "hung_up"}, {"outcome": "released"})
    lines = [json.loads(line) for line in ran.err.splitlines()]
    failed = next(line for line in lines if line["event"] == "media_failed")
    assert failed["failure"] == {"error": "MediaRefused", "message": "the gateway answered 486 Busy Here"}
    assert "m=video" in gate.received[0]


def test_media_without_their_libraries(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "NEEDED", ("no_such_rtc",))
    ran = run("--media")
    assert ran.status == 2
    assert "media need no_such_rtc: pip install 'mock-cec[gateway]'" in ran.err
    ran = run(CEC_BASE_URL="http://127.0.0.1:9", CEC_CONNECT_MEDIA="1")
    assert (ran.status, ran.out) == (0, '{"outcome": "skip"}\n')


def connected_at(*addresses: str) -> Reply:
    return w.event(168101, w.GATEWAY | {"gwAddresses": list(addresses)})


@pytest.mark.parametrize("wish", [{"CEC_CONNECT_MEDIA": "hologram"}, {"CEC_FLOW": "conference"}])
def test_what_it_cannot_do_it_says(run: Run, wish: dict[str, str]) -> None:
    ran = run(CEC_BASE_URL="http://127.0.0.1:9", **wish)
    assert (ran.status, ran.out) == (0, '{"outcome": "skip"}\n')


def test_nothing_listens(run: Run) -> None:
    with served() as (url, _, _):
        pass
    ran = run(url)
    assert ran.status == 1
    assert f"Nothing answers at {url}: is `mock-cec` running?" in ran.out
    assert len(ran.out.splitlines()) == 2
    assert json.loads(run(CEC_BASE_URL=url).out) == {"outcome": "error"}


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), "give its authority by --ca FILE"),
        (httpx.ConnectError("[SSL: WRONG_VERSION_NUMBER] wrong version number"), "no TLS: try http://cec.test"),
        (httpx.ConnectError("[SSL] record layer failure: RECORD_LAYER_FAILURE"), "no TLS: try http://cec.test"),
        (httpx.ConnectError("refused"), "is `mock-cec` running"),
        (httpx.ReadError("cut"), "as it was"),
    ],
)
@pytest.mark.usefixtures("no_proxies")
def test_the_first_contact_is_explained(cause: Exception, words: str) -> None:
    error = TransportFailed("as it was", Endpoint.TOKEN)
    error.__cause__ = cause
    assert words in str(command.first_contact(error, "https://cec.test"))
    later = TransportFailed("later", Endpoint.CHECK)
    assert command.first_contact(later, "https://cec.test") is later
    assert command.first_contact(None, "https://cec.test") is None


def test_a_platform_without_tls_is_told_from_a_silent_one(run: Run, platform: Start) -> None:
    url, _ = platform({})
    ran = run(url.replace("http:", "https:"))
    assert f"speaks no TLS: try {url}" in ran.out


def test_a_proxy_that_is_down_is_named(run: Run, platform: Start) -> None:
    url, _ = platform({})
    with served() as (dead, _, _):
        pass
    ran = run(url, http_proxy=dead)
    assert ran.status == 1
    assert f"this went through the proxy {dead} (http_proxy); to go without it, set NO_PROXY=127.0.0.1,loc" in ran.out
    assert "mock-cec" not in ran.out


@pytest.mark.parametrize("says", [Reply(403), Reply(502, b"<html>"), Reply(body=b"<html>who are you?")])
def test_a_proxy_that_answers_itself_is_named(run: Run, platform: Start, says: Reply) -> None:
    proxy, _ = platform({Endpoint.TOKEN: [says]})
    ran = run("http://cec.invalid", HTTP_PROXY=proxy)
    assert f"through the proxy {proxy} (HTTP_PROXY); to go without it, set NO_PROXY=cec.invalid" in ran.out


def test_what_the_platform_itself_refuses_is_not_the_proxys_fault(run: Run, platform: Start) -> None:
    proxy, _ = platform({Endpoint.TOKEN: [w.FAIL]})
    assert "proxy" not in run("http://cec.invalid", HTTP_PROXY=proxy).out


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"ALL_PROXY": "socks://127.0.0.1:7890"}, "write socks5://127.0.0.1:7890"),
        ({"SSL_CERT_FILE": "/nonexistent"}, "SSL_CERT_FILE is '/nonexistent', which cannot be read"),
    ],
)
def test_an_environment_that_cannot_be_used(
    run: Run,
    environment: dict[str, str],
    words: str,
) -> None:
    ran = run("http://127.0.0.1:9", **environment)
    assert (ran.status, ran.out) == (2, "")
    assert words in ran.err


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"CEC_USER_ID": "u" * 33}, "33 characters"),
        ({"CEC_HANGUP_AFTER": "soon"}, "'soon' is not a valid float"),
        ({"CEC_HANGUP_WHEN": "never"}, "'never' is not one of"),
        ({"CEC_MEDIA_ABILITY": "7"}, "'7' is not a valid boolean"),
        ({"ALL_PROXY": "socks://127.0.0.1:7890"}, "write socks5://"),
    ],
)
def test_a_wish_that_cannot_be_understood_is_an_error_by_the_contract(
    run: Run,
    wish: dict[str, str],
    words: str,
) -> None:
    ran = run(CEC_BASE_URL="http://127.0.0.1:9", **wish)
    assert (ran.status, ran.out) == (0, '{"outcome": "error"}\n')
    assert words in ran.err


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_closed_stream_is_no_obstacle(
    run: Run, platform: Start, monkeypatch: pytest.MonkeyPatch, closed: str
) -> None:
    url, scripted = platform({POLL: [w.CONNECTED, w.RELEASED]})
    monkeypatch.setattr(sys, closed, None)
    assert run(url).status == 0
    assert Endpoint.EVENTS in scripted.asked
    getattr(sys, closed).close()


def test_a_call_that_could_not_be_made_is_a_failure(run: Run, platform: Start) -> None:
    url, _ = platform({Endpoint.CREATE: [Reply(body={"resultCode": "13", "resultDesc": "connect failed"})]})
    ran = run(url)
    assert ran.status == 1
    assert "resultCode 13 (connect failed)" in ran.out


def test_a_chat_that_fails_leaves_the_call_alone(run: Run, platform: Start) -> None:
    url, _ = platform({POLL: [w.CONNECTED, UNTIL_DROP], Endpoint.POLL_TEXT: [w.FAIL]})
    ran = run(url, "--flow", "text_then_call", "--hangup-after", "0.2")
    assert ran.status == 0
    assert "! text session: poll answered resultCode 1" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "base_url is 'nonsense'"),
        (["--hangup-after", "-1"], "give seconds"),
        (["--hangup-after", "inf"], "give seconds"),
        (["--token-expire", "7200"], "7200"),
        (["--flow", "conference"], "conference"),
        (["--say", "hello"], "--say needs a text session"),
        (["--insecure", "--ca", __file__], "contradict"),
        (["--user-id", "u" * 33], "33 characters"),
    ],
)
def test_usage_errors(run: Run, arguments: list[str], words: str) -> None:
    ran = run(*arguments)
    assert ran.status == 2
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_python_dash_m() -> None:
    done = subprocess.run([sys.executable, "-m", "cec_client", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("cec-call")


@contextmanager
def started(url: str) -> Iterator[subprocess.Popen[str]]:
    """Start the command for real, and read up to the line that says it is connected."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CEC_")}
    with subprocess.Popen(
        [sys.executable, "-m", "cec_client", url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=environment | {"NO_PROXY": "127.0.0.1"},
    ) as process:
        read_to(process, "connected")
        yield process


def read_to(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    return next(line for line in process.stdout if words in line)


def the_rest(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdout.read() + process.stderr.read()


no_signals = pytest.mark.skipif(os.name == "nt", reason="Windows cannot send these signals to one process")


@no_signals
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_hangs_up(platform: Start, number: signal.Signals) -> None:
    url, scripted = platform({POLL: [w.CONNECTED, UNTIL_DROP]})
    with started(url) as process:
        process.send_signal(number)
        read_to(process, "hanging up: interrupted")
        assert re.search(r"= (hung_up|released) after", the_rest(process))
        assert process.wait() == 0
    assert scripted.asked.count(Endpoint.DROP) == 1


@no_signals
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_leaves_at_once(platform: Start, number: signal.Signals) -> None:
    url, _ = platform({POLL: [w.CONNECTED, HELD], Endpoint.DROP: [HELD]})
    with started(url) as process:
        process.send_signal(number)
        read_to(process, "hanging up: interrupted")
        process.send_signal(number)
        assert the_rest(process) == "Stopped without waiting for the hang-up.\n"
        assert process.wait() == 130
