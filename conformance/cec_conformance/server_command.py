"""The command `cec-conformance server`: judge a server, whatever is behind its address."""

from __future__ import annotations

import platform
import secrets
import shlex
import string
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click
from click.core import ParameterSource
from msgspec import Struct

from cec_conformance.reporting import report_options, settings, taken_from, told_live

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from mock_cec.tenant import Credentials

    from cec_conformance.engine import Budget
    from cec_conformance.results import CaseResult, Event
    from cec_conformance.selection import Extent
    from cec_conformance.server.control import Control
    from cec_conformance.server.reaching import Carrier
    from cec_conformance.server.target import Manner
    from cec_conformance.server.visit import Means, Visit
    from cec_conformance.server.visitor import Access

JOBS: Final = 8
"""How many visits are paid at a time, where nobody says: they mostly wait for polls."""

SEARCHING: Final[dict[Extent, tuple[float, int]]] = {
    "smoke": (10.0, 20),
    "quick": (20.0, 100),
    "thorough": (300.0, 1000),
}
"""Seconds that may go into what is made up, and how many sequences are drawn at most."""
MOST_SEED: Final = 2**32

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
_NONCE: Final = 6
_LETTERS: Final = string.ascii_lowercase + string.digits


class Options(Struct, frozen=True, kw_only=True):
    """What the user gave; see the options of the command."""

    base_url: str
    token_base_url: str | None
    app_key: str | None
    app_secret: str | None
    app_secret_file: Path | None
    channel_id: str | None
    smoke: bool
    quick: bool
    thorough: bool
    visit_names: tuple[str, ...]
    rule_ids: tuple[str, ...]
    dialect: Literal["guide", "reference"] | None
    control_url: str | None
    control_token: str | None
    gentle: bool
    most_calls: int | None
    pause: float | None
    ca: Path | None
    insecure: bool
    timeout: float
    jobs: int | None
    fuzz: bool | None
    seed: int | None
    time_limit: float | None

    @property
    def extent(self) -> Extent:
        """How much is played."""
        return "smoke" if self.smoke else "thorough" if self.thorough else "quick"

    @property
    def server(self) -> str:
        """The arguments that say which server, without a secret."""
        given: list[tuple[str, object]] = [
            ("--base-url", self.base_url),
            ("--token-base-url", self.token_base_url),
            ("--app-key", self.app_key),
            ("--app-secret-file", self.app_secret_file),
            ("--channel-id", self.channel_id),
            ("--control-url", self.control_url),
            ("--dialect", self.dialect),
            ("--ca", self.ca),
        ]
        arguments = [part for name, value in given if value is not None for part in (name, str(value))]
        return shlex.join(
            [*arguments, *(["--insecure"] if self.insecure else []), *(["--gentle"] if self.gentle else [])]
        )


@click.command(context_settings={"max_content_width": 110})
@click.option("--base-url", envvar="CEC_BASE_URL", required=True, metavar="URL", help="Where the server is.")
@click.option(
    "--token-base-url", envvar="CEC_TOKEN_BASE_URL", metavar="URL", help="Where tokenByAkSk is, if elsewhere."
)
@click.option("--app-key", envvar="CEC_APP_KEY", metavar="KEY", help="How one logs in.")
@click.option(
    "--app-secret", envvar="CEC_APP_SECRET", metavar="SECRET", help="Better given by CEC_APP_SECRET or a file."
)
@click.option("--app-secret-file", type=_FILE, metavar="FILE", help="The file that holds the app secret.")
@click.option("--channel-id", envvar="CEC_CHANNEL_ID", metavar="ID", help="The channel that takes calls.")
@click.option("--quick", is_flag=True, help="The visits without long waits; the default.")
@click.option("--smoke", is_flag=True, help="A few visits for a first look.")
@click.option("--thorough", is_flag=True, help="All visits, the slow ones too.")
@click.option("--case", "visit_names", multiple=True, metavar="NAME", help="This visit alone; can be repeated.")
@click.option("--rule", "rule_ids", multiple=True, metavar="ID", help="Only visits that aim at this rule; likewise.")
@click.option(
    "--dialect", type=click.Choice(["guide", "reference"]), help="Whose word it is expected to go by: 403 or 401."
)
@click.option(
    "--control-url",
    metavar="URL",
    help="The emulator's control API, or one like it: a tenant and a scenario for each visit, clocks that move.",
)
@click.option("--control-token", envvar="CEC_CONTROL_TOKEN", metavar="TOKEN", help="Better by CEC_CONTROL_TOKEN.")
@click.option("--gentle", is_flag=True, help="For a live platform: few calls, pauses, nothing a client would not do.")
@click.option(
    "--most-calls", type=click.IntRange(min=0), metavar="N", help="How many calls may be created.  [gentle: 3]"
)
@click.option("--pause", type=click.FloatRange(min=0), metavar="SECONDS", help="Before every request.  [gentle: 1]")
@click.option("--ca", type=_FILE, metavar="FILE", help="The authorities to trust, as PEM.")
@click.option("--insecure", is_flag=True, help="Do not verify the certificate.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=75.0,
    show_default=True,
    metavar="SECONDS",
    help="How long an answer is waited for.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="How many visits at a time.  [default: 8; gentle: 1]")
@click.option(
    "--fuzz/--no-fuzz",
    default=None,
    help="Also requests that are made up, alone and in sequences.  [default: yes, unless narrowed down or gentle]",
)
@click.option("--seed", type=click.IntRange(min=0), help="Which of these.  [default: others each time]")
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="For the whole run.")
@report_options
@click.pass_context
def server(context: click.Context, /, **given: Any) -> None:  # noqa: ANN401  (click hands them over by name; `Options` has the types)
    """Judge the server at a URL, as a black box over HTTP.

    For example: cec-conformance server --base-url http://127.0.0.1:8360 --app-key KEY --channel-id ID

    The app secret is taken from CEC_APP_SECRET. With --control-url each visit makes a tenant of its own.
    """
    reporting = taken_from(given)
    options = Options(**given)
    on_line = context.get_parameter_source("app_secret") is ParameterSource.COMMANDLINE
    _refuse_contradictions(options, secret_on_line=on_line)
    from cec_conformance.server.measured import server_behaviour  # noqa: PLC0415  (help needs none of it)
    from cec_conformance.server.rules import SERVER_RULES  # noqa: PLC0415

    visits = _visits(options)
    access = _access(options)
    judged = _run(options, visits, access)
    reports = reporting.open(SERVER_RULES, server_behaviour, personal=options.gentle)
    sys.exit(told_live(judged, reports))


def _refuse_contradictions(options: Options, *, secret_on_line: bool) -> None:
    if options.smoke + options.quick + options.thorough > 1:
        raise click.UsageError("--smoke, --quick and --thorough exclude each other")
    if options.insecure and options.ca is not None:
        raise click.UsageError("--ca and --insecure exclude each other")
    if options.app_secret is not None and options.app_secret_file is not None and secret_on_line:
        raise click.UsageError("give the app secret once: by CEC_APP_SECRET, --app-secret-file or --app-secret")
    if options.gentle and secret_on_line:
        raise click.UsageError(
            "--gentle is for live platforms, whose secrets do not belong on a command line, where others can read "
            "them: give it by the variable CEC_APP_SECRET or by --app-secret-file"
        )
    if options.gentle and options.thorough:
        raise click.UsageError("--gentle and --thorough exclude each other")
    if options.gentle and (options.jobs or 1) > 1:
        raise click.UsageError("--gentle pays one visit after the other: leave --jobs out")
    if options.gentle and options.fuzz:
        raise click.UsageError("--gentle sends nothing that is made up: leave --fuzz out")
    if options.gentle and options.control_url is not None:
        raise click.UsageError("--gentle is for a platform that nobody controls: leave --control-url out")


def _visits(options: Options) -> tuple[Visit, ...]:
    """Choose the visits. Where no scenario can be set, nobody knows what the platform's is."""
    import msgspec  # noqa: PLC0415  (help needs none of it)

    from cec_conformance.cases.recorded import RECORDED  # noqa: PLC0415
    from cec_conformance.selection import NothingSelected, longest_first, selected  # noqa: PLC0415
    from cec_conformance.server.rules import SERVER_RULES  # noqa: PLC0415
    from cec_conformance.server.visits import VISITS  # noqa: PLC0415

    try:
        chosen = selected(VISITS, SERVER_RULES, options.extent, names=options.visit_names, rules=options.rule_ids)
    except NothingSelected as failure:
        raise click.UsageError(str(failure)) from failure
    if options.control_url is not None:
        return longest_first(chosen)
    return tuple(msgspec.structs.replace(visit, scenario=RECORDED) for visit in chosen)


def _access(options: Options) -> Access:
    from cec_conformance.server.reaching import BadAddress, address  # noqa: PLC0415
    from cec_conformance.server.visitor import Access  # noqa: PLC0415

    try:
        base_url = address("--base-url", options.base_url)
        elsewhere = options.token_base_url and address("--token-base-url", options.token_base_url)
    except BadAddress as failure:
        raise click.UsageError(str(failure)) from failure
    return Access(base_url=base_url, token_base_url=elsewhere or base_url, credentials=_credentials(options))


def _credentials(options: Options) -> Credentials:
    from mock_cec.tenant import Credentials  # noqa: PLC0415

    if options.control_url is not None:
        return Credentials("", "", "")  # each visit has those of its tenant
    secret = options.app_secret
    if options.app_secret_file is not None:
        try:
            secret = options.app_secret_file.read_text(encoding="utf-8-sig").strip()
        except (OSError, UnicodeDecodeError) as failure:
            raise click.UsageError(
                f"--app-secret-file: {options.app_secret_file} cannot be read: {failure}"
            ) from failure
    lacking = [
        name
        for name, value in (
            ("--app-key (CEC_APP_KEY)", options.app_key),
            ("the app secret (CEC_APP_SECRET, --app-secret-file)", secret),
            ("--channel-id (CEC_CHANNEL_ID)", options.channel_id),
        )
        if not value
    ]
    if lacking:
        raise click.UsageError(
            f"say how to log in: {', '.join(lacking)} {'is' if len(lacking) == 1 else 'are'} missing "
            "(or give --control-url, and each visit makes a tenant of its own)"
        )
    return Credentials(options.app_key or "", secret or "", options.channel_id or "")


def _run(options: Options, visits: tuple[Visit, ...], access: Access) -> AsyncGenerator[Event, None]:
    from cec_conformance.engine import Probe, run  # noqa: PLC0415
    from cec_conformance.server.control import Control  # noqa: PLC0415
    from cec_conformance.server.probing import SERVER_PROBE, complaint  # noqa: PLC0415
    from cec_conformance.server.reaching import Carrier  # noqa: PLC0415
    from cec_conformance.server.rules import SERVER_RULES  # noqa: PLC0415
    from cec_conformance.server.target import Server  # noqa: PLC0415

    verify: bool | str = str(options.ca) if options.ca else not options.insecure
    try:
        carrier = Carrier((access.base_url, access.token_base_url), verify=verify, timeout=options.timeout)
        control = None
        if options.control_url is not None:
            control = Control(_control_url(options.control_url), carrier.client(), options.control_token)
        else:
            carrier.client()
    except ValueError as failure:
        raise click.UsageError(str(failure)) from failure
    manner = _manner(options, visits)
    target = Server(access, carrier, manner, control)
    seed = options.seed if options.seed is not None else secrets.randbelow(MOST_SEED)
    probe = Probe(SERVER_PROBE, complaint)
    return run(
        visits,
        target,
        _budget(options),
        rules=SERVER_RULES,
        settings=_settings(options) | {"seed": str(seed)},
        search=_search(options, seed, manner.pause, (access, carrier, control)),
        probe=probe,
        subject="server",
    )


def _search(
    options: Options, seed: int, pause: float, place: tuple[Access, Carrier, Control | None]
) -> Callable[[], Awaitable[tuple[CaseResult, ...]]] | None:
    """Prepare the search, unless it is not wanted; where nobody asks for it, it needs what generates it installed."""
    narrowed = bool(options.visit_names or options.rule_ids or options.smoke or options.gentle)
    if options.fuzz is False or (options.fuzz is None and narrowed):
        return None
    try:
        from cec_conformance.server.searching import Search, searched  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if options.fuzz is None:
            return None
        raise click.UsageError(
            f"--fuzz wants {missing.name}, which is not installed: pip install 'mock-cec[judge]'"
        ) from missing
    seconds, examples = SEARCHING[options.extent]
    search = Search(seconds=seconds, examples=examples, seed=seed, pause=pause)
    access, carrier, control = place
    return partial(searched, search, access, carrier, control, options.dialect)


def _control_url(url: str) -> str:
    from cec_conformance.server.reaching import address  # noqa: PLC0415

    return address("--control-url", url)


def _manner(options: Options, visits: tuple[Visit, ...]) -> Manner:
    from cec_conformance.server.gentleness import CALLS, PAUSE, missing  # noqa: PLC0415
    from cec_conformance.server.target import Manner  # noqa: PLC0415

    calls, pause = (CALLS, PAUSE) if options.gentle else (None, 0.0)
    calls = calls if options.most_calls is None else options.most_calls
    return Manner(
        nonce="".join(secrets.choice(_LETTERS) for _ in range(_NONCE)),
        longest=options.timeout,
        dialect=options.dialect,
        missing=missing(visits, _means(options), calls),
        calls=calls,
        pause=pause if options.pause is None else options.pause,
    )


def _means(options: Options) -> frozenset[Means]:
    from cec_conformance.server.visit import Means  # noqa: PLC0415

    controlled = {Means.CONTROL, Means.HOURS} if options.control_url is not None else set()
    return frozenset(controlled | (set() if options.gentle else {Means.LICENCE}))


def _budget(options: Options) -> Budget:
    from cec_conformance.engine import Budget  # noqa: PLC0415

    # What is played once more may cost a call more than was granted.
    again = not options.gentle and options.most_calls is None
    return Budget(options.jobs or JOBS, options.time_limit, again=again)


def _settings(options: Options) -> dict[str, str]:
    from cec_conformance.server.rules import SERVER_RULES  # noqa: PLC0415
    from cec_conformance.versions import versions  # noqa: PLC0415

    return {
        **versions(SERVER_RULES),
        **settings(),
        "server": options.server,
        "extent": options.extent,
        "manner": "gentle" if options.gentle else "controlled" if options.control_url else "black box",
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
