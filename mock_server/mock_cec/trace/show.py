"""The command `mock-cec show`: a recorded trace as a diagram, or in another form.

Whoever starts the emulator needs nothing of it, so it is imported when it is used.
"""

from __future__ import annotations

import click
from cec_client.protocol import TraceError


class _Usage(click.ClickException):
    """A mistake of the caller's: one readable line, exit status 2."""

    exit_code = 2


@click.command()
@click.argument("source", metavar="FILE|URL")
@click.option("--mermaid", is_flag=True, help="Print Markdown with Mermaid diagrams.")
@click.option("--har", metavar="FILE", help="Write HAR 1.2; - is standard output.")
@click.option("--json", metavar="FILE", help="Write the trace's own JSON; - is standard output.")
@click.option("--mask/--no-mask", default=True, show_default=True, help="Put labels in place of secrets.")
@click.option("--mask-personal", is_flag=True, help="Also in place of ids, names, phone numbers and what was written.")
@click.option("--user", metavar="ID", help="Only what is of this user.")
@click.option("--base-url", metavar="URL", help="Where the platform was, for HAR that is read or written.")
def show(  # noqa: PLR0913  (an option each)
    *,
    source: str,
    mermaid: bool,
    har: str | None,
    json: str | None,
    mask: bool,
    mask_personal: bool,
    user: str | None,
    base_url: str | None,
) -> None:
    """Draw a recorded trace: the trace's own JSON, or a HAR of a browser, in a file or at a URL.

    With --har or --json it is written in that form, and drawn only if --mermaid is given too.
    """
    from mock_cec.trace import printing  # noqa: PLC0415  (see above)
    from mock_cec.trace.har import write_har  # noqa: PLC0415
    from mock_cec.trace.masking import mask as masked  # noqa: PLC0415
    from mock_cec.trace.reading import open_trace  # noqa: PLC0415

    if mask_personal and not mask:
        raise _Usage("--mask-personal and --no-mask exclude each other")
    try:
        trace = open_trace(source, base_url)
        trace = trace if user is None else printing.of_user(trace, user)
        trace = masked(trace, personal=mask_personal) if mask else trace
        if har is not None:
            printing.write(har, write_har(trace, base_url))
        if json is not None:
            printing.write(json, trace.to_json())
    except TraceError as error:
        raise _Usage(str(error)) from error
    if mermaid:
        printing.print_mermaid(trace)
    elif har is None and json is None:
        printing.print_diagrams(trace)
