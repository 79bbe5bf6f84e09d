"""The reports that a user asked for, as one object to which the events of a run are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_conformance.reports.conclusion import Conclusion, Demands, conclude
from cec_conformance.reports.discreet import discreet
from cec_conformance.reports.measuring import Measure, client_policy
from cec_conformance.reports.summary import Gathering
from cec_conformance.reports.writing import ReportError
from cec_conformance.results import RunEnded
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import Console

    from cec_conformance.results import Event
    from cec_conformance.rule import Rule
    from cec_conformance.words import Language

    Report = Callable[[Event], None]

_BROKEN_OFF = Words("the run was broken off", "运行被中断")


class Reports:
    """Hands the events of a run to reports, without secrets, and knows what the run comes to.

    Args:
        rules: The catalogue.
        demands: What the run has to show.
        reports: The reports.
        personal: Whether personal data are hidden as well as secrets.
    """

    def __init__(self, rules: tuple[Rule, ...], demands: Demands, *reports: Report, personal: bool = False) -> None:
        self._personal = personal
        self._gathering = Gathering(rules)
        self._demands = demands
        self._reports = list(reports)
        self._failures: list[str] = []
        self._open = True

    def __call__(self, event: Event) -> None:
        """Take an event, hide its secrets once, and hand it on.

        A report that cannot be written gets no more, and does not keep the others from theirs.

        Raises:
            ReportError: It was the last event, and some report could not be written; the text says which.
        """
        masked = discreet(event, personal=self._personal)
        self._gathering(masked)
        for report in tuple(self._reports):
            try:
                report(masked)
            except ReportError as failure:
                self._reports.remove(report)
                self._failures.append(str(failure))
        if isinstance(event, RunEnded):
            self._open = False
            if self._failures:
                raise ReportError("\n".join(self._failures))

    def close(self) -> None:
        """End the reports of a run that was broken off, so that what was seen is written; else do nothing."""
        if self._open:
            self(RunEnded(0.0, _BROKEN_OFF))

    @property
    def conclusion(self) -> Conclusion:
        """What the run comes to, with the exit status."""
        return conclude(self._gathering.summary(), self._demands)


def reports(  # noqa: PLR0913  (an option each)
    rules: tuple[Rule, ...],
    demands: Demands,
    language: Language,
    *,
    console: Console | None = None,
    json: Path | None = None,
    junit: Path | None = None,
    html: Path | None = None,
    evidence: Path | None = None,
    measure: Measure = client_policy,
    personal: bool = False,
) -> Reports:
    """Open the reports that a user asked for; one on the terminal is always among them.

    Raises:
        ReportError: The folder for the evidence holds something already.
    """
    from cec_conformance.reports.terminal import TerminalReport  # noqa: PLC0415  (rich takes its time)

    chosen: list[Report] = []
    if evidence is not None:
        from cec_conformance.reports.evidence_folder import EvidenceFolder  # noqa: PLC0415  (only if asked for)

        chosen.append(EvidenceFolder(evidence, rules, demands, language, measure))
    if json is not None:
        from cec_conformance.reports.as_json import JsonFile  # noqa: PLC0415

        chosen.append(JsonFile(json, rules, demands, measure))
    if junit is not None:
        from cec_conformance.reports.junit import JUnitFile  # noqa: PLC0415

        chosen.append(JUnitFile(junit, rules, demands, language))
    if html is not None:
        from cec_conformance.reports.html import HtmlFile  # noqa: PLC0415

        chosen.append(HtmlFile(html, rules, demands, language, measure))
    chosen.append(TerminalReport(rules, demands, language, console, measure))
    return Reports(rules, demands, *chosen, personal=personal)
