"""The line: SIP on one WebSocket, seen from the gateway (RFC 3261, RFC 7118).

A user agent that is only ever called. It answers by itself what needs no decision, and tells the rest: `Dialled`,
then whoever decides calls `ring`, `accept` or `refuse`. It knows no socket and no clock: frames and the time come in,
deeds go out, in the order in which they are to be done.

Whatever comes is answered, ignored or ends in `Close`; it raises nothing. What is remembered is bounded: calls,
answers, bytes of a frame and of its headers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mock_cec.gateway.deeds import By, Close, Deed, Dialled, Ended, Send
from mock_cec.gateway.sip import registering
from mock_cec.gateway.sip.addresses import uri
from mock_cec.gateway.sip.admission import CAPABILITIES, refusal
from mock_cec.gateway.sip.call import Call, Stage
from mock_cec.gateway.sip.dialog import Dialog, Id, dialog_id
from mock_cec.gateway.sip.reading import BadRequest, NotSip, Request, Response, read
from mock_cec.gateway.sip.transactions import Transaction, Transactions, key
from mock_cec.gateway.sip.writing import response, status_line

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_FRAME: Final = 131_072
"""Bytes of a frame; an offer of audio and video from a browser has some 10,000."""

MOST_CALLS: Final = 8
"""Calls that one line has at a time; a client has one, or two when it dials anew."""

MOST_PAST: Final = 16
"""Calls whose BYE is not answered; the oldest is forgotten first."""

_RETRY: Final = ("Retry-After", "5")
_PING: Final = b"\r\n\r\n"
_PONG: Final = "\r\n"
_LONGEST_WHY: Final = 123
"""Bytes that a close frame has for words (RFC 6455 §5.5)."""

_TOO_BIG: Final = 1009
_NOT_SIP: Final = 1007


class Line:
    """SIP on one WebSocket, seen from the gateway.

    Args:
        contact: `host[:port]` for this side's Contact and Via.
        fresh: Gives tokens that nobody can guess, for tags and branches; no two are the same.
    """

    def __init__(self, contact: str, fresh: Callable[[], str]) -> None:
        self._contact = contact
        self._fresh = fresh
        self._transactions = Transactions(contact)
        self._calls: dict[int, Call] = {}
        self._past: list[Call] = []
        self._count = 0
        self._closed = False

    # What the client sends.

    def received(self, frame: str | bytes, now: float) -> list[Deed]:
        """Take a frame: a message (RFC 7118 §5), or a keep-alive (RFC 7118 §6, RFC 5626 §3.5.1)."""
        if self._closed:
            return []
        self._transactions.forget(now)
        data = frame if isinstance(frame, bytes) else frame.encode(errors="surrogatepass")
        if len(data) > LONGEST_FRAME:
            return self._break(_TOO_BIG, f"a frame of {len(data)} bytes; {LONGEST_FRAME} are the most", now)
        if not data.strip(b"\r\n"):
            return [Send(_PONG)] if data == _PING else []
        return self._message(data, now)

    def _message(self, data: bytes, now: float) -> list[Deed]:
        try:
            message = read(data)
        except BadRequest as bad:
            return [Send(self._refused(bad))]
        except NotSip as error:
            return self._break(_NOT_SIP, f"not a SIP message: {error}", now)
        if isinstance(message, Request):
            return self._requested(message, now)
        return self._answered(message, now) if message else []

    def closed(self, now: float) -> list[Deed]:  # noqa: ARG002  (every entrance is told the time)
        """Take note that the WebSocket is gone: every live call ends, and nothing more is said."""
        ended: list[Deed] = [Ended(call.number, By.SOCKET) for call in self._calls.values()]
        self._stop()
        return ended

    # What the gateway decides. A call that is over, or was never there, changes nothing.

    def ring(self, call: int, now: float) -> list[Deed]:
        """Say that a call rings: 180."""
        found = self._calls.get(call)
        return found.ring(now) if found else []

    def accept(self, call: int, answer: str, now: float) -> list[Deed]:
        """Send the answer to the INVITE, or to the re-INVITE or UPDATE that was `Offered`: 200."""
        found = self._calls.get(call)
        return found.accept(answer, now) if found else []

    def refuse(
        self, call: int, status: int, now: float, *, why: str = "", retry_after: int | None = None
    ) -> list[Deed]:
        """Refuse the INVITE, which ends the call, or what was `Offered`, after which it goes on as before.

        Args:
            call: Which.
            status: From 300 to 699.
            now: The time.
            why: Words for the client's developer, in a Warning header.
            retry_after: Seconds for a Retry-After header.

        Raises:
            ValueError: The status is not one of a refusal.
        """
        if not 300 <= status <= 699:  # noqa: PLR2004  (RFC 3261 §21.3 to §21.6)
            raise ValueError(f"{status} refuses nothing; 300 to 699 do")
        found = self._calls.get(call)
        return self._settled(found, found.refuse(status, now, why, retry_after)) if found else []

    def hang_up(self, call: int, now: float, *, cause: int = 16, why: str = "") -> list[Deed]:
        """End a call: BYE, or 480 before it was answered.

        While the ACK to the answer is out, the BYE has to wait for it (RFC 3261 §15); the call has ended all the same.

        Args:
            call: Which.
            now: The time.
            cause: Of Q.850, for the Reason header (RFC 3326).
            why: Its text.
        """
        found = self._calls.get(call)
        return self._settled(found, found.hang_up(now, cause, why)) if found else []

    def digit(self, call: int, signal: str, milliseconds: int, now: float) -> list[Deed]:
        """Tell the client a key, by INFO; before the ACK nothing is sent."""
        found = self._calls.get(call)
        return found.digit(signal, milliseconds, now) if found else []

    # What time brings.

    def wake_at(self) -> float | None:
        """Say when `tick` has something to do; `None`: never, as things are."""
        times = (call.wake_at() for call in (*self._calls.values(), *self._past))
        return min((at for at in times if at is not None), default=None)

    def tick(self, now: float) -> list[Deed]:
        """Do what is due."""
        self._transactions.forget(now)
        return [deed for call in self._known() for deed in self._settled(call, call.tick(now))]

    @property
    def remembered(self) -> int:
        """How much is kept: calls, those whose BYE is not answered, and transactions. It is bounded."""
        return len(self._calls) + len(self._past) + len(self._transactions)

    # Requests.

    def _requested(self, request: Request, now: float) -> list[Deed]:
        if request.method == "ACK":
            call = self._find(dialog_id(request))
            return self._settled(call, call.acknowledged(request.number, now)) if call else []
        known = self._transactions.find(key(request))
        if known is not None:
            return [Send(known.last)] if known.last is not None else []
        if request.method == "CANCEL":
            return self._cancelled(request, now)
        return self._new(self._transactions.open(request, self._fresh()), now)

    def _new(self, transaction: Transaction, now: float) -> list[Deed]:
        request = transaction.request
        refused = refusal(request)
        if refused is not None:
            return [transaction.respond(refused.status, now, more=refused.more, why=refused.why)]
        if request.method == "REGISTER":
            return [self._registered(transaction, now)]
        if request.recipient.tag:
            return self._within(transaction, now)
        if request.method == "INVITE":
            return self._dialled(transaction, now)
        if request.method == "OPTIONS":
            return [transaction.respond(200, now, more=CAPABILITIES)]
        return [transaction.respond(481, now)]

    def _within(self, transaction: Transaction, now: float) -> list[Deed]:
        call = self._find(dialog_id(transaction.request))
        if call is None:
            return [transaction.respond(481, now)]
        return self._settled(call, call.requested(transaction, now))

    def _cancelled(self, request: Request, now: float) -> list[Deed]:
        meant = self._transactions.find(key(request, "INVITE"))
        transaction = self._transactions.open(request, meant.tag if meant else self._fresh())
        if meant is None:
            return [transaction.respond(481, now)]
        deeds: list[Deed] = [transaction.respond(200, now)]
        if meant.status is None:
            call = next(call for call in self._calls.values() if call.is_started_by(meant))
            deeds += self._settled(call, call.cancelled(meant, request, now))
        return deeds

    def _dialled(self, transaction: Transaction, now: float) -> list[Deed]:
        invite = transaction.request
        if self._transactions.merged(invite):
            return [transaction.respond(482, now, why="this INVITE came once already, with another branch")]
        if len(self._calls) >= MOST_CALLS:
            why = f"{MOST_CALLS} calls are the most on one connection"
            return [transaction.respond(503, now, more=(_RETRY,), why=why)]
        try:
            dialog = Dialog(invite, transaction.tag, self._contact)
            caller = uri(invite.sender.uri).user
            offer = invite.offer()
        except LookupError as error:
            return [transaction.respond(488, now, why=str(error))]
        except ValueError as error:
            return [transaction.respond(400, now, why=str(error))]
        self._count += 1
        self._calls[self._count] = Call(self._count, transaction, dialog, self._fresh, now)
        asked = uri(invite.uri)
        trying = transaction.respond(100, now, more=_timestamp(invite))
        return [trying, Dialled(self._count, asked.user, asked.host, caller, offer)]

    def _registered(self, transaction: Transaction, now: float) -> Send:
        try:
            contacts = registering.bindings(transaction.request)
        except ValueError as error:
            return transaction.respond(400, now, why=str(error))
        return transaction.respond(200, now, more=contacts)

    def _refused(self, bad: BadRequest) -> str:
        """Answer a request that is malformed, of which nothing is remembered (RFC 3261 §8.2.7)."""
        return response(bad.headers, status_line(bad.status, str(bad)), self._fresh())

    # Answers.

    def _answered(self, answer: Response, now: float) -> list[Deed]:
        return [deed for call in self._known() for deed in self._settled(call, call.answered(answer, now))]

    # Calls.

    def _known(self) -> tuple[Call, ...]:
        return (*self._calls.values(), *self._past)

    def _find(self, wanted: Id) -> Call | None:
        return next((call for call in self._known() if call.dialog.id == wanted), None)

    def _settled(self, call: Call, deeds: list[Deed]) -> list[Deed]:
        """Put a call that has ended where it belongs: aside, while something of it is waited for, or away."""
        if not call.live and self._calls.pop(call.number, None) is not None:
            self._past = [*self._past, call][-MOST_PAST:]
        self._past = [past for past in self._past if past.stage is not Stage.OVER]
        return deeds

    def _break(self, code: int, why: str, now: float) -> list[Deed]:
        """Close the WebSocket from this side: calls are hung up first, or the client would wait for its media."""
        deeds = [deed for call in self._known() if call.live for deed in call.hang_up(now, 41, why)]
        self._stop()
        return [*deeds, Close(code, why.encode(errors="replace")[:_LONGEST_WHY].decode(errors="ignore"))]

    def _stop(self) -> None:
        self._closed = True
        self._calls.clear()
        self._past.clear()
        self._transactions = Transactions(self._contact)


def _timestamp(invite: Request) -> tuple[tuple[str, str], ...]:
    """Repeat in a 100 when the client says it has sent the INVITE (RFC 3261 §8.2.6.1)."""
    stamp = invite.one("Timestamp")
    return (("Timestamp", stamp),) if stamp else ()
