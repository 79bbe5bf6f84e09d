"""Words for people, in the two languages that the reports speak."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Language = Literal["en", "zh"]


class Words(Struct, frozen=True, order=True):
    """The same thing said twice.

    Attributes:
        en: In English.
        zh: In Chinese.
    """

    en: str
    zh: str

    def say(self, language: Language) -> str:
        """Say it in a language."""
        return self.zh if language == "zh" else self.en
