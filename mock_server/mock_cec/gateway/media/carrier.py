"""Who carries the media of all calls of a server: not more than the machine can, and aiortc only once there is one."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, Final

from mock_cec.gateway.media.addresses import NoAddress, usable_addresses
from mock_cec.gateway.media.leg import Full, NotAcceptable

if TYPE_CHECKING:
    from types import ModuleType

    from mock_cec.gateway.media.call import Call
    from mock_cec.gateway.media.leg import Leg, Listener, Wish

MOST_CALLS: Final = 60
"""How many calls there may be at a time.

With audio alone so many take a fifth of a core where it was measured (`benchmarks/gateway.py`). The rest is for
pictures, which are several times the packets, and for the API, which lives in the same loop.
"""
PATIENCE: Final = 15.0
"""Seconds in which ICE and DTLS have to come up."""


class AiortcCarrier:
    """Carries media with aiortc (`media.leg.Carrier`).

    Whether media can flow at all on this machine, `media.addresses.usable_addresses` says.

    Args:
        most_calls: How many calls there may be at a time.
        patience: Seconds after an answer in which ICE and DTLS have to come up; then the media have failed.
    """

    def __init__(self, most_calls: int = MOST_CALLS, patience: float = PATIENCE) -> None:
        self._most_calls = most_calls
        self._patience = patience
        self._legs: set[_Leg] = set()
        self._closed = False

    def leg(self, wish: Wish, listener: Listener) -> Leg:
        """Make the media of one call, as `Carrier.leg` says; they count until they are closed."""
        if self._closed:
            raise Full("the gateway is being closed")
        if len(self._legs) >= self._most_calls:
            raise Full(f"the gateway carries {self._most_calls} calls already, and no more")
        leg = _Leg(wish, listener, self._patience, self._legs)
        self._legs.add(leg)
        return leg

    async def close(self) -> None:
        """End all legs, as `Carrier.close` says."""
        self._closed = True
        await asyncio.gather(*(leg.close() for leg in list(self._legs)))


class _Leg:
    """A leg that is nothing but a wish until there is an offer."""

    def __init__(self, wish: Wish, listener: Listener, patience: float, legs: set[_Leg]) -> None:
        self._wish = wish
        self._listener = listener
        self._patience = patience
        self._legs = legs
        self._call: Call | None = None
        self._closed = False

    async def answer(self, offer: str) -> str:
        if self._call is None:
            try:
                # Beside the loop: loading aiortc takes longer than other calls could wait.
                module = await asyncio.to_thread(_loaded)
            except NoAddress as none:
                raise NotAcceptable(str(none)) from none
            if not self._closed and self._call is None:
                self._call = module.Call(self._wish, self._listener, self._patience)
        if self._closed or self._call is None:
            raise NotAcceptable("the call is over")
        return await self._call.answer(offer)

    async def close(self) -> None:
        self._closed = True
        try:
            if self._call is not None:
                await self._call.close()
        finally:
            self._legs.discard(self)


def _loaded() -> ModuleType:
    usable_addresses()
    return import_module("mock_cec.gateway.media.call")
