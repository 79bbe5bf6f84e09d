"""The command `mock-cec`: run the emulator, list the scenarios, explain one."""

from __future__ import annotations

import gc
import logging
import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from mock_cec import __version__
from mock_cec.scenario import catalogue
from mock_cec.scenario.dialect import NAMES as DIALECT_NAMES
from mock_cec.scenario.loading import ScenarioError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from mock_cec.clock import ClockKind
    from mock_cec.scenario.dialect import DialectName
    from mock_cec.scenario.model import Scenario

_FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
CLOCKS: Final = ("real", "auto", "stepped")
LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


CLOCK_HELP: Final = (
    "Time that passes (real), that steps to what is due next once all requests have waited for 50 ms (auto), or that "
    "moves when the control API says so (stepped)."
)

_ELSEWHERE: Final = {"exec": "mock_cec.exec_command:exec_command", "show": "mock_cec.trace.show:show"}
"""Commands that have a module of their own, loaded when they are asked for: the emulator is to start in a blink."""


class _Group(click.Group):
    """The command with its commands, here and elsewhere."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *_ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, name = _ELSEWHERE[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found


class Usage(click.ClickException):
    """A mistake of the caller's: one readable line, exit status 2."""

    exit_code = 2


@click.group(
    cls=_Group,
    invoke_without_command=True,
    context_settings={"auto_envvar_prefix": "MOCK_CEC", "max_content_width": 110},
)
@click.version_option(__version__, prog_name="mock-cec")
@click.option("--scenario", default=catalogue.DEFAULT, show_default=True, help="What happens: a name, or a YAML file.")
@click.option(
    "--dialect", type=click.Choice(DIALECT_NAMES), help="Whose word the answers go by.  [default: the scenario's]"
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8360, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--token-port", type=click.IntRange(0, 65535), help="Serve tokenByAkSk there; 0 takes a free port.")
@click.option("--public-url", help="Where clients reach the emulator, if the Host header does not say it.")
@click.option("--app-key", default="mock-app-key", show_default=True, help="The app_key that clients log in with.")
@click.option("--app-secret", default="mock-app-secret", show_default=True, help="The app_secret that belongs to it.")
@click.option("--channel-id", default="mock-channel", show_default=True, help="The channel that takes calls.")
@click.option("--control-token", help="Opens the control API from other machines; made up and logged by default.")
@click.option("--tls", "use_tls", is_flag=True, help="Serve HTTPS, with a certificate that is made for it.")
@click.option("--tls-cert", type=_FILE, help="Serve HTTPS with this certificate (PEM).")
@click.option("--tls-key", type=_FILE, help="The certificate's key, if it is in another file.")
@click.option("--san", "names", multiple=True, metavar="NAME", help="A further name for the certificate of --tls.")
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    help="How many times as fast the emulator's time runs: events, holds and the lives of tokens.",
)
@click.option("--clock", default="real", show_default=True, type=click.Choice(CLOCKS), help=CLOCK_HELP)
@click.option("--log-level", default="info", show_default=True, type=click.Choice(list(LEVELS)), help="On stderr.")
@click.pass_context
def main(  # noqa: PLR0913  (an option each)
    context: click.Context,
    *,
    scenario: str,
    dialect: DialectName | None,
    host: str,
    port: int,
    token_port: int | None,
    public_url: str | None,
    app_key: str,
    app_secret: str,
    channel_id: str,
    control_token: str | None,
    use_tls: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    names: tuple[str, ...],
    speed: float,
    clock: ClockKind,
    log_level: str,
) -> None:
    """Emulate the click-to-call API of Huawei CEC 3.6, offline and scripted.

    Every option can also be given as MOCK_CEC_<OPTION> in the environment, for example MOCK_CEC_PORT=9000.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console without Chinese shows what it can
    if context.invoked_subcommand is not None:
        return
    check_time(speed, clock)
    if public_url is not None and not public_url.startswith(("http://", "https://")):
        raise Usage(f"--public-url has to begin with http:// or https://, not {public_url!r}")
    # The trace keeps much of what comes: looking through it again and again for garbage would take a seventh of the
    # time of a call. Loading modules is quicker so, too.
    gc.set_threshold(50_000)
    found = _find(scenario)

    from mock_cec.clock import clock as made_clock  # noqa: PLC0415  (listing scenarios needs no server)
    from mock_cec.control.door import Control  # noqa: PLC0415
    from mock_cec.platform import Platform  # noqa: PLC0415
    from mock_cec.scenario.plan import plan  # noqa: PLC0415
    from mock_cec.serving import PortTaken, listen_all, run  # noqa: PLC0415
    from mock_cec.tenant import Credentials, Tenant  # noqa: PLC0415

    tls, authority = _tls(use_tls, tls_cert, tls_key, names)
    try:
        listeners = listen_all(host, port, token_port)
    except PortTaken as failure:
        raise Usage(str(failure)) from failure
    log_to_stderr(LEVELS[log_level])
    tenant = Tenant(
        plan(found, dialect),
        made_clock(clock, speed),
        Credentials(app_key, app_secret, channel_id),
        public_url=public_url.rstrip("/") if public_url else None,
        dialect=dialect,
    )
    addresses = listeners.addresses(tls)
    url = addresses.base_url
    platform = Platform(tenant)
    control = Control(platform, token=control_token, hosts=_hosts(host, public_url))

    def ready() -> None:
        click.echo(f"mock-cec ready {url}")
        sys.stdout.flush()
        token_url = addresses.token_port.other if addresses.token_port else None
        for news in _news(scenario, found, dialect, token_url, authority):
            logging.getLogger("mock_cec").info(news)
        if not control_token:
            entrance = f"control API at {url}/__mock/, for other machines with the token {control.token}"
            logging.getLogger("mock_cec").info(entrance)

    run(platform, listeners, ready, control, tls)


@main.command()
def scenarios() -> None:
    """List the scenarios, a line each."""
    names = catalogue.names()
    width = max(map(len, names))
    for name in names:
        click.echo(f"{name:<{width}}  {_find(name).title}")


@main.command()
@click.argument("scenario", metavar="NAME|FILE")
@click.option("--dialect", envvar="MOCK_CEC_DIALECT", type=click.Choice(DIALECT_NAMES), help="In place of its own.")
def explain(scenario: str, dialect: DialectName | None) -> None:
    """Print what happens in a scenario, on its time axis."""
    from mock_cec.scenario.explain import explain as tell  # noqa: PLC0415  (running needs none of it)

    click.echo(tell(scenario, _find(scenario), dialect))


@main.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json  # noqa: PLC0415

    from mock_cec.scenario.schema import json_schema  # noqa: PLC0415

    click.echo(json.dumps(json_schema(), indent=2))


def _news(
    name: str, scenario: Scenario, dialect: str | None, token_url: str | None, authority: Path | None
) -> Iterator[str]:
    """Say how the emulator is set up."""
    yield f"scenario {name}: {scenario.title}"
    if dialect is not None:
        yield f"dialect {dialect}, whatever the scenario says"
    if token_url is not None:
        yield f"token URL {token_url}, where tokenByAkSk is served and nothing else"
    if authority is not None:
        yield f"clients have to trust the authority {authority}"


def _tls(
    wanted: bool,  # noqa: FBT001  (an option)
    certificate: Path | None,
    key: Path | None,
    names: tuple[str, ...],
) -> tuple[ssl.SSLContext | None, Path | None]:
    """Give what --tls and its companions ask for, and the authority that clients then have to trust."""
    if not wanted and certificate is None:
        if key is not None or names:
            raise Usage("--tls-key needs --tls-cert, and --san needs --tls")
        return None, None
    from mock_cec.tls import TlsError, data_folder, made_context, own_context  # noqa: PLC0415

    try:
        if certificate is not None:
            return own_context(certificate, key), None
        return made_context(data_folder(), names)
    except TlsError as failure:
        raise Usage(str(failure)) from failure


def _find(name_or_path: str) -> Scenario:
    try:
        return catalogue.find(name_or_path)
    except ScenarioError as failure:
        raise Usage(str(failure)) from failure


def _hosts(host: str, public_url: str | None) -> frozenset[str]:
    """Name the hosts under which the control API may be reached, beside the loopback ones."""
    public = (public_url or "").partition("://")[2].partition("/")[0]
    name = public[1:].partition("]")[0] if public.startswith("[") else public.partition(":")[0]
    return frozenset(found.lower() for found in (host, name) if found and found not in {"0.0.0.0", "::"})  # noqa: S104


def check_time(speed: float, clock: ClockKind) -> None:
    """Check the options --speed and --clock.

    Raises:
        Usage: They cannot be used.
    """
    if not speed > 0:
        raise Usage(f"--speed has to be greater than 0, not {speed:g}")
    if speed != 1 and clock != "real":
        raise Usage(f"--speed {speed:g} is for --clock real; the time of --clock {clock} steps")


def log_to_stderr(level: int) -> None:
    """Write the emulator's log to stderr, from a level on."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Line())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("mock_cec").setLevel(level)


class _Line(logging.Formatter):
    """A log line as it is, warnings in yellow where a person looks on."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return click.style(text, fg="yellow") if record.levelno >= logging.WARNING and sys.stderr.isatty() else text
