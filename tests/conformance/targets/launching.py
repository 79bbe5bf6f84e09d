"""What tests of launchers share: playing cases by one, over real sockets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psutil
from cec_conformance.emulation import Emulation
from cec_conformance.probing import PROBE
from cec_conformance.targets.network import OverTheNetwork

if TYPE_CHECKING:
    from cec_conformance.cases.case import Case
    from cec_conformance.targets.target import Launcher, Played


def played(launcher: Launcher, *cases: Case, together: bool = False) -> list[Played]:
    """Play cases, the probe by default, one after the other or all together, and close the launcher."""

    async def play(target: OverTheNetwork) -> list[Played]:
        try:
            if together:
                return list(await asyncio.gather(*map(target.play, cases)))
            return [await target.play(case) for case in cases or (PROBE,)]
        finally:
            await target.close()

    with Emulation() as emulation:
        return asyncio.run(play(OverTheNetwork(launcher, emulation)))


def living() -> list[psutil.Process]:
    """Give the processes that this one has started and that have not ended."""
    return [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
