"""Tokens: opaque, with a life in seconds, and reproducible.

A token is derived from a seed, the tenant's name, its kind and an ordinal: the same seed and the same requests in the
same order give the same tokens. A new login revokes nothing; what has expired is forgotten.
"""

from __future__ import annotations

import base64
from collections import OrderedDict
from hashlib import blake2b
from typing import Final
from urllib.parse import quote

from msgspec import Struct

MOST_TOKENS: Final = 100_000
"""How many tokens of a kind are remembered; the oldest are forgotten first."""


class Grant(Struct, frozen=True):
    """A token that was issued.

    Attributes:
        owner: Whose it is: the app key, or the user; a name, so that no token keeps a forgotten user in memory.
        expires: The time at which it expires, in seconds.
        serial: Which of its kind it is, counted from 1.
    """

    owner: str
    expires: float
    serial: int


MARK_LENGTH: Final = 16
"""How many characters of an AccessToken say for which tenant it was issued."""


def mark(seed: str) -> str:
    """Make the mark of a tenant: hexadecimal digits."""
    return blake2b(seed.encode(), digest_size=MARK_LENGTH // 2).hexdigest()


class TokenOffice:
    """Issues and knows the tokens of one kind.

    Args:
        seed: What the tokens are derived from, beside their ordinal.
        mark: What they begin with.
        literal: Issue this very token every time.

    Attributes:
        issued: How many there have been.
        literal: The same.
    """

    def __init__(self, seed: str, mark: str = "", literal: str | None = None) -> None:
        self._seed = seed
        self._mark = mark
        self.literal = literal
        self.issued = 0
        self._grants: OrderedDict[str, Grant] = OrderedDict()
        self._successors: dict[int, str] = {}

    def issue(self, owner: str, now: float, life: float) -> str:
        """Issue a token that lives for so many seconds."""
        self.issued += 1
        token = self.literal or self._derive()
        self._grants[token] = Grant(owner, now + life, self.issued)
        self._grants.move_to_end(token)
        self._forget(now)
        return token

    def renew(self, grant: Grant, now: float, life: float) -> str:
        """Issue the token that replaces another; the same one again as long as it lives, for answers may be lost."""
        token = self._successors.get(grant.serial, "")
        known = self._grants.get(token)
        if known is None or known.expires <= now:
            token = self._successors[grant.serial] = self.issue(grant.owner, now, life)
        return token

    def find(self, token: str) -> Grant | None:
        """Find a token that was issued, expired or not; `None` for one that never was, or is long gone."""
        return self._grants.get(token)

    def _derive(self) -> str:
        digits = blake2b(f"{self._seed}/{self.issued}".encode(), digest_size=32).hexdigest()
        return self._mark + digits[len(self._mark) :]

    def _forget(self, now: float) -> None:
        oldest = next(iter(self._grants.values()))
        if oldest.expires + 3600 < now or len(self._grants) > MOST_TOKENS:
            _, gone = self._grants.popitem(last=False)
            self._successors.pop(gone.serial, None)


class CcmessagingOffice(TokenOffice):
    """Issues tokens in the shape the vendor's have: Base64, percent-encoded (facts §2)."""

    def _derive(self) -> str:
        return quote(base64.b64encode(bytes.fromhex(super()._derive())), safe="")
