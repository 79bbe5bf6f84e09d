"""The two gateways that are compared: the emulator's, and R, aiortc's own peer connection that decodes and encodes.

As a process of its own it takes offers and gives answers, a line of JSON each: `python benchmarks/gateway_server.py R`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Final

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from machine import pin
from mock_cec.gateway.media.carrier import AiortcCarrier
from mock_cec.gateway.media.leg import Wish

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.gateway.media.leg import Leg


class Yardstick:
    """R: a call that aiortc itself answers, and whose sound goes out as it came in."""

    def __init__(self) -> None:
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.on("track", self._connection.addTrack)

    async def answer(self, offer: str) -> str:
        """Answer an offer."""
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self._connection.setLocalDescription()
        return self._connection.localDescription.sdp

    async def close(self) -> None:
        """Release everything."""
        await self._connection.close()


class _Inattentive:
    def state(self, words: str) -> None:
        pass

    def digit(self, signal: str, milliseconds: int) -> None:
        pass


_CARRIER: Final = AiortcCarrier(most_calls=sys.maxsize)


def emulator() -> Leg:
    """Make a call of the emulator's."""
    return _CARRIER.leg(Wish(), _Inattentive())


SIDES: Final[dict[str, Callable[[], Leg]]] = {"R": Yardstick, "emulator": emulator}


async def serve(side: str) -> None:
    """Answer the offers that come by stdin until it ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=1 << 20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    calls: list[Leg] = []
    while line := await reader.readline():
        calls.append(SIDES[side]())
        print(json.dumps(await calls[-1].answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    pin(0)
    asyncio.run(serve(sys.argv[1]))
