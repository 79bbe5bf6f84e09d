"""The catalogue of rules as text for a terminal, and as Markdown (pure: families in, text out)."""

from __future__ import annotations

from itertools import groupby
from textwrap import fill
from typing import TYPE_CHECKING, Final

from cec_conformance.rule import EVERY_OTHER
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cec_conformance.facts import Fact
    from cec_conformance.rule import Family, Rule
    from cec_conformance.words import Language

WIDTH: Final = 100
"""Columns of the text. Chinese is left to the terminal: it breaks anywhere."""

ACCEPTED: Final = Words("Accepted as well", "同样接受")
NEEDS: Final = Words("Needs to know", "需要知道")
YIELDS: Final = Words("Blocked where one of these is broken", "以下任一规则已违反时不判定")
TWIN: Final = Words("The faulty twin", "错误样例")
ANY_OTHER: Final = Words("any other", "任何其他规则")


def as_text(families: Iterable[Family], language: Language = "en") -> str:
    """Write the catalogue for a terminal, in one language."""
    return "\n".join(line for family in families if family.rules for line in _family(family, language)) + "\n"


def as_markdown(families: Iterable[Family]) -> str:
    """Write the catalogue as Markdown, in both languages."""
    return "\n".join(line for family in families if family.rules for line in _section(family)).rstrip() + "\n"


def attributes(rule: Rule) -> Iterator[tuple[Words, Words]]:
    """Give what a rule has beside its wording: each a name and a text."""
    if rule.accepts is not None:
        yield ACCEPTED, rule.accepts
    if rule.needs:
        facts = sorted(rule.needs, key=_position)
        yield (
            NEEDS,
            Words("; ".join(fact.missing.en for fact in facts), "；".join(fact.missing.zh for fact in facts)),
        )
    if rule.yields_to:
        yield YIELDS, _others(rule.yields_to)
    yield TWIN, rule.twin


def _family(family: Family, language: Language) -> Iterator[str]:
    yield family.title.say(language)
    for rule in family.rules:
        place = f"  {rule.section}" if rule.section else ""
        yield f"  {rule.id}  {rule.level.value}  {rule.basis.value.say(language)}{place}"
        yield _paragraph(rule.words.say(language), language)
        for name, text in attributes(rule):
            yield _paragraph(f"{name.say(language)}: {text.say(language)}", language)
    yield ""


def _paragraph(text: str, language: Language) -> str:
    indent = " " * 6
    return indent + text if language == "zh" else fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _section(family: Family) -> Iterator[str]:
    yield f"## {family.title.en} · {family.title.zh}"
    yield ""
    for rule in family.rules:
        place = f" · {rule.section}" if rule.section else ""
        yield f"### {rule.id}"
        yield ""
        yield f"**{rule.level.value}** · {rule.basis.value.en} · {rule.basis.value.zh}{place}"
        yield ""
        yield _both(rule.words)
        yield ""
        yield from (f"- {name.en} · {name.zh}: {_both(text)}" for name, text in attributes(rule))
        yield ""


def _both(words: Words) -> str:
    return words.en if words.en == words.zh else f"{words.en}<br>{words.zh}"


def _others(rules: frozenset[str]) -> Words:
    if rules == EVERY_OTHER:
        return ANY_OTHER
    numbers = groupby(sorted(rules), key=lambda rule: rule.rpartition("-")[0])
    text = ", ".join(f"{family}-{'/'.join(rule.rpartition('-')[2] for rule in row)}" for family, row in numbers)
    return Words(text, text)


def _position(fact: Fact) -> int:
    return list(type(fact)).index(fact)
