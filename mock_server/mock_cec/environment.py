"""The environment of a client program: where CEC is and how to log in there, as variables (pure)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_cec.tenant import Credentials

WISHES: Final = {
    "CEC_USER_ID": "alice",
    "CEC_USER_NAME": "Alice",
    "CEC_LOCALE": "zh",
    "CEC_FLOW": "call",
    "CEC_MEDIA_ABILITY": "0",
    "CEC_HANGUP_AFTER": "",
    "CEC_HANGUP_WHEN": "connected",
    "CEC_CONNECT_MEDIA": "0",
}
"""The end user and what the user wants, where nobody has said anything else."""

_WORD: Final = re.compile(r"\{(\w+)\}")

NO_PROXY: Final = ("NO_PROXY", "no_proxy")
"""Both spellings are in use."""


def variables(
    base_url: str, credentials: Credentials, inherited: Mapping[str, str], token_base_url: str | None = None
) -> dict[str, str]:
    """Give the variables that tell a client program everything.

    Args:
        base_url: Where the emulator is.
        credentials: How to log in.
        inherited: The environment that the program has otherwise: what it says of the user stays, and the hosts that
            are reached without a proxy become more.
        token_base_url: Where `tokenByAkSk` is, if it is elsewhere.
    """
    urls = (base_url, token_base_url or base_url)
    where = dict(zip(("CEC_BASE_URL", "CEC_TOKEN_BASE_URL"), urls, strict=True))
    login = {
        "CEC_APP_KEY": credentials.app_key,
        "CEC_APP_SECRET": credentials.app_secret,
        "CEC_CHANNEL_ID": credentials.channel_id,
    }
    wishes = {name: inherited.get(name, value) for name, value in WISHES.items()}
    return where | login | wishes | no_proxy(urls, inherited)


def no_proxy(urls: Iterable[str], inherited: Mapping[str, str]) -> dict[str, str]:
    """Give the variables that keep a proxy off the way to the emulator, in both spellings.

    Args:
        urls: Where the emulator is.
        inherited: The environment that the program has otherwise, whose own exceptions stay.
    """
    return dict.fromkeys(NO_PROXY, _no_proxy(urls, inherited))


def assignments(texts: Iterable[str], words: Mapping[str, str]) -> dict[str, str]:
    """Read assignments such as `VITE_CEC_BASE_URL={base_url}`.

    Args:
        texts: The assignments.
        words: What the words in braces stand for.

    Raises:
        ValueError: One is no assignment, or has a word in braces that stands for nothing.
    """
    return dict(_assignment(text, words) for text in texts)


def _assignment(text: str, words: Mapping[str, str]) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ValueError(f"{text!r} is no assignment such as NAME={{base_url}}")
    for word in _WORD.findall(value):
        if word not in words:
            known = ", ".join(f"{{{known}}}" for known in words)
            raise ValueError(f"nobody knows what {{{word}}} in {text!r} stands for; there are {known}")
    return name, _WORD.sub(lambda word: words[word[1]], value)


def _no_proxy(urls: Iterable[str], inherited: Mapping[str, str]) -> str:
    said = [host.strip() for name in NO_PROXY for host in inherited.get(name, "").split(",")]
    hosts = [*said, *(urlsplit(url).hostname or "" for url in urls), "localhost"]
    return ",".join(dict.fromkeys(host for host in hosts if host))
