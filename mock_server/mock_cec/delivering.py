"""Delivering: carries out, act by act, what `mock_cec.faults` planned for an answer; it decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_cec.faults import Cut, Head, Write
from mock_cec.waiting import ClientGone

if TYPE_CHECKING:
    from starlette.types import Send

    from mock_cec.recording import Record
    from mock_cec.tenant import Tenant
    from mock_cec.waiting import Client

    Headers = list[tuple[bytes, bytes]]


async def deliver(tenant: Tenant, record: Record, headers: Headers, send: Send, client: Client) -> None:
    """Write the answer of a record as it is planned, and record what really went out.

    Args:
        tenant: Whose time passes.
        record: The exchange, with an answer that has a `delivery`.
        headers: The answer's whole head.
        send: Where to.
        client: The other end, whose connection ends if that is planned.
    """
    reply = record.reply
    assert reply is not None and reply.delivery is not None  # noqa: S101, PT018  (or nobody would deliver)
    record.written = b""
    hurry = False
    try:
        for act in reply.delivery.acts:
            if isinstance(act, Head):
                record.response_headers = headers
                record.answer_begun = tenant.clock.now()
                await send({"type": "http.response.start", "status": reply.status, "headers": headers})
            elif isinstance(act, Write):
                await send({"type": "http.response.body", "body": act.data, "more_body": not act.last})
                record.written += act.data
                if act.last:
                    record.answer_ended = tenant.clock.now()
            elif isinstance(act, Cut):
                await client.cut(reset=act.reset)
                record.connection_gone = tenant.clock.now()
            elif not hurry:
                hurry = not await tenant.pauses.wait(act.seconds, client)
    except ClientGone:
        record.connection_gone = tenant.clock.now()
