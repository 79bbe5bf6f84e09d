"""A command per case: what it is told, what is read of it, and that nothing of it stays."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest
from cec_conformance import facts, patience
from cec_conformance.judging import State, judge
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.targets import program
from cec_conformance.targets.command import CommandLauncher
from mock_cec.child import NOT_FOUND, NOT_RUNNABLE, CannotRun

from tests.conformance.programs import ONCE, python
from tests.conformance.targets.launching import living, played

if TYPE_CHECKING:
    from pathlib import Path

    from cec_conformance.targets.target import Played

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX's")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="other systems do not show the environment")


def once(text: str) -> Played:
    return played(CommandLauncher(python(text)))[0]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no client that does nothing for half a second."""
    monkeypatch.setattr(patience, "GRACE", 0.5)
    monkeypatch.setattr(patience, "MARGIN", 0.0)


def test_a_correct_client_places_its_call_and_everything_is_known_of_it() -> None:
    done = once(f"import sys; print('hello', file=sys.stderr)\n{ONCE}")

    assert done.ending is not None
    assert (done.ending.exit_status, done.ending.outcome, done.ending.stderr) == (0, "released", "hello\n")
    assert done.trace.facts[facts.EXIT_STATUS] == "0"
    assert done.trace.facts[facts.OUTCOME] == "released"
    assert float(done.trace.facts[facts.ENDED_AT]) >= (done.trace.exchanges[-1].answer_ended or 0.0)
    assert done.trace.facts[facts.APP_KEY] == "conformance-key"
    states = {verdict.state for verdict in judge(Run(done.trace), CLIENT_RULES)}
    assert State.FAILED not in states


def test_no_proxy_covers_the_emulator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "intranet.example")
    done = once("import os; print(os.environ['NO_PROXY'] == os.environ['no_proxy'], os.environ['no_proxy'])")
    assert done.ending is not None
    same, hosts = done.ending.stdout.split()
    assert same == "True"
    assert {"intranet.example", "127.0.0.1"} <= set(hosts.split(","))


@pytest.mark.parametrize(
    ("text", "status", "outcome"),
    [
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.stdout.buffer.write('接通\\n'.encode('gbk')); print('{\"outcome\": \"error\"}')", 0, "error"),
        ('print(\'{"outcome": "error"}\'); raise SystemExit(9)', 9, "error"),
        pytest.param("import os; os.kill(os.getpid(), 15)", -15, "", marks=POSIX),
    ],
)
def test_how_it_ended_is_known(text: str, status: int, outcome: str) -> None:
    ending = once(text).ending
    assert ending is not None
    assert (ending.exit_status, ending.outcome) == (status, outcome)


@pytest.mark.parametrize(("command", "status"), [("no-such-command", NOT_FOUND), (".", NOT_RUNNABLE)])
def test_what_cannot_be_started_is_told(command: str, status: int) -> None:
    with pytest.raises(CannotRun, match=command) as failure:
        played(CommandLauncher([command]))
    assert failure.value.status == status


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("stubborn", [False, True])
def test_a_client_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, *, stubborn: bool) -> None:
    monkeypatch.setattr(program, "GRACE", 0.3)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" if stubborn else ""
    done = once(f"{deaf}import time; time.sleep(60)")

    assert done.ending is not None
    assert done.ending.exit_status is None
    assert done.trace.facts[facts.EXIT_STATUS] == "killed"
    assert living() == []


def test_a_flood_is_ended_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "MOST_OUTPUT", 1 << 20)
    done = once("while True: print('x' * 1000)")

    assert done.ending is not None
    assert done.ending.exit_status is None
    assert done.ending.written > 1 << 20
    assert len(done.ending.stdout) <= 64 << 10


FORKS = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-S", "-E", "-c", "import time; time.sleep(60)"], start_new_session={apart})
print(child.pid, flush=True)
"""


@POSIX
@pytest.mark.parametrize("apart", [False, pytest.param(True, marks=LINUX)], ids=["in its group", "in its own session"])
def test_children_that_stay_are_ended_and_hold_nothing_up(*, apart: bool) -> None:
    done = once(FORKS.format(apart=apart))

    assert done.ending is not None
    assert done.ending.exit_status == 0
    assert _ended(int(done.ending.stdout))


def test_cases_side_by_side_have_ports_of_their_own() -> None:
    from cec_conformance.probing import PROBE  # noqa: PLC0415

    launcher = CommandLauncher(python(f"{ONCE}\nprint(os.environ['CEC_BASE_URL'])\nprint('{{}}')"))
    both = played(launcher, PROBE, PROBE, together=True)

    addresses = {done.ending.stdout.splitlines()[-2] for done in both if done.ending is not None}
    assert len(addresses) == 2
    assert [len(Run(done.trace).creates) for done in both] == [1, 1]


def test_a_script_without_an_interpreter_is_told(tmp_path: Path) -> None:
    script = tmp_path / "client.sh"
    script.write_text("exit 0\n", encoding="utf-8")
    with pytest.raises(CannotRun, match=r"client\.sh"):
        played(CommandLauncher([str(script)]))


def _ended(pid: int) -> bool:
    """Wait until a process has ended, though nobody may ever take note of it."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
    return False
