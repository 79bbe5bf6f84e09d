"""`cec-call`: places one call and shows it."""

from __future__ import annotations

import io
import os
import secrets
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cec_client import driver_contract
from cec_client.account import Media, Sequence
from cec_client.errors import BadAnswer, RequestRefused, TransportFailed
from cec_client.events import NothingYet
from cec_client.media.libraries import lacking
from cec_client.outcome import Outcome
from cec_client.protocol import Endpoint
from cec_client.timeline import GOOD_ENDINGS, JsonTimeline, PlainTimeline, TerminalTimeline

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.async_client import AsyncClient
    from cec_client.errors import CecError
    from cec_client.events import CallEvent
    from cec_client.placing import Wishes
    from cec_client.timeline import Timeline

_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG")
"""What OpenSSL's various versions say of an answer in plain text."""

INTERRUPTED = 130
"""The exit status after a second Ctrl-C, as shells have it."""


def main() -> None:
    """Run the command; the entry point."""
    _have_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a character must not end the call
    if not driver_contract.governs(os.environ):
        cec_call(prog_name="cec-call")
    elif driver_contract.asks_too_much(os.environ):
        click.echo(driver_contract.outcome_line(Outcome.SKIP))
    else:
        try:
            cec_call(prog_name="cec-call", standalone_mode=False)
        except click.UsageError as error:  # a call that could not be made, as the contract has it
            error.show()
            click.echo(driver_contract.outcome_line(Outcome.ERROR))


def _have_streams() -> None:
    """Open a stream for each that the caller has closed (`>&-`); Python has `None` there."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - for the whole run


def _lifetime(_context: click.Context, _option: click.Parameter, value: float | None) -> float | None:
    if value is not None and not 0 <= value < float("inf"):
        raise click.BadParameter("give seconds, 0 or more")
    return value


@click.command(context_settings={"max_content_width": 100})
@click.argument("url", required=False)
@click.option("--base-url", envvar="CEC_BASE_URL", default="http://127.0.0.1:8360", show_default=True,
              help="Where the platform is; the same as the argument URL.")  # fmt: skip
@click.option("--token-base-url", envvar="CEC_TOKEN_BASE_URL", help="Where tokenByAkSk is, if it is elsewhere.")
@click.option("--app-key", envvar="CEC_APP_KEY", default="mock-app-key", show_default=True)
@click.option("--app-secret", envvar="CEC_APP_SECRET", default="mock-app-secret", show_default="the emulator's",
              help="Better given by the variable CEC_APP_SECRET.")  # fmt: skip
@click.option("--channel-id", envvar="CEC_CHANNEL_ID", default="mock-channel", show_default=True)
@click.option("--user-id", envvar="CEC_USER_ID", help="Who calls, 1 to 32 characters.  [default: a new guest]")
@click.option("--user-name", envvar="CEC_USER_NAME", help="The name the agent sees.  [default: the user id]")
@click.option("--locale", envvar="CEC_LOCALE", default="zh", show_default=True)
@click.option("--flow", envvar="CEC_FLOW", type=click.Choice([order.value for order in Sequence]), default="call",
              show_default=True, help="Which of the guide's sequences to follow (§4.2).")  # fmt: skip
@click.option("--video/--audio", envvar="CEC_MEDIA_ABILITY", default=False, help="What kind of call.  [default: audio]")
@click.option("--media/--no-media", "connect_media", envvar="CEC_CONNECT_MEDIA", default=False,
              help="Also call the WebRTC gateway, send a tone, and tell what comes back.  [default: no]")  # fmt: skip
@click.option("--hangup-after", envvar="CEC_HANGUP_AFTER", type=float, callback=_lifetime, metavar="SECONDS",
              help="Hang up so long after the moment of --hangup-when.  [default: never]")  # fmt: skip
@click.option("--hangup-when", envvar="CEC_HANGUP_WHEN", type=click.Choice(["connected", "created", "queued"]),
              default="connected", show_default=True)  # fmt: skip
@click.option("--say", multiple=True, metavar="TEXT", help="Say this in the text session; may be repeated.")
@click.option("--token-expire", type=click.IntRange(1, 3600), metavar="SECONDS", help="The token's life to ask for.")
@click.option("--ca", type=click.Path(exists=True, dir_okay=False), help="A file of certificate authorities to trust.")
@click.option("--insecure", is_flag=True, help="Do not check certificates.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per event.")
@click.option("--verbose", is_flag=True, help="Also show polls that end without an event.")
@click.version_option(package_name="mock-cec", prog_name="cec-call")
def cec_call(**given: Any) -> None:  # noqa: ANN401 - click hands them over by name; `Options` has the types
    """Place a click-to-call call at URL and show it live; Ctrl-C hangs up.

    Most options can also be given by a variable (CEC_APP_KEY for --app-key, and so on). With CEC_BASE_URL in the
    environment the last line on standard output is the outcome as JSON, and the exit status is 0 whatever it is.
    """
    options = Options(**given)
    driven = driver_contract.governs(os.environ)
    try:
        client, wishes = options.client(), options.wishes(chat=not driven)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    timeline = _timeline(as_json=options.as_json, driven=driven)
    timeline.begin(f"Calling channel {options.channel_id} at {options.address}")
    started = time.monotonic()

    def show(event: CallEvent) -> None:
        if options.everything or not isinstance(event, NothingYet):
            timeline.show(time.monotonic() - started, event)

    outcome, why = _placed(client, wishes, show, options.token_base_url or options.address)
    timeline.end(time.monotonic() - started, outcome, why)
    if driven:
        click.echo(driver_contract.outcome_line(outcome))
    else:
        raise SystemExit(0 if outcome in GOOD_ENDINGS else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was given on the command line and by variables, under click's names."""

    url: str | None
    base_url: str
    token_base_url: str | None
    app_key: str
    app_secret: str
    channel_id: str
    user_id: str | None
    user_name: str | None
    locale: str
    flow: str
    video: bool
    connect_media: bool
    hangup_after: float | None
    hangup_when: str
    say: tuple[str, ...]
    token_expire: int | None
    ca: str | None
    insecure: bool
    as_json: bool
    verbose: bool

    @property
    def address(self) -> str:
        """Where the platform is."""
        return self.url or self.base_url

    @property
    def everything(self) -> bool:
        """Whether even polls without an event are shown."""
        return self.verbose or self.as_json

    def client(self) -> AsyncClient:
        """Make the client.

        Raises:
            ValueError: An option is not what any platform could accept.
        """
        from cec_client.async_client import AsyncClient  # noqa: PLC0415 - `--help` needs no HTTP library

        if self.ca and self.insecure:
            raise ValueError("--ca and --insecure contradict each other; give one of them")
        return AsyncClient(
            self.address,
            app_key=self.app_key,
            app_secret=self.app_secret,
            channel_id=self.channel_id,
            user_id=self.user_id or f"guest-{secrets.token_hex(3)}",
            user_name=self.user_name,
            locale=self.locale,
            token_base_url=self.token_base_url,
            token_expire=self.token_expire,
            verify=self.ca or not self.insecure,
        )

    def wishes(self, *, chat: bool) -> Wishes:
        """Say what the user wants of the call.

        Raises:
            ValueError: Something is to be said where there is no text session, or media need another package.
        """
        from cec_client.placing import Wishes  # noqa: PLC0415 - the same

        sequence = Sequence(self.flow)
        if self.say and sequence is Sequence.CALL:
            raise ValueError("--say needs a text session; add --flow text_then_call or --flow call_then_text")
        if self.connect_media and (missing := lacking()):
            raise ValueError(missing)
        return Wishes(
            sequence=sequence,
            media=Media.VIDEO if self.video else Media.AUDIO,
            hangup_after=self.hangup_after,
            hangup_when=self.hangup_when,
            say=self.say,
            chat=chat,
            connect_media=self.connect_media,
        )


def _timeline(*, as_json: bool, driven: bool) -> Timeline:
    stream = sys.stderr if driven else sys.stdout
    if as_json:
        return JsonTimeline(stream)
    return TerminalTimeline() if stream.isatty() and not driven else PlainTimeline(stream)


def _placed(
    client: AsyncClient, wishes: Wishes, show: Callable[[CallEvent], None], address: str
) -> tuple[Outcome, CecError | None]:
    """Place the call; a program that is told twice to stop stops."""
    import asyncio  # noqa: PLC0415 - `--help` is quicker without

    from cec_client.placing import place  # noqa: PLC0415 - the same

    try:
        outcome, error = asyncio.run(place(client, wishes, show))
    except (KeyboardInterrupt, asyncio.CancelledError):
        click.echo("Stopped without waiting for the hang-up.", err=True)
        raise SystemExit(INTERRUPTED) from None
    return outcome, first_contact(error, address)


def first_contact(error: CecError | None, address: str) -> CecError | None:
    """Say it more helpfully if it was the very first request that got no answer, or one from somebody on the way."""
    if not isinstance(error, TransportFailed | RequestRefused | BadAnswer) or error.endpoint is not Endpoint.TOKEN:
        return error
    from cec_client.surroundings import proxy_to, without_proxy  # noqa: PLC0415 - only here

    words = str(error.__cause__)
    proxy = proxy_to(address)
    if "CERTIFICATE_VERIFY_FAILED" in words:
        hint = f"The certificate of {address} is not trusted: give its authority by --ca FILE, or --insecure in a test."
    elif any(sign in words for sign in _NO_TLS):
        plain = address.replace("https://", "http://", 1)
        hint = f"What answers at {address} speaks no TLS: try {plain}"
    elif proxy is not None and not (isinstance(error, RequestRefused) and error.code is not None):
        hint = f"{error} - this went through {proxy}; to go without it, {without_proxy(address)}"
    elif type(error.__cause__).__name__ == "ConnectError":  # httpx's, by its name: it need not be imported for it
        hint = f"Nothing answers at {address}: is `mock-cec` running? ({words})"
    else:
        return error
    error.args = (hint,)
    return error
