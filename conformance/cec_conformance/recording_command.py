"""The commands `cec-conformance trace` and `cec-conformance har`: judge what was recorded, offline."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from cec_conformance.reporting import report_options, settings, taken_from, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.protocol import Trace

    from cec_conformance.reporting import Reporting

    Command = TypeVar("Command", bound=Callable[..., Any])

_KNOWN: Final = (
    click.option("--app-key", help="The app_key that the client was given."),
    click.option("--app-secret", envvar="CEC_APP_SECRET", help="Better given by the variable CEC_APP_SECRET."),
    click.option("--channel-id", help="The channel that it was given."),
    click.option("--user-id", help="Who called."),
    click.option("--flow", type=click.Choice(["call", "text_then_call", "call_then_text"]), help="Which was wanted."),
    click.option("--media", type=click.Choice(["audio", "video", "0", "1"]), metavar="audio|video", help="Likewise."),
    click.option("--hangup-after", metavar="SECONDS|never", help="When the user hung up."),
    click.option("--hangup-when", type=click.Choice(["connected", "created", "queued"]), help="From when it counts."),
)


def _known_options(command: Command) -> Command:
    for option in reversed(_KNOWN):
        command = option(command)
    return command


@click.command(context_settings={"max_content_width": 110})
@_known_options
@report_options
@click.argument("source", metavar="FILE|URL|DIR")
def trace(source: str, **given: Any) -> None:  # noqa: ANN401  (click hands them over by name)
    """Judge a stored trace, or an evidence folder again: of a client, or of visits to a server.

    What the recording does not tell, options do; a rule that lacks a fact is not exercised, and the report says which.
    """
    from cec_conformance.recordings import RecordingError, of_a_visit, open_stored  # noqa: PLC0415

    reporting = taken_from(given)
    try:
        if Path(source).is_dir():
            sys.exit(_judged_again(Path(source), reporting))
        found = open_stored(source)
    except RecordingError as failure:
        raise click.UsageError(str(failure)) from failure
    if of_a_visit(found):
        sys.exit(_visit_judged(found, source, reporting))
    sys.exit(_judged(found, source, given, reporting))


@click.command(context_settings={"max_content_width": 110})
@_known_options
@click.option("--base-url", help="Where the platform was, if other hosts were recorded as well.")
@click.option("--path-prefix", help="What stood before the documented paths, such as /cec of a proxy.")
@report_options
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def har(files: tuple[str, ...], base_url: str | None, path_prefix: str | None, **given: Any) -> None:  # noqa: ANN401
    """Judge HAR recordings of one run: of a browser, of a backend, or of both.

    A browser leaves out Authorization unless it exports "HAR (with sensitive data)"; the token calls that a backend
    makes are in the backend's own recording: give both files.
    """
    from cec_conformance.recordings import RecordingError, open_har  # noqa: PLC0415

    reporting = taken_from(given)
    try:
        found = open_har(files, base_url, path_prefix)
    except RecordingError as failure:
        raise click.UsageError(str(failure)) from failure
    sys.exit(_judged(found, " ".join(files), given, reporting))


def _judged_again(folder: Path, reporting: Reporting) -> int:
    from cec_conformance.recordings import judge_again, subject_of  # noqa: PLC0415
    from cec_conformance.reports.measuring import client_policy  # noqa: PLC0415
    from cec_conformance.rules import CLIENT_RULES  # noqa: PLC0415
    from cec_conformance.server.measured import server_behaviour  # noqa: PLC0415
    from cec_conformance.server.rules import SERVER_RULES  # noqa: PLC0415

    of_server = subject_of(folder) == "server"
    rules, measure = (SERVER_RULES, server_behaviour) if of_server else (CLIENT_RULES, client_policy)
    events = list(judge_again(folder, rules, settings()))
    return told(events, reporting.open(rules, measure))


def _visit_judged(found: Trace, target: str, reporting: Reporting) -> int:
    from cec_conformance.recordings import judge_visit  # noqa: PLC0415
    from cec_conformance.server.measured import server_behaviour  # noqa: PLC0415
    from cec_conformance.server.rules import SERVER_RULES  # noqa: PLC0415

    events = judge_visit(found, SERVER_RULES, target=target, settings=settings())
    return told(events, reporting.open(SERVER_RULES, server_behaviour))


def _judged(found: Trace, target: str, given: dict[str, Any], reporting: Reporting) -> int:
    from cec_conformance.recordings import judge_trace, known  # noqa: PLC0415
    from cec_conformance.rules import CLIENT_RULES  # noqa: PLC0415

    _refuse_no_number(given["hangup_after"])
    events = judge_trace(found, CLIENT_RULES, target=target, given=known(**given), settings=settings())
    return told(events, reporting.open(CLIENT_RULES))


def _refuse_no_number(hangup_after: str | None) -> None:
    if hangup_after in {None, "never"}:
        return
    try:
        seconds = float(hangup_after or "")
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise click.UsageError(f"--hangup-after has to be seconds or never, not {hangup_after!r}")
