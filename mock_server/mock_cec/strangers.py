"""Keys and tokens that do not belong to the tenant they came to: whose they may be, for hints (pure).

Only names and app keys are told, which every request carries in the open; never a secret, nor a token in full.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from mock_cec.scenario.words import shown
from mock_cec.tokens import MARK_LENGTH

if TYPE_CHECKING:
    from mock_cec.platform import Platform
    from mock_cec.tenant import Tenant

MOST_KEYS: Final = 500
MOST_LETTERS: Final = 64
"""How many app keys are compared with a wrong one, the newest first, and how much of each: a hint is to be quick."""


def expected_key(platform: Platform, tenant: Tenant, key: str) -> str:
    """Say which app key was expected: the only one there is, or the one that comes closest."""
    keys = [one.credentials.app_key for one in islice(reversed(platform.tenants), MOST_KEYS)]
    if len(keys) == 1:
        return f'"{tenant.credentials.app_key}", the app key of this emulator'
    if platform.first.credentials.app_key not in keys:
        keys.append(platform.first.credentials.app_key)
    close = _closest(key, keys)
    guess = "" if close is None else f"; did you mean {shown(close)}?"
    return f"the app key of one of the {len(platform.tenants)} tenants here{guess}"


def unknown_access_token(platform: Platform, tenant: Tenant, token: str) -> str:
    """Say whose an AccessToken may be that its tenant does not know."""
    mark = token[:MARK_LENGTH]
    if mark == tenant.mark:
        return "which was issued before this tenant was reset or the emulator restarted, or long ago"
    gone = platform.removed(mark)
    if gone is not None:
        return f"which was issued by the tenant {shown(gone)}, and that has been removed"
    return "which was not issued here, or long ago"


def unknown_ccmessaging_token(platform: Platform, token: str) -> str:
    """Say whose a ccmessaging token may be that its tenant does not know."""
    for other in platform.tenants:
        if other.ccmessaging_tokens.find(token) is not None:
            return f"which was issued by another tenant, {shown(other.name)}"
    return "which was not issued here, or long ago"


def _closest(key: str, keys: list[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415  (for mistakes alone; starting is to be quick)

    by_start = {known[:MOST_LETTERS]: known for known in keys}
    found = get_close_matches(key[:MOST_LETTERS], by_start, n=1)
    return by_start[found[0]] if found else None
