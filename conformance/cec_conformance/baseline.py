"""Expected failures: a baseline of rules that a client is known to break (pure).

One rule a line, and after it, where it matters, the case; `#` begins a remark:

    C-RETRY-07                     # our HTTP library re-sends; ticket 4711
    C-DROP-03 hang-up-while-queued
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from cec_conformance.rule import Level

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cec_conformance.rule import Rule


class BaselineError(ValueError):
    """Raised when a baseline cannot be used; the text is a line with the file and, where there is one, its line."""


class Expected(Struct, frozen=True):
    """A failure that is expected.

    Attributes:
        rule: The rule's id.
        case: The case in which it fails; empty for any.
        reason: The remark on its line.
        where: File and line, for people: `known.txt:3`.
    """

    rule: str
    case: str
    reason: str
    where: str


Baseline = tuple[Expected, ...]

NOTHING_EXPECTED: Final[Baseline] = ()
"""The baseline of a client that is to break no rule."""


def read_baseline(path: Path, rules: Iterable[Rule]) -> Baseline:
    """Read a baseline file.

    Raises:
        BaselineError: It cannot be read, or a line says nothing that can be expected.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BaselineError(f"{path}: this is no text in UTF-8 (byte {error.start})") from error
    except (OSError, ValueError) as error:
        raise BaselineError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return parse(text, rules, str(path))


def parse(text: str, rules: Iterable[Rule], name: str) -> Baseline:
    """Read the text of a baseline.

    Args:
        text: The text.
        rules: The catalogue: a rule that it does not have is an error, as a misspelt line would expect nothing.
        name: What to call the text in errors.

    Raises:
        BaselineError: A line says nothing that can be expected.
    """
    known = {rule.id: rule for rule in rules}
    found: dict[tuple[str, str], Expected] = {}
    for number, line in enumerate(text.splitlines(), 1):
        words, _, reason = line.partition("#")
        if not words.strip():
            continue
        where = f"{name}:{number}"
        rule, case = _entry(words.split(), known, where)
        if (rule, case) in found:
            raise BaselineError(
                f"{where}: {' '.join((rule, case)).strip()} stands already in {found[rule, case].where}"
            )
        found[rule, case] = Expected(rule, case, reason.strip(), where)
    return tuple(found.values())


def _entry(words: list[str], known: dict[str, Rule], where: str) -> tuple[str, str]:
    rule, *rest = words
    if rule not in known:
        close = get_close_matches(rule, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else "; cec-conformance rules lists them"
        raise BaselineError(f"{where}: there is no rule {rule!r}{hint}")
    if known[rule].level is Level.INFO:
        raise BaselineError(f"{where}: {rule} is of level INFO and never fails; take the line out")
    if len(rest) > 1:
        expected = "a rule, then perhaps a case, then perhaps a remark after #"
        raise BaselineError(f"{where}: got {' '.join(words)!r}, expected {expected}")
    return rule, rest[0] if rest else ""
