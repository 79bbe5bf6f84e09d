"""What is wrong with a text that is not YAML, in words that say what to do about it.

The parser's own sentences are about tokens. Authors of scenarios meet few of them, and for reasons that can be named:
a tab, a colon in a text without quotes, a Chinese colon from an input method that was still on.
"""

from __future__ import annotations

import re
from typing import Final

FULL_WIDTH_COLON: Final = "："
TOO_LARGE: Final = "this is larger, or nested deeper, than a scenario can be"

_KEY: Final = rf"""(?a)^[\s\-{{\[]*["']?(?P<key>[\w+ -]+?)["']?\s*{FULL_WIDTH_COLON}"""
"""A key of a scenario, which is ASCII, before a full-width colon: Chinese texts hardly ever begin so."""

_SENTENCES: Final = (
    ("tab character", "a tab stands here; indent with spaces"),
    ("another document", 'a second document begins here ("---"); a file holds one scenario'),
    ("mapping values are not allowed", "a colon stands where none can be: check the indentation, or quote the text"),
    ("could not find expected ':'", 'a key without its colon; write "key: value"'),
    ("did not find expected key", "this does not line up with the lines above it, or a quotation mark is too many"),
    ("did not find expected '-' indicator", "this does not line up with the list above it"),
    ("did not find expected ',' or", "a comma or a closing bracket is missing here or on the line before"),
    ("did not find expected node content", "something is missing here; perhaps a bracket was not closed"),
    ("unexpected end of stream", "the file ends inside a quoted text; a quotation mark is missing"),
    ("undefined alias", "this alias (*) stands for nothing that came before it"),
    ("control characters are not allowed", "the file has control characters; is it a text file?"),
    ("surrogates not allowed", "the text has half characters (surrogates); is it a text file?"),
    ("maximum nesting depth", TOO_LARGE),
)
"""Pieces of the parser's sentences, each with what it means to an author."""


def explained(problem: str, letter: str) -> str:
    """Explain a sentence of the parser's.

    Args:
        problem: The sentence.
        letter: The character at which the parser stopped; empty at the end of the text.
    """
    if "cannot start any token" in problem:
        if letter == "\t":
            return _SENTENCES[0][1]
        return f'no text can begin with "{letter}" unless it is in quotes'
    for piece, meaning in _SENTENCES:
        if piece in problem:
            return meaning
    return f"this is not YAML: {problem}"


def full_width_colon(line: str) -> str | None:
    """Give the key that is followed by a full-width colon on this line; `None` if there is none."""
    found = re.match(_KEY, line)
    return found["key"] if found else None


def about_colon(key: str) -> str:
    """Say what to write in place of a full-width colon."""
    return f'the colon after "{key}" is a full-width one ({FULL_WIDTH_COLON}); write "{key}: " with an ASCII colon'
