"""The endpoints of the protocol: a name, a method and a path each, with the section that names them."""

from __future__ import annotations

from enum import Enum
from typing import Final, Self


class Endpoint(Enum):
    """An endpoint, by the name the documents give it.

    Attributes:
        method: The only HTTP method the documents show for it.
        path: Its path after the base URL; the query is not part of it.
        section: Where it is described ("guide" is the VOIP guide, "facts" the vendor's other pages).
    """

    TOKEN = "tokenByAkSk", "POST", "/apigovernance/api/oauth/tokenByAkSk", "guide §2.1"
    APPLY_TOKEN = "applyToken", "POST", "/apiaccess/ccmessaging/applyToken", "guide §2.2"
    SEND = "send", "POST", "/apiaccess/ccmessaging/send", "guide §5 step 1"
    POLL_TEXT = "poll", "GET", "/apiaccess/ccmessaging/poll", "facts §4"
    CHECK = (
        "checkClickToCallSupport",
        "GET",
        "/apiaccess/ccmessaging/v1/checkClickToCallSupport",
        "guide §5 step 2",
    )
    CREATE = "createClickToCall", "POST", "/apiaccess/ccmessaging/v1/createClickToCall", "guide §5 step 3"
    EVENTS = (
        "getClickToCallEvents",
        "GET",
        "/apiaccess/ccmessaging/v1/getClickToCallEvents",
        "guide §5 step 4",
    )
    DROP = "dropClickToCall", "POST", "/apiaccess/ccmessaging/v1/dropClickToCall", "guide §5 step 5"
    LEAVE_MESSAGE = "doLeaveMessage", "POST", "/apiaccess/ccmessaging/doLeaveMessage", "guide §3; facts §9"

    method: str
    path: str
    section: str

    def __new__(cls, name: str, method: str, path: str, section: str) -> Self:
        """Make the documents' name the member's value."""
        member = object.__new__(cls)
        member._value_ = name
        member.method = method
        member.path = path
        member.section = section
        return member


BY_PATH: Final = {endpoint.path: endpoint for endpoint in Endpoint}
"""Every endpoint by its path: a request is classified by its path alone."""

BY_NAME: Final[dict[str, Endpoint]] = {endpoint.value: endpoint for endpoint in Endpoint}
"""Every endpoint by the documents' name."""

WEB: Final = "WEB"
"""The only value of the `channel` parameter (guide §5)."""
