"""The examples under the judge, each in the way in which `docs/your-client.md` brings its kind there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest
from cec_conformance.cases.fixed import SMOKE

from tests.browser.chromium import executable
from tests.examples import programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENTS: Final = programs.EXAMPLES / "clients"
QUICK_JAVA: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
ALL: Final = {case.name for case in SMOKE}
TWO: Final = ("hang-up", "create-refused")

ADB: Final = """\
#!/bin/sh
# A phone whose shell is this machine's, and whose one app is the Python example.
here=$(dirname "$0")
case "$1 $2" in
"shell "*) shift; PATH="$here:$PATH" exec sh -c "$*" ;;
"logcat -c") : > "$here/log" ;;
"logcat -v") cat "$here/log" ;;
"reverse "*) echo "$*" >> "$here/reversed" ;;
esac
"""

ACTIVITY_MANAGER: Final = f"""\
#!{sys.executable}
import os, pathlib, subprocess, sys
extras = {{sys.argv[at + 1]: sys.argv[at + 2] for at, word in enumerate(sys.argv) if word == "--es"}}
environment = {{name: value for name, value in os.environ.items() if not name.startswith("CEC_")}} | extras
app = [sys.executable, {str(CLIENTS / "python" / "click_to_call.py")!r}]
line = subprocess.run(app, env=environment, capture_output=True, check=True).stdout.splitlines()[-1]
pathlib.Path(__file__).with_name("log").write_bytes(line + b"\\n")
"""


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Java examples, compiled."""
    folder = tmp_path_factory.mktemp("classes")
    compiler = programs.required("javac", "JDK 17 or later")
    sources = sorted(map(str, (CLIENTS / "java").glob("*.java")))
    quick = [f"-J{option}" for option in QUICK_JAVA]
    subprocess.run([compiler, *quick, "-Xlint:all", "-Werror", "-d", str(folder), *sources], check=True, timeout=60)
    return folder


def assert_clean(folder: Path, *arguments: str, cases: set[str] = ALL) -> None:
    """Have a client judged, and find that it broke nothing, neither a MUST nor a SHOULD, in any of the cases."""
    report = folder / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "cec_conformance", "client", "--strict", "--json", str(report), *arguments],
        capture_output=True,
        timeout=58,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(report.read_text(encoding="utf-8"))
    assert {case["name"]: case["trouble"] for case in told["cases"] if not case["skipped"]} == dict.fromkeys(cases)
    assert {rule["id"] for rule in told["rules"] if rule["state"] == "failed"} == set()


def of(*names: str) -> tuple[str, ...]:
    """Give the options for some cases alone."""
    return tuple(word for name in names for word in ("--case", name))


def test_the_python_client_is_clean(tmp_path: Path) -> None:
    client = CLIENTS / "python" / "click_to_call.py"
    assert_clean(tmp_path, "--smoke", "--", sys.executable, "-S", "-E", str(client))


def test_the_javascript_client_is_clean(tmp_path: Path, axios_call: programs.Program) -> None:
    assert_clean(tmp_path, "--smoke", "--", *axios_call.command)


def test_the_java_client_is_clean(tmp_path: Path, classes: Path) -> None:
    java = programs.required("java", "JDK 17 or later")
    assert_clean(tmp_path, "--smoke", "--", java, *QUICK_JAVA, "-cp", str(classes), "ClickToCall")


@contextmanager
def service(classes: Path) -> Iterator[str]:
    """Run the service on a port of its choice, and give the address to which cases are posted."""
    java = programs.required("java", "JDK 17 or later")
    command = [java, *QUICK_JAVA, "-cp", str(classes), "CallService", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            ready, _, address = process.stdout.readline().strip().rpartition(" ")
            assert ready == "ready on"
            yield address
        finally:
            process.kill()


def test_a_service_that_holds_the_secret_is_judged_through_the_wrapper(tmp_path: Path, classes: Path) -> None:
    java = programs.required("java", "JDK 17 or later")
    with service(classes) as address:
        command = (java, *QUICK_JAVA, "-cp", str(classes), "Wrapper", address)
        assert_clean(tmp_path, *of(*TWO), "--persistent", "--jobs", "1", "--", *command, cases=set(TWO))


def test_a_service_that_does_not_run_is_asked_after(classes: Path) -> None:
    java = programs.required("java", "JDK 17 or later")
    command = (java, *QUICK_JAVA, "-cp", str(classes), "Wrapper", "http://127.0.0.1:1/conformance/calls")
    done = subprocess.run(
        [sys.executable, "-m", "cec_conformance", "client", "--persistent", "--", *command],
        capture_output=True,
        timeout=58,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 2
    assert "does the service run" in " ".join(done.stdout.split())


def test_a_web_page_is_judged_in_a_browser(
    tmp_path: Path, axios_call: programs.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", executable())
    node, call = axios_call.command
    command = (node, call.replace("call.js", "browser.js"))
    assert_clean(tmp_path, *of(*TWO), "--persistent", "--jobs", "1", "--", *command, cases=set(TWO))


def test_an_app_is_judged_by_adb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = programs.required("sh", "a POSIX shell")
    for name, text in {"adb": ADB, "am": ACTIVITY_MANAGER}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    script = str(CLIENTS / "android" / "adb.sh")
    assert_clean(tmp_path, *of(*TWO), "--jobs", "1", "--", shell, script, cases=set(TWO))
    reversed_ports = (tmp_path / "reversed").read_text(encoding="utf-8").splitlines()
    forth = [line for line in reversed_ports if "--remove" not in line]
    back = [line for line in reversed_ports if "--remove" in line]
    assert len(forth) == len(back) == 1 + len(TWO), "the probe and each case, forth and back"
