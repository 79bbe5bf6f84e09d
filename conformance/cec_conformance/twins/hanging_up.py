"""The faulty twins of the rules on hanging up."""

from __future__ import annotations

from typing import Final

from cec_client.protocol import Endpoint

from cec_conformance.twins.original import Original


class CleansUp(Original):
    """Drops right after the login."""

    async def first_login(self) -> None:
        await super().first_login()
        await self.exchange(Endpoint.DROP)


TWINS: Final[dict[str, type[Original]]] = {
    "C-DROP-02": CleansUp,
}
"""Each twin by the rule that it breaks."""
