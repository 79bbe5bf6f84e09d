"""Which exchanges and signals are meant: by endpoint, user, status and serial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from cec_client.protocol import BY_PATH, Endpoint

if TYPE_CHECKING:
    from cec_client.protocol import Signal

    from mock_cec.control.shapes import TraceQuery
    from mock_cec.recording import Record
    from mock_cec.tenant import Tenant


class _User(msgspec.Struct):
    userId: str = ""  # noqa: N815  (as on the wire)


def meant(record: Record, asked: TraceQuery, tenant: Tenant) -> bool:
    """Say whether an exchange is one of those that were asked for."""
    endpoint = BY_PATH.get(record.path)
    if record.serial <= asked.since:
        return False
    if asked.endpoint is not None and (endpoint is None or endpoint.value != asked.endpoint):
        return False
    if asked.status is not None and (not ended(record) or record.reply is None or record.reply.status != asked.status):
        return False
    return asked.user is None or user(record, tenant) == asked.user


def meant_too(signal: Signal, asked: TraceQuery) -> bool:
    """Say whether a signal belongs to what was asked for: it has a user, and neither an endpoint nor a status."""
    return asked.endpoint is None and asked.status is None and asked.user in {None, signal.user}


def ended(record: Record) -> bool:
    """Say whether an exchange is over: answered, or its client is gone."""
    return record.answer_ended is not None or record.connection_gone is not None


def user(record: Record, tenant: Tenant) -> str | None:
    """Say whose exchange it is; `None` for nobody's."""
    if BY_PATH.get(record.path) is Endpoint.APPLY_TOKEN:
        try:
            return msgspec.json.decode(record.request_body, type=_User).userId or None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
    token = dict(record.request_headers).get(b"ccmessaging-token")
    grant = None if token is None else tenant.ccmessaging_tokens.find(token.decode("latin-1"))
    return None if grant is None else grant.owner
