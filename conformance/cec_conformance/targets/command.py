"""A command that is started once for each case (driver contract)."""

from __future__ import annotations

import asyncio
import os
import shlex
import time
from typing import TYPE_CHECKING

from mock_cec.environment import no_proxy

from cec_conformance.results import Ending
from cec_conformance.targets.output import outcome
from cec_conformance.targets.program import start

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping, Sequence
    from typing import Any

    from cec_conformance.emulation import CasePort
    from cec_conformance.targets.program import Program


class CommandLauncher:
    """Starts a command for each case.

    Args:
        command: The program and its arguments; no shell looks at them.
    """

    most: int | None = None
    probed = True

    def __init__(self, command: Sequence[str]) -> None:
        self.name = shlex.join(command)
        self._command = tuple(command)

    async def place(self, variables: Mapping[str, str], port: CasePort) -> tuple[Ending, float]:
        """Start it, wait until it ends or has been waited for long enough, and end what it leaves behind.

        Raises:
            CannotRun: It cannot be started.
        """
        before, began = time.monotonic(), port.clock.now()
        program = await start(self._command, environment(variables))
        took = time.monotonic() - before
        try:
            await first_of(program.exited, port.waited_enough(began), program.flooded.wait())
            ended = port.clock.now()
            status = program.exited.result() if program.exited.done() else None
        finally:
            await asyncio.shield(program.end())
        return ending_of(program, status, began, ended), took

    async def close(self) -> None:
        """Do nothing: no process outlives its case."""


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Give a client's environment: ours, the variables of the contract, and no proxy on the way to the emulator."""
    urls = (variables["CEC_BASE_URL"], variables["CEC_TOKEN_BASE_URL"])
    return {**os.environ, **variables, **no_proxy(urls, os.environ)}


async def first_of(done: asyncio.Future[Any], *others: Coroutine[Any, Any, Any]) -> None:
    """Wait until one of them is done, and call off the others but the first.

    Raises:
        Exception: One of the others failed.
    """
    tasks = [asyncio.ensure_future(other) for other in others]
    try:
        await asyncio.wait([done, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
    finally:
        for task in tasks:
            task.cancel()


def ending_of(program: Program, status: int | None, began: float, ended: float) -> Ending:
    """Tell how a program ended."""
    stdout = program.stdout.text
    return Ending(
        exit_status=status,
        outcome=outcome(stdout),
        began=began,
        ended=ended,
        stdout=stdout,
        stderr=program.stderr.text,
        written=program.stdout.written + program.stderr.written,
    )
