"""The faulty twins of the rules on the contract between the judge and the client that it starts."""

from __future__ import annotations

import asyncio
from typing import Final

from cec_conformance.twins.original import Original


class Lingers(Original):
    """Hangs after the call."""

    async def place(self) -> str:
        await super().place()
        await asyncio.Event().wait()
        raise AssertionError


class Crashes(Original):
    """Ends by an error that nobody catches."""

    async def place(self) -> str:
        raise RuntimeError(await super().place())


class AlwaysSaysReleased(Original):
    """Prints the same outcome whatever happened."""

    async def place(self) -> str:
        await super().place()
        return "released"


TWINS: Final[dict[str, type[Original]]] = {
    "C-LIFE-01": Lingers,
    "C-LIFE-02": Crashes,
    "C-LIFE-03": AlwaysSaysReleased,
}
"""Each twin by the rule that it breaks."""
