"""The command `mock-cec`: it says when it is ready, ends cleanly, and tells mistakes in a line."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, get_args

import httpx
import pytest
from click.testing import CliRunner
from mock_cec.clock import ClockKind
from mock_cec.command import CLOCKS, main
from mock_cec.scenario import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run() -> Iterator[Run]:
    """Start the command as a process of its own; it is ended with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "mock_cec", *arguments]
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment or None,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    words = process.stdout.readline().split()
    assert words[:2] == ["mock-cec", "ready"]
    return words[2]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_when_it_is_ready_and_ends_cleanly(run: Run, number: signal.Signals) -> None:
    process = run("--port", "0", "--scenario", "queue_timeout")
    url = ready(process)
    credentials = {"app_key": "mock-app-key", "app_secret": "mock-app-secret"}
    answer = httpx.post(f"{url}/apigovernance/api/oauth/tokenByAkSk", json=credentials)
    assert answer.status_code == 200
    process.send_signal(number)
    rest, log = process.communicate(timeout=20)
    assert process.returncode == 0
    assert rest == ""
    assert "Traceback" not in log
    assert "tokenByAkSk              200" in log
    assert answer.json()["AccessToken"] not in log


def test_credentials_and_channel_can_be_chosen_and_the_log_be_silent(run: Run) -> None:
    process = run("--port=0", "--app-key=k", "--app-secret=s", "--channel-id=c", "--log-level=error", "--speed=10")
    url = ready(process)
    paths = "/apigovernance/api/oauth/tokenByAkSk", "/apiaccess/ccmessaging/applyToken"
    token = httpx.post(url + paths[0], json={"app_key": "k", "app_secret": "s"}).json()["AccessToken"]
    user = {"userId": "u", "userName": "n", "channelId": "c", "locale": "zh"}
    headers = {"x-app-key": "k", "authorization": f"Bearer {token}"}
    assert httpx.post(url + paths[1], json=user, headers=headers).json()["resultCode"] == "0"
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20)[1] == ""


@pytest.mark.parametrize("kind", CLOCKS)
def test_the_clock_can_be_chosen(run: Run, kind: str) -> None:
    url = ready(run("--port=0", f"--clock={kind}"))
    assert httpx.get(f"{url}/__mock/tenants/default/clock").json()["kind"] == kind


def test_every_clock_there_is_can_be_chosen() -> None:
    assert get_args(ClockKind) == CLOCKS


def test_https_is_served_with_an_authority_that_is_kept(run: Run, tmp_path: Path) -> None:
    folder = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    process = run("--port", "0", "--tls", "--san", "cec.test", **folder)
    url = ready(process)
    assert url.startswith("https://127.0.0.1:")
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=20)
    authority = next(tmp_path.rglob("ca.pem"))
    assert f"clients have to trust the authority {authority}" in log


def test_options_can_stand_in_the_environment(run: Run) -> None:
    process = run(MOCK_CEC_PORT="0", MOCK_CEC_SCENARIO="no-such-thing", PATH="")
    _, log = process.communicate(timeout=20)
    assert (process.returncode, "no-such-thing" in log) == (2, True)


def told(*arguments: str) -> str:
    """Run a command that cannot work: exit status 2 and one readable line."""
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_a_taken_port_is_told_in_a_line() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        assert "--port 0" in told("--port", str(taken.getsockname()[1]))


def test_a_broken_scenario_is_told_in_a_line(tmp_path: Path) -> None:
    broken = tmp_path / "mine.yaml"
    broken.write_text("title: t\nevents:\n  - {after: 1s, event: queud}\n", encoding="utf-8")
    line = told("--scenario", str(broken))
    assert "mine.yaml:3:" in line
    assert "queued" in line


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--scenario", "queue_timeuot"], "queue_timeout"),
        (["explain", "queue_timeuot"], "queue_timeout"),
        (["--speed", "0"], "--speed"),
        (["--speed", "nan"], "--speed"),
        (["--speed", "2", "--clock", "auto"], "--clock auto"),
        (["--public-url", "cec.example"], "http://"),
        (["--san", "cec.test"], "--tls"),
        (["--tls-cert", __file__], "PEM"),
    ],
)
def test_other_mistakes_are_told_in_a_line(arguments: list[str], word: str) -> None:
    assert word in told(*arguments)


@pytest.mark.parametrize(
    ("arguments", "environment", "dialects"),
    [
        (["--scenario", "reference_dialect"], {}, ["reference", "guide"]),
        (["--dialect", "reference"], {}, ["reference", "reference"]),
        ([], {"MOCK_CEC_DIALECT": "reference"}, ["reference", "reference"]),
        (["--dialect", "guide", "--scenario", "reference_dialect"], {"MOCK_CEC_DIALECT": "reference"}, ["guide"] * 2),
    ],
)
def test_the_dialect_can_be_chosen_for_all_scenarios_to_come(
    run: Run, arguments: list[str], environment: dict[str, str], dialects: list[str]
) -> None:
    url = ready(run("--port", "0", *arguments, **os.environ, **environment))
    before = httpx.get(f"{url}/__mock/tenants/default")
    after = httpx.put(f"{url}/__mock/tenants/default/scenario", json={"scenario": "answered"})
    assert [answer.json()["dialect"] for answer in (before, after)] == dialects
    refused = httpx.get(f"{url}/apiaccess/ccmessaging/v1/checkClickToCallSupport")
    assert refused.status_code == {"guide": 403, "reference": 401}[dialects[-1]]


def test_a_dialect_that_there_is_not_is_told_with_those_there_are() -> None:
    result = CliRunner().invoke(main, ["--dialect", "klingon"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'klingon' is not one of 'guide', 'reference'" in result.stderr


def test_a_scenario_is_explained_in_another_dialect() -> None:
    for arguments, environment in (["--dialect", "reference"], {}), ([], {"MOCK_CEC_DIALECT": "reference"}):
        result = CliRunner().invoke(main, ["explain", "queue_timeout", *arguments], env=environment)
        assert "168103  Call queued timeout" in result.stdout


def test_scenarios_are_listed_a_line_each() -> None:
    result = CliRunner().invoke(main, ["scenarios"])
    assert [line.split()[0] for line in result.stdout.splitlines()] == list(catalogue.names())


def test_a_scenario_is_explained() -> None:
    result = CliRunner().invoke(main, ["explain", "queue_timeout"])
    assert "168103" in result.stdout


def test_commands_of_other_modules_are_listed_and_found() -> None:
    assert "show " in CliRunner().invoke(main, ["--help"]).stdout
    assert "--mermaid" in CliRunner().invoke(main, ["show", "--help"]).stdout
    assert CliRunner().invoke(main, ["sow"]).exit_code == 2


def test_the_schema_is_printed() -> None:
    assert '"$schema"' in CliRunner().invoke(main, ["schema"]).stdout


@pytest.mark.parametrize("given", [True, False])
def test_the_control_token_is_given_or_made_and_told(run: Run, given: bool) -> None:  # noqa: FBT001
    process = run("--port=0", *(["--control-token=mine"] if given else []))
    url = ready(process)
    log = process.stderr
    assert log is not None
    told = [log.readline() for _ in range(1 if given else 2)][-1]
    assert ("token" in told) is not given
    token = "mine" if given else told.split()[-1]
    headers = {"host": "elsewhere.example", "authorization": f"Bearer {token}"}
    assert httpx.get(f"{url}/__mock/tenants", headers=headers).status_code == 200
    del headers["authorization"]
    assert httpx.get(f"{url}/__mock/tenants", headers=headers).status_code == 403


def test_the_control_api_answers_to_the_public_name_too(run: Run) -> None:
    url = ready(run("--port=0", "--public-url=https://cec.example:8443/path"))
    for host, status in (("cec.example:8443", 200), ("CEC.example", 200), ("other.example", 403)):
        assert httpx.get(f"{url}/__mock/tenants", headers={"host": host}).status_code == status
