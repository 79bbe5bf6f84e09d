"""The visitor: sends requests as one or several users, and writes down what went over the wire from this side."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import httpx
from cec_client.protocol import TERMINAL, Endpoint, Exchange, Trace
from msgspec import Struct

from cec_conformance.run import Seen
from cec_conformance.server.letters import Letter, Tokens, letter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from mock_cec.tenant import Credentials

    from cec_conformance.server.departures import Departure

LONGEST: Final = 75.0
"""Seconds that an answer is waited for; the guide's sample gives a poll 60 (guide §5 step 4)."""
MOST_BYTES: Final = 1 << 20
"""Bytes of a body that are read; whoever sends more is cut off."""
USER: Final = "user"
MEANT: Final = "meant"
LEFT: Final = "left"
"""What `Exchange.script` says of a visitor's request: whose it is, what is wrong with it on purpose, and whether the
visitor closed the connection before the answer."""
CUT_OFF: Final = "cut off"
"""What it says of an answer that was longer than anybody would read."""


class Access(Struct, frozen=True, kw_only=True):
    """How to reach a platform.

    Attributes:
        base_url: Where it is, without a slash at the end.
        token_base_url: Where `tokenByAkSk` is.
        credentials: How one logs in.
    """

    base_url: str
    token_base_url: str
    credentials: Credentials


class Visitor:
    """Pays one visit.

    Args:
        access: How to reach the platform.
        http: Carries the requests.
        now: Gives the time, in seconds.
        pause: Seconds to wait before every request, for platforms that others use as well.
        longest: Seconds that an answer may take, to its last byte.
        naming: Makes the `userId` out of the name by which a visit calls a user.
        wait: Lets seconds pass.

    Attributes:
        now: Gives the time, in seconds.
    """

    def __init__(  # noqa: PLR0913  (what a visitor takes along)
        self,
        access: Access,
        http: httpx.AsyncClient,
        now: Callable[[], float],
        pause: float = 0.0,
        *,
        longest: float = LONGEST,
        naming: Callable[[str], str] = str,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.access = access
        self._http = http
        self.now = now
        self._pause = pause
        self._longest = longest
        self._naming = naming
        self._wait = wait
        self._exchanges: list[Exchange | None] = []
        self._users: dict[str, User] = {}

    def user(self, user_id: str = "conformance-alice") -> User:
        """Give a user, the same one for the same name."""
        return self._users.setdefault(user_id, User(self, self._naming(user_id)))

    @property
    def users(self) -> tuple[User, ...]:
        """All users there have been."""
        return tuple(self._users.values())

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await self._wait(seconds)

    async def send(self, request: Letter, user_id: str, meant: str = "", leave_after: float | None = None) -> Seen:
        """Send a request and write down what comes.

        Args:
            request: The request.
            user_id: Whose it is.
            meant: What is wrong with it on purpose; empty: nothing.
            leave_after: Seconds after which the visitor closes the connection; `None`: it waits.
        """
        await asyncio.sleep(self._pause)
        place = len(self._exchanges)
        self._exchanges.append(None)
        base = self.access.token_base_url if request.endpoint is Endpoint.TOKEN else self.access.base_url
        built = self._http.build_request(
            request.method,
            base + request.path,
            params=dict(request.query) or None,
            headers=dict(request.headers),
            content=request.content,
        )
        known: dict[str, Any] = {
            "serial": place + 1,
            "method": request.method,
            "target": built.url.raw_path.decode("ascii").removeprefix(urlsplit(base).path),
            "request_headers": tuple((name.decode(), value.decode()) for name, value in built.headers.raw),
            "request_body": request.content,
            "request_complete": self.now(),
        }
        script: dict[str, str | float] = {USER: user_id, **({MEANT: meant} if meant else {})}
        try:
            async with asyncio.timeout(self._longest if leave_after is None else leave_after):
                await self._answer(built, known, script)
        except httpx.TimeoutException:
            known["connection_gone"] = self.now()
        except httpx.RequestError as failure:
            known["connection_gone"] = self.now()
            script["error"] = f"connection closed ({type(failure).__name__}: {_said(failure)})"
        except TimeoutError:
            known["connection_gone"] = self.now()
            if leave_after is not None:
                script[LEFT] = "the visitor closed the connection"
        except asyncio.CancelledError:
            known["connection_gone"] = self.now()
            self._exchanges[place] = Exchange(**known, script=script)
            raise
        exchange = self._exchanges[place] = Exchange(**known, script=script)
        return Seen(exchange, request.endpoint)

    async def _answer(self, built: httpx.Request, known: dict[str, Any], script: dict[str, str | float]) -> None:
        """Write down an answer as it comes, so that of one that breaks off its beginning is known."""
        answer = await self._http.send(built, stream=True)
        lines = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers.raw)
        known |= {"status": answer.status_code, "response_headers": tuple(lines), "answer_begun": self.now()}
        body = b""
        try:
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    script[CUT_OFF] = f"after {MOST_BYTES >> 20} MiB: it went on"
                    break
        finally:
            known["response_body"] = body[:MOST_BYTES]
            await answer.aclose()
        known["answer_ended"] = self.now()

    def trace(self, facts: Mapping[str, str]) -> Trace:
        """Give what went over the wire so far, in the order in which the requests went out."""
        return Trace(exchanges=tuple(exchange for exchange in self._exchanges if exchange), facts=dict(facts))


def _said(failure: BaseException) -> str:
    """Give what a failure says, and what the system said below it, which some libraries keep to themselves."""
    said, below = str(failure), failure.__cause__ or failure.__context__
    while below is not None:
        if isinstance(below, ConnectionRefusedError):
            return "connection refused"
        if isinstance(below, OSError) and below.strerror and below.strerror not in said:
            return f"{said}: {below.strerror}" if said else below.strerror
        inner = below.exceptions[0] if isinstance(below, BaseExceptionGroup) else None
        below = inner or below.__cause__ or below.__context__
    return said


class User:
    """One of a visitor's users; every method sends the good request, or a departure from it.

    Attributes:
        user_id: The user.
        tokens: The newest tokens of this user; a test may put others in their place.
    """

    def __init__(self, visitor: Visitor, user_id: str) -> None:
        self.user_id = user_id
        self.tokens = Tokens()
        self._visitor = visitor

    def letter(self, endpoint: Endpoint, media: str = "0") -> Letter:
        """Give the good request as of now, to be changed and sent by `post`."""
        return letter(endpoint, self._visitor.access.credentials, self.user_id, self.tokens, media)

    async def post(self, request: Letter, meant: str = "", leave_after: float | None = None) -> Seen:
        """Send any request as this user; see `Visitor.send`."""
        return await self._visitor.send(request, self.user_id, meant, leave_after)

    async def ask(self, endpoint: Endpoint, departure: Departure | None = None) -> Seen:
        """Send the good request to an endpoint, or a departure from it."""
        good = self.letter(endpoint)
        return await self.post(good) if departure is None else await self.post(departure.change(good), departure.value)

    async def login(self) -> bool:
        """Fetch both tokens, one after the other (guide §2.1, §2.2); `False` if either was refused."""
        token = await self.ask(Endpoint.TOKEN)
        if not token.ok:
            return False
        self.tokens = Tokens(token.answer["AccessToken"])
        applied = await self.ask(Endpoint.APPLY_TOKEN)
        if not applied.ok:
            return False
        self.tokens = Tokens(token.answer["AccessToken"], applied.answer["token"])
        return True

    async def create(self) -> bool:
        """Check and create (guide §5 steps 2, 3); `False` if there is no call."""
        check = await self.ask(Endpoint.CHECK)
        supported = check.answer.get("webRTCSupported") is True and check.answer.get("clickToCallSupported") is True
        return check.ok and supported and (await self.ask(Endpoint.CREATE)).ok

    async def poll(self, departure: Departure | None = None) -> Seen:
        """Poll once (guide §5 step 4)."""
        return await self.ask(Endpoint.EVENTS, departure)

    async def poll_until(self, *events: int, most: int = 20) -> Seen:
        """Poll until one of these events has come, the call has ended, or so many polls have been answered."""
        for _ in range(most):
            seen = await self.poll()
            if not seen.ok or seen.terminal or seen.event in events:
                return seen
        return seen

    async def follow(self, most: int = 20) -> Seen:
        """Poll until the call has ended."""
        return await self.poll_until(*TERMINAL, most=most)

    async def drop(self) -> Seen:
        """Hang up (guide §5 step 5)."""
        return await self.ask(Endpoint.DROP)
