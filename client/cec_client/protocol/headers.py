"""The header names and values of the protocol (guide §2.1, §4.1)."""

from __future__ import annotations

from typing import Final

X_TOKEN_EXPIRE: Final = "x-token-expire"
"""Asks `tokenByAkSk` for a lifetime in seconds (guide §2.1)."""

X_APP_KEY: Final = "x-app-key"
AUTHORIZATION: Final = "authorization"
CCMESSAGING_TOKEN: Final = "ccmessaging-token"
CONTENT_TYPE: Final = "content-type"
DATE: Final = "date"
RETRY_AFTER: Final = "retry-after"

BEARER: Final = "Bearer "
"""What stands before the AccessToken in `Authorization`: the scheme and exactly one space (guide §4.1)."""

JSON: Final = "application/json"

LONGEST_LIFE: Final = 3600
"""The most seconds `X-Token-Expire` may ask for (guide §2.1)."""


def common_headers(app_key: str, access_token: str, ccmessaging_token: str) -> dict[str, str]:
    """Give the headers that every click-to-call request carries (guide §4.1)."""
    return {
        X_APP_KEY: app_key,
        AUTHORIZATION: BEARER + access_token,
        CCMESSAGING_TOKEN: ccmessaging_token,
        CONTENT_TYPE: JSON,
    }
