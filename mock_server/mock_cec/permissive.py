"""Permissive admission: whatever comes on a known path gets the next line of the script, for a judge who looks on.

An emulator that refuses a wrong header makes ten mistakes of one: the client that forgot it fails at every step after.
While somebody judges the traffic, each request is answered as if it had been right, whatever its method, headers, body,
tokens and moment, and all of them are one user's. What was wrong stays to be seen in the trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from cec_client.protocol import Endpoint
from cec_client.protocol.bodies import SendRequest

from mock_cec.admission import Admitted, admit
from mock_cec.text_session import CONTROL_TYPES

if TYPE_CHECKING:
    from mock_cec.platform import Platform
    from mock_cec.request import Request
    from mock_cec.tenant import Tenant

ANYBODY: Final = "anybody"
"""The one user there is."""


class _Command(msgspec.Struct):
    controlType: str = "CONNECT"  # noqa: N815  (as on the wire)


def admitted(platform: Platform, tenant: Tenant, request: Request, now: float) -> Admitted:
    """Let a request in: as its tenant does it, strictly or not.

    Raises:
        Denied: With the reply it gets instead; never by a permissive tenant.
    """
    if not tenant.permissive:
        return admit(platform, tenant, request, now)
    if request.endpoint is Endpoint.TOKEN:
        return Admitted(tenant, request, None, None, tenant.token_step(now))
    session = tenant.session(ANYBODY)
    body = _send(request) if request.endpoint is Endpoint.SEND else None
    return Admitted(tenant, request, session, body, session.step(request.endpoint, now))


def _send(request: Request) -> SendRequest:
    """Read which command it is; a greeting if that cannot be told."""
    try:
        command = msgspec.json.decode(request.body, type=_Command).controlType
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        command = "CONNECT"
    known = command if command in CONTROL_TYPES else "CONNECT"
    return SendRequest(channel="", controlType=known, from_="", mediaType="TEXT", sourceType="", to="")
