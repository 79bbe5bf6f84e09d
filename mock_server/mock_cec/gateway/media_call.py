"""A media call: what becomes of an INVITE, by the scenario and by the call of which it is the sound (pure).

It is told what the line and the media report and what time it is, in seconds of the tenant's clock, and says what is
to be done. The two are one call:

    the call ends, by an event that is due or by a drop   BYE, whether anybody polls or not
    the caller ends: BYE, CANCEL, lost WebSocket, no ACK  the event of `gateway.on_hangup`
    the media fail, and that was not wished               BYE, and the same event

A refusal, or a call that is never dialled, leaves the other side as it is: what follows stands in the scenario.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cec_client.protocol import EventId
from msgspec import Struct

from mock_cec.gateway.deeds import By
from mock_cec.script import Due

if TYPE_CHECKING:
    from mock_cec.scenario.plan import Plan
    from mock_cec.session import Session


class State(StrEnum):
    """How far a media call is."""

    RINGING = "ringing"
    ANSWERING = "being answered"
    ANSWERED = "answered"
    UP = "up"
    OVER = "over"


class Ring(Struct, frozen=True):
    """180 is to be sent."""


class Answer(Struct, frozen=True):
    """The media are to answer the offer, and their answer is to be sent with the 200."""


class Refuse(Struct, frozen=True):
    """The INVITE is to be refused."""

    status: int
    why: str = ""


class HangUp(Struct, frozen=True):
    """The gateway hangs up.

    Attributes:
        cause: Why, by the numbers of Q.850.
        why: The same in words.
    """

    cause: int
    why: str


class CutSocket(Struct, frozen=True):
    """The WebSocket is to be cut without a word."""


class ScriptChanged(Struct, frozen=True):
    """An event was put on the axis of the call; whoever polls is to be woken."""


Act = Ring | Answer | Refuse | HangUp | CutSocket | ScriptChanged

REFUSALS: Final = {"busy": 486, "unavailable": 480, "declines": 603}
"""The statuses of the scenario's refusals (RFC 3261 §21)."""

NORMAL: Final = 16
"""Normal call clearing (Q.850)."""

FAILURE: Final = 41
"""Temporary failure (Q.850)."""

_HANG_UPS: Final = {
    By.CALLER: "the caller said BYE",
    By.CANCEL: "the caller cancelled",
    By.SOCKET: "the WebSocket is gone",
    By.SILENCE: "no ACK came",
}


class MediaCall:
    """A media call, from the INVITE on.

    Args:
        session: Whose it is; its present call is the one that the media belong to.
        plan: What the scenario says, at the time of the INVITE.
        now: The time of the INVITE.

    Attributes:
        state: How far it is.
        media: The last news of the media, in a word; empty before the first.
        since: Since when it is in that state.
        ended: How it ended, in words; empty before.
    """

    def __init__(self, session: Session, plan: Plan, now: float) -> None:
        self.state = State.RINGING
        self.media = ""
        self.ended = ""
        self.since = now
        self._session = session
        self._plan = plan
        self._script = plan.scenario.gateway
        self._call = session.script.calls
        self._rings_until = now + plan.gateway.ring
        first = session.dials == 0
        session.dials += 1
        session.media = self
        drop = plan.gateway.drop_socket
        self._cut_at = now + drop if drop is not None and first else None

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state is State.OVER

    @property
    def echoes_keys(self) -> bool:
        """Whether keys that are told by INFO come back."""
        return self._script.dtmf == "echo"

    def begin(self, now: float) -> list[Act]:
        """Take the INVITE."""
        rings = self._script.answer in {"ok", "never"} or self._plan.gateway.ring > 0
        return [*([Ring()] if rings else []), *self.look(now)]

    def look(self, now: float) -> list[Act]:
        """Look what is to be done, as time has passed or the script has changed."""
        if self.over:
            return []
        if self._is_released(now):
            return self._hang_up(now)
        if self._cut_at is not None and self._cut_at <= now:
            self._cut_at = None
            return [CutSocket()]
        if self.state is State.RINGING and self._rings_until <= now and self._script.answer != "never":
            return self._pick_up(now)
        return []

    def wake_at(self, now: float) -> float | None:
        """Give the time at which to look again; `None` if time alone changes nothing."""
        if self.over:
            return None
        times = [self._session.script.ends_at(now), self._cut_at]
        if self.state is State.RINGING and self._script.answer != "never":
            times.append(self._rings_until)
        return min((time for time in times if time is not None), default=None)

    def answered(self, now: float) -> bool:
        """Note that the media have answered; `False` if nobody waits for it any more."""
        if self.state is not State.ANSWERING:
            return False
        self._turn(State.ANSWERED, now)
        return True

    def confirmed(self, now: float) -> None:
        """Note that the ACK has come."""
        if self.state is State.ANSWERED:
            self._turn(State.UP, now)

    def heard_of_media(self, word: str, now: float) -> list[Act]:
        """Take note of what the media report; media that fail although they were to work end the call."""
        self.media = word
        if word != "failed" or self.over or self._script.ice == "fails":
            return []
        return [*self._finish(HangUp(FAILURE, "the media failed"), now), *self._follow(now)]

    def give_up(self, why: str, now: float) -> list[Act]:
        """Hang up for a reason outside the call: the tenant is reset, the server stops."""
        return [] if self.over else self._finish(HangUp(NORMAL, why), now)

    def refused(self, why: str, now: float) -> None:
        """Note that the gateway could not take the INVITE."""
        if not self.over:
            self.ended = why
            self._turn(State.OVER, now)

    def ended_by(self, by: By, now: float) -> list[Act]:
        """Take note of the end that the line reports; what the caller ends has consequences for the call."""
        if self.over:
            return []
        self.ended = _HANG_UPS.get(by, "the gateway hung up")
        self._turn(State.OVER, now)
        return self._follow(now)

    def _is_released(self, now: float) -> bool:
        script = self._session.script
        return script.calls != self._call or not script.live(now)

    def _hang_up(self, now: float) -> list[Act]:
        script = self._session.script
        if script.calls != self._call:
            return self._finish(HangUp(NORMAL, "another call was created"), now)
        event = script.ending
        if event is None:
            return self._finish(HangUp(NORMAL, "dropClickToCall"), now)
        cause = FAILURE if event.id == EventId.FAILED else NORMAL
        return self._finish(HangUp(cause, f"{event.id} {event.text}".rstrip()), now)

    def _pick_up(self, now: float) -> list[Act]:
        if self._script.answer == "ok":
            self._turn(State.ANSWERING, now)
            return [Answer()]
        status = REFUSALS[self._script.answer]
        self.ended = f"refused: {status}"
        self._turn(State.OVER, now)
        return [Refuse(status)]

    def _finish(self, last: HangUp, now: float) -> list[Act]:
        self.ended = last.why
        self._turn(State.OVER, now)
        return [last]

    def _follow(self, now: float) -> list[Act]:
        event = self._plan.gateway.on_hangup
        if event is None or self._is_released(now):
            return []
        ends = self._session.script.ends_at(now)
        if ends is not None and ends <= now + event.after:
            return []
        self._session.script.inject(Due(now + event.after, event))
        return [ScriptChanged()]

    def _turn(self, state: State, now: float) -> None:
        self.state = state
        self.since = now
