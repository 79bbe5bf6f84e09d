"""A softphone at the gateway: the HTTP flow by the reference client, SIP literally, over a real WebSocket."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any

from cec_client import AsyncClient, Connected
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.mock_server.gateway.phone import JSSIP, OFFER, Said, heard, written

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cec_client import AsyncCall, Gateway
    from mock_cec.embed.tenant import MockTenant

SIP = [Subprotocol("sip")]
LONGEST = 20.0


class SipPhone:
    """SIP on a WebSocket, as a test writes it.

    Attributes:
        said: All messages of the gateway, in order.
    """

    def __init__(self, socket: ClientConnection, number: str) -> None:
        self.socket = socket
        self.number = number
        self.said: list[Said] = []
        self.head = JSSIP.replace("179080387420489", number).strip()
        self._branches = count(1)
        self._cseq = 1515
        self._to = f"<sip:{number}@127.0.0.1>"

    async def dial(self, offer: str = OFFER, /, **changes: str | None) -> None:
        """Send the INVITE."""
        await self.socket.send(written(self.head, offer, **changes))

    async def invite(self, offer: str = OFFER, /, **changes: str | None) -> Said:
        """Send the INVITE, wait for the final answer, and acknowledge it."""
        await self.dial(offer, **changes)
        answer = await self.final("INVITE")
        self._to = answer["To"]
        if answer.status == 200:
            await self.socket.send(self.request("ACK"))
        return answer

    def request(self, method: str, body: str = "", /, **changes: str | None) -> str:
        """Write a request in the dialog."""
        if method != "ACK":
            self._cseq += 1
        lines = {line.partition(": ")[0]: line.partition(": ")[2] for line in self.head.split("\n")[1:]}
        head = [
            f"{method} sip:{self.number}@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/WS q3k1fdu2k0me.invalid;branch=z9hG4bK77{next(self._branches)}",
            "Max-Forwards: 69",
            f"To: {self._to}",
            f"From: {lines['From']}",
            f"Call-ID: {lines['Call-ID']}",
            f"CSeq: {self._cseq} {method}",
            f"Contact: {lines['Contact']}",
        ]
        given: dict[str, Any] = {"Content_Type": "application/sdp"} if body else {}
        return written("\n".join(head), body, **(given | changes))

    async def asks(self, method: str, body: str = "", /, **changes: str | None) -> Said:
        """Send a request in the dialog, and wait for its final answer."""
        await self.socket.send(self.request(method, body, **changes))
        return await self.final(method)

    async def final(self, method: str) -> Said:
        """Wait for a final answer to a request."""
        while True:
            said = await self.next()
            if said.start.startswith("SIP/2.0 ") and said["CSeq"].endswith(method) and said.status >= 200:
                return said

    async def bye(self, *, answered: bool = True) -> Said:
        """Wait for the gateway's BYE, and take it."""
        while (said := await self.next()).method != "BYE":
            pass
        if not answered:
            return said
        kept = [(name, value) for name, value in said.headers if name in {"Via", "To", "From", "Call-ID", "CSeq"}]
        await self.socket.send(
            "\r\n".join(["SIP/2.0 200 OK", *(f"{name}: {value}" for name, value in kept), "Content-Length: 0", "", ""])
        )
        return said

    async def next(self) -> Said:
        """Wait for a message."""
        async with asyncio.timeout(LONGEST):
            text = await self.socket.recv()
        assert isinstance(text, str)
        self.said.append(heard(text))
        return self.said[-1]

    # Stands in the place of a leg of the gateway's, so that softphones that know only media can be had over SIP.

    async def answer(self, offer: str) -> str:
        """Have an offer answered by an INVITE, or by one more in the dialog."""
        first = not self.said
        said = await (self.invite(offer) if first else self.asks("INVITE", offer))
        assert said.status == 200, said
        if not first:
            await self.socket.send(self.request("ACK"))
        return said.body

    async def close(self) -> None:
        """Close the WebSocket."""
        await self.socket.close()


class Caller:
    """A user whose call is connected.

    Attributes:
        gateway: What "connected" told.
        events: The kinds of all events, as they came.
    """

    def __init__(self, call: AsyncCall) -> None:
        self.call = call
        self.events: list[str] = []
        self.ended = asyncio.Event()
        self._connected: asyncio.Future[Gateway] = asyncio.get_running_loop().create_future()

    async def connected(self) -> Gateway:
        """Wait until an agent has answered."""
        async with asyncio.timeout(LONGEST):
            return await asyncio.shield(self._connected)

    async def over(self) -> list[str]:
        """Wait until the call is over, and give the kinds of its events."""
        async with asyncio.timeout(LONGEST):
            await self.ended.wait()
        return self.events

    async def poll(self) -> None:
        """Poll until the call is over."""
        async for event in self.call:
            self.events.append(event.kind)
            if isinstance(event, Connected) and not self._connected.done():
                self._connected.set_result(event.gateway)
        self.ended.set()


@asynccontextmanager
async def calling(cec: MockTenant, user: str = "alice") -> AsyncIterator[Caller]:
    """Have a user place a call by the whole HTTP flow."""
    client = AsyncClient(
        cec.base_url,
        app_key=cec.app_key,
        app_secret=cec.app_secret,
        channel_id=cec.channel_id,
        user_id=user,
        trust_env=False,
    )
    async with client, client.call() as call:
        caller = Caller(call)
        polling = asyncio.create_task(caller.poll())
        try:
            yield caller
        finally:
            polling.cancel()
            await asyncio.gather(polling, return_exceptions=True)


@asynccontextmanager
async def phone(caller: Caller, **more: Any) -> AsyncIterator[SipPhone]:
    """Give a user a phone at the gateway that "connected" named."""
    gateway = await caller.connected()
    assert gateway.access_code
    async with connect(gateway.addresses[0], subprotocols=SIP, proxy=None, **more) as socket:
        assert socket.subprotocol == "sip"
        yield SipPhone(socket, gateway.access_code)
