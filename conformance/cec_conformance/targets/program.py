"""A program that is started, listened to and ended, with everything that it has started itself.

It gets a process group of its own, so that it can be ended as a whole. What leaves that group as well is found, on
Linux, by a variable in its environment that nothing else has.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from mock_cec.child import NOT_FOUND, NOT_RUNNABLE, CannotRun, found

from cec_conformance.targets.output import Tail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

GRACE: Final = 2.0
"""Seconds that a program gets between being asked to end and being killed."""

MOST_OUTPUT: Final = 64 << 20
"""Bytes of output after which a program is taken for one that never stops."""

MARK: Final = "CEC_CONFORMANCE_PROCESS"
"""The variable by which processes are known that left their group."""

_GROUP: Final[dict[str, Any]] = (
    {"creationflags": 0x200} if sys.platform == "win32" else {"start_new_session": True}  # CREATE_NEW_PROCESS_GROUP
)
_LOOK_EVERY: Final = 0.01
_STDOUT: Final = 1


class Program(asyncio.SubprocessProtocol):
    """A running program; made by `start`.

    Attributes:
        stdout: The end of what it has written there.
        stderr: The same of its other output.
        exited: Its exit status, negative for a signal, as soon as it has ended.
        flooded: Is set when it has written more than anybody could want.
        on_output: Is called with what it writes on stdout.
    """

    def __init__(self, mark: str) -> None:
        self.stdout = Tail()
        self.stderr = Tail()
        loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[int] = loop.create_future()
        self.flooded = asyncio.Event()
        self.on_output: Callable[[bytes], None] | None = None
        self._closed = asyncio.Event()
        self._transport: Any = None
        self._mark = f"{MARK}={mark}\0".encode()

    @property
    def pid(self) -> int:
        """Its process id, which is that of its group as well."""
        pid: int = self._transport.get_pid()
        return pid

    def write(self, data: bytes) -> None:
        """Write to its stdin; what it does not read is its own loss."""
        self._transport.get_pipe_transport(0).write(data)

    async def dismiss(self, patience: float) -> None:
        """Let it see the end of its stdin, give it some seconds to end by itself, and end it."""
        self._transport.get_pipe_transport(0).close()
        await asyncio.wait([self.exited], timeout=patience)
        await self.end()

    async def end(self) -> None:
        """End it and everything it has started: asked first, then by force. What it has written so far is kept."""
        if sys.platform == "win32":
            await self._end_tree()
        else:
            await self._end_group()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await self._closed.wait()
        self._transport.close()

    # As asyncio tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take what it writes."""
        (self.stdout if fd == _STDOUT else self.stderr).feed(data)
        if fd == _STDOUT and self.on_output is not None:
            self.on_output(data)
        if self.stdout.written + self.stderr.written > MOST_OUTPUT:
            self.flooded.set()

    def process_exited(self) -> None:
        """Take note that it has ended, whoever still holds its streams."""
        if not self.exited.done():
            self.exited.set_result(self._transport.get_returncode())

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note that it has ended and all has been read."""
        del exc
        self._closed.set()

    # Ending

    async def _end_group(self) -> None:
        for number in (signal.SIGTERM, signal.SIGKILL):
            if await self._group_ended(within=0):
                break
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, number)
            await self._group_ended(within=GRACE)
        for pid in _left_behind(self._mark):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)

    async def _group_ended(self, within: float) -> bool:
        end = asyncio.get_running_loop().time() + within
        while True:
            try:
                os.killpg(self.pid, 0)
            except (ProcessLookupError, PermissionError):  # the second on macOS, for one that nobody has waited for
                if self.exited.done():
                    return True
            if asyncio.get_running_loop().time() >= end:
                return False
            await asyncio.sleep(_LOOK_EVERY)

    async def _end_tree(self) -> None:
        tree = ["taskkill", "/T", "/F", "/PID", str(self.pid)]
        if not self.exited.done():
            await asyncio.to_thread(subprocess.run, tree, capture_output=True, check=False)
            await asyncio.wait([self.exited], timeout=GRACE)


async def start(command: Sequence[str], environment: Mapping[str, str], *, talks: bool = False) -> Program:
    """Start a program.

    Args:
        command: The program and its arguments; no shell looks at them.
        environment: All of its variables.
        talks: Whether something will be written to its stdin; it is empty otherwise.

    Raises:
        CannotRun: It cannot be started.
    """
    loop = asyncio.get_running_loop()
    mark = uuid4().hex
    try:
        _, program = await loop.subprocess_exec(
            lambda: Program(mark),
            *found(command, environment),
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            env={**environment, MARK: mark},
            **_GROUP,
        )
    except (OSError, ValueError) as failure:  # a ValueError for a null byte in an argument
        missing = isinstance(failure, FileNotFoundError)
        reason = "command not found" if missing else getattr(failure, "strerror", None) or str(failure)
        raise CannotRun(f"{command[0]}: {reason}", NOT_FOUND if missing else NOT_RUNNABLE) from failure
    return program


def _left_behind(mark: bytes) -> list[int]:
    """Find the processes that carry a mark in their environment, where the system shows it."""
    if sys.platform != "linux":
        return []
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal() and _carries(entry, mark)]


def _carries(process: Path, mark: bytes) -> bool:
    try:
        return mark in (process / "environ").read_bytes()
    except OSError:  # somebody else's, or it has just ended
        return False
