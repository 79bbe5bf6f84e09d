"""The report on a terminal: progress while it runs, then the summary, the stories, and the verdict in a sentence.

Where nobody looks on (a CI log, a pipe) there is no progress bar, but a line for each case as it ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mock_cec.trace.columns import printable
from mock_cec.trace.saying import Tone
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.rule import Rule as Line
from rich.table import Table
from rich.text import Text

from cec_conformance.judging import State
from cec_conformance.probing import PROBE
from cec_conformance.reports import phrases
from cec_conformance.reports.conclusion import CONFORMANT, UNJUDGED, Demands, conclude
from cec_conformance.reports.measuring import Measure, client_policy
from cec_conformance.reports.noting import noticed, silent
from cec_conformance.reports.phrases import GRAVEST_FIRST
from cec_conformance.reports.story import tell
from cec_conformance.reports.story_lines import story_lines
from cec_conformance.reports.summary import Gathering
from cec_conformance.results import CaseBegan, CaseEnded, RunBegan, RunEnded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_conformance.reports.conclusion import Conclusion
    from cec_conformance.reports.summary import Summary
    from cec_conformance.results import CaseResult, Event
    from cec_conformance.rule import Rule
    from cec_conformance.words import Language, Words

WIDTH: Final = 80

_STYLES: Final = {
    Tone.PLAIN: "",
    Tone.QUIET: "dim",
    Tone.GOOD: "green",
    Tone.BAD: "bold red",
    Tone.LOST: "bold yellow",
    Tone.NOTE: "cyan",
}

_COLOURS: Final = {
    State.FAILED: "bold red",
    State.NOTED: "cyan",
    State.PASSED: "green",
    State.BLOCKED: "yellow",
    State.NOT_EXERCISED: "dim",
}


class TerminalReport:
    """Shows a run to a person.

    Args:
        rules: The catalogue.
        demands: What the run has to show.
        language: In which language.
        console: Where; by default on standard output.
        measure: What measures the client's policy.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        demands: Demands | None = None,
        language: Language = "en",
        console: Console | None = None,
        measure: Measure = client_policy,
    ) -> None:
        self._gathering = Gathering(rules)
        self._levels = {rule.id: rule.level for rule in rules}
        self._demands = demands or Demands()
        self._language = language
        self._console = console or Console(highlight=False, soft_wrap=False)
        self._measure = measure
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._progress.add_task("", total=None)

    def __call__(self, event: Event) -> None:
        """Show an event; the last one brings the report."""
        self._gathering(event)
        match event:
            case RunBegan(target=target, cases=cases):
                self._say(f"{phrases.TITLE.say(self._language)}: {target}", "bold")
                self._progress.update(self._task, total=len(cases) or None)
                self._progress.start()
            case CaseBegan(case=case):
                self._progress.update(self._task, description=case.name)
            case CaseEnded(result=result):
                self._progress.advance(self._task)
                if result.case.name != PROBE.name:  # the verdict will say what came of it
                    self._case(result)
            case RunEnded():
                self._progress.stop()
                self._report(self._gathering.summary())
            case _:
                pass

    def _case(self, result: CaseResult) -> None:
        """Show a case that ended: on a terminal only what went wrong."""
        broken = [verdict.rule for verdict in result.verdicts if verdict.state is State.FAILED]
        if result.trouble is not None:
            self._say(f"  ?  {result.case.name}: {result.trouble.say(self._language)}", "yellow")
        elif broken:
            self._say(f"  ✗  {result.case.name}: {', '.join(broken)}", "red")
        elif not self._console.is_terminal:
            sign = "-" if result.skipped else "✓"
            self._say(f"  {sign}  {result.case.name}")

    def _report(self, summary: Summary) -> None:
        conclusion = conclude(summary, self._demands)
        if conclusion.status == UNJUDGED and not any(result.verdicts for result in summary.results):
            self._verdict(summary, conclusion)  # one message says it all
            return
        self._violations(summary, conclusion)
        self._list(phrases.TROUBLED, ((one.case.name, one.trouble) for one in summary.troubled))
        self._list(phrases.POLICY[summary.began.subject], self._measure(summary.results))
        self._list(phrases.NOTES, noticed(summary))
        self._list(phrases.SILENT, silent(summary), below=True)
        self._counts(summary)
        self._verdict(summary, conclusion)

    def _violations(self, summary: Summary, conclusion: Conclusion) -> None:
        if not summary.violations:
            return
        self._heading(phrases.VIOLATIONS)
        for tally in summary.violations:
            for line in story_lines(tell(summary, tally), self._language):
                self._console.print(
                    Text.assemble(*((piece.text, _STYLES[piece.tone]) for piece in line)), soft_wrap=True
                )
            if tally.rule.id in conclusion.excused:
                self._say(f"  ({phrases.EXPECTED.say(self._language)})", "cyan")
            elif tally.rule.id in conclusion.warnings:
                self._say(f"  ({phrases.WARNING.say(self._language)})", "yellow")

    def _counts(self, summary: Summary) -> None:
        self._heading(phrases.SUMMARY)
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(phrases.LEVEL.say(self._language))
        table.add_column(phrases.BASIS.say(self._language))
        for state in GRAVEST_FIRST:
            table.add_column(phrases.STATES[state].say(self._language), justify="right")
        for level, basis, counts in summary.by_level_and_basis():
            cells = [
                Text(str(counts[state]) if counts[state] else "–", _COLOURS[state] if counts[state] else "dim")
                for state in GRAVEST_FIRST
            ]
            table.add_row(level, basis.value.say(self._language), *cells)
        self._console.print(Padding(table, (0, 0, 0, 2)))

    def _verdict(self, summary: Summary, conclusion: Conclusion) -> None:
        self._console.print()
        colour = {CONFORMANT: "bold green", UNJUDGED: "bold yellow"}.get(conclusion.status, "bold red")
        for line in conclusion.sentence.say(self._language).splitlines():
            self._say(line, colour)
        for expected in conclusion.surprises:
            self._say(f"  {expected.where}: {expected.rule} {expected.case} {expected.reason}".rstrip())
        seconds = summary.ended.seconds if summary.ended else 0.0
        took = f" · {seconds:.1f} s" if seconds else ""
        self._say(f"{conclusion.meaning.say(self._language)}{took}", "dim")

    def _list(
        self, title: Words, entries: Iterable[tuple[str | Words, str | Words | None]], *, below: bool = False
    ) -> None:
        """Show pairs, the second below the first; the stress is on what is not said to be `below`."""
        found = list(entries)
        if not found:
            return
        self._heading(title)
        for name, said in found:
            self._console.print(Padding(Text(self._words(name), "" if below else "bold"), (0, 0, 0, 2)))
            self._console.print(Padding(Text(self._words(said), "dim" if below else ""), (0, 0, 0, 4)))

    def _words(self, said: str | Words | None) -> str:
        return printable(said if isinstance(said, str) else said.say(self._language) if said else "")

    def _heading(self, words: Words) -> None:
        self._console.print()
        self._console.print(Line(Text(words.say(self._language), "bold"), align="left", style="dim"))

    def _say(self, text: str, style: Any = "") -> None:  # noqa: ANN401  (rich's)
        self._console.print(Text(printable(text), style))
