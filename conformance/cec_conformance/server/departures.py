"""Departures: everything that a visitor does wrong on purpose, each a pure change of a good request.

And occasions: requests that are good in form, but made when, or in a way in which, one rule alone may judge the answer.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Self

from cec_client.protocol.headers import (
    AUTHORIZATION,
    BEARER,
    CCMESSAGING_TOKEN,
    LONGEST_LIFE,
    X_APP_KEY,
    X_TOKEN_EXPIRE,
)
from msgspec.structs import replace

from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_conformance.server.letters import Letter

    Change = Callable[[Letter], Letter]

STRANGE: Final = "f" * 32
"""A token or key that nobody was given."""

LONGEST_USER_ID: Final = 32
"""The most characters of a `userId`, by the API reference."""


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


def _without_channel(letter: Letter) -> Letter:
    query = {name: value for name, value in letter.query.items() if name != "channel"}
    return without_member(replace(letter, query=query), "channel")


def _other_scheme(letter: Letter) -> Letter:
    if AUTHORIZATION not in letter.headers:
        return letter
    return with_header(letter, AUTHORIZATION, "Basic " + letter.headers[AUTHORIZATION].removeprefix(BEARER))


def _as_get(letter: Letter) -> Letter:
    """Move what the body says into the query."""
    said = letter.body if isinstance(letter.body, dict) else {}
    return replace(letter, method="GET", query={**letter.query, **said}, body=None)


def _elsewhere(letter: Letter) -> Letter:
    return replace(letter, path=letter.path.rpartition("/")[0] + "/noSuchThing")


def in_capitals(letter: Letter) -> Letter:
    """Give a letter with the names of its headers in capitals, which HTTP takes for the same."""
    return replace(letter, headers={name.upper(): value for name, value in letter.headers.items()})


def _lacks(name: str) -> tuple[Words, Change]:
    return Words(f"no {name}", f"没有 {name}"), lambda letter: without_member(letter, name)


def _empty(name: str) -> tuple[Words, Change]:
    return Words(f"an empty {name}", f"{name} 为空"), lambda letter: with_member(letter, name, "")


class Departure(Enum):
    """What is wrong with a request.

    Attributes:
        words: What that is, in words.
        change: Makes it of a good request.
    """

    # The login (guide §2)
    WRONG_SECRET = (
        Words("a wrong app_secret", "错误的 app_secret"),
        lambda letter: with_member(letter, "app_secret", STRANGE),
    )
    UNKNOWN_KEY = Words("an unknown app_key", "未知的 app_key"), lambda letter: with_member(letter, "app_key", STRANGE)
    LONG_LIFE = (
        Words("a life of 7200 seconds", "7200 秒的有效期"),
        lambda letter: with_header(letter, X_TOKEN_EXPIRE, str(2 * LONGEST_LIFE)),
    )
    NO_USER_ID = _lacks("userId")
    NO_USER_NAME = _lacks("userName")
    NO_CHANNEL_ID = _lacks("channelId")
    NO_LOCALE = _lacks("locale")
    EMPTY_USER_ID = _empty("userId")
    EMPTY_USER_NAME = _empty("userName")
    EMPTY_CHANNEL_ID = _empty("channelId")
    EMPTY_LOCALE = _empty("locale")
    LONG_USER_ID = (
        Words("a userId of 33 characters", "33 个字符的 userId"),
        lambda letter: with_member(letter, "userId", "u" * (LONGEST_USER_ID + 1)),
    )

    # The common headers (guide §4.1)
    NO_AUTHORIZATION = (
        Words("no Authorization", "没有 Authorization"),
        lambda letter: without_header(letter, AUTHORIZATION),
    )
    WRONG_AUTHORIZATION = (
        Words("an AccessToken nobody was given", "无人持有的 AccessToken"),
        lambda letter: with_header(letter, AUTHORIZATION, BEARER + STRANGE),
    )
    OTHER_SCHEME = Words("an Authorization of scheme Basic", "Authorization 的方案为 Basic"), _other_scheme
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

    # The steps (guide §5)
    NO_CHANNEL = Words("no channel", "没有 channel"), _without_channel
    NO_CONTROL_TYPE = _lacks("controlType")
    NO_FROM = _lacks("from")
    NO_MEDIA_TYPE = _lacks("mediaType")
    NO_SOURCE_TYPE = _lacks("sourceType")
    NO_TO = _lacks("to")
    NO_MEDIA_ABILITY = _lacks("mediaAbility")
    UNKNOWN_MEDIA_ABILITY = (
        Words('mediaAbility "2"', "mediaAbility 为 “2”"),
        lambda letter: with_member(letter, "mediaAbility", "2"),
    )

    # Any request
    AS_GET = Words("a GET with a query in place of a body", "以 GET 和查询串代替请求体"), _as_get
    AS_PUT = Words("a PUT", "PUT 请求"), lambda letter: replace(letter, method="PUT")
    AS_DELETE = Words("a DELETE", "DELETE 请求"), lambda letter: replace(letter, method="DELETE")
    UNKNOWN_PATH = Words("an unknown path", "未知的路径"), _elsewhere
    NOT_JSON = (
        Words("a body that is not JSON", "不是 JSON 的请求体"),
        lambda letter: replace(letter, body=b'{"channel": '),
    )

    words: Words
    change: Change

    def __new__(cls, words: Words, change: Change) -> Self:
        """Make the English words the member's value: it is what a trace keeps."""
        member = object.__new__(cls)
        member._value_ = words.en
        member.words = words
        member.change = change
        return member


OTHER_METHODS: Final = (Departure.AS_GET, Departure.AS_PUT, Departure.AS_DELETE)
"""The methods that `applyToken` does not have (guide §2.2)."""

BAD_NAMES: Final = (
    Departure.NO_USER_ID,
    Departure.NO_USER_NAME,
    Departure.NO_CHANNEL_ID,
    Departure.NO_LOCALE,
    Departure.EMPTY_USER_ID,
    Departure.EMPTY_USER_NAME,
    Departure.EMPTY_CHANNEL_ID,
    Departure.EMPTY_LOCALE,
)
"""What `applyToken` does not take (guide §2.2)."""

BAD_AUTHORIZATION: Final = (Departure.NO_AUTHORIZATION, Departure.WRONG_AUTHORIZATION, Departure.OTHER_SCHEME)
BAD_CCMESSAGING_TOKEN: Final = (Departure.NO_CCMESSAGING_TOKEN, Departure.WRONG_CCMESSAGING_TOKEN)
BAD_APP_KEY: Final = (Departure.NO_APP_KEY, Departure.WRONG_APP_KEY)
"""What is no good common header (guide §4.1)."""

LACKING_SENDS: Final = (
    Departure.NO_CHANNEL,
    Departure.NO_CONTROL_TYPE,
    Departure.NO_FROM,
    Departure.NO_MEDIA_TYPE,
    Departure.NO_SOURCE_TYPE,
    Departure.NO_TO,
)
"""What `send` lacks; `content` may be left out with CONNECT, by the API reference."""

BAD_MEDIA: Final = (Departure.NO_MEDIA_ABILITY, Departure.UNKNOWN_MEDIA_ABILITY)
"""What is no `mediaAbility` (guide §5 step 3)."""


class Occasion(Enum):
    """What is special about a request that is good in form.

    Attributes:
        words: What that is, in words.
    """

    SHORT_LIFE = Words("a life of one second", "1 秒的有效期")
    EXPIRED = Words("an AccessToken that has expired", "已过期的 AccessToken")
    OLD = Words("an AccessToken more than an hour old", "一小时以前的 AccessToken")
    IN_CAPITALS = Words("header names in capitals", "请求头名称为大写")
    CHECK_IN_CALL = Words("a check during a call", "通话期间的 check")
    CREATE_IN_CALL = Words("a second create during a call", "通话期间的第二次 create")
    CREATE_UNSUPPORTED = Words("a create that the check forbids", "check 不允许时的 create")

    words: Words

    def __new__(cls, words: Words) -> Self:
        """Make the English words the member's value: it is what a trace keeps."""
        member = object.__new__(cls)
        member._value_ = words.en
        member.words = words
        return member
