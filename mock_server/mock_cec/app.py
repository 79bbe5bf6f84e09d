"""The emulated API as an ASGI application: a route for each endpoint, and no middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import Endpoint
from starlette.routing import Route, Router

from mock_cec.door import EndpointDoor, NoDoor

if TYPE_CHECKING:
    from mock_cec.tenant import Tenant


def app(tenant: Tenant) -> Router:
    """Make the application of one tenant; a path with a slash too many is unknown, not redirected."""
    routes = [Route(endpoint.path, EndpointDoor(tenant, endpoint)) for endpoint in Endpoint]
    return Router(routes, redirect_slashes=False, default=NoDoor(tenant))
