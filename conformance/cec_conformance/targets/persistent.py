"""A command that stays: started once for each worker, for what is slow to start, and told of its cases by its stdin.

A case is one JSON object of the variables on a line of stdin, and is answered by one outcome line on stdout. A process
that dies in a case did so as the client's own doing; the next case gets a new one, and so does a case that a process
was given which ended in order before it did anything for it.
"""

from __future__ import annotations

import asyncio
import shlex
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import msgspec

from cec_conformance.results import Ending
from cec_conformance.targets.command import environment, first_of
from cec_conformance.targets.output import Tail, outcome_in
from cec_conformance.targets.program import GRACE, start

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cec_conformance.emulation import CasePort
    from cec_conformance.targets.program import Program

STARTUP: Final = 120.0
"""Seconds more that a new process gets for its first case: a browser or a Spring application starts in it."""


class PersistentLauncher:
    """Has cases played by processes that stay.

    Args:
        command: The program and its arguments; no shell looks at them.
    """

    most: int | None = None
    probed = True

    def __init__(self, command: Sequence[str]) -> None:
        self.name = shlex.join(command)
        self._command = tuple(command)
        self._idle: list[_Worker] = []

    async def place(self, variables: Mapping[str, str], port: CasePort) -> tuple[Ending, float]:
        """Have an idle process place the call, or a new one.

        Raises:
            CannotRun: It cannot be started.
        """
        before, began = time.monotonic(), port.clock.now()
        if (worker := await self._take_idle()) is not None:
            ending = await self._played(worker, variables, port, began)
            if ending.outcome or ending.exit_status != 0 or (await port.trace()).exchanges:
                return ending, 0.0
        # None is there, or it had come to its end in order, and only now that is seen.
        worker = _Worker(await start(self._command, environment(variables), talks=True))
        took = time.monotonic() - before
        return await self._played(worker, variables, port, began, STARTUP), took

    async def _played(
        self, worker: _Worker, variables: Mapping[str, str], port: CasePort, began: float, startup: float = 0.0
    ) -> Ending:
        try:
            answer = worker.ask(variables)
            await first_of(answer, port.waited_enough(began + startup), worker.program.flooded.wait())
            ended, status = port.clock.now(), worker.status
        finally:
            if worker.answered:
                self._idle.append(worker)
            else:
                await asyncio.shield(worker.program.end())
        return worker.ending(status, began, ended)

    async def close(self) -> None:
        """End the processes: they see the end of their stdin first."""
        idle, self._idle = self._idle, []
        await asyncio.gather(*(worker.program.dismiss(GRACE) for worker in idle))

    async def _take_idle(self) -> _Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if not worker.program.exited.done():
                return worker
            await worker.program.end()
        return None


class _Worker:
    """A process that stays, and the case that it is at."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._line = b""
        program.on_output = self._hear
        program.exited.add_done_callback(lambda _: self._tell(""))

    @property
    def answered(self) -> bool:
        """Whether its outcome line has come."""
        return self._answer.done() and not self._answer.cancelled() and bool(self._answer.result())

    def ask(self, variables: Mapping[str, str]) -> asyncio.Future[str]:
        """Give it a case; what comes back is done when its outcome line has come, or it has died."""
        self.program.stdout, self.program.stderr = Tail(), Tail()
        self._answer = asyncio.get_running_loop().create_future()
        self._line = b""
        if self.program.exited.done():
            self._tell("")
        else:
            with suppress(OSError):  # it has closed its stdin, or just died: then no answer comes
                self.program.write(msgspec.json.encode(dict(variables)) + b"\n")
        return self._answer

    @property
    def status(self) -> int | None:
        """Its exit status; that of one which has answered and goes on living is 0; `None` while it is at the case."""
        if self.answered:
            return 0
        return self.program.exited.result() if self.program.exited.done() else None

    def ending(self, status: int | None, began: float, ended: float) -> Ending:
        """Tell how the case ended for it."""
        return Ending(
            exit_status=status,
            outcome=self._answer.result() if self.answered else "",
            began=began,
            ended=ended,
            stdout=self.program.stdout.text,
            stderr=self.program.stderr.text,
            written=self.program.stdout.written + self.program.stderr.written,
        )

    def _hear(self, data: bytes) -> None:
        *lines, rest = (self._line + data).split(b"\n")
        self._line = rest[-4096:]
        for line in lines:
            if outcome := outcome_in(line.decode("utf-8", "replace")):
                self._tell(outcome)

    def _tell(self, outcome: str) -> None:
        if not self._answer.done():
            self._answer.set_result(outcome)
