"""The target that lives outside of this process: each case is played over a port of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Trace
from mock_cec.gateway.installed import INSTALL, installed

from cec_conformance.cases.case import variables
from cec_conformance.fairness import Measured
from cec_conformance.targets.target import Played, with_facts
from cec_conformance.virtual.playing import CREDENTIALS
from cec_conformance.words import Words

if TYPE_CHECKING:
    from cec_conformance.cases.case import Case
    from cec_conformance.emulation import Emulation
    from cec_conformance.targets.target import Launcher

NO_GATEWAY: Final = Words(
    f"cases with media want the emulator's gateway: {INSTALL}", f"带媒体的用例需要模拟器的网关：{INSTALL}"
)


class OverTheNetwork:
    """A client that a launcher has place its calls.

    Args:
        launcher: Who does that.
        emulation: The emulator.
    """

    def __init__(self, launcher: Launcher, emulation: Emulation) -> None:
        self.name = launcher.name
        self.most = launcher.most
        self.probed = launcher.probed
        self._launcher = launcher
        self._emulation = emulation

    async def play(self, case: Case) -> Played:
        """Play a case; its port stays open until the client's processes are gone."""
        if case.connect_media and not installed():
            return Played(Trace(), None, missing=NO_GATEWAY)
        async with self._emulation.port(case) as port:
            given = variables(case, CREDENTIALS, port.base_url)
            ending, start = await self._launcher.place(given, port)
            trace = await port.trace()
            return Played(with_facts(trace, given, ending), ending, Measured(port.lag, start))

    async def close(self) -> None:
        """End everything that still runs."""
        await self._launcher.close()
