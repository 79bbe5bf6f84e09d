"""The command `mock-cec show`: a recorded trace as a diagram, or in another form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from cec_client.protocol import TraceError

from mock_cec.trace.diagram import draw, plain
from mock_cec.trace.grouping import by_user
from mock_cec.trace.har import write_har
from mock_cec.trace.masking import mask
from mock_cec.trace.mermaid import mermaid
from mock_cec.trace.reading import open_trace
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


class _Usage(click.ClickException):
    """A mistake of the caller's: one readable line, exit status 2."""

    exit_code = 2


@click.command()
@click.argument("source", metavar="FILE|URL")
@click.option("--mermaid", "as_mermaid", is_flag=True, help="Print Markdown with Mermaid diagrams.")
@click.option("--har", type=click.Path(dir_okay=False), help="Write a HAR 1.2 file; - is standard output.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False), help="Write the trace's JSON; - likewise.")
@click.option("--mask/--no-mask", "masked", default=True, show_default=True, help="Put labels in place of secrets.")
@click.option("--mask-personal", is_flag=True, help="And of ids, names, phone numbers and what was written.")
@click.option("--user", metavar="ID", help="Only what is of this user.")
@click.option("--base-url", metavar="URL", help="Where the platform was, to read and to write HAR.")
def show(  # noqa: PLR0913  (an option each)
    *,
    source: str,
    as_mermaid: bool,
    har: str | None,
    json_file: str | None,
    masked: bool,
    mask_personal: bool,
    user: str | None,
    base_url: str | None,
) -> None:
    """Draw a recorded trace: a file or URL with the trace's JSON, or a HAR of a browser.

    With --har or --json the trace is written to a file and not drawn.
    """
    if mask_personal and not masked:
        raise _Usage("--mask-personal and --no-mask exclude each other")
    try:
        trace = open_trace(source, base_url)
    except TraceError as error:
        raise _Usage(str(error)) from error
    trace = _of_user(trace, user)
    if masked:
        trace = mask(trace, personal=mask_personal)
    if har is not None:
        _write(har, write_har(trace, base_url))
    if json_file is not None:
        _write(json_file, trace.to_json())
    if as_mermaid:
        _print_mermaid(trace)
    elif har is None and json_file is None:
        _print_diagrams(trace)


def _of_user(trace: Trace, user: str | None) -> Trace:
    if user is None:
        return trace
    users = by_user(trace)
    if user not in users:
        known = ", ".join(f'"{name}"' for name in users if name is not None) or "none"
        raise _Usage(f'there is no user "{user}" in this trace; users in it: {known}')
    return users[user]


def _write(path: str, data: bytes) -> None:
    try:
        if path == "-":
            click.get_binary_stream("stdout").write(data + b"\n")
        else:
            Path(path).write_bytes(data)
    except OSError as error:
        raise _Usage(f"{path}: cannot be written: {error.strerror or error}") from error


def _print_mermaid(trace: Trace) -> None:
    for user, part in by_user(trace).items():
        click.echo(f"```mermaid\n{mermaid(part, user)}```\n")


def _print_diagrams(trace: Trace) -> None:
    stream = click.get_text_stream("stdout")
    encoding = getattr(stream, "encoding", None) or "utf-8"
    if not trace.exchanges:
        click.echo("there is no exchange in this trace")
    for number, (user, part) in enumerate(by_user(trace).items()):
        if number:
            click.echo()
        lines = draw(part, user, encoding)
        click.echo(_coloured(lines) if stream.isatty() else plain(lines), nl=False)


def _coloured(lines: Iterable[Line]) -> str:
    return "".join("".join(click.style(piece.text, **_STYLES[piece.tone]) for piece in line) + "\n" for line in lines)
