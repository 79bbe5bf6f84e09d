"""The report for CI servers: `--junit FILE`, in the form that Jenkins and GitLab read.

A test case is a rule, not a case of the judge: its name stays the same over runs and budgets, so that a server can tell
since when a rule has been broken, and a client with one fault is one red line. A rule that was broken without failing
the run (a warning, an expected failure) or that nothing exercised is `skipped`, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mock_cec.trace.diagram import plain

from cec_conformance.judging import State
from cec_conformance.reports import phrases
from cec_conformance.reports.conclusion import UNJUDGED, Demands, conclude
from cec_conformance.reports.story import tell
from cec_conformance.reports.story_lines import story_lines
from cec_conformance.reports.summary import Gathering
from cec_conformance.reports.writing import write
from cec_conformance.results import RunEnded

if TYPE_CHECKING:
    from pathlib import Path

    from cec_conformance.reports.conclusion import Conclusion
    from cec_conformance.reports.summary import Summary, Tally
    from cec_conformance.results import Event
    from cec_conformance.rule import Rule
    from cec_conformance.words import Language

NAME: Final = "cec-conformance"
"""What the names of suites and classes begin with."""


class JUnitFile:
    """Writes the report as JUnit XML when the run has ended.

    Args:
        file: Where.
        rules: The catalogue.
        demands: What the run has to show.
        language: In which language stories are told; names stay English, so that they stay the same.
    """

    def __init__(
        self, file: Path, rules: tuple[Rule, ...], demands: Demands | None = None, language: Language = "en"
    ) -> None:
        self._file = file
        self._gathering = Gathering(rules)
        self._demands = demands or Demands()
        self._language = language

    def __call__(self, event: Event) -> None:
        """Take an event.

        Raises:
            ReportError: The file cannot be written.
        """
        self._gathering(event)
        if isinstance(event, RunEnded):
            write(self._file, junit(self._gathering.summary(), self._demands, self._language))


def junit(summary: Summary, demands: Demands, language: Language) -> bytes:
    """Make the XML of a summary: a suite for each level, and one for what could not be judged."""
    conclusion = conclude(summary, demands)
    seconds = summary.ended.seconds if summary.ended else 0.0
    root = Element("testsuites", name=NAME)
    for level in dict.fromkeys(tally.rule.level for tally in summary.tallies):
        suite = SubElement(root, "testsuite", name=f"{NAME}.{level}")
        for tally in summary.tallies:
            if tally.rule.level is level:
                _rule(suite, tally, summary, conclusion, language)
    _judge(SubElement(root, "testsuite", name=f"{NAME}.judge"), summary, conclusion, language)
    for suite in root:
        _count(suite, seconds / len(root))
    _count(root, seconds)
    indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, "unicode").encode() + b"\n"


def _rule(suite: Element, tally: Tally, summary: Summary, conclusion: Conclusion, language: Language) -> None:
    rule = tally.rule
    case = SubElement(
        suite, "testcase", classname=f"{NAME}.{rule.level}", name=_clean(f"{rule.id} {rule.words.en}"), time="0"
    )
    surprise = [expected.where for expected in conclusion.surprises if expected.rule == rule.id]
    if tally.failed:
        told = tell(summary, tally)
        message = "; ".join(got.say(language) for got in told.got)
        if rule.id in conclusion.counted:
            failure = SubElement(case, "failure", type=rule.level, message=_clean(message))
            failure.text = _clean(plain(story_lines(told, language)))
            return
        excuse = phrases.EXPECTED if rule.id in conclusion.excused else phrases.WARNING
        SubElement(case, "skipped", message=_clean(f"{excuse.say(language)}: {message}"))
        SubElement(case, "system-out").text = _clean(plain(story_lines(told, language)))
    elif surprise:
        SubElement(case, "failure", type="unexpected pass", message=_clean(", ".join(surprise)))
    elif rule.id in conclusion.unexercised:
        SubElement(case, "failure", type="required", message=_reasons(tally, language))
    elif not tally.exercised:
        SubElement(case, "skipped", message=_reasons(tally, language))


def _reasons(tally: Tally, language: Language) -> str:
    reasons = tally.reasons or (phrases.NO_OCCASION,)
    state = phrases.STATES[State.NOT_EXERCISED if tally.state is State.NOT_EXERCISED else State.BLOCKED]
    return _clean(f"{state.say(language)}: {'; '.join(reason.say(language) for reason in reasons)}")


def _judge(suite: Element, summary: Summary, conclusion: Conclusion, language: Language) -> None:
    """Tell what the judge could not do: an error for each case, and one if nothing could be judged at all."""
    verdict = SubElement(suite, "testcase", classname=f"{NAME}.judge", name="something could be judged", time="0")
    if conclusion.status == UNJUDGED:
        SubElement(verdict, "error", type="not judged", message=_clean(conclusion.sentence.say(language)))
    for result in summary.troubled:
        case = SubElement(suite, "testcase", classname=f"{NAME}.judge", name=_clean(result.case.name), time="0")
        message = result.trouble.say(language) if result.trouble else ""
        SubElement(case, "error", type="trouble", message=_clean(message))


def _count(element: Element, seconds: float) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(sum(case.find(tag) is not None for case in cases)))
    element.set("time", f"{seconds:.3f}")


def _clean(text: str) -> str:
    """Leave out what XML 1.0 cannot hold, such as the escape sequences that a client may have printed."""
    return "".join(
        letter
        if letter in "\t\n\r"
        or "\x20" <= letter <= "\ud7ff"
        or "\ue000" <= letter <= "\ufffd"
        or letter >= "\U00010000"
        else "�"
        for letter in text
    )
