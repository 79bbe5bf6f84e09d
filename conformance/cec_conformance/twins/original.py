"""The original of the twins: a small correct client, cut into steps so that a twin can differ in a single one.

It is not `cec_client`: a twin of that would be as long as the flow itself, and the judge shall not learn what is right
from the one client whose authors also wrote the rules. It does no more than the guide asks for.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx
from cec_client.events import Gateway
from cec_client.media.libraries import lacking
from cec_client.protocol import WEB, Endpoint, EventId

if TYPE_CHECKING:
    from collections.abc import Mapping

RETRIES: Final = 3
"""How often a failed poll is repeated (guide §5 step 4)."""

LOGINS: Final = 3
"""How often one request may answer 403, log in and be sent again (guide §6.1 speaks of once)."""

PAUSE: Final = 0.2
"""Seconds before something is repeated."""

POLL_TIMEOUT: Final = 60.0
"""Seconds that a poll may take: the guide's own value (guide §5 step 4)."""

OUTCOMES: Final = {
    EventId.RELEASED: "released",
    EventId.QUEUE_TIMEOUT: "queue_timeout",
    EventId.FAILED: "call_failed",
}
"""What the client reports of the events that end a call."""


class Ended(Exception):  # noqa: N818  (no error; the call is over)
    """Raised when the call cannot go on.

    Attributes:
        outcome: What is reported.
    """

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: a status and a JSON object; a status of 0 is a broken connection."""

    status: int
    data: Mapping[str, Any]

    @property
    def ok(self) -> bool:
        """Whether the request succeeded (guide §5)."""
        return self.status == httpx.codes.OK and str(self.data.get("resultCode")) == "0"

    @property
    def event(self) -> int | None:
        """The number of the event, if there is one; it may come as text."""
        raw = self.data.get("eventId")
        return None if raw is None else int(raw)


class Original:
    """One client for one call.

    Args:
        environment: The variables of the driver contract.
        transport: What carries its requests.
    """

    def __init__(self, environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> None:
        self.environment = environment
        self.access_token = ""
        self.ccmessaging_token = ""
        self.failures = 0
        self._http = httpx.AsyncClient(transport=transport, timeout=POLL_TIMEOUT, trust_env=False)
        self._hanging_up: asyncio.Task[None] | None = None
        self._media: asyncio.Task[None] | None = None
        self._dropped: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    # The whole call

    async def place(self) -> str:
        """Place the call and follow it to its end (guide §4.2)."""
        if self.with_media and lacking():
            return "skip"
        async with self._http:
            try:
                return await self.whole_call()
            except Ended as ended:
                return ended.outcome
            finally:
                for task in filter(None, (self._hanging_up, self._media)):
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task

    async def whole_call(self) -> str:
        """Go through the steps."""
        await self.first_login()
        await self.before_check()
        if not await self.check():
            return "unsupported"
        if not await self.create():
            return "rejected"
        self.created()
        return await self.follow()

    async def first_login(self) -> None:
        """Log in for the first time."""
        await self.login()

    async def before_check(self) -> None:
        """Begin the text session where it comes first (guide §5 step 1)."""
        if self.environment["CEC_FLOW"] == "text_then_call" and not (await self.send()).ok:
            raise Ended("error")

    async def check(self) -> bool:
        """Ask whether a call is possible (guide §5 step 2)."""
        answer = await self.ask(Endpoint.CHECK)
        if not answer.ok:
            raise Ended("error")
        return self.possible(answer)

    def possible(self, answer: Answer) -> bool:
        """Read the two flags: both have to be true."""
        return answer.data.get("webRTCSupported") is True and answer.data.get("clickToCallSupported") is True

    async def create(self) -> bool:
        """Create the call (guide §5 step 3)."""
        return (await self.ask(Endpoint.CREATE)).ok

    def created(self) -> None:
        """Take note that there is a call."""
        self.hang_up_later("created")

    async def follow(self) -> str:
        """Poll for events until the call is over, or the user has hung up (guide §5 step 4)."""
        polling = asyncio.ensure_future(self.poll_on())
        try:
            await asyncio.wait([polling, self._dropped], return_when=asyncio.FIRST_COMPLETED)
            return polling.result() if polling.done() else self._dropped.result()
        finally:
            polling.cancel()
            with suppress(asyncio.CancelledError, Ended):
                await polling

    async def poll_on(self) -> str:
        """Send one poll after the other."""
        while True:
            answer = await self.ask(Endpoint.EVENTS)
            outcome = await self.polled(answer)
            if outcome is not None:
                return outcome

    async def polled(self, answer: Answer) -> str | None:
        """Do what the answer of a poll calls for; an outcome ends the call."""
        if not answer.ok:
            return await self.failed(answer)
        self.failures = 0
        event = answer.event
        if event in OUTCOMES:
            return OUTCOMES[EventId(event)]
        await self.happened(event, answer)
        return None

    async def failed(self, _answer: Answer) -> str | None:
        """Repeat a failed poll three times, then give up (guide §5 step 4)."""
        self.failures += 1
        if self.failures > RETRIES:
            return "gave_up"
        await asyncio.sleep(PAUSE)
        return None

    async def happened(self, event: int | None, answer: Answer) -> None:
        """Take note of an event after which the call goes on."""
        if event == EventId.QUEUED:
            self.hang_up_later("queued")
        if event == EventId.CONNECTED:
            self.hang_up_later("connected")
            if self.with_media and self._media is None:
                self._media = asyncio.ensure_future(self.dial(answer.data["content"]))
            if self.environment["CEC_FLOW"] == "call_then_text":
                await self.send()

    # Hanging up

    def hang_up_later(self, moment: str) -> None:
        """Let the user hang up in time, if this is the moment from which that counts."""
        after, when = self.environment["CEC_HANGUP_AFTER"], self.environment["CEC_HANGUP_WHEN"]
        if after and when == moment and self._hanging_up is None:
            self._hanging_up = asyncio.ensure_future(self.hang_up(float(after)))

    async def hang_up(self, after: float) -> None:
        """Wait, then drop the call (guide §5 step 5)."""
        await asyncio.sleep(after)
        try:
            outcome = await self.drop()
        except Ended as ended:
            outcome = ended.outcome
        if not self._dropped.done():
            self._dropped.set_result(outcome)

    async def drop(self) -> str:
        """Drop the call; what fails is tried four times."""
        for _ in range(1 + RETRIES):
            if (await self.ask(Endpoint.DROP)).ok:
                return "hung_up"
            await asyncio.sleep(PAUSE)
        return "error"

    # The media call

    @property
    def with_media(self) -> bool:
        """Whether the gateway is to be called as well."""
        return self.environment.get("CEC_CONNECT_MEDIA") == "1"

    async def dial(self, content: Mapping[str, Any]) -> None:
        """Call the gateway until either side hangs up; how SIP and media go is not what twins differ in."""
        from cec_client.media import AsyncMediaCall  # noqa: PLC0415  (few cases have media)

        video = self.environment["CEC_MEDIA_ABILITY"] == "1"
        async with AsyncMediaCall(self.gateway(content), video=video, trust_env=False) as media:
            async for _ in media:
                pass

    def gateway(self, content: Mapping[str, Any]) -> Gateway:
        """Take from “connected” what the media call needs (guide §5 step 4)."""
        return Gateway(
            domain=content["domain"],
            addresses=tuple(content["gwAddresses"]),
            access_code=content["accessCode"],
            caller=content["clickToCallCaller"],
        )

    # The text session

    async def send(self) -> Answer:
        """Enter the text session."""
        return await self.ask(Endpoint.SEND)

    # Logging in

    async def login(self) -> None:
        """Fetch both tokens, one after the other (guide §2)."""
        answer = await self.try_login(Endpoint.TOKEN)
        self.access_token = answer["AccessToken"]
        answer = await self.try_login(Endpoint.APPLY_TOKEN)
        self.ccmessaging_token = answer["token"]

    async def try_login(self, endpoint: Endpoint) -> Mapping[str, Any]:
        """Make one of the token calls; what fails is tried four times."""
        member = "AccessToken" if endpoint is Endpoint.TOKEN else "token"
        for _ in range(1 + RETRIES):
            answer = await self.exchange(endpoint)
            if answer.status == httpx.codes.OK and answer.data.get(member):
                return answer.data
            await asyncio.sleep(PAUSE)
        raise Ended("error")

    # Requests

    async def ask(self, endpoint: Endpoint) -> Answer:
        """Make a request; on 403 log in and send it again (guide §6.1)."""
        answer = await self.exchange(endpoint)
        for _ in range(LOGINS):
            if not self.expired(endpoint, answer):
                return answer
            await self.login()
            answer = await self.exchange(endpoint)
        if self.expired(endpoint, answer):
            raise Ended("error")
        return answer

    def expired(self, _endpoint: Endpoint, answer: Answer) -> bool:
        """Say whether an answer asks for a new login."""
        return answer.status == httpx.codes.FORBIDDEN

    async def exchange(self, endpoint: Endpoint) -> Answer:
        """Send one request and read its answer."""
        try:
            response = await self._http.request(
                self.method(endpoint),
                self.url(endpoint),
                headers=self.headers(endpoint),
                json=self.body(endpoint),
                timeout=self.timeout(endpoint),
            )
        except httpx.TransportError:
            return Answer(0, {})
        return self.read(response)

    def read(self, response: httpx.Response) -> Answer:
        """Read an answer; one that is no JSON object is a broken one, unless its status says enough."""
        try:
            data = response.json()
        except ValueError:
            data = None
        if isinstance(data, dict):
            return Answer(response.status_code, data)
        return Answer(0 if response.status_code == httpx.codes.OK else response.status_code, {})

    def method(self, endpoint: Endpoint) -> str:
        """Give the HTTP method."""
        return endpoint.method

    def url(self, endpoint: Endpoint) -> str:
        """Give the address; what is asked by GET has the channel in its query."""
        base = self.environment["CEC_TOKEN_BASE_URL" if endpoint is Endpoint.TOKEN else "CEC_BASE_URL"]
        return f"{base}{endpoint.path}" + (f"?channel={WEB}" if endpoint.method == "GET" else "")

    def timeout(self, _endpoint: Endpoint) -> float:
        """Give the seconds that an answer may take."""
        return POLL_TIMEOUT

    def headers(self, endpoint: Endpoint) -> dict[str, str]:
        """Give the headers (guide §2, §4.1)."""
        if endpoint is Endpoint.TOKEN:
            return {"Content-Type": "application/json", "X-Token-Expire": "600"}
        login = {
            "x-app-key": self.environment["CEC_APP_KEY"],
            "Authorization": f"Bearer {self.access_token}",
            "Content-Type": "application/json; charset=UTF-8",
        }
        return login if endpoint is Endpoint.APPLY_TOKEN else login | {"ccmessaging-token": self.ccmessaging_token}

    def body(self, endpoint: Endpoint) -> dict[str, Any] | None:
        """Give the body (guide §2, §5)."""
        environment = self.environment
        user = {name: environment[f"CEC_{key}"] for name, key in _USER.items()}
        bodies: dict[Endpoint, dict[str, Any]] = {
            Endpoint.TOKEN: {"app_key": environment["CEC_APP_KEY"], "app_secret": environment["CEC_APP_SECRET"]},
            Endpoint.APPLY_TOKEN: user,
            Endpoint.SEND: {
                "channel": WEB,
                "content": "hello",
                "controlType": "CONNECT",
                "from": user["userId"],
                "mediaType": "TEXT",
                "sourceType": "CUSTOMER",
                "to": user["channelId"],
            },
            Endpoint.CREATE: {"channel": WEB, "mediaAbility": environment["CEC_MEDIA_ABILITY"]},
            Endpoint.DROP: {"channel": WEB},
        }
        return bodies.get(endpoint)


_USER: Final = {"userId": "USER_ID", "userName": "USER_NAME", "channelId": "CHANNEL_ID", "locale": "LOCALE"}


async def place(environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> str:
    """Place a call with the original."""
    return await Original(environment, transport).place()
