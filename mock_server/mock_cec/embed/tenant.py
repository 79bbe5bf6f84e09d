"""A tenant, as a test sees it: where it is, how to log in, what came, and its time."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Final, Self, TypeVar

from mock_cec.embed import settings
from mock_cec.embed.loops import until
from mock_cec.embed.matching import Held, Matching, Signalled
from mock_cec.embed.time import MockTime
from mock_cec.environment import NO_PROXY, variables
from mock_cec.scenario.plan import plan
from mock_cec.story import level, line, signal_level, signal_line, when
from mock_cec.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.protocol import Endpoint, Exchange, Signal, Trace

    from mock_cec.addresses import Addresses
    from mock_cec.clock import ClockKind
    from mock_cec.embed.loops import Hand
    from mock_cec.embed.settings import AnyScenario
    from mock_cec.platform import Platform
    from mock_cec.recording import Recorder
    from mock_cec.scenario.dialect import DialectName
    from mock_cec.tenant import Credentials

T = TypeVar("T")

WAIT: Final = 5.0
"""The real seconds that a test waits for something, if it does not say otherwise."""


class Wishes:
    """What a tenant is made of, so that it can be made anew.

    Raises:
        ValueError: One of the settings cannot be used; a `ScenarioError` if it is the scenario.
    """

    def __init__(  # noqa: PLR0913  (what makes a tenant)
        self,
        name: str,
        credentials: Credentials,
        *,
        scenario: AnyScenario,
        dialect: DialectName | None,
        clock: ClockKind,
        speed: float,
        public_url: str | None,
        seed: str,
    ) -> None:
        self.name = name
        self.credentials = credentials
        self.scenario = settings.scenario(scenario)
        self._dialect = settings.dialect(dialect)
        self._clock: ClockKind = clock
        self._speed = speed
        self._public_url = public_url.rstrip("/") if public_url else None
        self._seed = seed
        settings.clock(clock, speed)

    def tenant(self, scenario: AnyScenario | None = None) -> Tenant:
        """Make the tenant, if need be with another scenario."""
        found = self.scenario if scenario is None else settings.scenario(scenario)
        clock = settings.clock(self._clock, self._speed)
        return Tenant(
            plan(found, self._dialect),
            clock,
            self.credentials,
            public_url=self._public_url,
            seed=self._seed,
            name=self.name,
            dialect=self._dialect,
        )


class MockTenant:
    """A tenant of an embedded emulator; as a context manager, it is removed at the end.

    Every method may be called from any thread, a client's calls in mid-flight or not.

    Attributes:
        app_key: The app key that clients log in with.
        app_secret: The secret that belongs to it.
        channel_id: The channel that takes calls.
        clock: Its time.
    """

    def __init__(
        self, platform: Platform, hand: Hand, wishes: Wishes, tenant: Tenant, where: Callable[[], Addresses]
    ) -> None:
        self.app_key = wishes.credentials.app_key
        self.app_secret = wishes.credentials.app_secret
        self.channel_id = wishes.credentials.channel_id
        self.clock = MockTime(hand, lambda: self._tenant)
        self._platform = platform
        self._hand = hand
        self._wishes = wishes
        self._where = where
        self._tenant = tenant

    def __repr__(self) -> str:
        """Say which tenant it is."""
        return f"<{type(self).__name__} {self._wishes.name!r} at {self.base_url}>"

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self.remove()

    def remove(self) -> None:
        """Remove it from its platform: whoever waits is answered, and its credentials are unknown from now on."""
        if self._hand.do(self._leave):
            self._hand.do(self._tenant.close)  # for whoever was only about to wait

    def _leave(self) -> bool:
        present = self._platform.tenant(self._tenant.name) is self._tenant
        if present:
            self._platform.remove(self._tenant)
        return present

    @property
    def base_url(self) -> str:
        """Where it is, without a slash at the end."""
        return self._where().base_url

    @property
    def token_base_url(self) -> str:
        """Where `tokenByAkSk` is: on the same port, if it was not given one of its own."""
        return self._where().token_base_url(self.base_url)

    @property
    def env(self) -> dict[str, str]:
        """The variables that tell a program of it: `CEC_BASE_URL` and its like, `NO_PROXY`; to be added to its own."""
        inherited = {name: os.environ[name] for name in NO_PROXY if name in os.environ}
        return variables(self.base_url, self._wishes.credentials, inherited, self.token_base_url)

    @property
    def trace(self) -> Trace:
        """What went over the wire until now."""
        return self._hand.do(self._tenant.recorder.trace)

    @property
    def story(self) -> str:
        """What went over the wire until now, a line per exchange and per signal of a media call, as in the log."""
        return self._tell(logging.DEBUG)

    @property
    def diagram(self) -> str:
        """What went over the wire until now, drawn: a sequence diagram for each user."""
        from mock_cec.trace.diagram import draw, plain  # noqa: PLC0415  (for those who look)
        from mock_cec.trace.grouping import by_user  # noqa: PLC0415

        return "\n".join(plain(draw(part, user)) for user, part in by_user(self.trace).items())

    @property
    def problems(self) -> str:
        """The part of the story in which requests were wrong."""
        return self._tell(logging.WARNING)

    def _tell(self, least: int) -> str:
        return self._hand.do(lambda: "\n".join(_told(self._tenant.recorder, least)))

    def reset(self, scenario: AnyScenario | None = None) -> None:
        """Begin anew: users, tokens, calls and trace are forgotten, time starts at 0, whoever waits is answered.

        Args:
            scenario: What happens from now on; the same as before if it is not given.

        Raises:
            ScenarioError: The scenario cannot be used; nothing has changed then.
        """
        self._hand.do(lambda: self._replace(self._wishes.tenant(scenario)))

    def _replace(self, new: Tenant) -> None:
        old, self._tenant = self._tenant, new
        self._platform.remove(old)
        self._platform.add(new)
        if self._platform.first is old:
            self._platform.first = new

    def wait_for(
        self,
        predicate: Callable[[Exchange], bool] | None = None,
        *,
        endpoint: Endpoint | str | None = None,
        count: int = 1,
        timeout: float = WAIT,
    ) -> Exchange:
        """Wait until an exchange is complete: answered, or left by its client. What came before counts.

        Args:
            predicate: Says whether it is the one; it is called in the server's thread.
            endpoint: The endpoint, or its name in the guide such as `createClickToCall`; any if it is not given.
            count: How many such exchanges there have to be; the last of them is given.
            timeout: Real seconds.

        Raises:
            TimeoutError: There was none in time; the text tells what there was.
            RuntimeError: The emulator is used in process: see `wait_for_async`.
        """
        look = Matching(self._tenant, predicate, endpoint, count)
        return self._in_time(self._hand.wait(lambda: until(look.recorder, look, timeout)), look, timeout)

    async def wait_for_async(
        self,
        predicate: Callable[[Exchange], bool] | None = None,
        *,
        endpoint: Endpoint | str | None = None,
        count: int = 1,
        timeout: float = WAIT,  # noqa: ASYNC109  (as in its twin)
    ) -> Exchange:
        """Do the same as `wait_for` without blocking this loop.

        Raises:
            TimeoutError: There was none in time; the text tells what there was.
        """
        look = Matching(self._tenant, predicate, endpoint, count)
        seen = await self._hand.wait_async(lambda: until(look.recorder, look, timeout))
        return self._in_time(seen, look, timeout)

    def wait_until_held(self, count: int = 1, *, timeout: float = WAIT) -> None:
        """Wait until so many requests wait for time to pass, polls above all; then a stepped clock may be moved.

        Args:
            count: How many.
            timeout: Real seconds.

        Raises:
            TimeoutError: There were not so many in time; the text tells what there was.
            RuntimeError: The emulator is used in process: see `wait_until_held_async`.
        """
        look = Held(self._tenant, count)
        self._in_time(self._hand.wait(lambda: until(look.recorder, look, timeout)), look, timeout)

    async def wait_until_held_async(self, count: int = 1, *, timeout: float = WAIT) -> None:  # noqa: ASYNC109
        """Do the same as `wait_until_held` without blocking this loop.

        Raises:
            TimeoutError: There were not so many in time; the text tells what there was.
        """
        look = Held(self._tenant, count)
        self._in_time(await self._hand.wait_async(lambda: until(look.recorder, look, timeout)), look, timeout)

    def wait_for_signal(
        self, wanted: Callable[[Signal], bool] | str | None = None, *, count: int = 1, timeout: float = WAIT
    ) -> Signal:
        """Wait until a media call has come to something; what came before counts.

        Args:
            wanted: The beginning of what the story says of it, such as `INVITE`, `200 OK to INVITE`, `BYE` or
                `media connected`; or what says whether it is the one, called in the server's thread.
            count: How many such signals there have to be; the last of them is given.
            timeout: Real seconds.

        Raises:
            TimeoutError: There was none in time; the text tells what there was.
            RuntimeError: The emulator is used in process: see `wait_for_signal_async`.
        """
        look = Signalled(self._tenant, wanted, count)
        return self._in_time(self._hand.wait(lambda: until(look.recorder, look, timeout)), look, timeout)

    async def wait_for_signal_async(
        self,
        wanted: Callable[[Signal], bool] | str | None = None,
        *,
        count: int = 1,
        timeout: float = WAIT,  # noqa: ASYNC109  (as in its twin)
    ) -> Signal:
        """Do the same as `wait_for_signal` without blocking this loop.

        Raises:
            TimeoutError: There was none in time; the text tells what there was.
        """
        look = Signalled(self._tenant, wanted, count)
        seen = await self._hand.wait_async(lambda: until(look.recorder, look, timeout))
        return self._in_time(seen, look, timeout)

    def _in_time(self, seen: T | None, look: object, timeout: float) -> T:
        if seen is None:
            raise TimeoutError(f"{look} within {timeout:g} s; what there was:\n{self.story or '(nothing)'}")
        return seen


def _told(recorder: Recorder, least: int) -> list[str]:
    """Give the lines of exchanges and of signals, those of signals where their time is."""
    told = [(when(record), line(record)) for record in recorder.records if level(record) >= least]
    told += [(signal.at, signal_line(signal)) for signal in recorder.signals if signal_level(signal) >= least]
    return [words for _, words in sorted(told, key=lambda one: one[0])]
