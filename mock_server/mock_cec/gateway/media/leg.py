"""What the switchboard sees of the media: a leg for each call, and who makes legs; aiortc stays behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct

if TYPE_CHECKING:
    from pathlib import Path


class NotAcceptable(ValueError):  # noqa: N818  (named like its answer, 488)
    """Raised for an offer that cannot be answered; the text says why, for the Warning header and the log."""


class Full(RuntimeError):  # noqa: N818
    """Raised when the machine carries as many calls as it may; the INVITE is answered 503."""


class Wish(Struct, frozen=True):
    """What the media of a call shall be like.

    Attributes:
        source: What the caller hears: its own media (`echo`), a tone, silence (packets without sound), or a voice.
        voice: The WAV file of the voice, played once and followed by silence.
        direction: Who is heard: `both`; `to_caller`: what the caller says is dropped; `to_agent`: nothing is sent to
            the caller.
        stops: Seconds after which no more packets are sent, counted from the moment at which media flow; `None`: never.
        ice: Whether the connection comes up, or `fails`: the answer's candidates lead nowhere.
    """

    source: Literal["echo", "tone", "silence", "voice"] = "echo"
    voice: Path | None = None
    direction: Literal["both", "to_caller", "to_agent"] = "both"
    stops: float | None = None
    ice: Literal["ok", "fails"] = "ok"


class Listener(Protocol):
    """Who is told what happens to the media of a call; called from the event loop, never after `close` has returned."""

    def state(self, words: str) -> None:
        """Tell that the media are `connecting`, `connected`, `failed`, `stopped` or `closed`."""

    def digit(self, signal: str, milliseconds: int) -> None:
        """Tell that a key was pressed, as RTP telephone-event (RFC 4733)."""


class Leg(Protocol):
    """The media of one call."""

    async def answer(self, offer: str) -> str:
        """Answer an offer, the first or a later one (hold, resume, a section more).

        Args:
            offer: SDP as the client sent it.

        Returns:
            SDP with all candidates of this side.

        Raises:
            NotAcceptable: It cannot be answered; an earlier agreement stays as it was.
        """

    async def close(self) -> None:
        """Release everything; never raises, may be called twice."""


class Carrier(Protocol):
    """Who carries the media of all calls of a server."""

    def leg(self, wish: Wish, listener: Listener) -> Leg:
        """Make the media of one call.

        Raises:
            Full: There are as many calls as the machine carries.
        """

    async def close(self) -> None:
        """End all legs."""
