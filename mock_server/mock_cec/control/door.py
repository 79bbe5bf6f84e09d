"""The control API's door: its state, and an ASGI application that is loaded when it is first asked for anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Protocol
from weakref import WeakKeyDictionary

from mock_cec.clock import RealClock

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_cec.addresses import Addresses
    from mock_cec.platform import Platform
    from mock_cec.tenant import Tenant


class Port(Protocol):
    """A port of a tenant's own.

    Attributes:
        number: Its number.
        base_url: Where it is.
    """

    number: int
    base_url: str

    async def close(self) -> None:
        """Stop to listen, and close its connections once they are answered."""


class Ports(Protocol):
    """Whoever has ports and can open more: the server.

    Attributes:
        addresses: Where it is.
    """

    addresses: Addresses

    async def open_port(self, platform: Platform, number: int) -> Port:
        """Open a port for a platform; 0 takes a free one.

        Raises:
            OSError: It cannot be done.
        """


class Control:
    """The control API of one platform.

    Args:
        platform: Whose tenants it manages.
        token: What opens it from elsewhere than this machine; one is made up by default.
        hosts: The host names, in lower case, under which it may be reached beside the loopback ones.
        ports: Who opens ports for tenants; without one there are none.

    Attributes:
        clock: Real time since the start.
        own_ports: The ports that tenants have of their own.
        stepping: One at a time steps a tenant's clock.
    """

    def __init__(
        self,
        platform: Platform,
        *,
        token: str | None = None,
        hosts: frozenset[str] = frozenset(),
        ports: Ports | None = None,
    ) -> None:
        self.platform: Final = platform
        self.token: Final = token or os.urandom(16).hex()
        self.hosts: Final = hosts
        self.ports = ports
        self.clock: Final = RealClock()
        self.own_ports: WeakKeyDictionary[Tenant, Port] = WeakKeyDictionary()
        self.stepping: WeakKeyDictionary[Tenant, asyncio.Lock] = WeakKeyDictionary()
        self._application: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one control request."""
        if self._application is None:
            from mock_cec.control.application import application  # noqa: PLC0415  (starting is to be quick)

            self._application = application(self)
        await self._application(scope, receive, send)
