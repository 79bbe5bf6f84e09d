"""The numbers of the client's behaviour: time limits, retries and pauses."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from cec_client.answers import HttpFailed

if TYPE_CHECKING:
    from cec_client.answers import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How patient the client is. Times are in seconds.

    Attributes:
        poll_timeout: The longest wait for the answer of a long poll (guide §5 step 4: 60 s).
        request_timeout: The longest wait for any other answer, and for a connection.
        poll_retries: Retries of a failing poll in an unbroken streak (guide §5 step 4: 3, hence four polls).
        login_retries: Retries of a login that fails while a call lives.
        drop_retries: Retries of a failing hang-up.
        retry_delay: Pause before any of these retries.
        longest_retry_after: How much of the pause that a platform asks for by `Retry-After` it gets, if that is longer:
            a call that lives must not be left alone for hours.
        logins_in_a_row: Logins, each answered by another 403, after which the client stops (guide §6.1 sets no bound).
        empty_pause: The least time between the starts of two polls when the first brought no known event, so that a
            platform that does not hold its polls is not flooded.
        farewell: How long, after a hang-up succeeded, the poll in flight may still bring the "released" event.
    """

    poll_timeout: float = 60.0
    request_timeout: float = 10.0
    poll_retries: int = 3
    login_retries: int = 3
    drop_retries: int = 3
    retry_delay: float = 1.0
    longest_retry_after: float = 30.0
    logins_in_a_row: int = 3
    empty_pause: float = 0.1
    farewell: float = 2.0

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense.

        Raises:
            ValueError: A number is negative, or a time limit is zero.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            least = "more than 0" if field.name.endswith("_timeout") else "0 or more"
            if not (value > 0 if least == "more than 0" else value >= 0):
                raise ValueError(f"{field.name} is {value!r}; give a number that is {least}")

    def pause_after(self, failure: Failure) -> float:
        """Give the pause, in seconds, before what failed so is tried again."""
        asked = failure.retry_after if isinstance(failure, HttpFailed) else None
        return max(self.retry_delay, min(asked or 0.0, self.longest_retry_after))
