"""How long the AccessTokens of a visit live, as far as the visitor can know (guide §2.1).

A token's life begins between the request for it and the answer. It is as long as `X-Token-Expire` asked for, 3600 s at
most, or as `Expires` says: where the two differ, a token surely lives for the shorter and is surely dead after the
longer. Platforms may count whole seconds, so each end has a margin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol.headers import LONGEST_LIFE, X_TOKEN_EXPIRE
from msgspec import Struct

if TYPE_CHECKING:
    from cec_conformance.run import Run, Seen

EARLY: Final = 1.0
"""Seconds by which a token may die too early, where a platform counts whole seconds."""

LATE: Final = 2.0
"""Seconds by which it may die too late, where it counts so and looks from time to time."""


MOST_DIGITS: Final = 9
"""The digits of a life that are read: more would be decades."""


class Lifetime(Struct, frozen=True):
    """The life of a token.

    Attributes:
        token: The request that fetched it.
        alive_until: The second up to which it surely lives.
        dead_from: The second from which on it is surely dead.
    """

    token: Seen
    alive_until: float
    dead_from: float


def lifetime(run: Run, seen: Seen) -> Lifetime | None:
    """Give the life of the AccessToken that a request carries, if that was asked for; `None` if nobody can know."""
    issued = (token for token in run.tokens if token.ok and token.answer["AccessToken"] == seen.access_token)
    token = next(issued, None)
    if token is None or token.over is None:
        return None
    asked = _seconds(token.header(X_TOKEN_EXPIRE))
    if asked is None:
        return None
    lives = [min(asked, LONGEST_LIFE), _seconds(token.answer.get("Expires")) or min(asked, LONGEST_LIFE)]
    return Lifetime(token, token.started + min(lives) - EARLY, token.over + max(lives) + LATE)


def surely_alive(run: Run, seen: Seen) -> bool:
    """Say whether the token of a request lived when the answer came; one whose life nobody asked for always does."""
    life = lifetime(run, seen)
    return life is None or (seen.over is not None and seen.over <= life.alive_until)


def surely_dead(run: Run, seen: Seen) -> bool:
    """Say whether the token of a request was dead when it was sent."""
    life = lifetime(run, seen)
    return life is not None and seen.started >= life.dead_from


def _seconds(text: object) -> int | None:
    said = str(text)
    return int(said) if said.isdecimal() and len(said) <= MOST_DIGITS else None
