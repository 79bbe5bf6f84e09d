"""The options that all judging commands share: which reports are written, and what the run has to show."""

from __future__ import annotations

import asyncio
import shlex
import signal
import sys
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable

    from cec_conformance.baseline import Baseline
    from cec_conformance.reports.choosing import Reports
    from cec_conformance.reports.measuring import Measure
    from cec_conformance.results import Event
    from cec_conformance.rule import Rule
    from cec_conformance.words import Language

    Command = TypeVar("Command", bound=Callable[..., Any])

NOT_JUDGED: Final = 2

_FILE: Final = click.Path(dir_okay=False, writable=True, path_type=Path)
_FOLDER: Final = click.Path(file_okay=False, writable=True, path_type=Path)
_KNOWN: Final = click.Path(exists=True, dir_okay=False, path_type=Path)

_OPTIONS: Final = (
    click.option("--lang", "language", type=click.Choice(["en", "zh"]), default="en", show_default=True),
    click.option("--json", type=_FILE, metavar="FILE", help="Write a report as JSON."),
    click.option("--junit", type=_FILE, metavar="FILE", help="Write a report as JUnit XML."),
    click.option("--html", type=_FILE, metavar="FILE", help="Write a report as one HTML file."),
    click.option("--evidence", type=_FOLDER, metavar="DIR", help="Keep everything in a new folder, for auditors."),
    click.option("--expected-failures", type=_KNOWN, metavar="FILE", help="Rules that are known to be broken."),
    click.option("--require", type=click.Choice(["must"]), help="Fail if a MUST was not exercised."),
    click.option("--strict", is_flag=True, help="Fail on a SHOULD as well."),
)


def report_options(command: Command) -> Command:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class Reporting(Struct, frozen=True, kw_only=True):
    """What the user gave of them."""

    language: Language
    json: Path | None
    junit: Path | None
    html: Path | None
    evidence: Path | None
    expected_failures: Path | None
    require: str | None
    strict: bool

    def open(self, rules: tuple[Rule, ...], measure: Measure | None = None, *, personal: bool = False) -> Reports:
        """Open the reports.

        Args:
            rules: The catalogue.
            measure: What measures whoever is judged; by default a client's policy.
            personal: Whether personal data are hidden as well as secrets.

        Raises:
            UsageError: The baseline cannot be read, or the folder for the evidence holds something.
        """
        from cec_conformance.reports.choosing import reports  # noqa: PLC0415  (help needs none of it)
        from cec_conformance.reports.conclusion import Demands  # noqa: PLC0415
        from cec_conformance.reports.measuring import client_policy  # noqa: PLC0415
        from cec_conformance.reports.writing import ReportError  # noqa: PLC0415

        demands = Demands(self.strict, self.require == "must", self._baseline(rules))
        files = {name: getattr(self, name) for name in ("json", "junit", "html", "evidence")}
        try:
            return reports(rules, demands, self.language, **files, measure=measure or client_policy, personal=personal)
        except ReportError as failure:
            raise click.UsageError(str(failure)) from failure

    def _baseline(self, rules: tuple[Rule, ...]) -> Baseline:
        from cec_conformance.baseline import NOTHING_EXPECTED, BaselineError, read_baseline  # noqa: PLC0415

        if self.expected_failures is None:
            return NOTHING_EXPECTED
        try:
            return read_baseline(self.expected_failures, rules)
        except BaselineError as failure:
            raise click.UsageError(str(failure)) from failure


def taken_from(given: dict[str, Any]) -> Reporting:
    """Take these options out of all that were given."""
    return Reporting(**{name: given.pop(name) for name in Reporting.__struct_fields__})


def settings() -> dict[str, str]:
    """Give what every report says of how it came about."""
    return {
        "command": shlex.join(["cec-conformance", *sys.argv[1:]]),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def told(events: Iterable[Event], reports: Reports) -> int:
    """Tell the events of a finished run to its reports, and give the exit status."""
    from cec_conformance.reports.writing import ReportError  # noqa: PLC0415

    try:
        for event in events:
            reports(event)
    except ReportError as failure:
        return not_written(failure)
    return reports.conclusion.status


def not_written(failure: Exception) -> int:
    """Say that a report cannot be written, and give the exit status."""
    click.echo(f"Error: {failure}", err=True)
    return NOT_JUDGED


def told_live(run: AsyncGenerator[Event, None], reports: Reports) -> int:
    """Tell the events of a run that is under way to its reports, and give the exit status."""
    from cec_conformance.reports.writing import ReportError  # noqa: PLC0415

    try:
        try:
            asyncio.run(_tell(run, reports))
        finally:
            reports.close()
    except ReportError as failure:
        return not_written(failure)
    return reports.conclusion.status


async def _tell(run: AsyncGenerator[Event, None], reports: Callable[[Event], None]) -> None:
    task = asyncio.current_task()
    if task is not None:
        with suppress(NotImplementedError):  # on Windows
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with aclosing(run) as events:
        async for event in events:
            reports(event)
