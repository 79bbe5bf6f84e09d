"""The doors: ASGI applications, one for each endpoint, that carry bytes and decide nothing."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from cec_client.protocol import BY_PATH, Endpoint
from cec_client.protocol.headers import CCMESSAGING_TOKEN

from mock_cec import cors
from mock_cec.checks import LARGEST_BODY, shown
from mock_cec.delivering import deliver
from mock_cec.faults import NEVER, without_socket
from mock_cec.gateway.installed import INSTALL
from mock_cec.permissive import admitted as admit
from mock_cec.replies import HINT_HEADER, Denied, Problem, Reply, error
from mock_cec.request import Request
from mock_cec.service import event_reply, serve
from mock_cec.story import level, line
from mock_cec.waiting import AsgiClient, Client, ClientGone, ConnectedClient

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mock_cec.addresses import OtherPort
    from mock_cec.platform import Platform
    from mock_cec.recording import Record
    from mock_cec.tenant import Tenant

log: Final = logging.getLogger("mock_cec")

NO_GATEWAY: Final = error(501, Problem("WebSocket", "one where no gateway is installed", INSTALL))
"""The answer to whoever wants to dial and cannot, because the extra is not there."""

_JSON: Final = (b"content-type", b"application/json")
_CCMESSAGING_TOKEN: Final = CCMESSAGING_TOKEN.encode("ascii")


class Door:
    """Where the requests of one endpoint come in and their answers go out; all of it is in the tenant's trace.

    Args:
        platform: Whose requests these may be.
        endpoint: Which endpoint; `None` for the door of all other paths, where there is nothing.
        elsewhere: The port that serves it instead.
    """

    def __init__(self, platform: Platform, endpoint: Endpoint | None, elsewhere: OtherPort | None = None) -> None:
        self._platform = platform
        self._endpoint = endpoint
        self._elsewhere = elsewhere

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        if scope["method"] == "OPTIONS":
            await self._preflight(scope, send)
            return
        try:
            body, size = await _read_body(receive)
        except ClientGone:
            return
        headers = dict(scope["headers"])
        tenant = self._platform.whose(self._endpoint, headers, body)
        record = tenant.recorder.begin(scope, body)
        try:
            origin = f"{scope['scheme']}://{headers.get(b'host', b'').decode('latin-1')}"
            if self._endpoint is None:
                upgrade = headers.get(b"upgrade", b"").lower() == b"websocket"
                record.reply = NO_GATEWAY if upgrade else _nothing_here(scope["path"])
            elif self._elsewhere is not None:
                record.reply = _elsewhere(self._endpoint, self._elsewhere.reached_from(origin))
            else:
                query = scope["query_string"]
                request = Request(self._endpoint, scope["method"], query, headers, body, size, origin)
                client = _client(scope, receive)
                record.reply = await _reply(self._platform, tenant, record, request, client)
            if record.reply.delivery is None:
                await _write(tenant, record, record.reply, send, headers)
            else:
                await _deliver(tenant, record, record.reply, send, client)
        except ClientGone:
            record.connection_gone = tenant.clock.now()
        except asyncio.CancelledError:  # so a client leaves that is in the same process
            record.connection_gone = tenant.clock.now()
            raise
        finally:
            if tenant.recorder.watchers:
                tenant.recorder.tell(record)
            if log.isEnabledFor(importance := level(record)):
                log.log(importance, line(record))

    async def _preflight(self, scope: Scope, send: Send) -> None:
        headers = cors.preflight(dict(scope["headers"]), self._platform.first.plan.scenario.cors)
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body"})


async def _reply(platform: Platform, tenant: Tenant, record: Record, request: Request, client: Client) -> Reply:
    """Have the request served, and wait where it has to wait."""
    try:
        admitted = admit(platform, tenant, request, tenant.clock.now())
        if admitted.step is not None:
            record.step = admitted.step
            if admitted.step.delay:
                await tenant.pauses.wait(admitted.step.delay, client)
            if admitted.step.answer.hang:
                await tenant.pauses.forever(client)
                return NEVER
        reply = serve(admitted, tenant.clock.now())
    except Denied as denied:
        return denied.reply
    if isinstance(reply, Reply):
        return reply
    assert admitted.session is not None  # noqa: S101  (only a session's polls are held)
    due = await admitted.session.room.answer(reply, client)
    return event_reply(admitted, due, tenant.clock.now())


async def _write(tenant: Tenant, record: Record, reply: Reply, send: Send, asked: dict[bytes, bytes]) -> None:
    headers = [_JSON, (b"content-length", b"%d" % len(reply.body))]
    headers += cors.grants(asked, tenant.plan.scenario.cors)
    if reply.problem is not None:
        headers.append((HINT_HEADER, reply.problem.hint()))
    if reply.allow is not None:
        headers.append((b"allow", reply.allow.encode("ascii")))
    headers += _renewed(reply)
    record.response_headers = headers
    record.answer_begun = tenant.clock.now()
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
    record.answer_ended = tenant.clock.now()


async def _deliver(tenant: Tenant, record: Record, reply: Reply, send: Send, client: Client) -> None:
    """Write an answer that does not go out as usual."""
    asked = dict(record.request_headers)
    delivery = reply.delivery
    assert delivery is not None  # noqa: S101  (or it would have been written as usual)
    if delivery.needs_socket and isinstance(client, AsgiClient):
        record.reply = without_socket(reply)
        await _write(tenant, record, record.reply, send, asked)
        return
    grants = cors.grants(asked, delivery.cors or tenant.plan.scenario.cors)
    await deliver(tenant, record, [*delivery.headers, *_renewed(reply), *grants], send, client)


def _renewed(reply: Reply) -> list[tuple[bytes, bytes]]:
    return [] if reply.renewed is None else [(_CCMESSAGING_TOKEN, reply.renewed.encode("ascii", "replace"))]


def _nothing_here(path: str) -> Reply:
    """Answer where there is no endpoint: 404, with the path that comes closest."""
    from difflib import get_close_matches  # noqa: PLC0415  (for mistakes alone; starting is to be quick)

    close = get_close_matches(path[:200], BY_PATH, n=1)
    expected = f"a path of the guide; did you mean {close[0]}?" if close else "a path of the guide (§2, §5)"
    return error(404, Problem("path", shown(path, 100), expected))


def _elsewhere(endpoint: Endpoint, base_url: str) -> Reply:
    """Answer where the platform has this endpoint at another URL: 404, with that URL."""
    variable = "CEC_TOKEN_BASE_URL" if endpoint is Endpoint.TOKEN else "CEC_BASE_URL"
    expected = f"{base_url}{endpoint.path}: with a token port, tokenByAkSk has another base URL ({variable})"
    return error(404, Problem("URL", f"{endpoint.path} at the wrong port", expected))


def _client(scope: Scope, receive: Receive) -> Client:
    connection = scope.get("mock_cec.connection")
    return AsgiClient(receive) if connection is None else ConnectedClient(connection)


async def _read_body(receive: Receive) -> tuple[bytes, int]:
    """Read a body to its end, so that the client can read its answer; what is too large is dropped on the way."""
    message = await receive()
    first: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        if message["type"] == "http.disconnect":
            raise ClientGone
        return first, len(first)
    parts, size = [first], len(first)
    while message.get("more_body", False):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        part: bytes = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
    return b"".join(parts), size
