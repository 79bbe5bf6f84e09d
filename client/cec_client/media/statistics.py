"""What came of the media of a call, in numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStatistics:
    """The numbers of one kind of media.

    Attributes:
        kind: `audio` or `video`.
        codec: What was agreed on, such as `opus`; `None` if nothing was.
        packets_sent: RTP packets sent.
        packets_received: RTP packets received.
        packets_lost: RTP packets of the gateway that never came, as RFC 3550 §6.4.1 counts them.
        jitter: The variation of their arrival in seconds (RFC 3550 §6.4.1); `None` if none came.
        round_trip_time: Seconds there and back, from the gateway's reports (RFC 3550 §6.4.1); `None` without one.
        echo: Whether what was sent came back: the steps of the tone, or of the picture.
        echo_delay: Seconds from sending to hearing it, the median; `None` if it did not come back.
    """

    kind: str
    codec: str | None = None
    packets_sent: int = 0
    packets_received: int = 0
    packets_lost: int = 0
    jitter: float | None = None
    round_trip_time: float | None = None
    echo: bool = False
    echo_delay: float | None = None

    @property
    def loss(self) -> float:
        """The share of the gateway's packets that never came, 0 to 1."""
        expected = self.packets_received + max(0, self.packets_lost)
        return max(0, self.packets_lost) / expected if expected else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStatistics:
    """The numbers of a call's media.

    Attributes:
        seconds: How long media were connected.
        streams: One for each kind of media that was offered.
    """

    seconds: float = 0.0
    streams: tuple[StreamStatistics, ...] = ()
