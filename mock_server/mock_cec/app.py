"""The emulated API as an ASGI application: a door for each path, and nothing between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import Endpoint

from mock_cec.door import Door

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_cec.platform import Platform


def app(platform: Platform) -> ASGIApp:
    """Make the application of a platform; a path with a slash too many is unknown, not redirected."""
    doors = {endpoint.path: Door(platform, endpoint) for endpoint in Endpoint}
    no_door = Door(platform, None)

    async def house(scope: Scope, receive: Receive, send: Send) -> None:
        await doors.get(scope["path"], no_door)(scope, receive, send)

    return house
