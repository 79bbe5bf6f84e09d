"""Clients that speak ASGI themselves: they can leave at any moment, and see each message that is written to them."""

from __future__ import annotations

import asyncio
import json
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import BY_NAME

from tests.mock_server.conftest import GOOD_BODIES, GOOD_QUERIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.tenant import Credentials
    from starlette.types import ASGIApp, Message

TURNS: Final = 30
"""Turns of the loop after which everything has happened that can happen without time."""


def turn(loop: asyncio.AbstractEventLoop, times: int = TURNS) -> None:
    """Let a loop go round, exactly so many times."""
    for _ in range(times):
        loop.call_soon(loop.stop)
        loop.run_forever()


class Connection:
    """A connection that is lost when the client leaves, as the server would put it into the scope."""

    def __init__(self) -> None:
        self.lost = False
        self.on_loss: Callable[[], None] | None = None

    def is_closing(self) -> bool:
        return self.lost

    def end(self, *, reset: bool) -> None:  # noqa: ARG002  (in memory one end is like the other)
        self.lose()

    def lose(self) -> None:
        self.lost = True
        if self.on_loss is not None:
            self.on_loss()


class Ask:
    """One request, and what comes of it.

    Attributes:
        name: The endpoint's.
        user: Whose it is.
        number: What its client's port is, for finding it in the trace.
        task: The emulator's work on it.
        arrived: Whether the emulator has read it.
        status: The status of the answer, once it has begun.
        body: The answer, as far as it has come.
        left: Whether its client has gone.
        whole: Whether the whole answer has been written, whether or not anybody was there.
        connection: What tells of its leaving at once; without one, it is told when `receive` is asked next.
    """

    def __init__(self, name: str, user: User, *, connected: bool, **changes: Any) -> None:
        self.name = name
        self.user = user
        self.number = next(user.numbers)
        self.arrived = self.left = self.whole = False
        self.status: int | None = None
        self.body = b""
        self.connection = Connection() if connected else None
        self._gone = asyncio.Event()
        self._request = json.dumps(GOOD_BODIES[name] | changes).encode() if name in GOOD_BODIES else b""
        self.task = user.loop.create_task(self._run())

    @property
    def answer(self) -> dict[str, Any]:
        """The answer's JSON."""
        answer: dict[str, Any] = json.loads(self.body)
        return answer

    @property
    def open(self) -> bool:
        """Whether its client still waits for an answer."""
        return not (self.whole or self.left)

    def leave(self) -> None:
        """Close the client's connection."""
        self.left = True
        if self.connection is not None:
            self.connection.lose()
        self._gone.set()

    async def _run(self) -> None:
        endpoint = BY_NAME[self.name]
        scope: dict[str, Any] = {
            "type": "http",
            "method": endpoint.method,
            "path": endpoint.path,
            "query_string": GOOD_QUERIES.get(self.name, "?")[1:].encode(),
            "headers": [(b"host", b"cec.test"), (b"content-type", b"application/json"), *self.user.headers],
            "scheme": "http",
            "client": (self.user.name, self.number),
        }
        if self.connection is not None:
            scope["mock_cec.connection"] = self.connection
        await self.user.application(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if not self.arrived:
            self.arrived = True
            return {"type": "http.request", "body": self._request}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self.body += message.get("body", b"")
        if not message.get("more_body", False):
            self.whole = True
            self.user.hear(self)


class User:
    """A user of one tenant, logged in.

    Args:
        application: The emulator.
        loop: In which loop it lives.
        credentials: The tenant's.
        name: The userId.
        hear: Is told of each answer, at the moment at which it has been written.
    """

    def __init__(
        self,
        application: ASGIApp,
        loop: asyncio.AbstractEventLoop,
        credentials: Credentials,
        name: str = "alice",
        hear: Callable[[Ask], None] = lambda _: None,
    ) -> None:
        self.application = application
        self.loop = loop
        self.name = name
        self.numbers = count(1)
        self.headers: list[tuple[bytes, bytes]] = []
        self.hear = hear
        self._credentials = credentials
        self.login()

    def login(self) -> tuple[Ask, Ask]:
        """Get both tokens, and use them from now on."""
        keys = self._credentials
        self.headers = []
        token = self.told("tokenByAkSk", app_key=keys.app_key, app_secret=keys.app_secret)
        bearer = f"Bearer {token.answer['AccessToken']}"
        self.headers = [(b"x-app-key", keys.app_key.encode()), (b"authorization", bearer.encode())]
        applied = self.told("applyToken", userId=self.name, channelId=keys.channel_id)
        self.headers.append((b"ccmessaging-token", applied.answer["token"].encode()))
        return token, applied

    def ask(self, name: str, *, connected: bool = True, **changes: Any) -> Ask:
        """Send a request; nothing happens to it before the loop goes round."""
        return Ask(name, self, connected=connected, **changes)

    def told(self, name: str, **changes: Any) -> Ask:
        """Send a request and let it be answered."""
        ask = self.ask(name, **changes)
        turn(self.loop, 5)
        assert ask.whole, f"{name} is held"
        return ask
