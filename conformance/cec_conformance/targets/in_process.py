"""A Python client in this very process, in virtual time: `async def function(variables, transport) -> outcome`."""

from __future__ import annotations

import asyncio
import sys
import threading
import traceback
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Trace

from cec_conformance import facts
from cec_conformance.results import Ending
from cec_conformance.targets.target import Played
from cec_conformance.virtual.playing import play
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

    from cec_conformance.cases.case import Case
    from cec_conformance.virtual.playing import InProcessClient

NO_SOCKET: Final = Words(
    "a client in process has no WebSocket to the gateway: judge it as a command",
    "进程内的客户端没有到网关的 WebSocket：请以命令方式评判",
)

LONGEST: Final = 60.0
"""Real seconds that a case may take; in virtual time it takes milliseconds."""


class NoClient(ValueError):  # noqa: N818  (its name says what is wrong)
    """Raised when there is no such function; the text says what was looked for."""


class Blocked(RuntimeError):  # noqa: N818  (its name says what is wrong)
    """Raised when a client does not give the event loop back."""


class InProcess:
    """Judges a function.

    Args:
        name: How the user names it.
        client: The function.
    """

    most: int | None = 1
    probed = True

    def __init__(self, name: str, client: InProcessClient) -> None:
        self.name = name
        self._client = client

    async def play(self, case: Case) -> Played:
        """Play a case in a thread of its own, for the client needs an event loop of its own.

        Raises:
            Blocked: The client blocks its event loop.
        """
        loop = asyncio.get_running_loop()
        played: asyncio.Future[Played] = loop.create_future()

        def tell(result: Played | None, failure: BaseException | None) -> None:
            if played.done():
                return
            if result is not None:
                played.set_result(result)
            elif failure is not None:
                played.set_exception(failure)

        def work() -> None:
            try:
                result, failure = self._play(case), None
            except BaseException as error:  # noqa: BLE001  (told to who waits)
                result, failure = None, error
            try:
                loop.call_soon_threadsafe(tell, result, failure)
            except RuntimeError:  # nobody waits any more
                return

        threading.Thread(target=work, name="cec-conformance", daemon=True).start()
        try:
            async with asyncio.timeout(LONGEST):
                return await played
        except TimeoutError:
            raise Blocked(
                f"{self.name} did not come back within {LONGEST:g} s of real time: it blocks its event loop, as "
                "time.sleep or a synchronous request do; judge it as a command instead"
            ) from None

    async def close(self) -> None:
        """Do nothing: nothing runs."""

    def _play(self, case: Case) -> Played:
        if case.connect_media:
            return Played(Trace(), None, missing=NO_SOCKET)
        told: list[str] = []

        async def watched(variables: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> str:
            try:
                return await self._client(variables, transport)
            except Exception:
                told.append(traceback.format_exc())
                raise

        trace = play(case, watched)
        return Played(trace, _ending(trace, "".join(told)))


def _ending(trace: Trace, stderr: str) -> Ending:
    status = trace.facts[facts.EXIT_STATUS]
    return Ending(
        exit_status=None if status == facts.KILLED else int(status),
        outcome=trace.facts[facts.OUTCOME],
        began=0.0,
        ended=float(trace.facts[facts.ENDED_AT]),
        stderr=stderr,
    )


def load(reference: str) -> InProcessClient:
    """Find a function: `module:function`, from the folder in which one is.

    Raises:
        NoClient: There is none.
    """
    module, colon, name = reference.partition(":")
    if not (module and colon and name):
        raise NoClient(f"{reference!r} names no function; expected: module:function, such as my_client:place_call")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: InProcessClient | None = getattr(import_module(module), name, None)
    except Exception as failure:
        raise NoClient(f"{module} cannot be imported: {type(failure).__name__}: {failure}") from failure
    if not callable(found):
        raise NoClient(f"{module} has no function {name!r}")
    return found
