"""Dialling as a call goes: at every "connected" with other data than before, until the call is over.

The flow knows nothing of it. The two drivers of `legs` and `async_legs` say how one waits for the flow and where events
go; this is what they share.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final

from cec_client.account import Media
from cec_client.errors import ClientClosed, MediaProblem
from cec_client.media.events import MediaFailed
from cec_client.media.libraries import lacking

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cec_client.events import Gateway
    from cec_client.flow import CallFlow
    from cec_client.media.calling import AsyncMediaCall
    from cec_client.media.events import MediaEvent
    from cec_client.media.policy import MediaPolicy

OVER: Final = "the call is over"
MOVED: Final = "the call goes on elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What kind of media are wanted, and how to get to the gateway.

    Attributes:
        video: Whether video is wanted as well.
        verify: Whether to check certificates; a path names a file of authorities.
        trust_env: Whether proxies and certificates are taken from the environment.
        policy: Time limits.
    """

    video: bool = False
    verify: bool | str = True
    trust_env: bool = True
    policy: MediaPolicy | None = None

    def warm(self) -> None:
        """Load what takes its time while nobody waits for it."""
        import_module("cec_client.media.peer")

    def call(self, gateway: Gateway) -> AsyncMediaCall:
        """Prepare a call to a gateway."""
        from cec_client.media.calling import AsyncMediaCall  # noqa: PLC0415 - it needs the extra

        return AsyncMediaCall(
            gateway, video=self.video, verify=self.verify, trust_env=self.trust_env, policy=self.policy
        )


@dataclass(frozen=True, slots=True)
class Road:
    """How a client's user wants to get to gateways.

    Attributes:
        verify: Whether to check certificates; a path names a file of authorities.
        trust_env: Whether proxies and certificates are taken from the environment.
    """

    verify: bool | str
    trust_env: bool

    def wish(self, media: Media, connect: bool | MediaPolicy) -> Wish | None:  # noqa: FBT001 - as it is given
        """Make a call's wish of it; `None` if no media are wanted.

        Raises:
            MediaProblem: The libraries for media are missing; the text says what to install.
        """
        if connect is False:
            return None
        if missing := lacking():
            raise MediaProblem(missing)
        policy = None if connect is True else connect
        return Wish(video=media is Media.VIDEO, verify=self.verify, trust_env=self.trust_env, policy=policy)


class Follower:
    """Has a media leg wherever the call is.

    Args:
        flow: The call.
        wish: What media are wanted.
        until: Waits until something about the flow has become true.
        tell: Takes events.

    Attributes:
        hurried: Whether goodbyes are said without waiting for an answer.
    """

    def __init__(
        self,
        flow: CallFlow,
        wish: Wish,
        until: Callable[[Callable[[], bool]], Awaitable[None]],
        tell: Callable[[MediaEvent], None],
    ) -> None:
        self.hurried = False
        self._flow = flow
        self._wish = wish
        self._until = until
        self._tell = tell
        self._seen: Gateway | None = None
        self._call: AsyncMediaCall | None = None
        self._teller: asyncio.Task[None] | None = None

    async def follow(self) -> None:
        """Go along with the call to its end."""
        warming = asyncio.create_task(asyncio.to_thread(self._wish.warm))
        try:
            while await self._moved():
                await self._dial()
        except Exception as error:  # noqa: BLE001 - the call itself must not suffer
            self._tell(MediaFailed(MediaProblem(f"the media had to stop ({error!r})")))
        finally:
            await self._hang_up(OVER)
            await asyncio.gather(warming, return_exceptions=True)  # what is wrong with it was told in dialling

    async def _moved(self) -> bool:
        """Wait for the next "connected"; false if the call is over."""
        try:
            await self._until(lambda: self._over or self._flow.gateway is not self._seen)
        except ClientClosed:
            return False
        return not self._over

    @property
    def _over(self) -> bool:
        return self._flow.over or self._flow.hung_up

    async def _dial(self) -> None:
        gateway = self._seen = self._flow.gateway
        if gateway is None or (self._call is not None and not self._call.over and self._call.gateway == gateway):
            return
        await self._hang_up(MOVED)
        self._call = self._wish.call(gateway)
        self._teller = asyncio.create_task(self._pass_on(self._call))

    async def _pass_on(self, call: AsyncMediaCall) -> None:
        async for event in call:
            self._tell(event)

    async def _hang_up(self, why: str) -> None:
        if self._call is not None and self._teller is not None:
            await self._call.hang_up(why, wait=not self.hurried)
            await self._teller
            self._call = self._teller = None
