"""`cec-conformance`: its commands, its mistakes, and each way in which a command can fail to be a client."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest
from cec_conformance import patience
from cec_conformance.cases.fixed import FIXED
from cec_conformance.command import main
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.visits import VISITS
from cec_conformance.twins.original import place
from cec_conformance.virtual.playing import play
from click.testing import CliRunner

from tests.conformance.programs import CORRECT, ONCE, STAYING, python

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cec_conformance.cases.case import Case
    from click.testing import Result

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")

HANG_UP = ("--hangup-after", "0", "--hangup-when", "created")
SCENARIO = """
title: Connected, then released
events:
  - {after: 100ms, event: connected}
  - {after: 100ms, event: released}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    """Write a scenario file."""
    file = tmp_path / "mine.yaml"
    file.write_text(SCENARIO, encoding="utf-8")
    return str(file)


def judged(*arguments: str) -> Result:
    """Run `cec-conformance client` in this process."""
    return CliRunner().invoke(main, ["client", *arguments])


def test_a_correct_client_is_conformant(scenario: str) -> None:
    done = judged("--scenario", scenario, *HANG_UP, "--", *python(ONCE))
    assert done.exit_code == 0, done.output


def test_processes_that_stay_are_judged_as_well(scenario: str) -> None:
    done = judged("--scenario", scenario, *HANG_UP, "--persistent", "--", *python(STAYING))
    assert done.exit_code == 0, done.output


@pytest.mark.uncovered
def test_a_client_in_process_is_judged_in_virtual_time() -> None:
    done = judged("--in-process", "cec_conformance.twins.original:place", "--examples", "20", "--seed", "3")
    assert done.exit_code == 0, done.output


FAULTY = """
from cec_conformance.twins import TWINS

async def place(variables, transport):
    return await TWINS["C-REAUTH-02"](variables, transport).place()
"""


@pytest.mark.uncovered
def test_generated_cases_that_break_a_rule_are_kept_for_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "faulty_client.py").write_text(FAULTY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    arguments = ("--in-process", "faulty_client:place", "--case", "hang-up", "--database", "kept")

    first = judged(*arguments, "--examples", "100", "--seed", "1")
    assert first.exit_code == 1, first.output
    assert "generated-C-REAUTH-02" in first.output
    assert any((tmp_path / "kept").rglob("*"))

    again = judged(*arguments, "--examples", "1", "--seed", "2")
    assert "generated-C-REAUTH-02" in again.output


DROPS_TOO_EARLY = CORRECT.replace(
    '    ask("GET", base + "/v1/check',
    '    ask("POST", base + "/v1/dropClickToCall", channel="WEB")\n    ask("GET", base + "/v1/check',
)


def test_a_violation_is_shown_by_a_scenario_that_shows_it_again(scenario: str, tmp_path: Path) -> None:
    faulty = python(f"{DROPS_TOO_EARLY}\nprint(place(os.environ))")
    done = judged("--scenario", scenario, "--evidence", str(tmp_path / "evidence"), "--", *faulty)
    assert done.exit_code == 1, done.output
    assert "C-DROP-02" in done.output

    smallest = tmp_path / "evidence" / "examples" / "C-DROP-02" / "scenario.yaml"
    again = judged("--scenario", str(smallest), "--", *faulty)
    assert again.exit_code == 1, again.output


def test_evidence_is_judged_again_to_the_same_verdict(scenario: str, tmp_path: Path) -> None:
    evidence = str(tmp_path / "evidence")
    done = judged("--scenario", scenario, *HANG_UP, "--evidence", evidence, "--", *python(ONCE))
    again = CliRunner().invoke(main, ["trace", evidence])
    assert (done.exit_code, again.exit_code) == (0, 0), again.output


def test_an_expected_failure_does_not_fail_the_run(scenario: str, tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("C-DROP-02  # ticket 4711\n", encoding="utf-8")
    faulty = python(f"{DROPS_TOO_EARLY}\nprint(place(os.environ))")
    done = judged("--scenario", scenario, "--expected-failures", str(known), "--", *faulty)
    assert done.exit_code == 0, done.output
    known.write_text("C-DROP-2\n", encoding="utf-8")
    misspelt = judged("--scenario", scenario, "--expected-failures", str(known), "--", *faulty)
    assert (misspelt.exit_code, "did you mean C-DROP-02" in misspelt.output) == (2, True)


def test_a_report_that_cannot_be_written_is_told(scenario: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = judged("--scenario", scenario, *HANG_UP, "--json", str(tmp_path / "file" / "r.json"), "--", *python(ONCE))
    assert (done.exit_code, "cannot be written" in done.output) == (2, True)
    full = judged("--scenario", scenario, "--evidence", str(tmp_path), "--", *python(ONCE))
    assert (full.exit_code, "holds something already" in full.output) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "say which client"),
        (["--attach", "--", "x"], "say which client"),
        (["--attach"], "--attach is for one call"),
        (["--attach", "--case", "hang-up", "--examples", "3"], "--attach is for one call"),
        (["--attach", "--persistent", "--case", "hang-up"], "--persistent needs a COMMAND"),
        (["--smoke", "--thorough", "--", "x"], "exclude each other"),
        (["--flow", "call", "--", "x"], "belong to --scenario"),
        (["--connect-media", "--", "x"], "belong to --scenario"),
        (["--scenario", "answered", "--case", "hang-up", "--", "x"], "--scenario stands alone"),
        (["--scenario", "answred", "--", "x"], "answered"),
        (["--case", "hangup", "--", "x"], "did you mean hang-up"),
        (["--rule", "C-DROP-99", "--", "x"], "did you mean C-DROP-"),
        (["--public-url", "http://phone:8000", "--", "x"], "{port}"),
        (["--listen", "nobody.invalid", "--", "x"], "nobody.invalid"),
        (["--in-process", "nowhere"], "module:function"),
        (["--time-limit", "0", "--", "x"], "--time-limit"),
        (["--database", "kept", "--", "x"], "--database belongs to --in-process"),
    ],
)
def test_a_mistake_is_told_in_a_line(arguments: list[str], told: str) -> None:
    done = judged(*arguments)
    assert (done.exit_code, "Traceback" in done.output) == (2, False)
    assert told in done.output


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    for name in ("drawing", "cases.generated"):
        monkeypatch.delitem(sys.modules, f"cec_conformance.{name}", raising=False)
    done = judged("--examples", "3", "--", "x")
    assert done.exit_code == 2
    assert "pip install 'mock-cec[judge]'" in done.output


FORKS = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-S", "-E", "-c", "import time; time.sleep(60)"])
{ONCE}
"""
LISTENS = """
import os, socket
from urllib.parse import urlsplit
place = urlsplit(os.environ["CEC_BASE_URL"])
socket.create_server((place.hostname, place.port))
"""
ELSEWHERE = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:1/')"
PROXIED = ONCE.replace('headers = {"Content-Type"', 'headers = {"Via": "1.1 proxy", "Content-Type"')


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("no-such-client", "x"), "the command cannot be started: no-such-client: command not found. Give it after --"),
        ((os.curdir,), "the command cannot be started: .: "),
        (python("raise SystemExit('no config')"), "it ended with status 1 and never sent a request"),
        (python("while True: print('x' * 9999)"), "MB of output without an end"),
        (python("print('{}')"), "it ended with status 0 and never sent a request"),
        (python(ELSEWHERE), "Connection refused"),
        (python(LISTENS), "it tried to listen on an address that is taken"),
        (python(PROXIED), "its requests came through a proxy"),
        (python(f"{ONCE}\nprint('bye')"), "its last line on stdout was no outcome"),
        (python(f"{ONCE}\nsys.exit(4)"), "it ended with status 4 in a call"),
    ],
    ids=["missing", "no program", "crash", "flood", "mute", "elsewhere", "listens", "proxy", "no outcome", "status"],
)
def test_one_message_says_why_nothing_can_be_judged(command: tuple[str, ...], told: str, tmp_path: Path) -> None:
    _is_not_judged(command, told, tmp_path)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (python("import time; time.sleep(60)"), "and never sent a request"),
        (python(f"{ONCE}\nimport time; time.sleep(60)"), "A client ends by itself"),
    ],
    ids=["at once", "after its requests"],
)
def test_one_message_says_that_a_client_hangs(
    command: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(patience, "GRACE", 1.0)
    monkeypatch.setattr(patience, "MARGIN", 0.0)
    _is_not_judged(command, told, tmp_path)


def _is_not_judged(command: tuple[str, ...], told: str, tmp_path: Path) -> None:
    before = _children()
    report = tmp_path / "report.json"
    done = judged("--quick", "--json", str(report), "--", *command)

    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
    assert told in " ".join(json.loads(report.read_bytes())["conclusion"]["sentence"]["en"].split())
    assert "✗" not in done.output
    assert _children() == before


def test_gbk_and_children_that_stay_do_no_harm(scenario: str) -> None:
    before = _children()
    gbk = f"import sys; sys.stdout.buffer.write('接通\\n'.encode('gbk')); sys.stdout.flush()\n{FORKS}"
    done = judged("--scenario", scenario, *HANG_UP, "--", *python(gbk))
    assert done.exit_code == 0, done.output
    assert _children() == before


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_nothing_and_still_reports(number: signal.Signals, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    waits = f"{ONCE}\nopen({str(file)!r}, 'a').write('x'); import time; time.sleep(60)"
    client = f"import os; os.mkfifo({str(file)!r}) if not os.path.exists({str(file)!r}) else 0\n{waits}"
    os.mkfifo(file)
    command = [sys.executable, "-m", "cec_conformance", "client", "--smoke", "--", *python(client)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as judge:
        with file.open() as signal_of_life:
            assert signal_of_life.read(1) == "x"
        children = psutil.Process(judge.pid).children(recursive=True)
        judge.send_signal(number)
        output, errors = judge.communicate(timeout=30)
    assert (judge.returncode, "Traceback" in errors) == (2, False)
    assert "stopped before its end" in output
    assert not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in children)


def _children() -> set[int]:
    """Give the processes below this one that live."""
    return {child.pid for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_is_listed(language: str) -> None:
    done = CliRunner().invoke(main, ["rules", "--lang", language])
    assert done.exit_code == 0
    told = "".join(done.output.split())  # wherever the lines were broken
    for rule in (*CLIENT_RULES, *SERVER_RULES):
        assert rule.id in told
        assert "".join((rule.words.zh if language == "zh" else rule.words.en).split()) in told


def test_every_case_is_listed() -> None:
    done = CliRunner().invoke(main, ["cases"])
    assert done.exit_code == 0
    assert all(case.name in done.output for case in (*FIXED, *VISITS))


@pytest.mark.parametrize(("subject", "other"), [("client", "server"), ("server", "client")])
def test_the_rules_and_cases_of_one_side_can_be_listed_alone(subject: str, other: str) -> None:
    rules = {"client": CLIENT_RULES, "server": SERVER_RULES}
    cases: dict[str, Sequence[Case]] = {"client": FIXED, "server": VISITS}
    told = CliRunner().invoke(main, ["rules", subject]).output
    assert all(f"\n  {rule.id}  " in f"\n{told}" for rule in rules[subject])
    assert not any(f"  {rule.id}  " in told for rule in rules[other])
    listed = [line.split()[0] for line in CliRunner().invoke(main, ["cases", subject]).output.splitlines()]
    assert listed[::2] == [case.name for case in cases[subject]]


def test_help_loads_nothing_that_is_slow() -> None:
    look = (
        "import sys; from cec_conformance.command import main; sys.argv[1:] = ['--help']; main(standalone_mode=False)"
    )
    check = "print(sorted({'httpx', 'rich', 'hypothesis', 'uvicorn', 'msgspec', 'asyncio'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", f"{look}\n{check}"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "client" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["trace", "nowhere.json"], "nowhere.json"),
        (["har", "nowhere.har"], "nowhere.har"),
        (["har"], "Missing argument"),
        (["trace", os.curdir], "run.json"),
    ],
)
def test_a_recording_that_cannot_be_read_is_told(arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert (done.exit_code, told in done.output) == (2, True)


def test_a_recording_is_judged_with_what_the_user_knows_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "trace.json"
    file.write_bytes(play(FIXED[0], place).to_json())
    options = ("--hangup-after", "0.5", "--flow", "call", "--media", "audio")
    done = CliRunner().invoke(main, ["trace", str(file), *options])
    assert done.exit_code == 0, done.output
    mistake = CliRunner().invoke(main, ["trace", str(file), "--hangup-after", "soon"])
    assert (mistake.exit_code, "seconds or never" in mistake.output) == (2, True)


def test_an_unknown_command_is_told() -> None:
    done = CliRunner().invoke(main, ["clinet"])
    assert (done.exit_code, "No such command" in done.output) == (2, True)
