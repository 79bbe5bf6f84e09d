"""Result codes and the texts that the documents print beside them."""

from __future__ import annotations

from typing import Final

OK: Final = "0"
"""The `resultCode` of success, a string; anything else in a 200 answer is a failed request (guide §5)."""

APPLY_FAILED: Final = "1"
"""`applyToken` failed (facts §2)."""

NOT_SUPPORTED: Final = "7"
"""`createClickToCall`: this channel does not support click-to-call (facts §6)."""

CLOSED: Final = "12"
"""Outside the agents' working time (facts §3, §6)."""

REFUSED: Final = "13"
"""The general "no": no agent, connect failed, disconnect failed (facts §3, §6, §8)."""

EXPIRED_STATUS: Final = 403
"""The HTTP status of an expired or wrong token (guide §2.2, §6.1)."""

EXPIRED_TEXT: Final = (
    "auth fail! illegal or expired token info. please apply or refresh the access token from the server!"
)
"""The `exceptionInfo` of that status (guide §2.2)."""

CLOSED_TEXT: Final = "The current time is not within the working time of the service agents"
CONNECT_FAILED_TEXT: Final = "connect failed"
NO_AGENTS_TEXT: Final = "No agents available currently"
DROP_FAILED_TEXT: Final = "disconnect failed"
