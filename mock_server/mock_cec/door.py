"""The doors: ASGI applications, one for each endpoint, that carry bytes and decide nothing."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from cec_client.protocol import BY_PATH, Endpoint

from mock_cec import cors
from mock_cec.admission import admit
from mock_cec.checks import LARGEST_BODY, shown
from mock_cec.replies import HINT_HEADER, Denied, Problem, Reply, error
from mock_cec.request import Request
from mock_cec.service import event_reply, serve
from mock_cec.story import level, line
from mock_cec.waiting import AsgiClient, ClientGone, ConnectedClient

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mock_cec.recording import Record
    from mock_cec.tenant import Tenant

log: Final = logging.getLogger("mock_cec")

_JSON: Final = (b"content-type", b"application/json")


class Door(ABC):
    """Where requests come in and answers go out; everything that happens here is in the tenant's trace."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        if scope["method"] == "OPTIONS":
            await self._preflight(scope, send)
            return
        try:
            body, size = await _read_body(receive)
        except ClientGone:
            return
        record = self._tenant.recorder.begin(scope, body)
        try:
            record.reply = await self._reply(scope, receive, body, size)
        except ClientGone:
            record.connection_gone = self._tenant.clock.now()
        else:
            await self._write(record, record.reply, send)
        if log.isEnabledFor(importance := level(record)):
            log.log(importance, line(record))

    @abstractmethod
    async def _reply(self, scope: Scope, receive: Receive, body: bytes, size: int) -> Reply:
        """Make the reply; a client that goes away meanwhile is `ClientGone`."""

    async def _write(self, record: Record, reply: Reply, send: Send) -> None:
        headers = [_JSON, (b"content-length", b"%d" % len(reply.body))]
        headers += cors.grants(record.request_headers, self._tenant.plan.scenario.cors)
        if reply.problem is not None:
            headers.append((HINT_HEADER, reply.problem.hint()))
        if reply.allow is not None:
            headers.append((b"allow", reply.allow.encode("ascii")))
        record.response_headers = headers
        record.answer_begun = self._tenant.clock.now()
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body})
        record.answer_ended = self._tenant.clock.now()

    async def _preflight(self, scope: Scope, send: Send) -> None:
        headers = cors.preflight(scope["headers"], self._tenant.plan.scenario.cors)
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body"})


class EndpointDoor(Door):
    """The door of one endpoint."""

    def __init__(self, tenant: Tenant, endpoint: Endpoint) -> None:
        super().__init__(tenant)
        self._endpoint = endpoint

    async def _reply(self, scope: Scope, receive: Receive, body: bytes, size: int) -> Reply:
        tenant = self._tenant
        headers = dict(scope["headers"])
        origin = f"{scope['scheme']}://{headers.get(b'host', b'').decode('latin-1')}"
        request = Request(self._endpoint, scope["method"], scope["query_string"], headers, body, size, origin)
        try:
            admitted = admit(tenant, request, tenant.clock.now())
            connection = scope.get("mock_cec.connection")
            client = AsgiClient(receive) if connection is None else ConnectedClient(connection)
            if admitted.delay:
                await tenant.pauses.wait(admitted.delay, client)
            reply = serve(admitted, tenant.clock.now())
        except Denied as denied:
            return denied.reply
        if isinstance(reply, Reply):
            return reply
        assert admitted.session is not None  # noqa: S101  (only a session's polls are held)
        return event_reply(admitted, await admitted.session.room.answer(reply, client))


class NoDoor(Door):
    """What answers where there is no endpoint: 404, with the path that comes closest."""

    async def _reply(self, scope: Scope, receive: Receive, body: bytes, size: int) -> Reply:  # noqa: ARG002
        from difflib import get_close_matches  # noqa: PLC0415  (for mistakes alone; starting is to be quick)

        path = scope["path"][:200]
        close = get_close_matches(path, BY_PATH, n=1)
        expected = f"a path of the guide; did you mean {close[0]}?" if close else "a path of the guide (§2, §5)"
        return error(404, Problem("path", shown(path, 100), expected))


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
