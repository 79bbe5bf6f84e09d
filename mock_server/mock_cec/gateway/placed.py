"""A call that was placed on a WebSocket: what belongs together, and who is to be told when its time has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.clock import Timer
    from mock_cec.gateway.deeds import Dialled
    from mock_cec.gateway.media.leg import Leg
    from mock_cec.gateway.media_call import MediaCall
    from mock_cec.gateway.noting import Owner
    from mock_cec.session import Session


class Placed:
    """A placed call.

    Args:
        dialled: The INVITE.
        owner: Whose call it is.
        session: The session of it.

    Attributes:
        number: By which the line knows it.
        offer: The offer of the INVITE.
        leg: Its media, if it has any.
        call: What decides over it.
    """

    call: MediaCall

    def __init__(self, dialled: Dialled, owner: Owner, session: Session) -> None:
        self.number = dialled.call
        self.offer = dialled.offer
        self.owner = owner
        self.session = session
        self.leg: Leg | None = None
        self._timer: Timer | None = None
        self._look: Callable[[], None] | None = None
        self._end: Callable[[], None] | None = None

    def now(self) -> float:
        """Give the time of the tenant's clock."""
        return self.owner.tenant.clock.now()

    def watch(self, look: Callable[[], None], end: Callable[[], None]) -> None:
        """Have somebody told when the script of the call changes, and when the tenant begins anew."""
        self._look, self._end = look, end
        self.session.room.watcher = look
        self.owner.tenant.ending.add(end)

    def rearm(self, look: Callable[[], None]) -> None:
        """Have somebody told when time alone changes something."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self.call.wake_at(self.now())
        if at is not None:
            self._timer = self.owner.tenant.clock.call_at(at, look)

    def unwatch(self) -> None:
        """Have nobody told any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.session.room.watcher is self._look:
            self.session.room.watcher = None
        if self._end is not None:
            self.owner.tenant.ending.discard(self._end)
