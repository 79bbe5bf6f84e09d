"""The examples as programs: what they need, how they are started, and what they said."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
AXIOS: Final = EXAMPLES / "clients" / "javascript"
BROWSER: Final = EXAMPLES / "browser"

LONGEST_RUN: Final = 45
LONGEST_INSTALL: Final = 300


@dataclass(frozen=True)
class Run:
    """A program that has ended."""

    status: int
    outcome: str
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Program:
    """A program that obeys the driver contract: settings in the environment, the outcome in its last line."""

    command: tuple[str, ...]

    def run(self, base_url: str, **settings: str) -> Run:
        """Let it place a call, and wait for its end."""
        contract = {"CEC_BASE_URL": base_url} | {f"CEC_{name}": value for name, value in settings.items()}
        return _run(self.command, contract)

    def run_until_interrupted(self, base_url: str, word: str) -> Run:
        """Let it place a call, press Ctrl-C when a line begins with the word, and wait for its end."""
        with subprocess.Popen(
            self.command,
            env=_environment({"CEC_BASE_URL": base_url}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        ) as process:
            assert process.stdout is not None
            guard = threading.Timer(LONGEST_RUN, process.kill)
            guard.start()
            try:
                before = "".join(_lines_to(word, process.stdout))
                process.send_signal(signal.SIGINT)
                after = process.stdout.read()
            finally:
                guard.cancel()
                process.kill()
        return Run(process.returncode, _outcome(after), before + after, "")

    def evaluate(self, script: str) -> Run:
        """Run an ECMAScript module in its place, beside its files; the program has to be one of Node's."""
        node, file = self.command
        return _run((node, "--input-type=module", "--eval", script), {}, Path(file).parent)


def _run(command: tuple[str, ...], environment: dict[str, str], folder: Path | None = None) -> Run:
    """Run a command; one that does not end is killed and fails the test."""
    done = subprocess.run(
        command,
        env=_environment(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=LONGEST_RUN,
        check=False,
        encoding="utf-8",
    )
    return Run(done.returncode, _outcome(done.stdout), done.stdout, done.stderr)


def _environment(settings: dict[str, str]) -> dict[str, str]:
    """Give the settings beside the rest of the environment, from which no other settings and no proxy shall come."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CEC_")}
    return clean | {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"} | settings


def _lines_to(word: str, lines: IO[str]) -> Iterator[str]:
    for line in lines:
        yield line
        if line.startswith(word):
            return


def _outcome(stdout: str) -> str:
    try:
        return str(json.loads(stdout.splitlines()[-1])["outcome"])
    except (IndexError, KeyError, TypeError, ValueError):
        return f"no outcome line in {stdout!r}"


def missing(reason: str) -> None:
    """Skip a test for which something is missing here; where everything has to be there, fail it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; under CI=true this is not skipped")
    pytest.skip(reason)


def required(program: str, description: str) -> str:
    """Find a program on the PATH."""
    path = shutil.which(program)
    if path is None:
        missing(f"no {program} on the PATH: this needs {description}")
    return str(path)


def install_axios() -> Path:
    """Install the packages of the axios example; give its folder."""
    return install(AXIOS)


def install(folder: Path) -> Path:
    """Bring the packages of a folder to what its lock file says, unless they are; give the folder."""
    npm = required("npm", "npm, which comes with Node")
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed-for"
    with _alone(folder / ".install.lock"):
        if not stamp.exists() or stamp.read_text() != wanted:
            done = subprocess.run(
                [npm, "ci", "--no-audit", "--no-fund", "--loglevel", "error"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=LONGEST_INSTALL,
                check=False,
                encoding="utf-8",
            )
            if done.returncode:
                missing(f"npm ci failed in {folder.name}: {(done.stderr or done.stdout).strip()[-500:]}")
            stamp.write_text(wanted)
    return folder


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one test session at a time through, where the system has locks that end with their process."""
    with lock.open("w") as file:
        _lock(file)
        yield


def _lock(file: IO[str]) -> None:
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415  (not on Windows)

        fcntl.flock(file, fcntl.LOCK_EX)
