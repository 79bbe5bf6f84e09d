"""Showing a call as it happens: plain lines, JSON lines, or colour on a terminal.

All three are given the same events with the seconds since the start: what one shows, the others could have shown.
"""

from __future__ import annotations

import json
from typing import IO, TYPE_CHECKING, Protocol

from cec_client.events import CallCreated, CallEvent, Connected, Queued, TextConnected
from cec_client.media.events import MediaConnected, MediaDialling, MediaEnded, MediaFailed
from cec_client.outcome import Outcome
from cec_client.wording import ENDINGS, Side, as_data, sentence

if TYPE_CHECKING:
    from rich.console import Console

    from cec_client.errors import CecError

GOOD_ENDINGS = frozenset({Outcome.RELEASED, Outcome.HUNG_UP})
"""The outcomes of a call that took place and ended in order."""

_WAITING: dict[type[CallEvent], str] = {
    TextConnected: "asking for the call",
    CallCreated: "waiting for an agent",
    Queued: "in the queue; Ctrl-C hangs up",
    Connected: "connected; Ctrl-C hangs up",
    MediaDialling: "connecting media; Ctrl-C hangs up",
    MediaConnected: "media connected; Ctrl-C hangs up",
    MediaFailed: "connected, without media; Ctrl-C hangs up",
    MediaEnded: "media ended; Ctrl-C hangs up",
}


class Timeline(Protocol):
    """Something that shows a call."""

    def begin(self, heading: str) -> None:
        """Say what is about to happen."""

    def show(self, elapsed: float, event: CallEvent) -> None:
        """Show what happened, `elapsed` seconds after the start."""

    def end(self, elapsed: float, outcome: Outcome, error: CecError | None) -> None:
        """Sum up."""


class PlainTimeline:
    """A line of plain text per event, for pipes and logs."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def begin(self, heading: str) -> None:
        """Print the heading."""
        self._print(heading)

    def show(self, elapsed: float, event: CallEvent) -> None:
        """Print a line."""
        side, words = sentence(event)
        self._print(f"{elapsed:8.2f}s {side.plain} {words}")

    def end(self, elapsed: float, outcome: Outcome, error: CecError | None) -> None:
        """Print the summary."""
        self._print(f"{elapsed:8.2f}s {Side.END.plain} {summary(elapsed, outcome, error)}")

    def _print(self, line: str) -> None:
        print(line, file=self._stream, flush=True)


class JsonTimeline:
    """One JSON object per line and event, for programs."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def begin(self, heading: str) -> None:
        """Print nothing: programs need no heading."""

    def show(self, elapsed: float, event: CallEvent) -> None:
        """Print an event."""
        self._print({"elapsed": round(elapsed, 3)} | as_data(event))

    def end(self, elapsed: float, outcome: Outcome, error: CecError | None) -> None:
        """Print the outcome."""
        said = None if error is None else {"error": type(error).__name__, "message": str(error)}
        self._print({"elapsed": round(elapsed, 3), "event": "ended", "outcome": outcome.value, "failure": said})

    def _print(self, line: dict[str, object]) -> None:
        text = json.dumps(line, ensure_ascii=False)
        print(text, file=self._stream, flush=True)


class TerminalTimeline:
    """Colour, signs and a line at the bottom that says what is awaited, for people.

    Args:
        console: Where to show it; by default the standard output's terminal.
    """

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console as RichConsole  # noqa: PLC0415 - only a terminal needs rich
        from rich.status import Status  # noqa: PLC0415 - the same

        self._console = console or RichConsole(highlight=False)
        self._status = Status("logging in", console=self._console, spinner="dots")

    def begin(self, heading: str) -> None:
        """Print the heading and start waiting."""
        self._console.print(heading, style="bold", markup=False)
        self._status.start()

    def show(self, elapsed: float, event: CallEvent) -> None:
        """Print a line above the one at the bottom."""
        side, words = sentence(event)
        self._line(elapsed, side, words, side.style)
        if type(event) in _WAITING:
            self._status.update(_WAITING[type(event)])

    def end(self, elapsed: float, outcome: Outcome, error: CecError | None) -> None:
        """Stop waiting and print the summary."""
        self._status.stop()
        colour = "bold green" if outcome in GOOD_ENDINGS else "bold red"
        self._line(elapsed, Side.END, summary(elapsed, outcome, error), colour)

    def _line(self, elapsed: float, side: Side, words: str, style: str) -> None:
        from rich.table import Table  # noqa: PLC0415 - only a terminal needs rich
        from rich.text import Text  # noqa: PLC0415 - the same

        grid = Table.grid(padding=(0, 1))
        grid.add_column(width=8, justify="right", no_wrap=True)
        grid.add_column(width=1)
        grid.add_column(overflow="fold")
        body = Text(words, style="dim" if side is Side.QUIET else "default")
        if side in (Side.END, Side.TROUBLE):
            body.stylize(style)
        grid.add_row(Text(f"{elapsed:.2f}s", style="dim"), Text(side.sign, style=style), body)
        self._console.print(grid)


def summary(elapsed: float, outcome: Outcome, error: CecError | None) -> str:
    """Say in a line how the call ended."""
    why = f": {error}" if error is not None else f": {ENDINGS[outcome]}"
    return f"{outcome.value} after {elapsed:.1f} s{why}"
