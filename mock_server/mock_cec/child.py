"""A program that runs beside the emulator: it gets our standard streams and our signals, and does not outlive us."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from types import FrameType

NOT_FOUND: Final = 127
NOT_RUNNABLE: Final = 126
"""The exit statuses of a shell for a command that is not there, and for one that cannot be run."""

_BY_SIGNAL: Final = 128


class CannotRun(OSError):  # noqa: N818  (its name says what is wrong)
    """Raised when a program cannot be started.

    Attributes:
        status: The exit status that a shell would give.
    """

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a program to its end, and hand on what signals come meanwhile.

    Args:
        command: The program and its arguments; no shell looks at them.
        environment: All of its variables.

    Returns:
        Its exit status; 128 and the signal's number if a signal ended it.

    Raises:
        CannotRun: It cannot be started.
    """
    with _signals() as pending:
        try:
            child = subprocess.Popen(found(command, environment), env=dict(environment))  # noqa: S603  (the user's)
        except OSError as failure:
            missing = isinstance(failure, FileNotFoundError)
            reason = "command not found" if missing else failure.strerror or str(failure)
            raise CannotRun(f"{command[0]}: {reason}", NOT_FOUND if missing else NOT_RUNNABLE) from failure
        try:
            pending.send_to(child)
            status = child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
    return _BY_SIGNAL - status if status < 0 else status


class _Mail:
    """Signals for a program that may not have started yet."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[int] = []

    def take(self, number: int, _frame: FrameType | None) -> None:
        """Hand a signal on."""
        if number == signal.SIGINT and _typed():
            return
        if self._child is None:
            self._waiting.append(number)
        else:
            _send(self._child, number)

    def send_to(self, child: subprocess.Popen[bytes]) -> None:
        """Say whom they are for."""
        self._child = child
        for number in self._waiting:
            _send(child, number)


@contextmanager
def _signals() -> Iterator[_Mail]:
    mail = _Mail()
    before = {number: signal.signal(number, mail.take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield mail
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _send(child: subprocess.Popen[bytes], number: int) -> None:
    if sys.platform == "win32":
        child.terminate()
    else:
        child.send_signal(number)


def _typed() -> bool:
    """Say whether SIGINT comes from the keyboard: then the program, in the same group, has got it already."""
    if sys.platform == "win32":
        return True
    return any(_in_foreground(stream) for stream in range(3))


def _in_foreground(stream: int) -> bool:
    try:
        return os.tcgetpgrp(stream) == os.getpgrp()
    except OSError:  # no terminal
        return False


def found(command: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """Find the program where the system does not: on Windows, `npm` is `npm.cmd`."""
    name, *arguments = command
    if sys.platform == "win32":
        name = shutil.which(name, path=environment.get("PATH")) or name
    return [name, *arguments]
