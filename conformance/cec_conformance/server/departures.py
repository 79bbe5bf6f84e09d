"""Departures: everything that a visitor does wrong on purpose, each a pure change of a good request."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Self

from cec_client.protocol.headers import AUTHORIZATION, CCMESSAGING_TOKEN, X_APP_KEY
from msgspec.structs import replace

from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_conformance.server.letters import Letter

STRANGE: Final = "f" * 32
"""A token or key that nobody was given."""


class Departure(Enum):
    """What is wrong with a request.

    Attributes:
        words: What that is, in words.
        change: Makes it of a good request.
    """

    WRONG_SECRET = (
        Words("a wrong app_secret", "错误的 app_secret"),
        lambda letter: with_member(letter, "app_secret", STRANGE),
    )
    UNKNOWN_KEY = Words("an unknown app_key", "未知的 app_key"), lambda letter: with_member(letter, "app_key", STRANGE)
    NO_AUTHORIZATION = (
        Words("no Authorization", "没有 Authorization"),
        lambda letter: without_header(letter, AUTHORIZATION),
    )
    WRONG_AUTHORIZATION = (
        Words("an AccessToken nobody was given", "无人持有的 AccessToken"),
        lambda letter: with_header(letter, AUTHORIZATION, f"Bearer {STRANGE}"),
    )
    NO_CCMESSAGING_TOKEN = (
        Words("no ccmessaging-token", "没有 ccmessaging-token"),
        lambda letter: without_header(letter, CCMESSAGING_TOKEN),
    )
    WRONG_CCMESSAGING_TOKEN = (
        Words("a ccmessaging-token nobody was given", "无人持有的 ccmessaging-token"),
        lambda letter: with_header(letter, CCMESSAGING_TOKEN, STRANGE),
    )
    NO_APP_KEY = Words("no x-app-key", "没有 x-app-key"), lambda letter: without_header(letter, X_APP_KEY)
    WRONG_APP_KEY = (
        Words("another x-app-key", "另一个 x-app-key"),
        lambda letter: with_header(letter, X_APP_KEY, STRANGE),
    )
    NO_CHANNEL = (
        Words("no channel", "没有 channel"),
        lambda letter: without_member(
            replace(letter, query={name: value for name, value in letter.query.items() if name != "channel"}), "channel"
        ),
    )
    NOT_JSON = (
        Words("a body that is not JSON", "不是 JSON 的请求体"),
        lambda letter: replace(letter, body=b'{"channel": '),
    )

    words: Words
    change: Callable[[Letter], Letter]

    def __new__(cls, words: Words, change: Callable[[Letter], Letter]) -> Self:
        """Make the English words the member's value: it is what a trace keeps."""
        member = object.__new__(cls)
        member._value_ = words.en
        member.words = words
        member.change = change
        return member


def with_header(letter: Letter, name: str, value: str) -> Letter:
    """Give a letter with another value of a header."""
    return replace(letter, headers={**letter.headers, name: value})


def without_header(letter: Letter, name: str) -> Letter:
    """Give a letter without a header."""
    return replace(letter, headers={key: value for key, value in letter.headers.items() if key != name})


def with_member(letter: Letter, name: str, value: object) -> Letter:
    """Give a letter with another value of a member of its body."""
    return letter if not isinstance(letter.body, dict) else replace(letter, body={**letter.body, name: value})


def without_member(letter: Letter, name: str) -> Letter:
    """Give a letter without a member of its body."""
    if not isinstance(letter.body, dict):
        return letter
    return replace(letter, body={key: value for key, value in letter.body.items() if key != name})
