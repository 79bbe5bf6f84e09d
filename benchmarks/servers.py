"""The two servers that are compared, each a process of its own that is started by its own command."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil
from dialogue import CONNECTED, QUEUED, TRANSFERRED, Dialogue
from wire import Wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE: Final = Path(__file__).parent
LONGEST_START: Final = 30.0
"""Seconds after which a server that does not answer is given up."""

_CALLEE: Final = "179080387420489"
"""The one callee of the yardstick's constant answer."""


@dataclass(frozen=True)
class Side:
    """One of the two that are compared.

    Attributes:
        name: How the table calls it.
        command: Starts it; the port is added.
        events: What three polls of a call bring.
        callee: Its constant callee; `None` if each call has its own.
    """

    name: str
    command: tuple[str, ...]
    events: tuple[int, ...]
    callee: str | None = None

    def dialogue(self, port: int) -> Dialogue:
        """Give what is to be said to it."""
        return Dialogue(port, self.events, self.callee)


def yardstick(*options: str) -> Side:
    """Give R."""
    return Side("R", (sys.executable, str(HERE / "yardstick.py"), *options), (CONNECTED,) * 3, _CALLEE)


def emulator(*options: str, console_script: bool = False) -> Side:
    """Give the emulator, its log as quiet as the yardstick's."""
    command = (str(_console_script()),) if console_script else (sys.executable, "-m", "mock_cec")
    return Side("emulator", (*command, "--log-level", "warning", *options), (QUEUED, CONNECTED, TRANSFERRED))


def _console_script() -> Path:
    return Path(sys.executable).parent / ("mock-cec.exe" if sys.platform == "win32" else "mock-cec")


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        side: Which one it is.
        port: Where it listens on 127.0.0.1.
        process: Its process.
        started_in: The seconds from before it was started to the end of its first answer.
    """

    side: Side
    port: int
    process: psutil.Process
    started_in: float

    def memory(self) -> int:
        """Give the bytes of memory that it has resident."""
        resident: int = self.process.memory_info().rss
        return resident

    def most_memory(self) -> int | None:
        """Give the most bytes it ever had resident; `None` where the system does not say."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))

    def processor_time(self) -> float:
        """Give the seconds of processor time it has used."""
        times = self.process.cpu_times()
        used: float = times.user + times.system
        return used


@contextmanager
def running(side: Side) -> Iterator[Server]:
    """Start a server, wait for its first answer, and end it in the end."""
    port = _free_port()
    request = side.dialogue(port).token_request
    started = time.perf_counter()
    with subprocess.Popen([*side.command, "--port", str(port)], stdout=subprocess.DEVNULL) as process:
        try:
            _first_answer(process, port, request)
            yield Server(side, port, psutil.Process(process.pid), time.perf_counter() - started)
        finally:
            process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _first_answer(process: subprocess.Popen[bytes], port: int, request: bytes) -> None:
    """Try until the server listens, then wait for its answer."""
    give_up = time.perf_counter() + LONGEST_START
    while True:
        try:
            connection = socket.create_connection(("127.0.0.1", port), timeout=LONGEST_START)
        except ConnectionRefusedError as refused:
            if process.poll() is not None or time.perf_counter() > give_up:
                raise Wrong(f"{process.args!r} does not answer") from refused
            time.sleep(0.001)
        else:
            break
    with connection:
        connection.sendall(request)
        answer = connection.recv(65536)
    if not answer.startswith(b"HTTP/1.1 200 OK\r\n"):
        raise Wrong(f"{process.args!r} answers {answer!r}")
