"""The asynchronous client.

    async with AsyncClient("http://127.0.0.1:8360", app_key=KEY, app_secret=SECRET, channel_id=ID, user_id="al") as c:
        async with c.call() as call:
            async for event in call:
                print(event)

The call goes on in the background while its consumer is busy elsewhere. `client` is its twin.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self, cast

from cec_client import requests
from cec_client.account import Credentials, Customer, Media, Sequence, Tokens
from cec_client.answers import Done, Ok, Support, TextMessage, Value
from cec_client.async_engine import AsyncEngine
from cec_client.async_wire import AsyncWire
from cec_client.errors import CallInProgress, ClientClosed
from cec_client.explain import error_of
from cec_client.flow import CallFlow
from cec_client.media.async_legs import AsyncLegs
from cec_client.media.following import Road
from cec_client.session import Session
from cec_client.transport import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    import httpx

    from cec_client.errors import CecError
    from cec_client.events import CallEvent, Gateway
    from cec_client.media.following import Wish
    from cec_client.media.policy import MediaPolicy
    from cec_client.outcome import Outcome
    from cec_client.policy import Policy


class AsyncClient:
    """Talks to CEC for one customer; it logs in by itself when there is need (guide §2, §6.1).

    Args:
        base_url: Where the platform is, for example `https://service.besclouds.com`.
        app_key: The application's key (guide §1).
        app_secret: Its secret.
        channel_id: The web channel's configuration id.
        user_id: The customer's id, 1 to 32 characters.
        user_name: The name the agent sees; the user id by default.
        locale: The customer's language.
        token_base_url: Where `tokenByAkSk` is, if it is elsewhere.
        token_expire: The life to ask for the access token, 1 to 3600 seconds; `None` leaves it to the platform.
        policy: Time limits, retries, pauses.
        transport: An httpx transport in place of the network, for tests.
        verify: Whether to check certificates; a path names a file of authorities.
        trust_env: Whether proxies and certificates are taken from the environment.

    Raises:
        ValueError: An argument is not what any platform could accept, or a proxy or a file of certificates that the
            environment names cannot be used; the text says which, and what to do.
    """

    def __init__(  # noqa: PLR0913 - each is one thing a user must be able to say
        self,
        base_url: str,
        *,
        app_key: str,
        app_secret: str,
        channel_id: str,
        user_id: str,
        user_name: str | None = None,
        locale: str = "zh",
        token_base_url: str | None = None,
        token_expire: int | None = None,
        policy: Policy | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        verify: bool | str = True,
        trust_env: bool = True,
    ) -> None:
        self._customer = Customer(user_id, channel_id, user_name or "", locale)
        session = Session(Credentials(app_key, app_secret, token_expire), self._customer, policy)
        place = Place(base_url, token_base_url, verify, trust_env, session.policy.request_timeout)
        self._engine = AsyncEngine(session, AsyncWire(place, transport))
        self._road = Road(verify, trust_env)
        self._call: AsyncCall | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up a live call, abort what is under way and close all connections."""
        try:
            if self._call is not None:
                await self._call.close()
        finally:
            await self._engine.close()

    def call(
        self,
        sequence: Sequence | str = Sequence.CALL,
        media: Media = Media.AUDIO,
        *,
        connect_media: bool | MediaPolicy = False,
    ) -> AsyncCall:
        """Prepare a call; it begins when its context is entered or its first event is asked for.

        Args:
            sequence: `call`, `text_then_call` or `call_then_text` (guide §4.2).
            media: Voice or video.
            connect_media: Whether to also call the WebRTC gateway at every "connected" (guide §5 step 4), send a tone,
                and yield the events of `cec_client.media.events`; a policy has its time limits.

        Raises:
            CallInProgress: This client has a live call already.
            MediaProblem: The libraries for media are missing; the text says what to install.
        """
        self._refuse_during_call("another call")
        flow = CallFlow(self._engine.session, Sequence(sequence), media)
        return AsyncCall(self._engine, flow, self._begun, self._road.wish(media, connect_media))

    async def login(self) -> Tokens:
        """Get both tokens anew (guide §2). Other methods do so by themselves."""
        return cast("Tokens", await self._run(None))

    async def send(self, control_type: str, content: str | None = None, media_type: str = "TEXT") -> Done:
        """Say or do something in the text session (facts §3).

        Args:
            control_type: `CONNECT`, `CHAT`, `TRANS2AGENT`, `INPUT`, `READ` or `DISCONNECT`.
            content: What is said; what it means depends on the media type.
            media_type: `TEXT`, `IMAGE`, `FILE` and so on.
        """
        return cast("Done", await self._run(requests.send(self._customer, control_type, content, media_type)))

    async def connect_text(self) -> Done:
        """Enter the text session (guide §5 step 1)."""
        return cast("Done", await self._run(requests.connect_text(self._customer)))

    async def say(self, words: str) -> Done:
        """Say something in the text session (facts §3)."""
        return await self.send("CHAT", words)

    async def leave_text(self) -> Done:
        """Leave the text session (facts §3)."""
        return await self.send("DISCONNECT")

    async def poll_text(self) -> tuple[TextMessage, ...]:
        """Fetch what was said in the text session since the last time (facts §4)."""
        return cast("tuple[TextMessage, ...]", await self._run(requests.poll_text(self._customer)))

    async def leave_message(self, caller: str, message: str) -> Done:
        """Leave a message for the agents, who will ring back at `caller` (facts §9)."""
        return cast("Done", await self._run(requests.leave_message(self._customer, caller, message)))

    async def check_support(self) -> Support:
        """Ask whether tenant and channel support click-to-call (guide §5 step 2)."""
        return cast("Support", await self._run(requests.check()))

    async def create_call(self, media: Media = Media.AUDIO) -> Done:
        """Create a call by hand (guide §5 step 3); `call` does it all."""
        self._refuse_during_call("create_call()")
        return cast("Done", await self._run(requests.create(media)))

    async def poll_event(self) -> CallEvent:
        """Wait for the next event by hand (guide §5 step 4), one poll at a time; `call` does it all."""
        self._refuse_during_call("poll_event()")
        return cast("CallEvent", await self._run(requests.events()))

    async def drop_call(self) -> Done:
        """Hang up by hand (guide §5 step 5); of a call made by `call`, use `AsyncCall.hang_up`."""
        self._refuse_during_call("drop_call()")
        return cast("Done", await self._run(requests.drop()))

    async def _run(self, errand: requests.Errand | None) -> Value:
        answer = await self._engine.perform(errand)
        if isinstance(answer, Ok):
            return answer.value
        raise error_of(answer)

    def _begun(self, call: AsyncCall) -> None:
        self._call = call

    def _refuse_during_call(self, what: str) -> None:
        if self._call is not None and self._call.live:
            raise CallInProgress(f"this client has a live call, which {what} would disturb: end it first")


class AsyncCall:
    """One call: a context manager, and an iterator over what happens.

    Iterating ends when the call is over, and raises a `CecError` if the call could not be made or was lost sight of.
    Leaving the context hangs up a live call.
    """

    def __init__(
        self, engine: AsyncEngine, flow: CallFlow, begun: Callable[[AsyncCall], None], wish: Wish | None = None
    ) -> None:
        self._engine = engine
        self._flow = flow
        self._legs = AsyncLegs(engine, flow, wish)
        self._tell_begun = begun
        self._events: list[CallEvent] = []
        self._begun = False

    @property
    def outcome(self) -> Outcome | None:
        """How the call ended; `None` until it is over."""
        return self._flow.outcome

    @property
    def error(self) -> CecError | None:
        """Why the call could not be made or was lost sight of; `None` if it ended in order."""
        return self._flow.error

    @property
    def gateway(self) -> Gateway | None:
        """What the last "connected" said of the WebRTC gateway; `None` before it."""
        return self._flow.gateway

    @property
    def live(self) -> bool:
        """Whether the call has begun and is not over."""
        return self._begun and not self._flow.over

    async def __aenter__(self) -> Self:
        self._begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> CallEvent:
        """Wait for the next event.

        Raises:
            CecError: The call could not be made or was lost sight of.
            CallInProgress: Another call of this client is live.
        """
        self._begin()
        await self._engine.until(self._has_news)
        if self._events:
            return self._events.pop(0)
        if self._flow.error is not None:
            raise self._flow.error
        raise StopAsyncIteration

    async def hang_up(self) -> None:
        """Hang up at once, in whatever state the call is, and wait for the platform's consent (guide §5 step 5).

        Raises:
            CecError: The platform did not consent, or the call could not be made in the first place.
        """
        if not self._flow.over:
            self._engine.change(self._hang_up)
            await self._engine.until(lambda: self._flow.hung_up or self._flow.over)
        if self._flow.error is not None:
            raise self._flow.error

    async def close(self) -> None:
        """Hang up a live call and wait until it is over; failures are left in `error`.

        A platform that does not consent within one `Policy.request_timeout` is left without; so it is at once when this
        very wait is interrupted.
        """
        if self.live:
            try:
                with suppress(ClientClosed):
                    self._engine.change(self._flow.end)
                    await self._engine.until(lambda: self._flow.over)
            finally:
                self.abandon()
        await self._legs.close()

    def abandon(self) -> None:
        """End a live call at once, without a word to the platform; for a program that must stop."""
        if self.live:
            self._legs.hurry()
            self._engine.settle(self._flow.abandon)

    def _begin(self) -> None:
        if not self._begun:
            self._engine.change(self._start)

    def _start(self, now: float) -> None:
        if not self._begun:  # the twin's threads may race to it
            self._flow.start(now)
            self._begun = True
            self._legs.start()
            self._tell_begun(self)

    def _hang_up(self, now: float) -> None:
        self._flow.hang_up(now)
        self._begun = True

    def _has_news(self) -> bool:
        self._events.extend(self._flow.take_events())
        self._events.extend(self._legs.take_events())
        return bool(self._events) or (self._flow.over and self._legs.over)
