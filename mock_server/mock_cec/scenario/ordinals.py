"""Ordinals: which requests of an endpoint a scripted answer is for: `2`, `3-5`, `7+`, `every 4`."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from mock_cec.scenario.words import shown

PATTERN: Final = r"^([1-9][0-9]{0,8}(-[1-9][0-9]{0,8}|\+)?|every [1-9][0-9]{0,8})$"
"""The form of an ordinal, for validation and for the JSON Schema."""

MEANING: Final = 'the number of a request: 2, 3-5, 7+ or "every 4"'
"""The form in words."""


class Ordinals(Struct, frozen=True):
    """A set of ordinals, counted from 1.

    Attributes:
        text: As the scenario writes it.
        first: The lowest member.
        last: The highest member; `None` where there is no end.
        step: The distance between two members.
    """

    text: str
    first: int
    last: int | None
    step: int = 1

    def __contains__(self, ordinal: int) -> bool:
        """Say whether the request with this ordinal is meant."""
        return (
            ordinal >= self.first
            and (self.last is None or ordinal <= self.last)
            and (ordinal - self.first) % self.step == 0
        )


def ordinals(text: str) -> Ordinals:
    """Read ordinals.

    Raises:
        ValueError: The text is none, or its range is upside down.
    """
    if not re.fullmatch(PATTERN, text):
        raise ValueError(f"{shown(text)} does not fit; expected: {MEANING}")
    if text.startswith("every "):
        step = int(text.removeprefix("every "))
        return Ordinals(text, step, None, step)
    if text.endswith("+"):
        return Ordinals(text, int(text[:-1]), None)
    first, _, last = text.partition("-")
    if last and int(last) < int(first):
        raise ValueError(f"{shown(text)} counts backwards; did you mean {last}-{first}?")
    return Ordinals(text, int(first), int(last or first))
