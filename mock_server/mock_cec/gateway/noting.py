"""Noting what a WebSocket carries, in the trace of whose call it is, and in the log."""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from mock_cec.gateway.words import call_id
from mock_cec.story import signal_level, signal_line

if TYPE_CHECKING:
    from mock_cec.tenant import Tenant

log: Final = logging.getLogger("mock_cec")

MOST_OWNERS: Final = 256
"""How many dialogs of a WebSocket are remembered; the oldest are forgotten first."""


class Owner(Struct, frozen=True):
    """Whose a signal is.

    Attributes:
        tenant: In whose trace it stands.
        call: The callee.
        user: The user whose call has it.
    """

    tenant: Tenant
    call: str | None = None
    user: str | None = None


class Notes:
    """Writes signals down; a message belongs to whoever its Call-ID belongs to, else to the first tenant.

    Args:
        first: The tenant of what is nobody's.
        connection: Which WebSocket it is.
    """

    def __init__(self, first: Tenant, connection: str | None) -> None:
        self._nobody = Owner(first)
        self._connection = connection
        self._owners: OrderedDict[str, Owner] = OrderedDict()

    def own(self, text: str, owner: Owner) -> None:
        """Say whose a message is, and all that have its Call-ID."""
        dialog = call_id(text)
        if dialog is not None:
            self._owners[dialog] = owner
            if len(self._owners) > MOST_OWNERS:
                self._owners.popitem(last=False)

    def received(self, text: str) -> None:
        """Note a frame of the client."""
        self._note("received", text, self._owner(text))

    def sent(self, text: str) -> None:
        """Note a frame to the client."""
        self._note("sent", text, self._owner(text))

    def state(self, owner: Owner | None, text: str) -> None:
        """Note news; of the WebSocket as such if they are nobody's."""
        self._note("state", text, owner or self._nobody)

    def _owner(self, text: str) -> Owner:
        return self._owners.get(call_id(text) or "", self._nobody)

    def _note(self, kind: str, text: str, owner: Owner) -> None:
        signal = owner.tenant.recorder.signal(kind, text, self._connection, owner.call, owner.user)
        if log.isEnabledFor(importance := signal_level(signal)):
            log.log(importance, signal_line(signal))
