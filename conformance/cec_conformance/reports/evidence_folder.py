"""The report for auditors: `--evidence DIR`, a folder from which everything can be judged again.

Each case is written when it ends, so that a run that is broken off leaves what it has seen; the reports and the
checksums come at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_conformance import evidence
from cec_conformance.evidence import StoredRun
from cec_conformance.reports.as_json import JsonFile
from cec_conformance.reports.html import HtmlFile
from cec_conformance.reports.junit import JUnitFile
from cec_conformance.reports.measuring import Measure, client_policy
from cec_conformance.reports.summary import Gathering
from cec_conformance.reports.writing import ReportError, write
from cec_conformance.results import CaseEnded, RunBegan, RunEnded, Shrunk

if TYPE_CHECKING:
    from pathlib import Path

    from cec_conformance.reports.conclusion import Demands
    from cec_conformance.reports.summary import Summary
    from cec_conformance.results import CaseResult, Event
    from cec_conformance.rule import Rule
    from cec_conformance.words import Language


class EvidenceFolder:
    """Writes the evidence of a run.

    Args:
        folder: Where; it must not hold anything yet, since evidence of two runs is evidence of none.
        rules: The catalogue.
        demands: What the run has to show.
        language: In which language the reports in it are written.
        measure: What measures the client's policy.

    Raises:
        ReportError: The folder holds something already.
    """

    def __init__(
        self,
        folder: Path,
        rules: tuple[Rule, ...],
        demands: Demands | None = None,
        language: Language = "en",
        measure: Measure = client_policy,
    ) -> None:
        try:
            if folder.exists() and any(folder.iterdir()):
                raise ReportError(f"{folder}: holds something already; name a folder that is new or empty")
        except NotADirectoryError as error:
            raise ReportError(f"{folder}: is a file; name a folder that is new or empty") from error
        self._folder = folder
        self._gathering = Gathering(rules)
        reports = folder / evidence.REPORTS
        self._reports = (
            JsonFile(reports / "report.json", rules, demands, measure),
            JUnitFile(reports / "report.xml", rules, demands, language),
            HtmlFile(reports / "report.html", rules, demands, language, measure),
        )

    def __call__(self, event: Event) -> None:
        """Take an event, and write what it brings.

        Raises:
            ReportError: A file cannot be written.
        """
        self._gathering(event)
        match event:
            case RunBegan():
                write(self._folder / "README.txt", _README.encode())
            case CaseEnded(result=result):
                self._case(self._folder / evidence.CASES / evidence.folder_of(result.case.name), result)
            case Shrunk(example=example):
                self._case(self._folder / evidence.EXAMPLES / example.rule, example.result)
            case _:
                pass
        for report in self._reports:
            report(event)
        if isinstance(event, RunEnded):
            write(self._folder / evidence.RUN, evidence.pretty(stored_run(self._gathering.summary())))
            write(self._folder / evidence.CHECKSUMS, evidence.checksums(self._folder).encode())

    def _case(self, folder: Path, result: CaseResult) -> None:
        for name, data in evidence.files(result).items():
            write(folder / name, data)


def stored_run(summary: Summary) -> StoredRun:
    """Give what `run.json` holds."""
    return StoredRun(
        format=evidence.FORMAT,
        version=evidence.VERSION,
        target=summary.began.target,
        settings=dict(summary.began.settings),
        seconds=summary.ended.seconds if summary.ended else 0.0,
        unjudged=summary.ended.unjudged if summary.ended else None,
        cases=tuple(evidence.folder_of(result.case.name) for result in summary.results),
        examples=tuple(summary.examples),
        subject=summary.began.subject,
    )


_README = """\
Evidence of a run of cec-conformance.

  run.json          what was judged by what, when and how
  cases/            for each case what was wanted, the verdicts (case.json), the traffic (trace.json), the script
                    (scenario.yaml) and what a client wrote; secrets have labels in their places
  examples/         for each broken rule the smallest script that shows it, where one was sought
  reports/          the reports: report.html for people, report.json for programs, report.xml (JUnit) for CI
  SHA256SUMS        checksums of all of these

Are the files as they were?     sha256sum --check SHA256SUMS
Judge the traffic again:        cec-conformance trace .
"""
