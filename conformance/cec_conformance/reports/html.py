"""The report for browsers: `--html FILE`, one file that needs no network and no scripts, and prints well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_conformance.reports import phrases
from cec_conformance.reports.conclusion import CONFORMANT, UNJUDGED, Demands, conclude
from cec_conformance.reports.html_case import case_details, story_article
from cec_conformance.reports.html_matrix import filters, matrix, shown_cases
from cec_conformance.reports.measuring import Measure, client_policy
from cec_conformance.reports.noting import noticed, silent
from cec_conformance.reports.page import element, page
from cec_conformance.reports.phrases import GRAVEST_FIRST, css
from cec_conformance.reports.story import tell
from cec_conformance.reports.summary import Gathering
from cec_conformance.reports.writing import write
from cec_conformance.results import RunEnded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from cec_conformance.reports.conclusion import Conclusion
    from cec_conformance.reports.page import Child
    from cec_conformance.reports.summary import Summary
    from cec_conformance.results import Event
    from cec_conformance.rule import Rule
    from cec_conformance.words import Language, Words


class HtmlFile:
    """Writes the report as a page when the run has ended.

    Args:
        file: Where.
        rules: The catalogue.
        demands: What the run has to show.
        language: In which language.
        measure: What measures the client's policy.
    """

    def __init__(
        self,
        file: Path,
        rules: tuple[Rule, ...],
        demands: Demands | None = None,
        language: Language = "en",
        measure: Measure = client_policy,
    ) -> None:
        self._file = file
        self._gathering = Gathering(rules)
        self._demands = demands or Demands()
        self._language = language
        self._measure = measure

    def __call__(self, event: Event) -> None:
        """Take an event.

        Raises:
            ReportError: The file cannot be written.
        """
        self._gathering(event)
        if isinstance(event, RunEnded):
            write(self._file, html(self._gathering.summary(), self._demands, self._language, self._measure))


def html(summary: Summary, demands: Demands, language: Language, measure: Measure = client_policy) -> bytes:
    """Make the page of a summary."""
    conclusion = conclude(summary, demands)
    title = f"{phrases.TITLE.say(language)}: {summary.began.target}"
    return page(title, "zh-CN" if language == "zh" else "en", _body(summary, conclusion, language, measure))


def _body(summary: Summary, conclusion: Conclusion, language: Language, measure: Measure) -> Iterator[Child]:
    yield _header(summary, conclusion, language)
    yield element(
        "main",
        _section(phrases.SUMMARY, [_counts(summary, language)], language),
        _section(phrases.VIOLATIONS, _violations(summary, conclusion, language), language),
        _pairs(phrases.TROUBLED, ((one.case.name, one.trouble) for one in summary.troubled), language),
        _section(phrases.MATRIX, [filters(summary, language), matrix(summary, language)], language),
        _pairs(phrases.POLICY[summary.began.subject], measure(summary.results), language),
        _pairs(phrases.NOTES, noticed(summary), language),
        _pairs(phrases.SILENT, ((rules, reason) for reason, rules in silent(summary)), language),
        _section(phrases.CASES, (case_details(one, language) for one in shown_cases(summary)), language),
        _pairs(phrases.RUN, summary.began.settings.items(), language),
    )


def _header(summary: Summary, conclusion: Conclusion, language: Language) -> Element:
    colour = {CONFORMANT: "passed", UNJUDGED: "blocked"}.get(conclusion.status, "failed")
    seconds = summary.ended.seconds if summary.ended else 0.0
    took = f" · {seconds:.1f} s" if seconds else ""
    date = summary.began.settings.get("date", "")
    return element(
        "header",
        element("h1", phrases.TITLE.say(language)),
        element("p", element("code", summary.began.target), class_="target"),
        element(
            "p",
            element("strong", conclusion.sentence.say(language)),
            element("span", conclusion.meaning.say(language) + took + (f" · {date}" if date else "")),
            class_=f"verdict {colour}",
        ),
    )


def _counts(summary: Summary, language: Language) -> Element:
    names = [phrases.LEVEL, phrases.BASIS, *(phrases.STATES[state] for state in GRAVEST_FIRST)]
    rows = [
        element(
            "tr",
            element("th", level, scope="row"),
            element("td", basis.value.say(language)),
            *(
                element("td", str(counts[state] or "–"), class_=f"number {css(state) if counts[state] else 'none'}")
                for state in GRAVEST_FIRST
            ),
        )
        for level, basis, counts in summary.by_level_and_basis()
    ]
    head = element("tr", *(element("th", name.say(language), scope="col") for name in names))
    table = element("table", element("thead", head), element("tbody", *rows), class_="counts")
    return element("div", table, class_="wide", tabindex="0")


def _violations(summary: Summary, conclusion: Conclusion, language: Language) -> Iterator[Child]:
    if not summary.violations:
        yield element("p", phrases.NO_VIOLATION.say(language))
    for tally in summary.violations:
        remark = None
        if tally.rule.id in conclusion.excused:
            remark = phrases.EXPECTED
        elif tally.rule.id in conclusion.warnings:
            remark = phrases.WARNING
        yield story_article(tell(summary, tally), remark, language)


def _section(title: Words, children: Iterable[Child], language: Language) -> Element:
    return element("section", element("h2", title.say(language)), *children)


def _pairs(title: Words, pairs: Iterable[tuple[str | Words, str | Words | None]], language: Language) -> Element | None:
    """List names and what is said of them; nothing if there are none."""
    found = list(pairs)
    if not found:
        return None
    rows: list[Child] = []
    for name, said in found:
        rows += [element("dt", _words(name, language)), element("dd", _words(said, language))]
    return _section(title, [element("dl", *rows)], language)


def _words(said: str | Words | None, language: Language) -> str:
    return said if isinstance(said, str) else said.say(language) if said else ""
