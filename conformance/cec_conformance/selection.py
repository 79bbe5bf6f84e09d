"""Which cases are played: a decision over the fixed ones and what the user asks for (pure)."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, TypeVar

from cec_conformance.shrinking import length

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cec_conformance.cases.case import Case
    from cec_conformance.rule import Rule

    CaseT = TypeVar("CaseT", bound=Case)

Extent = Literal["smoke", "quick", "thorough"]
"""How much is played: the few for a first look, those without long waits, or all."""


class NothingSelected(ValueError):  # noqa: N818  (its name says what is wrong)
    """Raised when the user asks for cases or rules that there are not; the text says what there is."""


def selected(
    fixed: Sequence[CaseT],
    catalogue: Sequence[Rule],
    extent: Extent,
    *,
    names: Iterable[str] = (),
    rules: Iterable[str] = (),
) -> tuple[CaseT, ...]:
    """Choose cases.

    Args:
        fixed: What there is.
        catalogue: The rules that there are.
        extent: How much of it, unless cases are named.
        names: The names of cases; with them, these alone.
        rules: The ids of rules; with them, only cases that aim at one of them.

    Raises:
        NothingSelected: There is no such case, no such rule, or no case is left.
    """
    chosen = _named(fixed, tuple(names)) or tuple(case for case in fixed if _within(case, extent))
    wanted = _known_rules(catalogue, rules)
    if wanted:
        aiming = tuple(case for case in chosen if wanted & set(case.aims))
        chosen = aiming or _none_aims(fixed, wanted, extent)
    return chosen


def longest_first(cases: Iterable[CaseT]) -> tuple[CaseT, ...]:
    """Put long cases first: played side by side, they would otherwise be waited for in the end."""
    return tuple(sorted(cases, key=length, reverse=True))


def _named(fixed: Sequence[CaseT], names: tuple[str, ...]) -> tuple[CaseT, ...]:
    by_name = {case.name: case for case in fixed}
    for name in names:
        if name not in by_name:
            raise NothingSelected(f'there is no case "{name}"{_hint(name, by_name)}; cec-conformance cases lists them')
    return tuple(by_name[name] for name in dict.fromkeys(names))


def _within(case: Case, extent: Extent) -> bool:
    return extent == "thorough" or (case.smoke if extent == "smoke" else not case.slow)


def _known_rules(catalogue: Sequence[Rule], rules: Iterable[str]) -> set[str]:
    known = {rule.id.upper(): rule.id for rule in catalogue}
    wanted = set()
    for rule in rules:
        if rule.upper() not in known:
            hint = _hint(rule.upper(), known)
            raise NothingSelected(f'there is no rule "{rule}"{hint}; cec-conformance rules lists them')
        wanted.add(known[rule.upper()])
    return wanted


def _none_aims(fixed: Sequence[CaseT], wanted: set[str], extent: Extent) -> tuple[CaseT, ...]:
    elsewhere = [case.name for case in fixed if wanted & set(case.aims)]
    hint = f"; these do: {', '.join(elsewhere)} (give one by --case, or --thorough)" if elsewhere else ""
    raise NothingSelected(f"none of the chosen cases ({extent}) aims at {', '.join(sorted(wanted))}{hint}")


def _hint(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
