"""A client that somebody starts by hand: in a debugger, in a browser, on a phone."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cec_conformance.patience import enough
from cec_conformance.run import Run
from cec_conformance.targets.command import first_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_cec.recording import Recorder

    from cec_conformance.emulation import CasePort

IDLE: Final = 10.0
"""Seconds without a request, after a call is over, until the client is taken to have ended."""


class AttachedLauncher:
    """Tells the variables and waits; nobody sees how such a client ends.

    Args:
        say: Is given what the user has to read.
    """

    name = "a client started by hand"
    most: int | None = 1
    probed = False

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say

    async def place(self, variables: Mapping[str, str], port: CasePort) -> tuple[None, float]:
        """Wait until a call has been placed and is over, or for Ctrl-C."""
        lines = "\n".join(f"{name}={value}" for name, value in variables.items())
        self._say(f"{lines}\n\nStart the client with these variables; Ctrl-C when it is through.")
        with _interrupted() as interrupted:
            await first_of(interrupted, port.waited_enough(port.clock.now(), over))
        return None, 0.0

    async def close(self) -> None:
        """Do nothing: the client is not ours."""


def over(recorder: Recorder, now: float, _began: float) -> bool:
    """Say whether a client that was started by hand is through: its call is over, and it has been silent for a while.

    Args:
        recorder: What it has done so far.
        now: The time, on the clock of the recorder, in seconds.
    """
    if not recorder.records or any(not record.complete for record in recorder.records):
        return False
    last = max(max(r.request_complete, r.answer_ended or 0.0, r.connection_gone or 0.0) for r in recorder.records)
    if now - last < IDLE:
        return False
    run = Run(recorder.trace())
    dropped = any(drop.ok for drop in run.drops)
    return bool(run.ended_call) or dropped or enough(recorder, now, last)


@contextmanager
def _interrupted() -> Iterator[asyncio.Future[None]]:
    """Take Ctrl-C for the word that the client is through."""
    loop = asyncio.get_running_loop()
    pressed: asyncio.Future[None] = loop.create_future()

    def press() -> None:
        if not pressed.done():
            pressed.set_result(None)

    if threading.current_thread() is not threading.main_thread():
        yield pressed
        return
    before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(press))
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
