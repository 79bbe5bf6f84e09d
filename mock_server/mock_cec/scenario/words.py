"""Words of error messages: values shown so that they stay on one line, and guesses at what a wrong word meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST: Final = 60
"""The most characters of a value that a message shows."""


def one_line(text: str) -> str:
    r"""Write what does not print as escapes: a line break is `\n`, a full-width space is `\u3000`."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def short(text: str) -> str:
    """Cut a long text."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def shown(text: str) -> str:
    """Show a text from the file: in quotes, on one line, not too long."""
    return f'"{one_line(short(text))}"'


def listed(words: Sequence[str]) -> str:
    """List words to choose from: `"agent", "robot" or "closed"`."""
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def nearest(word: str, candidates: tuple[str, ...]) -> str:
    """Say what a wrong word may have meant and what there is to choose from, as the end of a sentence."""
    close = _close(word.lower(), candidates)
    hint = f"; did you mean {listed(close)}?" if close else ";"
    return f"{hint} there is: {', '.join(candidates)}"


def _close(word: str, candidates: tuple[str, ...]) -> list[str]:
    """Find the candidates that the word begins, at most three, else the one that looks most like it."""
    import difflib  # noqa: PLC0415  (for mistakes alone; starting is to be quick)

    begun = [candidate for candidate in candidates if len(word) > 1 and candidate.startswith(word)]
    return begun[:3] or difflib.get_close_matches(word, candidates, n=1, cutoff=0.5)
