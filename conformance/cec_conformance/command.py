"""The command `cec-conformance`: judge a client or a server, list the rules and the cases.

Each of its commands is a module of its own, loaded when it is asked for, so that `--help` answers in a blink.
"""

from __future__ import annotations

import sys
from importlib import import_module
from io import TextIOWrapper
from typing import Final

import click

_ELSEWHERE: Final = {
    "client": ("cec_conformance.client_command:client", "Judge a client: does it keep the documented flow?"),
    "server": ("cec_conformance.server_command:server", "Judge a server: does it answer as documented?"),
    "trace": ("cec_conformance.recording_command:trace", "Judge a stored trace, or an evidence folder again."),
    "har": ("cec_conformance.recording_command:har", "Judge HAR recordings of a browser or a backend."),
    "rules": ("cec_conformance.listing:rules", "Print the catalogue of rules."),
    "cases": ("cec_conformance.listing:cases", "List the fixed cases."),
}
"""Each command: where it is, and its help in short, which spares loading it."""


class _Group(click.Group):
    """The command with its commands, each elsewhere."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_ELSEWHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _ELSEWHERE:
            return None
        module, _, name = _ELSEWHERE[cmd_name][0].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in _ELSEWHERE.items()])


@click.group(cls=_Group, context_settings={"max_content_width": 110})
@click.version_option(package_name="mock-cec", prog_name="cec-conformance")
def main() -> None:
    """Judge whether a client, or a server, keeps the click-to-call protocol of Huawei CEC 3.6.

    Exit status: 0 conformant, 1 a MUST was violated, 2 it could not judge.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a character must not end the run
