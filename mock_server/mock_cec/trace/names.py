"""Which names hold secrets or personal data: of headers, of query parameters and cookies, of members of JSON bodies.

Names are judged leniently (`app_secret`, `appSecret` and `X-App-Secret` are one), for a client under test may well
have put a secret where it does not belong.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from cec_client.protocol import Endpoint


class Kind(StrEnum):
    """What a masked value was; the word in its label."""

    ACCESS = "access-token"
    CCMESSAGING = "ccmessaging-token"
    APP_SECRET = "app-secret"  # noqa: S105  (the word in a label)
    COOKIE = "cookie"
    SECRET = "secret"  # noqa: S105  (the same)
    USER = "user"
    NAME = "name"
    PHONE = "phone"
    TEXT = "text"
    CONNECTION = "connection"


PERSONAL_KINDS: Final = frozenset({Kind.USER, Kind.NAME, Kind.PHONE, Kind.TEXT, Kind.CONNECTION})
"""The kinds that are masked only on request."""


class Holding(NamedTuple):
    """What stands under a name.

    Attributes:
        kind: What the value is.
        sure: The value is issued or given here, so that this place decides of which kind it is wherever it stands.
    """

    kind: Kind
    sure: bool = False


_PERSONAL: Final = {
    "userId": Kind.USER,
    "callId": Kind.USER,
    "receiverId": Kind.USER,
    "from": Kind.USER,
    "to": Kind.USER,
    "userName": Kind.NAME,
    "senderNickname": Kind.NAME,
    "senderAvatar": Kind.TEXT,
    "caller": Kind.PHONE,
    "clickToCallCaller": Kind.PHONE,
    "leaveMessage": Kind.TEXT,
    "content": Kind.TEXT,
}

_SECRETS: Final = (
    (re.compile(r"tokenexpire|tokentype|tokenurl"), None),
    (re.compile(r"ccmessaging"), Kind.CCMESSAGING),
    (re.compile(r"secret|^sk$"), Kind.APP_SECRET),
    (re.compile(r"accesstoken|authorization"), Kind.ACCESS),
    (re.compile(r"token|password|passwd|apikey|session(id)?$|signature|credential"), Kind.SECRET),
)
"""Patterns of names in lower case, without `-`, `_` and `.`; the first that is found decides."""

_SURE: Final = {
    (Endpoint.TOKEN, False): {"app_secret": Kind.APP_SECRET},
    (Endpoint.TOKEN, True): {"AccessToken": Kind.ACCESS},
    (Endpoint.APPLY_TOKEN, True): {"token": Kind.CCMESSAGING},
}
"""The members that say what a value is, by endpoint and by whether they stand in the answer (guide §2.1, §2.2)."""

_FACTS: Final = {"app_secret": Kind.APP_SECRET, "user_id": Kind.USER}
"""The facts of a trace that a launch gave (`docs/driver-contract.md`) and that are masked; the others are public."""


def holding(name: str) -> Holding | None:
    """Say which secret stands under the name of a header, a parameter or a member; `None` for no secret."""
    plain = re.sub(r"[-_.]", "", name).lower()
    kind = next((kind for pattern, kind in _SECRETS if pattern.search(plain)), None)
    return Holding(kind) if kind else None


def member_holding(name: str, endpoint: Endpoint | None, *, answer: bool, personal: bool) -> Holding | None:
    """Say what stands under a member of a JSON body, or a parameter of a query.

    Args:
        name: The member's name.
        endpoint: Whose body it is.
        answer: It stands in the answer, not in the request.
        personal: Personal data count as well.
    """
    sure = _SURE.get((endpoint, answer), {}).get(name) if endpoint else None
    if sure:
        return Holding(sure, sure=True)
    if personal and name in _PERSONAL:
        return Holding(_PERSONAL[name])
    return holding(name)


def fact_holding(name: str, *, personal: bool) -> Holding | None:
    """Say what stands under the name of a fact that the launch gave; `None` for nothing of interest.

    Args:
        name: The fact's name.
        personal: Personal data count as well.
    """
    kind = _FACTS.get(name)
    return (
        None
        if kind is None or (kind in PERSONAL_KINDS and not personal)
        else Holding(kind, sure=kind not in PERSONAL_KINDS)
    )
