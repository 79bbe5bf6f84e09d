"""Who calls: the application's credentials, the customer, and the tokens that a login yields."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from cec_client.protocol.headers import LONGEST_LIFE

LONGEST_USER_ID = 32
"""The most characters of a user id (facts §2)."""


class Sequence(StrEnum):
    """The three orders in which a call and a text session go together (guide §4.2)."""

    CALL = "call"
    """The call alone."""

    TEXT_THEN_CALL = "text_then_call"
    """First the text session, then the call."""

    CALL_THEN_TEXT = "call_then_text"
    """First the call; the text session joins it once the call is connected."""


class Media(StrEnum):
    """What kind of call is placed; the values are those of `mediaAbility` (guide §5 step 3)."""

    AUDIO = "0"
    VIDEO = "1"


def sendable(value: str) -> bool:
    """Tell whether a text can stand in an HTTP header as it is: visible ASCII without spaces around it."""
    return bool(value) and value.isascii() and value.isprintable() and value == value.strip()


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the platform's operator gave to the application (guide §1).

    Attributes:
        app_key: The application's key; it travels in a header of every request.
        app_secret: Its secret; it goes to `tokenByAkSk` and nowhere else.
        token_expire: The life, in seconds, to ask for the access token (guide §2.1: at most 3600); `None` asks nothing.
    """

    app_key: str
    app_secret: str = field(repr=False)
    token_expire: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no platform can accept.

        Raises:
            ValueError: A value is empty, cannot stand in a header, or is out of range; the text says which.
        """
        if not sendable(self.app_key):
            raise ValueError(f"app_key is {self.app_key!r}; it travels in a header: give printable ASCII, not empty")
        if not self.app_secret:
            raise ValueError("app_secret is empty; give the secret that belongs to the app_key")
        if self.token_expire is not None and not 1 <= self.token_expire <= LONGEST_LIFE:
            raise ValueError(f"token_expire is {self.token_expire}; give 1 to {LONGEST_LIFE} seconds, or None")


@dataclass(frozen=True, slots=True)
class Customer:
    """The end user who calls, and where (guide §2.2).

    Attributes:
        user_id: The customer's id, 1 to 32 characters, chosen by the enterprise.
        channel_id: The web channel's configuration id.
        user_name: The name the agent sees; the user id if it is left empty.
        locale: The customer's language, such as `zh` or `en`.
    """

    user_id: str
    channel_id: str
    user_name: str = ""
    locale: str = "zh"

    def __post_init__(self) -> None:
        """Fill in the name and refuse what `applyToken` would refuse.

        Raises:
            ValueError: A value is empty or the user id is too long.
        """
        for name in ("user_id", "channel_id", "locale"):
            if not getattr(self, name):
                raise ValueError(f"{name} is empty; the platform demands it (guide §2.2)")
        if len(self.user_id) > LONGEST_USER_ID:
            length = len(self.user_id)
            raise ValueError(f"user_id has {length} characters; the platform takes at most {LONGEST_USER_ID}")
        if not self.user_name:
            object.__setattr__(self, "user_name", self.user_id)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one login yields (guide §2); both travel with every business request (guide §4.1).

    Attributes:
        access: The AccessToken of `tokenByAkSk`, without the word "Bearer".
        messaging: The token of `applyToken`.
    """

    access: str = field(repr=False)
    messaging: str = field(repr=False)
