"""The command `cec-conformance client`: judge a client, whatever it is written in."""

from __future__ import annotations

import os
import platform
import secrets
import shlex
import sys
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from msgspec import Struct

from cec_conformance.reporting import report_options, settings, taken_from, told_live

if TYPE_CHECKING:
    from ssl import SSLContext
    from types import ModuleType

    from cec_conformance.cases.case import Case, Flow, Moment
    from cec_conformance.engine import Budget, Hunt
    from cec_conformance.selection import Extent
    from cec_conformance.targets.target import Launcher, Target

MOST_JOBS: Final = 16
JOBS_PER_CORE: Final = 4
STAYING_PER_CORE: Final = 2
"""How many cases are played at a time, where nobody says: a client mostly waits for its polls. Processes that stay are
larger, such as browsers."""

SHRINKING: Final = {"smoke": 10.0, "quick": 30.0, "thorough": 600.0}
"""Seconds that may go into looking for the smallest cases."""

EXAMPLES: Final = {"in process": 1000, "outside": 100}
"""How many generated cases `--thorough` has, where nobody says."""

MOST_SEED: Final = 2**32


class Options(Struct, frozen=True, kw_only=True):
    """What the user gave; see the options of the command."""

    command: tuple[str, ...]
    smoke: bool
    quick: bool
    thorough: bool
    case_names: tuple[str, ...]
    rule_ids: tuple[str, ...]
    scenario: str | None
    flow: Flow | None
    media: str | None
    connect_media: bool
    hangup_after: float | None
    hangup_when: Moment | None
    jobs: int | None
    listen: str
    public_url: str | None
    use_tls: bool
    persistent: bool
    attach: bool
    in_process: str | None
    seed: int | None
    examples: int | None
    database: Path | None
    time_limit: float | None

    @property
    def client(self) -> tuple[str, ...]:
        """The arguments that say which client."""
        if self.attach:
            return ("--attach",)
        if self.in_process is not None:
            return ("--in-process", self.in_process)
        return (*(["--persistent"] if self.persistent else []), "--", *self.command)

    @property
    def extent(self) -> Extent:
        """How much is played."""
        return "smoke" if self.smoke else "thorough" if self.thorough else "quick"


@click.command(context_settings={"allow_interspersed_args": False, "max_content_width": 110})
@click.option("--quick", is_flag=True, help="The cases without long waits; the default.")
@click.option("--smoke", is_flag=True, help="A few cases for a first look.")
@click.option("--thorough", is_flag=True, help="All cases, the slow ones too, and generated ones.")
@click.option("--case", "case_names", multiple=True, metavar="NAME", help="This case alone; can be repeated.")
@click.option(
    "--rule", "rule_ids", multiple=True, metavar="ID", help="Only cases that aim at this rule; can be repeated."
)
@click.option("--scenario", metavar="NAME|FILE", help="This scenario alone.")
@click.option(
    "--flow", type=click.Choice(["call", "text_then_call", "call_then_text"]), help="For --scenario: the flow."
)
@click.option(
    "--media", type=click.Choice(["audio", "video", "0", "1"]), metavar="audio|video", help="For --scenario: the media."
)
@click.option("--connect-media", is_flag=True, help="For --scenario: the client calls the gateway as well.")
@click.option(
    "--hangup-after", type=click.FloatRange(min=0), metavar="SECONDS", help="For --scenario: the user hangs up."
)
@click.option("--hangup-when", type=click.Choice(["connected", "created", "queued"]), help="From when that counts.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="How many cases at a time.  [default: 4 per core, 2 if persistent, at most 16]",
)
@click.option("--listen", default="127.0.0.1", show_default=True, metavar="HOST", help="Where the emulator listens.")
@click.option("--public-url", metavar="URL", help="How clients reach it, such as http://192.168.1.5:{port}.")
@click.option("--tls", "use_tls", is_flag=True, help="Serve HTTPS, with a certificate that is made for it.")
@click.option("--persistent", is_flag=True, help="Start COMMAND once per worker; cases come by its stdin.")
@click.option("--attach", is_flag=True, help="Print the variables and wait for a client that you start by hand.")
@click.option("--in-process", metavar="MODULE:FUNCTION", help="Judge an async Python function in virtual time.")
@click.option("--seed", type=click.IntRange(min=0), help="Which generated cases.  [default: others each time]")
@click.option("--examples", type=click.IntRange(min=1), help="How many generated cases.")
@click.option(
    "--database",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="For --in-process: keep generated cases that broke a rule, and try them first the next time.",
)
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="For the whole run.")
@report_options
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def client(**given: Any) -> None:  # noqa: ANN401  (click hands them over by name; `Options` has the types)
    """Judge the client that COMMAND starts, by cases it does not know.

    For example: cec-conformance client -- node my-client.js

    COMMAND is started once for each case. It finds the emulator by CEC_BASE_URL, CEC_APP_KEY and the like in its
    environment, places one call, prints {"outcome": ...} as its last line and exits with 0.
    """
    reporting = taken_from(given)
    options = Options(**given)
    _refuse_contradictions(options)
    from cec_conformance.engine import run  # noqa: PLC0415  (help needs none of it)
    from cec_conformance.rules import CLIENT_RULES  # noqa: PLC0415

    number = options.seed if options.seed is not None else secrets.randbelow(MOST_SEED)
    cases = _cases(options, number)
    if options.attach and not (len(cases) == 1 and (options.case_names or options.scenario)):
        raise click.UsageError("--attach is for one call: choose it by --case NAME or --scenario FILE")
    reports = reporting.open(CLIENT_RULES)
    with ExitStack() as open_things:
        target = _target(options, open_things)
        told, hunt = _settings(options, number), _hunt(options, number)
        sys.exit(told_live(run(cases, target, _budget(options), settings=told, hunt=hunt), reports))


def _refuse_contradictions(options: Options) -> None:
    ways = [bool(options.command), options.attach, options.in_process is not None]
    if sum(ways) != 1:
        raise click.UsageError(
            "say which client: a COMMAND behind --, or --attach, or --in-process MODULE:FUNCTION (one of them)"
        )
    if options.persistent and not options.command:
        raise click.UsageError("--persistent needs a COMMAND behind --")
    if options.database is not None and options.in_process is None:
        raise click.UsageError("--database belongs to --in-process")
    if options.smoke + options.quick + options.thorough > 1:
        raise click.UsageError("--smoke, --quick and --thorough exclude each other")
    wishes = (options.flow, options.media, options.hangup_after, options.hangup_when)
    if options.scenario is None and (options.connect_media or any(wish is not None for wish in wishes)):
        raise click.UsageError(
            "--flow, --media, --connect-media, --hangup-after and --hangup-when belong to --scenario"
        )
    if options.scenario is not None and (options.case_names or options.rule_ids):
        raise click.UsageError("--scenario stands alone: without --case and --rule")
    if options.public_url is not None and not _usable(options.public_url):
        raise click.UsageError(
            "--public-url needs http:// or https:// and {port}, as every case has a port of its own: "
            "http://192.168.1.5:{port}"
        )


def _usable(public_url: str) -> bool:
    return public_url.startswith(("http://", "https://")) and "{port}" in public_url


def _cases(options: Options, number: int) -> tuple[Case, ...]:
    from cec_conformance.cases.fixed import FIXED  # noqa: PLC0415  (help needs none of it)
    from cec_conformance.rules import CLIENT_RULES  # noqa: PLC0415
    from cec_conformance.selection import NothingSelected, longest_first, selected  # noqa: PLC0415

    if options.scenario is not None:
        return (_from_file(options, options.scenario),)
    try:
        chosen = selected(FIXED, CLIENT_RULES, options.extent, names=options.case_names, rules=options.rule_ids)
    except NothingSelected as failure:
        raise click.UsageError(str(failure)) from failure
    examples = _examples(options)
    if examples and options.in_process is None:
        chosen += _generating("drawing").drawn(examples, number)
    return longest_first(chosen)


def _examples(options: Options) -> int:
    """Say how many generated cases there are to be."""
    way = "outside" if options.in_process is None else "in process"
    narrowed = bool(options.case_names or options.rule_ids or options.scenario)
    return options.examples or (EXAMPLES[way] if options.thorough and not narrowed else 0)


def _hunt(options: Options, number: int) -> Hunt | None:
    """Prepare the hunt for a client in this process: of thousands of generated cases those count that break a rule."""
    examples = _examples(options)
    if not examples or options.in_process is None:
        return None
    from cec_conformance.targets.in_process import load  # noqa: PLC0415  (help needs none of it)

    client, caught = load(options.in_process), _generating("hunting").caught
    return partial(caught, client, examples=examples, number=number, folder=options.database)


def _from_file(options: Options, scenario: str) -> Case:
    from mock_cec.scenario import catalogue  # noqa: PLC0415
    from mock_cec.scenario.loading import ScenarioError  # noqa: PLC0415

    from cec_conformance.cases.case import Case  # noqa: PLC0415
    from cec_conformance.words import Words  # noqa: PLC0415

    try:
        found = catalogue.find(scenario)
    except ScenarioError as failure:
        raise click.UsageError(str(failure)) from failure
    return Case(
        name="scenario",
        title=Words(found.title, found.title),
        scenario=found,
        flow=options.flow or "call",
        media="1" if options.media in {"video", "1"} else "0",
        connect_media=options.connect_media,
        hangup_after=options.hangup_after,
        hangup_when=options.hangup_when or "connected",
    )


def _generating(module: str) -> ModuleType:
    """Load a module that generates cases."""
    try:
        return import_module(f"cec_conformance.{module}")
    except ModuleNotFoundError as missing:
        raise click.UsageError(
            f"generated cases want {missing.name}, which is not installed: pip install 'mock-cec[judge]'"
        ) from missing


def _target(options: Options, open_things: ExitStack) -> Target:
    if options.in_process is not None:
        from cec_conformance.targets.in_process import InProcess, NoClient, load  # noqa: PLC0415

        try:
            return InProcess(options.in_process, load(options.in_process))
        except NoClient as failure:
            raise click.UsageError(str(failure)) from failure
    from mock_cec.serving import PortTaken  # noqa: PLC0415

    from cec_conformance.emulation import Emulation  # noqa: PLC0415
    from cec_conformance.targets.network import OverTheNetwork  # noqa: PLC0415

    try:
        emulation = open_things.enter_context(Emulation(options.listen, options.public_url, _tls(options)))
    except PortTaken as failure:
        raise click.UsageError(str(failure)) from failure
    return OverTheNetwork(_launcher(options), emulation)


def _launcher(options: Options) -> Launcher:
    if options.attach:
        from cec_conformance.targets.attached import AttachedLauncher  # noqa: PLC0415

        return AttachedLauncher(click.echo)
    if options.persistent:
        from cec_conformance.targets.persistent import PersistentLauncher  # noqa: PLC0415

        return PersistentLauncher(options.command)
    from cec_conformance.targets.command import CommandLauncher  # noqa: PLC0415

    return CommandLauncher(options.command)


def _tls(options: Options) -> SSLContext | None:
    if not options.use_tls:
        return None
    from urllib.parse import urlsplit  # noqa: PLC0415

    from mock_cec.tls import TlsError, data_folder, made_context  # noqa: PLC0415

    public = urlsplit((options.public_url or "").replace("{port}", "0")).hostname
    try:
        context, authority = made_context(data_folder(), (public,) if public else ())
    except TlsError as failure:
        raise click.UsageError(str(failure)) from failure
    click.echo(f"clients have to trust the authority {authority}", err=True)
    return context


def _budget(options: Options) -> Budget:
    from cec_conformance.engine import Budget  # noqa: PLC0415

    per_core = STAYING_PER_CORE if options.persistent else JOBS_PER_CORE
    jobs = options.jobs or min(MOST_JOBS, per_core * (os.cpu_count() or 1))
    return Budget(jobs, options.time_limit, SHRINKING[options.extent])


def _settings(options: Options, number: int) -> dict[str, str]:
    from cec_conformance.rules import CLIENT_RULES  # noqa: PLC0415
    from cec_conformance.versions import versions  # noqa: PLC0415

    return {
        **versions(CLIENT_RULES),
        **settings(),
        "client": shlex.join(options.client),
        "extent": options.extent,
        "seed": str(number),
        "generated": str(_examples(options)),
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
