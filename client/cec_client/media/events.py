"""What happens to the media of a call, among the events of the call itself.

Of each attempt at media there is one `MediaFailed` or `MediaEnded`, which is the last of it; the call goes on all the
same, until its own last event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cec_client.events import CallEvent

if TYPE_CHECKING:
    from cec_client.errors import MediaProblem
    from cec_client.media.statistics import MediaStatistics


@dataclass(frozen=True, slots=True)
class MediaDialling(CallEvent):
    """The gateway is called at one of its addresses.

    Attributes:
        address: The WebSocket's URL.
        callee: Whom (the `accessCode`, guide §5 step 4).
    """

    kind: ClassVar[str] = "media_dialling"
    address: str
    callee: str


@dataclass(frozen=True, slots=True)
class MediaAddressFailed(CallEvent):
    """An address of the gateway cannot be used; the next is tried, if there is one."""

    kind: ClassVar[str] = "media_address_failed"
    address: str
    why: str


@dataclass(frozen=True, slots=True)
class MediaRinging(CallEvent):
    """The gateway rings, or says something else for the time being (RFC 3261 §21.1)."""

    kind: ClassVar[str] = "media_ringing"
    status: int
    phrase: str


@dataclass(frozen=True, slots=True)
class MediaConnected(CallEvent):
    """Media flow.

    Attributes:
        address: The WebSocket's URL.
        codecs: What was agreed on, such as `opus` and `VP8`.
    """

    kind: ClassVar[str] = "media_connected"
    address: str
    codecs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MediaFailed(CallEvent):
    """Media were never connected."""

    kind: ClassVar[str] = "media_failed"
    failure: MediaProblem


@dataclass(frozen=True, slots=True)
class MediaEnded(CallEvent):
    """Media have ended, or the user hung up before they were connected.

    Attributes:
        why: In words.
        statistics: What came of them.
    """

    kind: ClassVar[str] = "media_ended"
    why: str
    statistics: MediaStatistics


MediaEvent = MediaDialling | MediaAddressFailed | MediaRinging | MediaConnected | MediaFailed | MediaEnded
"""Any of these."""
