"""Dialects: where the vendor's papers disagree, whose word the answers go by.

The guide and the API reference describe the same platform and differ in a few statuses, texts and types. A dialect says
how each of them has it, as plain data: whoever answers takes the value and need not know which dialect it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

from cec_client.protocol import EVENT_TEXT, EventId
from cec_client.protocol.codes import EXPIRED_STATUS
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping

DialectName = Literal["guide", "reference"]


class Dialect(Struct, frozen=True):
    """Whose word the answers go by, point by point.

    Attributes:
        expired_status: The HTTP status of a token that is wrong, missing or dead.
        number: The JSON type of `eventId` and `causeId`: it makes the value that is written out of the number.
        texts: The `resultDesc` of each event.
        unknown_text: The `resultDesc` of an event that the guide does not name.
        created_text: The `resultDesc` of a create that succeeded; `None` is JSON's null.
        grace: For which part of its life a ccmessaging token that has run out within a session is still taken, its
            answer handing out a new one; with 0 it is dead at once, and none is handed out.
    """

    expired_status: int
    number: type[int | str]
    texts: Mapping[EventId, str]
    unknown_text: str
    created_text: str | None
    grace: float


DIALECTS: Final[Mapping[DialectName, Dialect]] = {
    "guide": Dialect(  # guide §2.2, §5, §6.1
        expired_status=EXPIRED_STATUS,
        number=int,
        texts=EVENT_TEXT,
        unknown_text="",
        created_text="",
        grace=0.0,
    ),
    "reference": Dialect(  # facts §2, §6, §7, §10, §13
        expired_status=401,
        number=str,
        texts=EVENT_TEXT | {EventId.QUEUE_TIMEOUT: "Call queued timeout", EventId.TRANSFERRED: "Call transferred"},
        unknown_text="Call continue to poll events with unknown events",
        created_text=None,
        grace=0.2,
    ),
}
"""Each dialect by its name."""

NAMES: Final[tuple[DialectName, ...]] = get_args(DialectName)
"""The names, the default first."""
