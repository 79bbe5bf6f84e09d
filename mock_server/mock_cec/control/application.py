"""The ASGI application of the control API: Starlette's routes, made from the table."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, get_type_hints

import msgspec
import msgspec.inspect
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute
from starlette.routing import Router

from mock_cec.control import gate
from mock_cec.control.openapi import document
from mock_cec.control.operations import Asked
from mock_cec.control.routes import DOCUMENT, HEALTH, ROOT, ROUTES
from mock_cec.control.shapes import MEANINGS
from mock_cec.control.troubles import Trouble
from mock_cec.scenario.words import nearest, one_line, shown
from mock_cec.waiting import AsgiClient, ConnectedClient

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_cec.control.door import Control
    from mock_cec.control.routes import Route

log: Final = logging.getLogger("mock_cec.control")

LARGEST_BODY: Final = 1 << 20
"""The most bytes of a body."""

_HEADERS: Final = {
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
"""What every answer says: that nobody keeps it, and that no other origin's page may embed or guess it."""


def application(control: Control) -> ASGIApp:
    """Make the application."""
    paths: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        paths.setdefault(ROOT + route.path, {})[route.method] = route
    doors = [StarletteRoute(path, _Door(control, methods)) for path, methods in paths.items()]
    doors.append(StarletteRoute(DOCUMENT, _Document(control)))
    return Router(doors, redirect_slashes=False, default=_Nowhere(control))


class _Door:
    """Where the requests of one path come in."""

    def __init__(self, control: Control, methods: dict[str, Route]) -> None:
        self._control = control
        self._methods = methods

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; whatever is wrong with it is told in one shape."""
        request = Request(scope, receive)
        try:
            self._check(scope)
            status, answer = await self._answer(request)
            response = _response(status, answer)
        except ClientDisconnect:
            return
        except Trouble as trouble:
            response = self._told(trouble)
            if trouble.status < 404:  # noqa: PLR2004  (who is not let in, or asks the wrong way)
                log.warning("%s %s: %s", scope["method"], one_line(scope["path"][:100]), trouble)
        await response(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        client = scope.get("client")
        if scope["path"] != HEALTH:
            gate.check(scope["headers"], client and client[0], self._control.token, self._control.hosts)

    async def _answer(self, request: Request) -> tuple[int, msgspec.Struct | bytes | dict[str, Any]]:
        route = self._methods.get(request.method)
        if route is None:
            expected = " or ".join(self._methods)
            raise Trouble("method_not_allowed", f"{request.method} means nothing here; expected: {expected}")
        connection = request.scope.get("mock_cec.connection")
        asked = Asked(
            self._control,
            f"{request.scope['scheme']}://{request.headers.get('host', '')}",
            AsgiClient(request.receive) if connection is None else ConnectedClient(connection),
            request.path_params,
            _query(request, route),
            await _body(request, route),
        )
        return route.status, await route.operation(asked)

    def _told(self, trouble: Trouble) -> Response:
        response = _response(trouble.status, trouble.view)
        if trouble.view.error == "method_not_allowed":
            response.headers["allow"] = ", ".join(self._methods)
        elif trouble.view.error in {"needs_token", "wrong_token"}:
            response.headers["www-authenticate"] = "Bearer"
        return response


class _Document(_Door):
    """Where the OpenAPI document is had."""

    def __init__(self, control: Control) -> None:
        super().__init__(control, {})

    async def _answer(self, request: Request) -> tuple[int, dict[str, Any]]:
        if request.method != "GET":
            raise Trouble("method_not_allowed", f"{request.method} means nothing here; expected: GET")
        return 200, document()

    def _told(self, trouble: Trouble) -> Response:
        response = super()._told(trouble)
        if "allow" in response.headers:
            response.headers["allow"] = "GET"
        return response


class _Nowhere(_Door):
    """Where all other paths lead."""

    def __init__(self, control: Control) -> None:
        super().__init__(control, {})

    async def _answer(self, request: Request) -> tuple[int, bytes]:
        path = request.scope["path"][:200]
        raise Trouble("not_found", f"there is no path {shown(path)}; what there is, is described at {DOCUMENT}")


def _response(status: int, answer: msgspec.Struct | bytes | dict[str, Any]) -> Response:
    content = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
    return Response(content, status, _HEADERS, "application/json")


def _query(request: Request, route: Route) -> msgspec.Struct:
    return _converted(dict(request.query_params), route.query, "query parameter", strict=False)


async def _body(request: Request, route: Route) -> msgspec.Struct | None:
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > LARGEST_BODY:
            raise Trouble("too_large", f"a body has at most {LARGEST_BODY} bytes")
    if route.body is None:
        return None
    if not content:
        return _converted({}, route.body, "body member")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Trouble("not_json", "the body has to be JSON, with Content-Type: application/json (curl --json '…')")
    try:
        value = msgspec.json.decode(str(content, "utf-8"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as failure:
        raise Trouble("bad_request", f"the body is not JSON: {failure}") from failure
    return _converted(value, route.body, "body member")


def _converted(value: object, shape: type[msgspec.Struct], where: str, *, strict: bool = True) -> msgspec.Struct:
    try:
        return msgspec.convert(value, shape, strict=strict)
    except (msgspec.ValidationError, RecursionError) as failure:
        what, _, path = str(failure).partition(" - at `$")
        form = next((form for form in MEANINGS if what.endswith(f"regex {form!r}")), None)
        what = what if form is None else f"expected {MEANINGS[form]}"
        names = tuple(field.encode_name for field in msgspec.structs.fields(shape))
        unknown = next((name for name in value if name not in names), None) if isinstance(value, dict) else None
        if unknown is not None:
            raise Trouble(
                "bad_request", f"there is no {where} {shown(str(unknown))}{nearest(str(unknown), names)}"
            ) from failure
        member = path.strip(".`")
        if isinstance(value, dict) and isinstance(value.get(member), str) and (known := _words(shape, member)):
            what = f"{shown(value[member])} is not known here{nearest(value[member], known)}"
        place = f"{where} {member}: " if path else ""
        raise Trouble("bad_request", f"{place}{what}") from failure


def _words(shape: type[msgspec.Struct], member: str) -> tuple[str, ...]:
    """Give the words of which a member may be one; none if it is of another kind."""
    kinds = [msgspec.inspect.type_info(get_type_hints(shape, include_extras=True).get(member, int))]
    found: list[str] = []
    for kind in kinds:
        if isinstance(kind, msgspec.inspect.Metadata):
            kinds.append(kind.type)
        elif isinstance(kind, msgspec.inspect.UnionType):
            kinds.extend(kind.types)
        elif isinstance(kind, msgspec.inspect.LiteralType):
            found.extend(str(word) for word in kind.values)
    return tuple(found)
