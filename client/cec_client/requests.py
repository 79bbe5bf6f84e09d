"""What to send: every endpoint's method, path, headers, query and body, to the letter of the guide.

An `Errand` is what somebody wants from the platform; with tokens it becomes a `Request`, which is what goes over the
wire. Nothing here sends anything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import msgspec

from cec_client.protocol import WEB, Endpoint
from cec_client.protocol.bodies import (
    ApplyTokenRequest,
    CreateRequest,
    DropRequest,
    LeaveMessageRequest,
    SendRequest,
    TokenRequest,
)
from cec_client.protocol.headers import (
    AUTHORIZATION,
    BEARER,
    CONTENT_TYPE,
    JSON,
    X_APP_KEY,
    X_TOKEN_EXPIRE,
    common_headers,
)

if TYPE_CHECKING:
    from cec_client.account import Credentials, Customer, Media, Tokens

JSON_UTF8: Final = JSON + "; charset=UTF-8"
"""The Content-Type that guide §2.2 prints for `applyToken`."""

GREETING: Final = "start"
"""The content of CONNECT in the guide's sample (§5 step 1)."""

Pairs = tuple[tuple[str, str], ...]

_CHANNEL: Final[Pairs] = (("channel", WEB),)


@dataclass(frozen=True, slots=True)
class Errand:
    """Something a customer wants from the platform, before there are tokens for it.

    Attributes:
        endpoint: Whom to ask.
        query: The query, in order.
        body: The JSON body; `None` for a GET.
    """

    endpoint: Endpoint
    query: Pairs = ()
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, ready for the wire.

    Attributes:
        serial: Its number; no two requests of a session share one.
        endpoint: Whom to ask.
        headers: All header lines that the protocol cares about.
        query: The query, in order.
        body: The JSON body; `None` for a GET.
        timeout: Seconds to wait for the answer.
    """

    serial: int
    endpoint: Endpoint
    headers: Pairs = field(repr=False)
    query: Pairs = ()
    body: bytes | None = field(default=None, repr=False)
    timeout: float = 10.0

    @property
    def target(self) -> str:
        """Path and query."""
        return self.endpoint.path + (f"?{urlencode(self.query)}" if self.query else "")


def token(serial: int, credentials: Credentials, timeout: float) -> Request:
    """Ask for an access token (guide §2.1)."""
    headers = {CONTENT_TYPE: JSON}
    if credentials.token_expire is not None:
        headers[X_TOKEN_EXPIRE] = str(credentials.token_expire)
    body = TokenRequest(app_key=credentials.app_key, app_secret=credentials.app_secret)
    return Request(serial, Endpoint.TOKEN, tuple(headers.items()), (), msgspec.json.encode(body), timeout)


def apply_token(serial: int, credentials: Credentials, customer: Customer, access: str, timeout: float) -> Request:
    """Ask for the customer's token, with the access token just received (guide §2.2)."""
    headers = ((X_APP_KEY, credentials.app_key), (AUTHORIZATION, BEARER + access), (CONTENT_TYPE, JSON_UTF8))
    body = ApplyTokenRequest(
        userId=customer.user_id,
        userName=customer.user_name,
        channelId=customer.channel_id,
        locale=customer.locale,
    )
    return Request(serial, Endpoint.APPLY_TOKEN, headers, (), msgspec.json.encode(body), timeout)


def business(serial: int, errand: Errand, app_key: str, tokens: Tokens, timeout: float) -> Request:
    """Give an errand the common headers (guide §4.1)."""
    headers = common_headers(app_key, tokens.access, tokens.messaging)
    return Request(serial, errand.endpoint, tuple(headers.items()), errand.query, errand.body, timeout)


def send(customer: Customer, control_type: str, content: str | None = None, media_type: str = "TEXT") -> Errand:
    """Say or do something in the text session (guide §5 step 1; facts §3)."""
    body = SendRequest(
        channel=WEB,
        controlType=control_type,
        from_=customer.user_id,
        mediaType=media_type,
        sourceType="CUSTOMER",
        to=customer.channel_id,
        content=msgspec.UNSET if content is None else content,
    )
    return Errand(Endpoint.SEND, (), msgspec.json.encode(body))


def connect_text(customer: Customer) -> Errand:
    """Enter the text session (guide §5 step 1)."""
    return send(customer, "CONNECT", GREETING)


def poll_text(customer: Customer) -> Errand:
    """Fetch what was said in the text session (facts §4)."""
    return Errand(Endpoint.POLL_TEXT, (("receiverId", customer.user_id), *_CHANNEL))


def check() -> Errand:
    """Ask whether click-to-call is supported (guide §5 step 2)."""
    return Errand(Endpoint.CHECK, _CHANNEL)


def create(media: Media) -> Errand:
    """Create the call (guide §5 step 3)."""
    return Errand(Endpoint.CREATE, (), msgspec.json.encode(CreateRequest(channel=WEB, mediaAbility=media.value)))


def events() -> Errand:
    """Wait for the next event (guide §5 step 4)."""
    return Errand(Endpoint.EVENTS, _CHANNEL)


def drop() -> Errand:
    """Hang up (guide §5 step 5)."""
    return Errand(Endpoint.DROP, (), msgspec.json.encode(DropRequest(channel=WEB)))


def leave_message(customer: Customer, caller: str, message: str) -> Errand:
    """Leave a message for the agents (guide §3; facts §9)."""
    body = LeaveMessageRequest(callId=customer.user_id, caller=caller, leaveMessage=message, channel=WEB)
    return Errand(Endpoint.LEAVE_MESSAGE, (), msgspec.json.encode(body))
