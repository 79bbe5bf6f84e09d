"""A call: its INVITE, what happens in its dialog, and its end (RFC 3261 §13 to §15, RFC 3311, RFC 6086).

    RINGING    the INVITE is not answered        -> ANSWERED, or OVER by a refusal, CANCEL or BYE
    ANSWERED   200 is sent and repeated          -> CONFIRMED by ACK, LEAVING by hanging up, LEFT by silence
    CONFIRMED  the ACK has come                  -> LEFT by hanging up, OVER by the caller's BYE
    LEAVING    hung up, but a BYE has to wait for the ACK (§15) -> LEFT by ACK or silence
    LEFT       BYE is sent, its answer not there -> OVER by an answer, or 32 s later
    OVER       nothing more is known of the dialog

`Ended` is told on the way to one of the last three, and nothing after it.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from mock_cec.gateway.deeds import By, Confirmed, Deed, Digit, Ended, Offered, Send
from mock_cec.gateway.sip.admission import ALLOW, CAPABILITIES, SDP
from mock_cec.gateway.sip.dialog import Dialog, target
from mock_cec.gateway.sip.keys import RELAY, key, written
from mock_cec.gateway.sip.writing import phrase, plain, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.gateway.sip.reading import Request, Response
    from mock_cec.gateway.sip.transactions import Transaction

T1: Final = 0.5
T2: Final = 4.0
SILENCE: Final = 64 * T1
"""Seconds after which an ACK or an answer is no longer waited for (RFC 3261 §13.3.1.4, §17.1.2.2)."""

MOST_ASKED: Final = 64
"""Requests of this side in one call of which an answer is waited for; the oldest is forgotten first."""

BRANCH: Final = "z9hG4bK"


class Stage(Enum):
    """How far a call is; see the top of this file."""

    RINGING = auto()
    ANSWERED = auto()
    CONFIRMED = auto()
    LEAVING = auto()
    LEFT = auto()
    OVER = auto()


LIVE: Final = (Stage.RINGING, Stage.ANSWERED, Stage.CONFIRMED)


class _Repeated(Struct):
    """A 200 that is repeated until its ACK comes."""

    number: int
    text: str
    next: float
    pause: float
    until: float


class _Asked(Struct, frozen=True):
    method: str
    until: float


class Call:
    """One call.

    Args:
        number: By which the line knows it.
        invite: The transaction that started it.
        dialog: Its dialog.
        fresh: Gives tokens.
        now: The time.

    Attributes:
        number: As given.
        dialog: As given.
        stage: How far it is.
    """

    __slots__ = ("_asked", "_expires", "_fresh", "_invite", "_offer", "_repeated", "dialog", "number", "stage")

    def __init__(self, number: int, invite: Transaction, dialog: Dialog, fresh: Callable[[], str], now: float) -> None:
        self.number = number
        self.dialog = dialog
        self.stage = Stage.RINGING
        self._invite = invite
        self._fresh = fresh
        self._expires = now + invite.request.expires if invite.request.expires else None
        self._offer: Transaction | None = None  # is decided over; if it was cancelled it has its answer already
        self._repeated: _Repeated | None = None
        self._asked: dict[str, _Asked] = {}

    @property
    def live(self) -> bool:
        """Whether its end was not told yet."""
        return self.stage in LIVE

    # What the gateway decides.

    def ring(self, now: float) -> list[Deed]:
        """Say that it rings."""
        if self.stage is not Stage.RINGING:
            return []
        return [self._invite.respond(180, now, more=(("Contact", self.dialog.contact), ALLOW))]

    def accept(self, answer: str, now: float) -> list[Deed]:
        """Answer the INVITE, or the offer that is open."""
        if self.stage is Stage.RINGING:
            self.stage = Stage.ANSWERED
            return [self._agree(self._invite, answer, now)]
        asked = self._decided()
        if asked is None:
            return []
        self.dialog.target = _new_target(asked.request, self.dialog.target)
        return [self._agree(asked, answer, now)]

    def refuse(self, status: int, now: float, why: str, retry_after: int | None) -> list[Deed]:
        """Refuse the INVITE, or the offer that is open; after that the call goes on as before."""
        more = () if retry_after is None else (("Retry-After", str(retry_after)),)
        if self.stage is Stage.RINGING:
            self.stage = Stage.OVER
            sent = self._invite.respond(status, now, more=more, why=why)
            return [sent, Ended(self.number, By.GATEWAY, f"{status} {phrase(status)}")]
        asked = self._decided()
        return [] if asked is None else [asked.respond(status, now, more=more, why=why)]

    def hang_up(self, now: float, cause: int, why: str) -> list[Deed]:
        """End it from this side."""
        reason = ("Reason", f"Q.850;cause={cause}" + (f";text={quoted(why)}" if why else ""))
        ended = Ended(self.number, By.GATEWAY, plain(why))
        if self.stage is Stage.RINGING:
            self.stage = Stage.OVER
            return [self._invite.respond(480, now, more=(reason,)), ended]
        if self.stage is Stage.ANSWERED:
            self.stage = Stage.LEAVING
            return [ended]
        return [*self._leave(now, reason), ended]

    def digit(self, signal: str, milliseconds: int, now: float) -> list[Deed]:
        """Tell the caller a key."""
        if self.stage is not Stage.CONFIRMED:
            return []
        if len(self._asked) >= MOST_ASKED:
            del self._asked[next(iter(self._asked))]
        return [self._ask("INFO", now, (("Content-Type", RELAY),), written(signal, milliseconds))]

    # What the caller sends.

    def is_started_by(self, transaction: Transaction) -> bool:
        """Whether a transaction is the one of its INVITE, or of the offer that is open."""
        return transaction is self._invite or transaction is self._offer

    def cancelled(self, meant: Transaction, cancel: Request, now: float) -> list[Deed]:
        """End what a CANCEL means, which has no final answer yet (RFC 3261 §9.2).

        A new offer stays open for whoever decides over it; the decision is then not sent.
        """
        sent = meant.respond(487, now)
        if meant is not self._invite:
            return [sent]
        self.stage = Stage.OVER
        return [sent, Ended(self.number, By.CANCEL, cancel.reason)]

    def requested(self, transaction: Transaction, now: float) -> list[Deed]:
        """Answer a request within the dialog."""
        request = transaction.request
        if not self.dialog.follows(request.number):
            return [transaction.respond(500, now, why=f"CSeq {request.number} is not above the last")]
        if request.method == "BYE":
            return self._left(transaction, now)
        if not self.live:
            return [transaction.respond(481, now)]
        if request.method == "OPTIONS":
            return [transaction.respond(200, now, more=CAPABILITIES)]
        if request.method == "INFO":
            return self._pressed(transaction, now)
        brings_offer = request.method == "INVITE" or request.body
        return self._offered(transaction, now) if brings_offer else self._refreshed(transaction, now)

    def acknowledged(self, number: int, now: float) -> list[Deed]:
        """Take the ACK to a 200; any other ACK says nothing."""
        if self._repeated is None or self._repeated.number != number:
            return []
        self._repeated = None
        if self.stage is Stage.LEAVING:
            return list(self._leave(now))
        if self.stage is Stage.ANSWERED:
            self.stage = Stage.CONFIRMED
            return [Confirmed(self.number)]
        return []

    def answered(self, response: Response, now: float) -> list[Deed]:
        """Take an answer to a request of this side; 481 and 408 end the call (RFC 3261 §12.2.1.2)."""
        asked = self._asked.get(response.branch)
        if asked is None or asked.method != response.method or response.status < 200:  # noqa: PLR2004  (final)
            return []
        del self._asked[response.branch]
        if asked.method == "BYE":
            self.stage = Stage.OVER
            return []
        if response.status in (408, 481):
            words = f"{response.status} to {asked.method}"
            return [*self._leave(now), Ended(self.number, By.CALLER, words)]
        return []

    # What time brings.

    def wake_at(self) -> float | None:
        """Say when `tick` has something to do."""
        times = [asked.until for asked in self._asked.values()]
        if self._repeated is not None:
            times.append(min(self._repeated.next, self._repeated.until))
        if self._expires is not None and self.stage is Stage.RINGING:
            times.append(self._expires)
        return min(times, default=None)

    def tick(self, now: float) -> list[Deed]:
        """Repeat what is due, and give up what was waited for long enough."""
        if self.stage is Stage.RINGING:
            return self._expired(now)
        repeated = self._repeated
        if repeated is not None and now >= repeated.until:
            self._repeated = None
            return self._silence(now, "no ACK came to the answer")
        if any(asked.until <= now for asked in self._asked.values()):
            self._asked = {branch: asked for branch, asked in self._asked.items() if asked.until > now}
            if self.stage is Stage.LEFT:
                self.stage = Stage.OVER
                return []
            return self._silence(now, "no answer came to INFO")
        if repeated is not None and now >= repeated.next:
            repeated.pause = min(2 * repeated.pause, T2)
            repeated.next = now + repeated.pause
            return [Send(repeated.text)]
        return []

    def _expired(self, now: float) -> list[Deed]:
        """End an INVITE that was to be answered within the time of its Expires (RFC 3261 §13.3.1)."""
        if self._expires is None or now < self._expires:
            return []
        self.stage = Stage.OVER
        return [self._invite.respond(487, now), Ended(self.number, By.CANCEL, "the INVITE has expired")]

    def _silence(self, now: float, why: str) -> list[Deed]:
        ended = [Ended(self.number, By.SILENCE, why)] if self.live else []
        return [*self._leave(now), *ended]

    def _left(self, transaction: Transaction, now: float) -> list[Deed]:
        """Take the caller's BYE; what is still open is answered 487 (RFC 3261 §15.1.2)."""
        told = [Ended(self.number, By.CALLER, transaction.request.reason)] if self.live else []
        invite = [self._invite.respond(487, now)] if self.stage is Stage.RINGING else []
        self.stage = Stage.OVER
        return [transaction.respond(200, now), *invite, *self._drop_offer(now), *told]

    def _pressed(self, transaction: Transaction, now: float) -> list[Deed]:
        body = transaction.request.body
        if not body:
            return [transaction.respond(200, now)]
        try:
            signal, milliseconds = key(body)
        except ValueError as error:
            return [transaction.respond(400, now, why=str(error))]
        return [transaction.respond(200, now), Digit(self.number, signal, milliseconds)]

    def _offered(self, transaction: Transaction, now: float) -> list[Deed]:
        if self.stage is not Stage.CONFIRMED or self._repeated is not None or self._offer is not None:
            return [transaction.respond(491, now, why="an offer before this one is still open")]
        try:
            offer = transaction.request.offer()
            _new_target(transaction.request, "")
        except LookupError as error:
            return [transaction.respond(488, now, why=str(error))]
        except ValueError as error:
            return [transaction.respond(400, now, why=str(error))]
        self._offer = transaction
        first = [transaction.respond(100, now)] if transaction.request.method == "INVITE" else []
        return [*first, Offered(self.number, offer)]

    def _refreshed(self, transaction: Transaction, now: float) -> list[Deed]:
        """Answer an UPDATE without SDP: JsSIP's way to keep a session alive (RFC 4028 §7.4)."""
        try:
            self.dialog.target = _new_target(transaction.request, self.dialog.target)
        except ValueError as error:
            return [transaction.respond(400, now, why=str(error))]
        return [transaction.respond(200, now, more=(("Contact", self.dialog.contact), ALLOW))]

    # The parts of all these.

    def _decided(self) -> Transaction | None:
        """Close the offer that is open; `None` if there is none, or if it has its answer already."""
        offer, self._offer = self._offer, None
        return None if offer is None or offer.status is not None else offer

    def _drop_offer(self, now: float) -> list[Deed]:
        asked = self._decided()
        return [] if asked is None else [asked.respond(487, now)]

    def _agree(self, asked: Transaction, answer: str, now: float) -> Send:
        more = (("Contact", self.dialog.contact), ALLOW, ("Content-Type", SDP))
        sent = asked.respond(200, now, more=more, body=answer)
        if asked.request.method == "INVITE":
            self._repeated = _Repeated(asked.request.number, sent.text, now + T1, T1, now + SILENCE)
        return sent

    def _leave(self, now: float, *more: tuple[str, str]) -> list[Deed]:
        """Send BYE; whatever else was waited for is no longer of interest."""
        self.stage = Stage.LEFT
        self._repeated = None
        self._asked.clear()
        return [*self._drop_offer(now), self._ask("BYE", now, more)]

    def _ask(self, method: str, now: float, more: tuple[tuple[str, str], ...], body: str = "") -> Send:
        branch = BRANCH + self._fresh()
        self._asked[branch] = _Asked(method, now + SILENCE)
        return Send(self.dialog.request(method, branch, more, body))


def _new_target(request: Request, old: str) -> str:
    """Give the Contact of a request that may move the caller (RFC 3261 §12.2.2), or where it was if there is none."""
    return target(request) if request.headers.getlist("Contact") else old
