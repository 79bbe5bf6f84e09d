"""`mock-cec exec`: a program beside an emulator of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest
from cec_client.protocol import Endpoint

if TYPE_CHECKING:
    from pathlib import Path

EXEC = [sys.executable, "-m", "mock_cec", "exec"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

LOGIN = """
import json, os, sys, urllib.request
url = os.environ["CEC_BASE_URL"] + "/apigovernance/api/oauth/tokenByAkSk"
keys = {"app_key": os.environ["CEC_APP_KEY"], "app_secret": os.environ["CEC_APP_SECRET"]}
request = urllib.request.Request(url, json.dumps(keys).encode(), {"Content-Type": "application/json"})
print(urllib.request.urlopen(request).status, sys.stdin.read())
"""
WRONG = """
import os, urllib.error, urllib.request
try:
    urllib.request.urlopen(os.environ["CEC_BASE_URL"] + "/wrong")
except urllib.error.HTTPError as answer:
    answer.close()
"""
CALL = """
import json, os, cec_client
keys = {name: os.environ["CEC_" + name.upper()] for name in ("app_key", "app_secret", "channel_id", "user_id")}
with cec_client.Client(os.environ["CEC_BASE_URL"], **keys) as client, client.call() as call:
    list(call)
print(json.dumps({"outcome": call.outcome.value}))
"""
WAITS = """
import os, signal, sys
signal.signal(signal.SIGINT, lambda *_: sys.exit(5))
print(os.getpid(), flush=True)
signal.pause()
"""


def execute(*arguments: str, program: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program by it."""
    child = ["--", sys.executable, "-c", program] if program else []
    env = os.environ | environment
    return subprocess.run(
        [*EXEC, *arguments, *child], input="passed through", capture_output=True, text=True, check=False, env=env
    )


def test_the_program_finds_the_emulator_and_is_all_that_is_heard() -> None:
    done = execute("--scenario", "answered", program=LOGIN)
    assert (done.returncode, done.stdout, done.stderr) == (0, "200 passed through\n", "")


def test_what_went_over_the_wire_is_told_when_the_program_failed() -> None:
    done = execute(program=f"{LOGIN}\nsys.exit(7)")
    assert (done.returncode, "tokenByAkSk              200" in done.stderr) == (7, True)


def test_wrong_requests_are_told_in_any_case() -> None:
    done = execute(program=WRONG + LOGIN)
    assert (done.returncode, "GET /wrong" in done.stderr, "tokenByAkSk" in done.stderr) == (0, True, False)


@pytest.mark.parametrize(("option", "told"), [("--quiet", False), ("--verbose", True)])
def test_more_or_less_can_be_told(option: str, *, told: bool) -> None:
    done = execute(option, program=WRONG)
    assert ("GET /wrong" in done.stderr) == told


@pytest.mark.parametrize(
    ("arguments", "environment", "status"),
    [
        ([], {}, 403),
        (["--dialect", "reference"], {}, 401),
        ([], {"MOCK_CEC_DIALECT": "reference"}, 401),
        (["--dialect", "guide", "--scenario", "reference_dialect"], {"MOCK_CEC_DIALECT": "reference"}, 403),
    ],
)
def test_the_dialect_can_be_chosen(arguments: list[str], environment: dict[str, str], status: int) -> None:
    program = f"import os, httpx\nprint(httpx.get(os.environ['CEC_BASE_URL'] + '{Endpoint.CHECK.path}').status_code)"
    assert execute(*arguments, program=program, **environment).stdout == f"{status}\n"


@pytest.mark.parametrize(("level", "lines"), [("info", 2), ("warning", 1), ("error", 0)])
def test_what_goes_over_the_wire_can_be_logged_while_it_goes_on(level: str, lines: int) -> None:
    done = execute("--quiet", "--log-level", level, program=WRONG + LOGIN)
    assert done.stderr.count("\n") == lines


def test_a_call_of_an_hour_is_over_before_anybody_has_waited(tmp_path: Path) -> None:
    scenario = tmp_path / "hour.yaml"
    scenario.write_text("title: t\nhold: 10m\nevents:\n  - {after: 1h, event: released}\n", encoding="utf-8")
    done = execute("--verbose", "--scenario", str(scenario), MOCK_CEC_CLOCK="auto", program=CALL)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"outcome": "released"}
    assert "3600.000s  getClickToCallEvents     200  168110" in done.stderr


def test_more_variables_can_be_set() -> None:
    program = "import os; print(os.environ['VITE_URL'] == os.environ['CEC_BASE_URL'], os.environ['KEY'])"
    done = execute("--env", "VITE_URL={base_url}", "--env=KEY={app_key}", "--app-key=mine", program=program)
    assert done.stdout == "True mine\n"


def test_the_public_url_is_what_the_program_is_told() -> None:
    program = "import os; print(os.environ['CEC_BASE_URL'], os.environ['PLACE'], os.environ['NO_PROXY'].split(',')[-2])"
    options = ("--public-url", "https://cec.local/", "--env", "PLACE={host} {port}")
    assert (
        execute(*options, program=program, NO_PROXY="", no_proxy="").stdout
        == "https://cec.local cec.local 443 cec.local\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["--", "no-such-command", "x"], 127, "no-such-command: command not found"),
        (["--", os.curdir], 126, "Error: .: "),
        (["--env", "A={url}", "--", "true"], 2, "{url}"),
        (["--scenario", "answred", "true"], 2, "answered"),
        (["--speed", "0", "true"], 2, "speed"),
        (["--dialect", "klingon", "true"], 2, "reference"),
        (["--speed", "2", "--clock", "stepped", "true"], 2, "--clock stepped"),
        (["--clock", "steped", "true"], 2, "'stepped'"),
        (["--host", "nobody.invalid", "true"], 2, "nobody.invalid"),
        ([], 2, "Missing argument"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_mistake_is_told(arguments: list[str], status: int, told: str) -> None:
    done = execute(*arguments)
    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (status, True, False)


def test_options_that_would_be_lost_are_told() -> None:
    command = [sys.executable, "-m", "mock_cec", "--scenario", "answered", "exec", "true"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "--scenario has to stand behind exec" in done.stderr) == (2, True)


@POSIX
def test_a_program_ended_by_a_signal_has_its_status() -> None:
    assert execute(program="import os; os.kill(os.getpid(), 9)").returncode == 128 + 9


@POSIX
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 5), (signal.SIGTERM, 128 + 15)])
def test_signals_reach_the_program_and_nobody_is_left(tmp_path: Path, number: signal.Signals, status: int) -> None:
    program = tmp_path / "waits.py"
    program.write_text(WAITS, encoding="utf-8")
    command = [*EXEC, "--", sys.executable, str(program)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)
    assert (process.returncode, "Traceback" in errors) == (status, False)
    assert not psutil.pid_exists(child)
