"""Letters: the good request to every endpoint, as the guide shows it (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from cec_client.protocol import WEB, Endpoint
from cec_client.protocol.headers import (
    AUTHORIZATION,
    BEARER,
    CONTENT_TYPE,
    JSON,
    X_APP_KEY,
    X_TOKEN_EXPIRE,
    common_headers,
)
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_cec.tenant import Credentials

LOCALE: Final = "zh"

LIFE: Final = "600"
"""The seconds that `X-Token-Expire` asks for, as in the guide's sample (guide §2.1)."""


class Letter(Struct, frozen=True, kw_only=True):
    """A request that has not been sent.

    Attributes:
        endpoint: To which endpoint.
        method: HTTP method.
        path: Path after the base URL.
        query: Parameters of the query.
        headers: Header lines, names in lower case.
        body: What is sent as JSON; bytes go out as they are; `None`: no body.
    """

    endpoint: Endpoint
    method: str
    path: str
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    body: Mapping[str, Any] | bytes | None = None

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        return (
            self.body if isinstance(self.body, bytes) else b"" if self.body is None else msgspec.json.encode(self.body)
        )


class Tokens(Struct, frozen=True):
    """The two tokens of a login; empty before it."""

    access: str = ""
    ccmessaging: str = ""


def letter(endpoint: Endpoint, credentials: Credentials, user_id: str, tokens: Tokens, media: str = "0") -> Letter:
    """Give the good request of a user to an endpoint (guide §2, §4.1, §5)."""
    plain = Letter(endpoint=endpoint, method=endpoint.method, path=endpoint.path)
    if endpoint is Endpoint.TOKEN:
        body = {"app_key": credentials.app_key, "app_secret": credentials.app_secret}
        return msgspec.structs.replace(plain, headers={CONTENT_TYPE: JSON, X_TOKEN_EXPIRE: LIFE}, body=body)
    if endpoint is Endpoint.APPLY_TOKEN:
        headers = {X_APP_KEY: credentials.app_key, AUTHORIZATION: BEARER + tokens.access, CONTENT_TYPE: JSON}
        names = {"userId": user_id, "userName": user_id, "channelId": credentials.channel_id, "locale": LOCALE}
        return msgspec.structs.replace(plain, headers=headers, body=names)
    headers = common_headers(credentials.app_key, tokens.access, tokens.ccmessaging)
    if endpoint.method == "GET":
        return msgspec.structs.replace(plain, headers=headers, query={"channel": WEB})
    return msgspec.structs.replace(plain, headers=headers, body=_body(endpoint, credentials, user_id, media))


def _body(endpoint: Endpoint, credentials: Credentials, user_id: str, media: str) -> dict[str, str]:
    if endpoint is Endpoint.SEND:
        return {
            "channel": WEB,
            "content": "hello",
            "controlType": "CONNECT",
            "from": user_id,
            "mediaType": "TEXT",
            "sourceType": "CUSTOMER",
            "to": credentials.channel_id,
        }
    return {"channel": WEB, "mediaAbility": media} if endpoint is Endpoint.CREATE else {"channel": WEB}
