"""The emulator inside a program of one's own.

    with MockCec(scenario="queue_timeout") as cec:
        place_a_call(cec.base_url, cec.app_key, cec.app_secret, cec.channel_id)
        assert cec.trace.exchanges[-1].status == 200

It listens on a free port, in a thread of its own, and starts and stops in about a millisecond. It is a tenant itself,
the first one, and makes more. Without being started it is an ASGI application, `MockCec().app`.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from itertools import count
from typing import TYPE_CHECKING, Final, Self

from mock_cec.addresses import Addresses
from mock_cec.app import app
from mock_cec.embed import settings
from mock_cec.embed.loops import Hand
from mock_cec.embed.tenant import MockTenant, Wishes
from mock_cec.gateway.door import Gateway
from mock_cec.platform import Platform
from mock_cec.scenario import catalogue
from mock_cec.tenant import Credentials

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from mock_cec.clock import ClockKind
    from mock_cec.embed.settings import AnyScenario
    from mock_cec.scenario.dialect import DialectName

NOWHERE: Final = "http://in-process.mock-cec.test"
"""The base URL while there is no server: an address for `httpx.ASGITransport`, and for nobody else."""


class MockCec(MockTenant):
    """An emulator, and its first tenant; a context manager of both kinds that starts and stops the server.

    Args:
        scenario: What happens: a name, the path of a file, YAML text, or a `Scenario`.
        dialect: `guide` or `reference`: whose word the answers go by, in place of the scenario's own.
        clock: `real` time runs by itself; `stepped` time moves when `clock.advance` says so; `auto` is stepped time
            that also moves by itself, to the next thing that is due, once every request has waited for 50 ms.
        speed: How many times as fast real time runs.
        app_key: The app key that clients log in with.
        app_secret: The secret that belongs to it.
        channel_id: The channel that takes calls.
        host: Where to listen.
        port: 0 takes a free one.
        token_port: Serve `tokenByAkSk` there and nowhere else, as platforms do whose token URL is another; 0 takes a
            free port. In process, without a server, there are no ports, and it is served with all the rest.
        public_url: Where clients reach it, if the Host header does not say it.
        seed: What tokens are derived from: the same seed and requests in the same order get the same ones.

    Attributes:
        app: The emulator as an ASGI application, for `httpx.ASGITransport`; it needs no server.

    Raises:
        ValueError: A setting cannot be used; a `ScenarioError`, which says where, if it is the scenario.
    """

    def __init__(  # noqa: PLR0913  (an option each)
        self,
        scenario: AnyScenario = catalogue.DEFAULT,
        *,
        dialect: DialectName | None = None,
        clock: ClockKind = "real",
        speed: float = 1.0,
        app_key: str = "mock-app-key",
        app_secret: str = "mock-app-secret",  # noqa: S107  (a default that everybody may know)
        channel_id: str = "mock-channel",
        host: str = "127.0.0.1",
        port: int = 0,
        token_port: int | None = None,
        public_url: str | None = None,
        seed: str = "mock-cec",
    ) -> None:
        credentials = Credentials(app_key, app_secret, channel_id)
        wishes = Wishes(
            "default",
            credentials,
            scenario=scenario,
            dialect=dialect,
            clock=clock,
            speed=speed,
            public_url=public_url,
            seed=seed,
        )
        self._hand = Hand()
        tenant = wishes.tenant()
        super().__init__(Platform(tenant), self._hand, wishes, tenant, lambda: self._addresses)
        self.app: ASGIApp = app(self._platform, gateway=Gateway())
        self._seed = seed
        self._host, self._port, self._token_port = host, port, token_port
        self._addresses = Addresses(NOWHERE)
        self._running = ExitStack()
        self._names = count(2)
        # Whoever has not set up logging wants no lines of ours on their stderr.
        logging.getLogger("mock_cec").addHandler(logging.NullHandler())

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    async def __aenter__(self) -> Self:
        """Start it; this takes a millisecond."""
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def start(self) -> None:
        """Start the server; it answers when this returns.

        Raises:
            PortTaken: It cannot listen there.
            RuntimeError: It runs already.
        """
        if self._hand.loop is not None:
            raise RuntimeError(f"this emulator runs already, at {self.base_url}")
        from mock_cec.serving import BackgroundServer  # noqa: PLC0415  (in process there is no need of it)

        server = BackgroundServer(self._platform, self._host, self._port, token_port=self._token_port)
        self._running.callback(self._hand.let_go)
        self._running.enter_context(server)
        self._addresses = server.addresses
        self._hand.take(server.loop)

    def stop(self) -> None:
        """Stop the server: held polls are answered first; trace and story stay. Once is as good as twice."""
        self._running.close()

    def remove(self) -> None:
        """Refuse to.

        Raises:
            RuntimeError: Always: the first tenant stays as long as the emulator.
        """
        raise RuntimeError("the first tenant of an emulator cannot be removed; stop the emulator, or reset it")

    def tenant(  # noqa: PLR0913  (an option each)
        self,
        name: str | None = None,
        *,
        scenario: AnyScenario = catalogue.DEFAULT,
        dialect: DialectName | None = None,
        clock: ClockKind = "real",
        speed: float = 1.0,
        public_url: str | None = None,
    ) -> MockTenant:
        """Make a further tenant on the same port, with credentials, time and trace of its own.

        Args:
            name: Its name, from which its credentials are made; a number if it is not given.
            scenario: What happens to it.
            dialect: `guide` or `reference`: whose word the answers go by, in place of the scenario's own.
            clock: `real`, `auto` or `stepped`.
            speed: How many times as fast real time runs.
            public_url: Where clients reach it, if the Host header does not say it.

        Returns:
            The tenant; as a context manager, it is removed at the end.

        Raises:
            TenantExists: Its name is taken.
            ValueError: A setting cannot be used; a `ScenarioError`, which says where, if it is the scenario.
        """
        name = name or f"tenant {next(self._names)}"
        wishes = Wishes(
            name,
            settings.credentials(name),
            scenario=scenario,
            dialect=dialect,
            clock=clock,
            speed=speed,
            public_url=public_url,
            seed=self._seed,
        )
        made = wishes.tenant()
        self._hand.do(lambda: self._platform.add(made))
        return MockTenant(self._platform, self._hand, wishes, made, lambda: self._addresses)
