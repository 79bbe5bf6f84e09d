"""The numbers of the media leg's behaviour: how long it waits for what."""

from __future__ import annotations

from dataclasses import dataclass, fields

T1 = 0.5
"""Seconds: the estimate of a round trip on which SIP's timers are built (RFC 3261 §17.1.1.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPolicy:
    """How patient the media leg is. Times are in seconds.

    Attributes:
        connect_timeout: The longest wait for a WebSocket at one address: name, TCP, TLS and the handshake.
        answer_timeout: The longest wait for the first answer to an INVITE, and for the ACK to an answer of ours
            (RFC 3261 §17.1.1.2 timer B and §13.3.1.4: 64 times T1).
        ring_timeout: How long the gateway may ring before the call is cancelled (RFC 3261 leaves it to the caller).
        media_timeout: The longest wait, once the call is answered, for media to be connected (ICE and DTLS).
        farewell: The longest wait for the answer to a BYE or a CANCEL. The book says 32 s (RFC 3261 §17.1.2.2); whoever
            hangs up does not wait so long, and closing the socket says the same.
    """

    connect_timeout: float = 10.0
    answer_timeout: float = 64 * T1
    ring_timeout: float = 60.0
    media_timeout: float = 15.0
    farewell: float = 2.0

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense.

        Raises:
            ValueError: A number is not more than 0.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise ValueError(f"{field.name} is {value!r}; give a number that is more than 0")
