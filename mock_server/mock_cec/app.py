"""The emulated API as an ASGI application: a door for each path, and nothing between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from mock_cec.door import Door

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_cec.addresses import OtherPort
    from mock_cec.gateway.door import Gateway
    from mock_cec.platform import Platform


CONTROL: Final = "/__mock/"
"""What the paths of the control API begin with."""


def app(
    platform: Platform,
    control: ASGIApp | None = None,
    elsewhere: Mapping[Endpoint, OtherPort] | None = None,
    gateway: Gateway | None = None,
) -> ASGIApp:
    """Make the application of a platform; a path with a slash too many is unknown, not redirected.

    Args:
        platform: Whose requests come here.
        control: The control API; without one its paths are as unknown as any other.
        elsewhere: The endpoints that another port serves.
        gateway: Where WebSockets go; without one they are refused.
    """
    others = elsewhere or {}
    doors: dict[str, ASGIApp] = {e.path: Door(platform, e, others.get(e)) for e in Endpoint}
    no_door = Door(platform, None)

    def other(path: str) -> ASGIApp:
        return no_door if control is None or not path.startswith(CONTROL) else control

    async def house(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if gateway is None:
                await send({"type": "websocket.close"})
            else:
                await gateway.serve(platform, scope, receive, send)
            return
        door = doors.get(scope["path"]) or other(scope["path"])
        await door(scope, receive, send)

    return house
