"""The matrix of the page: every rule in every case, with filters that need no script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_conformance.judging import State
from cec_conformance.reports import phrases
from cec_conformance.reports.page import element
from cec_conformance.reports.phrases import GRAVEST_FIRST, css
from cec_conformance.rule import Level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from cec_conformance.judging import Verdict
    from cec_conformance.reports.page import Child
    from cec_conformance.reports.summary import Summary, Tally
    from cec_conformance.results import CaseResult
    from cec_conformance.words import Language

MOST_CASES: Final = 200
"""How many cases the page shows; of more, those in which something was broken come first."""

_LINKED: Final = frozenset({State.FAILED, State.NOTED, State.BLOCKED})
"""The verdicts that somebody wants to look into."""


def shown_cases(summary: Summary) -> tuple[CaseResult, ...]:
    """Choose the cases that the page shows, in their order."""
    if len(summary.results) <= MOST_CASES:
        return summary.results

    def dull(result: CaseResult) -> bool:
        return result.trouble is None and all(one.state is not State.FAILED for one in result.verdicts)

    chosen = {result.case.name for result in sorted(summary.results, key=dull)[:MOST_CASES]}
    return tuple(result for result in summary.results if result.case.name in chosen)


def filters(summary: Summary, language: Language) -> Element:
    """Make a box to tick for each level and each verdict; the style sheet hides the rows of those that are not."""
    used = {tally.rule.level for tally in summary.tallies}
    levels = [level for level in Level if level in used]
    boxes = [(f"level-{level}", level.value) for level in levels]
    boxes += [(f"state-{css(state)}", phrases.STATES[state].say(language)) for state in GRAVEST_FIRST]
    return element(
        "fieldset",
        element("legend", phrases.FILTER.say(language)),
        *(
            element("label", element("input", type="checkbox", checked="", id=f"show-{box}"), name)
            for box, name in boxes
        ),
        class_="filters",
    )


def matrix(summary: Summary, language: Language) -> Element:
    """Make the table; it scrolls by itself where it is wider than the page."""
    cases = shown_cases(summary)
    head = element(
        "tr",
        element("th", phrases.RULES.say(language), scope="col"),
        element("th", "", scope="col"),
        *(element("th", _link(result), scope="col", class_="case") for result in cases),
    )
    said = [{verdict.rule: verdict for verdict in result.verdicts} for result in cases]
    rows = (_row(tally, cases, said, language) for tally in summary.tallies)
    table = element("table", element("thead", head), element("tbody", *rows), class_="matrix")
    hidden = len(summary.results) - len(cases)
    note = element("p", phrases.more_cases(hidden).say(language), class_="quiet") if hidden else None
    return element("div", element("div", table, class_="wide", tabindex="0"), note, _legend(language))


def _row(tally: Tally, cases: tuple[CaseResult, ...], said: list[dict[str, Verdict]], language: Language) -> Element:
    rule = tally.rule
    what = " · ".join(part for part in (rule.level, rule.basis.value.say(language), rule.section) if part)
    return element(
        "tr",
        element(
            "th",
            element("span", rule.id, class_="id"),
            element("span", what, class_="quiet"),
            element("span", rule.words.say(language), class_="words"),
            scope="row",
            id=f"rule-{rule.id}",
        ),
        element("td", phrases.SIGNS[tally.state], class_=f"sum {css(tally.state)}"),
        *_cells(tally, cases, said, language),
        class_=f"level-{rule.level} state-{css(tally.state)}",
    )


def _cells(
    tally: Tally, cases: tuple[CaseResult, ...], said: list[dict[str, Verdict]], language: Language
) -> Iterator[Child]:
    for result, verdicts in zip(cases, said, strict=True):
        verdict = verdicts.get(tally.rule.id)
        if verdict is None:
            yield element("td", "?" if result.trouble else "–", class_="none")
        elif verdict.state in _LINKED:
            where = f"story-{tally.rule.id}" if verdict.state is State.FAILED else anchor(result)
            sign = element("a", phrases.SIGNS[verdict.state], href=f"#{where}", title=_why(verdict, result, language))
            yield element("td", sign, class_=css(verdict.state))
        else:
            yield element("td", phrases.SIGNS[verdict.state], class_=css(verdict.state))


def _why(verdict: Verdict, result: CaseResult, language: Language) -> str:
    words = [*(one.got for one in verdict.observations), verdict.because]
    said = dict.fromkeys(one.say(language) for one in words if one is not None)
    return f"{verdict.rule}, {result.case.name}: {'; '.join(said)}"


def _link(result: CaseResult) -> Element:
    return element("a", result.case.name, href=f"#{anchor(result)}")


def _legend(language: Language) -> Element:
    signs = (f"{phrases.SIGNS[state]} {phrases.STATES[state].say(language)}" for state in GRAVEST_FIRST)
    return element("p", "   ".join(signs), class_="quiet legend")


def anchor(result: CaseResult) -> str:
    """Name the place of a case on the page."""
    return f"case-{result.case.name}"
