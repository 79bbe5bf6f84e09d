"""How many audio calls one core carries, and how soon a call is up: `python benchmarks/gateway.py --markdown`.

Beside the emulator's gateway stands R: aiortc's own peer connection that sends out what it has decoded. Each runs as a
process of its own on one core; the callers are another process on another core, with real ICE, DTLS and SRTP and 50
packets a second each. Calls are added step by step. After each step the callers pause; what has not come back by then
is lost. The first step that loses 1 % twice in a row is one too many. Set-up is measured with both ends in one process.

On a machine that has other things to do the numbers are too small; how long the gateway waited for its core is told.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

import psutil
from gateway_load import Caller
from gateway_server import SIDES
from machine import description, pin, raise_file_limit
from table import Line, markdown, plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STEPS: Final = {"R": 1, "emulator": 20}
"""How many calls are added at a time."""
MOST_LOST: Final = 0.01
PAUSE: Final = 0.2
"""Seconds after which a packet is of no use to a listener."""

"""Seconds after which a packet is of no use to a listener."""
DISTURBED: Final = 0.1
"""Part of the time that a gateway may wait for its core before the numbers are those of another load as well."""
SERVER: Final = Path(__file__).with_name("gateway_server.py")


@dataclass(frozen=True)
class Step:
    """What so many calls at a time were like.

    Attributes:
        calls: How many.
        lost: The part of their packets that was lost.
        processor: The part of a core that the gateway took.
        waited: The part of the time in which it wanted the core and something else had it; 0 where that is not known.
        load: The part of a core that the callers took.
    """

    calls: int
    lost: float
    processor: float
    waited: float
    load: float

    def __str__(self) -> str:
        return (
            f"{self.calls} calls: {self.lost:.1%} lost; the gateway took {self.processor:.0%} of its core and waited "
            f"{self.waited:.0%} of the time for it, the callers took {self.load:.0%} of theirs"
        )


class Gateway:
    """A gateway in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._measured = psutil.Process(process.pid)

    async def answer(self, offer: str) -> str:
        """Have an offer answered."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise ValueError("the gateway has no pipes")
        stdin.write(json.dumps(offer).encode() + b"\n")
        answer: str = json.loads(await stdout.readline())
        return answer

    def processor_time(self) -> float:
        """Give the seconds of processor time that it has used."""
        times = self._measured.cpu_times()
        used: float = times.user + times.system
        return used

    def waiting_time(self) -> float:
        """Give the seconds in which it was ready to run and did not, because something else did."""
        try:
            waited = Path(f"/proc/{self._process.pid}/schedstat").read_text(encoding="ascii").split()[1]
        except OSError:
            return 0.0
        return int(waited) / 1e9


@asynccontextmanager
async def running(side: str) -> AsyncIterator[Gateway]:
    """Start a gateway, and end it in the end."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SERVER), side, stdin=pipe, stdout=pipe, limit=1 << 20
    )
    try:
        yield Gateway(process)
    finally:
        process.kill()
        await process.wait()


async def carried(side: str, seconds: float, most: int) -> list[Step]:
    """Add calls until packets are lost."""
    steps: list[Step] = []
    callers: list[Caller] = []
    async with running(side) as gateway:
        try:
            while len(callers) < most and (not steps or steps[-1].lost < MOST_LOST):
                for _ in range(STEPS[side]):
                    callers.append(Caller())
                    await callers[-1].call(gateway.answer)
                step = await _step(gateway, callers, seconds)
                if step.lost >= MOST_LOST:
                    # Whatever else the machine did in that moment may be the cause.
                    step = await _step(gateway, callers, seconds)
                steps.append(step)
                print(f"{side}: {step}", file=sys.stderr)
        except TimeoutError:
            print(f"{side}: the call after {len(callers) - 1} did not come up", file=sys.stderr)
        finally:
            await asyncio.gather(*(caller.close() for caller in callers))
    return steps


async def _step(gateway: Gateway, callers: list[Caller], seconds: float) -> Step:
    await _pause(callers)
    sent, received = sum(one.sent for one in callers), sum(one.received for one in callers)
    used, waited = gateway.processor_time(), gateway.waiting_time()
    own, begun = time.process_time(), time.perf_counter()
    for caller in callers:
        caller.speaking = True
    await asyncio.sleep(seconds)
    used, waited = gateway.processor_time() - used, gateway.waiting_time() - waited
    own, took = time.process_time() - own, time.perf_counter() - begun
    await _pause(callers)
    sent, received = sum(one.sent for one in callers) - sent, sum(one.received for one in callers) - received
    return Step(len(callers), max(0.0, 1 - received / sent), used / took, waited / took, own / took)


async def _pause(callers: list[Caller]) -> None:
    for caller in callers:
        caller.speaking = False
    await asyncio.sleep(PAUSE)


async def set_ups(side: str, calls: int) -> list[float]:
    """Set up one call after the other, both ends in this process."""
    times: list[float] = []
    for _ in range(calls + 1):
        caller, leg = Caller(), SIDES[side]()
        await caller.call(leg.answer)
        times.append(caller.set_up)
        await caller.close()
        await leg.close()
    return times[1:]  # the first one loads what it needs


def lines(steps: dict[str, list[Step]], times: dict[str, list[float]]) -> list[Line]:
    """Put the table together."""
    clean = {side: max((one.calls for one in made if one.lost < MOST_LOST), default=0) for side, made in steps.items()}
    last = {side: next(one for one in made if one.calls == clean[side]) for side, made in steps.items() if clean[side]}
    share = {side: 1000 * one.processor / one.calls for side, one in last.items()}
    up = {side: 1000 * median(made) for side, made in times.items()}
    return [
        Line(what, unit, values["R"], values["emulator"], values["emulator"] / values["R"])
        for what, unit, values in (
            ("Audio calls on one core, less than 1 % lost", "calls", dict(clean)),
            ("Processor time of each of them in a second", "ms", share),
            ("From the offer to the first packet back, in one process", "ms", up),
        )
    ]


async def measured(options: argparse.Namespace) -> list[Line]:
    """Measure everything."""
    times = {side: await set_ups(side, options.calls) for side in SIDES}
    pinned = pin(1)
    if not pinned:
        print("there is no second core to keep the callers apart", file=sys.stderr)
    steps = {side: await carried(side, options.seconds, options.most) for side in SIDES}
    for side, made in steps.items():
        if made and (waited := max(one.waited for one in made)) > DISTURBED:
            print(
                f"{side} waited up to {waited:.0%} of the time for its core; it carries more than that on a quiet one"
            )
    return lines(steps, times)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="the length of a step")
    parser.add_argument("--most", type=int, default=300, help="how many calls are tried at most")
    parser.add_argument("--calls", type=int, default=15, help="how many calls are set up one after the other")
    parser.add_argument("--markdown", action="store_true", help="print the table as a document has it")
    options = parser.parse_args()
    raise_file_limit()
    rows = asyncio.run(measured(options))
    print(markdown(rows) if options.markdown else plain(rows))
    print(f"\n{description(('aiortc', 'aioice', 'pylibsrtp', 'av'))}; load average {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
