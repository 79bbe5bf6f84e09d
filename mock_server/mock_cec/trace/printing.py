"""What `mock-cec show` does: the diagrams of a trace on standard output, or the trace in files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from cec_client.protocol import TraceError

from mock_cec.trace.diagram import draw, plain
from mock_cec.trace.grouping import by_user
from mock_cec.trace.mermaid import mermaid
from mock_cec.trace.saying import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_client.protocol import Trace

    from mock_cec.trace.diagram import Line

_STYLES: Final[dict[Tone, dict[str, Any]]] = {
    Tone.PLAIN: {},
    Tone.QUIET: {"dim": True},
    Tone.GOOD: {"fg": "green"},
    Tone.BAD: {"fg": "red", "bold": True},
    Tone.LOST: {"fg": "yellow", "bold": True},
    Tone.NOTE: {"fg": "cyan"},
}


def of_user(trace: Trace, user: str) -> Trace:
    """Give what is of one user.

    Raises:
        TraceError: The user is not in the trace.
    """
    users = by_user(trace)
    if user not in users:
        known = ", ".join(f'"{name}"' for name in users if name is not None) or "none"
        raise TraceError(f'there is no user "{user}" in this trace; users in it: {known}')
    return users[user]


def write(path: str, data: bytes) -> None:
    """Write a file; `-` is standard output.

    Raises:
        TraceError: The file cannot be written.
    """
    if path == "-":
        sys.stdout.buffer.write(data + b"\n")
        return
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        raise TraceError(f"{path}: cannot be written: {error.strerror or error}") from error


def print_mermaid(trace: Trace) -> None:
    """Print Markdown with a Mermaid diagram for each user."""
    for user, part in by_user(trace).items():
        click.echo(f"```mermaid\n{mermaid(part, user)}```\n")


def print_diagrams(trace: Trace) -> None:
    """Print a diagram for each user, in colour where a person looks on."""
    if not (trace.exchanges or trace.signals):
        click.echo("there is no exchange in this trace")
    for number, (user, part) in enumerate(by_user(trace).items()):
        if number:
            click.echo()
        lines = draw(part, user, sys.stdout.encoding)
        click.echo(coloured(lines) if sys.stdout.isatty() else plain(lines), nl=False)


def coloured(lines: Iterable[Line]) -> str:
    """Give the text of lines with the colours of their tones."""
    return "".join("".join(click.style(piece.text, **_STYLES[piece.tone]) for piece in line) + "\n" for line in lines)
