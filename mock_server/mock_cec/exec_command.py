"""The command `mock-cec exec`: run a program beside an emulator of its own."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from mock_cec.command import CLOCK_HELP, CLOCKS, LEVELS, Usage, check_time, log_to_stderr
from mock_cec.scenario.dialect import NAMES as DIALECT_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_cec import MockCec
    from mock_cec.clock import ClockKind
    from mock_cec.scenario.dialect import DialectName


@click.command("exec", context_settings={"allow_interspersed_args": False})
@click.option("--scenario", envvar="MOCK_CEC_SCENARIO", default="queue_then_answered", show_default=True,
              help="What happens: a name, or a YAML file.")  # fmt: skip
@click.option("--dialect", envvar="MOCK_CEC_DIALECT", type=click.Choice(DIALECT_NAMES),
              help="Whose word the answers go by.  [default: the scenario's]")  # fmt: skip
@click.option("--host", envvar="MOCK_CEC_HOST", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Which port.  [default: a free one]")
@click.option("--token-port", type=click.IntRange(0, 65535), help="Serve tokenByAkSk there; 0 takes a free port.")
@click.option("--public-url", envvar="MOCK_CEC_PUBLIC_URL", help="Where the command reaches the emulator.")
@click.option("--app-key", envvar="MOCK_CEC_APP_KEY", default="mock-app-key", show_default=True)
@click.option("--app-secret", envvar="MOCK_CEC_APP_SECRET", default="mock-app-secret", show_default=True)
@click.option("--channel-id", envvar="MOCK_CEC_CHANNEL_ID", default="mock-channel", show_default=True)
@click.option("--speed", envvar="MOCK_CEC_SPEED", default=1.0, show_default=True,
              help="How many times as fast scripted time runs.")  # fmt: skip
@click.option("--clock", envvar="MOCK_CEC_CLOCK", default="real", show_default=True, type=click.Choice(CLOCKS),
              help=CLOCK_HELP)  # fmt: skip
@click.option("--log-level", envvar="MOCK_CEC_LOG_LEVEL", type=click.Choice(list(LEVELS)),
              help="What goes over the wire, on stderr, while it goes on.  [default: nothing]")  # fmt: skip
@click.option("--env", "more", multiple=True, metavar="NAME=VALUE",
              help="One more variable, such as VITE_CEC_BASE_URL={base_url}; there are {base_url}, {token_base_url}, "
                   "{app_key}, {app_secret}, {channel_id}, {host} and {port}. Can be repeated.")  # fmt: skip
@click.option("--quiet", is_flag=True, help="Tell nothing afterwards.")
@click.option("--verbose", is_flag=True, help="Tell everything afterwards, also when all went well.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_context
def exec_command(  # noqa: PLR0913  (an option each)
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
    speed: float,
    clock: ClockKind,
    log_level: str | None,
    more: tuple[str, ...],
    quiet: bool,
    verbose: bool,
    command: tuple[str, ...],
) -> None:
    """Run COMMAND beside an emulator of its own.

    For example: mock-cec exec --scenario transfer -- npm test

    COMMAND finds the emulator by CEC_BASE_URL, CEC_APP_KEY and the like in its environment; NO_PROXY covers it. Its
    exit status is handed on. When it failed, what went over the wire is told on stderr; when it did not, only what
    the emulator found wrong with its requests.
    """
    _refuse_misplaced(context)
    check_time(speed, clock)
    if log_level is not None:
        log_to_stderr(LEVELS[log_level])
    from mock_cec import MockCec, child  # noqa: PLC0415  (other commands need no server)
    from mock_cec.serving import PortTaken  # noqa: PLC0415

    try:
        cec = MockCec(
            scenario,
            dialect=dialect,
            clock=clock,
            speed=speed,
            app_key=app_key,
            app_secret=app_secret,
            channel_id=channel_id,
            host=host,
            port=port,
            token_port=token_port,
            public_url=public_url,
        )
        with cec:
            status = child.run(command, _environment(cec, public_url, more))
    except child.CannotRun as failure:
        click.echo(f"Error: {failure}", err=True)
        sys.exit(failure.status)
    except (PortTaken, ValueError) as failure:
        raise Usage(str(failure)) from failure
    if not quiet:
        _tell(cec.story if status or verbose else cec.problems)
    sys.exit(status)


def _refuse_misplaced(context: click.Context) -> None:
    """Tell of options before `exec`: they would be lost."""
    above = context.parent
    for name in above.params if above else ():
        if above and above.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise Usage(f"--{name.replace('_', '-')} has to stand behind exec: mock-cec exec [OPTIONS] -- COMMAND")


def _environment(cec: MockCec, public_url: str | None, more: tuple[str, ...]) -> Mapping[str, str]:
    from mock_cec.addresses import OtherPort  # noqa: PLC0415  (other commands need none of it)
    from mock_cec.environment import assignments, variables  # noqa: PLC0415  (other commands need none of it)
    from mock_cec.tenant import Credentials  # noqa: PLC0415

    base_url = (public_url or cec.base_url).rstrip("/")
    same = cec.token_base_url == cec.base_url
    token_base_url = base_url if same else OtherPort(cec.base_url, cec.token_base_url).reached_from(base_url)
    place = urlsplit(base_url)
    port = place.port or (443 if place.scheme == "https" else 80)
    words = {
        "base_url": base_url,
        "token_base_url": token_base_url,
        "app_key": cec.app_key,
        "app_secret": cec.app_secret,
        "channel_id": cec.channel_id,
        "host": place.hostname or "",
        "port": str(port),
    }
    credentials = Credentials(cec.app_key, cec.app_secret, cec.channel_id)
    return {**os.environ, **variables(base_url, credentials, os.environ, token_base_url), **assignments(more, words)}


def _tell(story: str) -> None:
    if story:
        click.echo(f"mock-cec: what went over the wire:\n{story}", err=True)
