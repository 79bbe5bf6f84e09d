"""A gateway whose line speaks words in place of SIP and whose media are a list, in process and without a socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from mock_cec.gateway.deeds import By, Close, Confirmed, Deed, Dialled, Digit, Ended, Offered, Send
from mock_cec.gateway.door import Gateway
from mock_cec.gateway.media.leg import Full, NotAcceptable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.gateway.media.leg import Listener, Wish
    from mock_cec.platform import Platform


class FakeLine:
    """A line on which a caller says `dial NUMBER OFFER`, `ack`, `bye`, `cancel`, `offer OFFER`, `key 5`, `close`."""

    def __init__(self) -> None:
        self.calls = 0
        self.live: set[int] = set()
        self.alarm: float | None = None

    def received(self, frame: str | bytes, now: float) -> list[Deed]:  # noqa: ARG002
        text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
        word, *rest = text.split("\n")[0].split()
        if word == "dial":
            self.calls += 1
            self.live.add(self.calls)
            return [Send(f"100 {self.calls}"), Dialled(self.calls, rest[0], "cec.test", "anon", " ".join(rest[1:]))]
        number = self.calls
        deeds: dict[str, list[Deed]] = {
            "ack": [Confirmed(number)],
            "bye": [Send("200"), Ended(number, By.CALLER, "")],
            "cancel": [Ended(number, By.CANCEL, "changed my mind")],
            "offer": [Offered(number, " ".join(rest))],
            "key": [Digit(number, rest[0] if rest else "", 100)],
            "close": [Close(1002, "that was no SIP")],
        }
        if word in {"bye", "cancel"}:
            self.live.discard(number)
        return deeds.get(word, [])

    def ring(self, call: int, now: float) -> list[Deed]:  # noqa: ARG002
        return [Send(f"180 {call}")]

    def accept(self, call: int, answer: str, now: float) -> list[Deed]:
        self.alarm = now + 3600.0
        return [Send(f"200 {call} {answer}")]

    def refuse(
        self, call: int, status: int, now: float, *, why: str = "", retry_after: int | None = None
    ) -> list[Deed]:
        del now
        after = f" after {retry_after}" if retry_after else ""
        self.live.discard(call)
        return [Send(f"{status} {call} {why}{after}".rstrip()), Ended(call, By.GATEWAY, str(status))]

    def hang_up(self, call: int, now: float, *, cause: int = 16, why: str = "") -> list[Deed]:
        del now
        self.live.discard(call)
        return [Send(f"BYE {call} {cause} {why}"), Ended(call, By.GATEWAY, why)]

    def digit(self, call: int, signal: str, milliseconds: int, now: float) -> list[Deed]:
        del now
        return [Send(f"INFO {call} {signal} {milliseconds}")]

    def closed(self, now: float) -> list[Deed]:
        del now
        ended: list[Deed] = [Ended(call, By.SOCKET, "") for call in sorted(self.live)]
        self.live.clear()
        return ended

    def wake_at(self) -> float | None:
        return self.alarm

    def tick(self, now: float) -> list[Deed]:
        del now
        self.alarm = None
        return [Send("again")]


class FakeLeg:
    """Media that say yes to every offer but `bad`, `broken`, and to one that is `slow` once they are told to."""

    def __init__(self, wish: Wish, listener: Listener) -> None:
        self.wish = wish
        self.listener = listener
        self.closed = False
        self.go_on = asyncio.Event()

    async def answer(self, offer: str) -> str:
        if offer == "bad":
            raise NotAcceptable("no audio")
        if offer == "broken":
            raise ValueError(offer)
        if offer == "slow":
            await self.go_on.wait()
        return f"answer to {offer}"

    async def close(self) -> None:
        self.closed = True


class FakeCarrier:
    """A carrier for so many calls."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.legs: list[FakeLeg] = []
        self.closed = False

    def leg(self, wish: Wish, listener: Listener) -> FakeLeg:
        if len(self.legs) >= self.most:
            raise Full("full")
        self.legs.append(FakeLeg(wish, listener))
        return self.legs[-1]

    async def close(self) -> None:
        self.closed = True


class FakeParts:
    """The parts of a gateway, to be looked at."""

    def __init__(self, most: int = 10, trouble: str = "") -> None:
        self.trouble = trouble
        self.carriers: list[FakeCarrier] = []
        self.lines: list[FakeLine] = []
        self._most = most

    def line(self, contact: str, fresh: Callable[[], str]) -> FakeLine:
        assert contact
        assert fresh() != fresh()
        self.lines.append(FakeLine())
        return self.lines[-1]

    def carrier(self) -> FakeCarrier:
        self.carriers.append(FakeCarrier(self._most))
        return self.carriers[-1]


class Visitor:
    """A client of the gateway's ASGI application.

    Attributes:
        got: What it was sent: texts, and what happened to its WebSocket.
    """

    def __init__(self, platform: Platform, parts: FakeParts | None = None, gateway: Gateway | None = None) -> None:
        self.parts = parts or FakeParts()
        self.gateway = gateway or Gateway(self.parts)
        self.got: list[str] = []
        self._platform = platform
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    @property
    def leg(self) -> FakeLeg:
        """The newest media."""
        return self.parts.carriers[0].legs[-1]

    async def open(self, path: str = "/sip", protocols: tuple[str, ...] = ("sip",), **more: Any) -> Visitor:
        """Open the WebSocket."""
        scope = {
            "type": "websocket",
            "path": path,
            "headers": [(b"host", b"cec.test:8360")],
            "client": ("10.0.0.1", 5),
            "subprotocols": list(protocols),
            "extensions": {"websocket.http.response": {}},
        } | more
        self._inbox.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(self.gateway.serve(self._platform, scope, self._inbox.get, self._hear))
        await self.settle()
        return self

    async def say(self, *frames: str | bytes) -> list[str]:
        """Send frames, and give what came since."""
        before = len(self.got)
        for frame in frames:
            kind = "text" if isinstance(frame, str) else "bytes"
            self._inbox.put_nowait({"type": "websocket.receive", kind: frame})
        await self.settle()
        return self.got[before:]

    async def told(self, kind: str, **more: Any) -> list[str]:
        """Have the server say something, and give what came since."""
        before = len(self.got)
        self._inbox.put_nowait({"type": kind} | more)
        await self.settle()
        return self.got[before:]

    async def leave(self) -> None:
        """Close the WebSocket, and wait until the gateway has parted."""
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1000})
        assert self._task is not None
        await self._task

    @staticmethod
    async def settle() -> None:
        """Let everything happen that can happen without time."""
        for _ in range(30):
            await asyncio.sleep(0)

    async def _hear(self, message: Any) -> None:
        kind = message["type"]
        if kind == "websocket.send":
            self.got.append(message["text"])
        elif kind == "websocket.accept":
            self.got.append(f"accept {message['subprotocol']}")
        elif kind == "websocket.close":
            self.got.append(f"close {message.get('code', '')} {message.get('reason', '')}".rstrip())
        elif kind == "websocket.http.response.start":
            self.got.append(f"HTTP {message['status']}")
        else:
            self.got.append(message["body"].decode())
