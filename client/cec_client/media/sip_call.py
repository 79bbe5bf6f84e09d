"""One call by SIP, the caller's side (RFC 3261), over one WebSocket (RFC 7118): a state machine without I/O.

    IDLE ──INVITE──> CALLING ──1xx──> RINGING ──2xx, ACK──> UP ──BYE──> LEAVING ──> OVER
                        │                │ └──CANCEL──> CANCELLING ──487──────────> OVER
                        └────────────────┴──refused, no answer, socket lost───────> OVER

A CANCEL waits for the first provisional answer (RFC 3261 §9.1). A BYE or CANCEL whose answer does not come is given up
after `MediaPolicy.farewell`. The socket is reliable, so nothing is sent twice but answers that are asked for twice.
There is no registration and no authentication: the platform hands out neither account nor password (facts §12.4).
"""

from __future__ import annotations

import secrets
from enum import Enum
from typing import TYPE_CHECKING, Final

from sipmessage import Request, Response

from cec_client.media import messages
from cec_client.media.policy import MediaPolicy
from cec_client.media.sip_deeds import Answered, By, Deed, Ended, Ending, Offered, Rang, Send

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cec_client.media.messages import Line

USER_AGENT: Final = "cec-client"
_ACCEPTED: Final = 200
_REDIRECTS: Final = range(300, 400)
_CHALLENGES: Final = (401, 407)
_SDP: Final = ("Content-Type", "application/sdp")


class Phase(Enum):
    """Where a call is; the drawing above has the ways between."""

    IDLE = "idle"
    CALLING = "calling"
    RINGING = "ringing"
    CANCELLING = "cancelling"
    UP = "up"
    LEAVING = "leaving"
    OVER = "over"


class SipCall:
    """One attempt at a call.

    Args:
        line: Addresses and names of the call.
        policy: Time limits.
        token: Gives a new random word at each call.

    Attributes:
        phase: Where the call is.
        heard: Whether the gateway has answered the INVITE at all.
        wake_at: When `tick` is to be called, if nothing happens before; `None` for never.
    """

    def __init__(
        self, line: Line, policy: MediaPolicy | None = None, token: Callable[[], str] = lambda: secrets.token_hex(8)
    ) -> None:
        self.phase = Phase.IDLE
        self.heard = False
        self.wake_at: float | None = None
        self._line = line
        self._policy = policy or MediaPolicy()
        self._token = token
        self._deeds: list[Deed] = []
        self._ending: Ending | None = None
        self._branch = self._new_branch()
        self._bye_branch = ""
        self._rang = 0
        self._sequence = 1
        self._peer = ""  # their address with its tag, once the call is up
        self._target = str(line.callee)
        self._routes: tuple[str, ...] = ()
        self._ack = ""
        self._their_sequence = -1
        self._offer: Request | None = None
        self._last: tuple[tuple[str, str], str] | None = None

    def take_deeds(self) -> tuple[Deed, ...]:
        """Give what is to be done since the last time."""
        deeds, self._deeds = tuple(self._deeds), []
        return deeds

    def invite(self, offer: str, now: float) -> None:
        """Call, offering these media (RFC 3261 §13.2.1)."""
        self.phase = Phase.CALLING
        self.wake_at = now + self._policy.answer_timeout
        lines = [("Contact", self._line.contact), ("Allow", messages.ALLOW), _SDP]
        self._send(self._request("INVITE", self._branch, 1, f"<{self._line.callee}>", lines, offer))

    def answer(self, sdp: str | None, now: float) -> None:
        """Answer the offer that the gateway made in mid-call; `None` refuses it, and the call goes on as before."""
        offer, self._offer = self._offer, None
        if offer is None:  # taken back meanwhile
            return
        if sdp is None:
            self._reply(offer, 488)
            return
        self._reply(offer, 200, [("Contact", self._line.contact), ("Allow", messages.ALLOW), _SDP], sdp)
        if offer.method == "INVITE":
            self.wake_at = now + self._policy.answer_timeout

    def hang_up(self, now: float, ending: Ending | None = None) -> None:
        """Cancel or end the call; a second time changes nothing.

        Args:
            now: The time.
            ending: How to call it, if it is not the user's wish.
        """
        if self._ending is not None or self.phase is Phase.OVER:
            return
        self._ending = ending or Ending(By.CALLER, "you hung up")
        self.wake_at = now + self._policy.farewell
        if self.phase is Phase.RINGING:
            self._cancel()
        elif self.phase is Phase.UP:
            self._leave()
        elif self.phase is Phase.IDLE:
            self._finish(self._ending)

    def lost(self, why: str) -> None:
        """The socket closed; calls on it end."""
        if self.phase is not Phase.OVER:
            self._finish(self._ending or Ending(By.SOCKET, why))

    def tick(self, now: float) -> None:
        """Let time pass."""
        if self.wake_at is None or now < self.wake_at or self.phase is Phase.OVER:
            return
        if self._ending is not None:
            self._finish(self._ending)
        elif self.phase is Phase.CALLING:
            limit = self._policy.answer_timeout
            self._finish(Ending(By.SILENCE, f"no answer to the INVITE within {limit:g} s", 408))
        elif self.phase is Phase.RINGING:
            limit = self._policy.ring_timeout
            self.hang_up(now, Ending(By.SILENCE, f"nobody answered within {limit:g} s", 408))
        else:
            self.hang_up(now, Ending(By.SILENCE, "no ACK came to the answer to a new offer"))

    def receive(self, frame: str | bytes, now: float) -> str | None:
        """Take a frame.

        Returns:
            Why it is ignored, if it is no message.
        """
        if self.phase is Phase.OVER:
            return None
        if frame in ("\r\n\r\n", b"\r\n\r\n"):  # a keep-alive, which wants an answer (RFC 5626 §3.5.1)
            self._send("\r\n")
            return None
        if frame in ("\r\n", b"\r\n"):
            return None
        try:
            message = messages.read(frame)
        except messages.Unreadable as error:
            return str(error)
        if isinstance(message, Request):
            self._asked(message)
        elif message.call_id == self._line.call_id:
            self._answered(message, now)
        return None

    # Answers of the gateway

    def _answered(self, response: Response, now: float) -> None:
        branch = messages.branch_of(response)
        final = response.code >= _ACCEPTED
        if branch == self._bye_branch and final and self._ending is not None and response.cseq.method == "BYE":
            self._finish(self._ending)
        elif branch == self._branch and response.cseq.method == "INVITE":
            self.heard = True
            if not final:
                self._provisional(response, now)
            elif response.code < _REDIRECTS.start:
                self._accepted(response, now)
            else:
                self._refused(response)

    def _provisional(self, response: Response, now: float) -> None:
        if self.phase is Phase.CALLING:
            self.phase = Phase.RINGING
            if self._ending is not None:
                self._cancel()
            else:
                self.wake_at = now + self._policy.ring_timeout
        if self.phase is Phase.RINGING and response.code not in (100, self._rang):
            self._rang = response.code
            self._deeds.append(Rang(response.code, response.phrase))

    def _accepted(self, response: Response, now: float) -> None:
        if self.phase in (Phase.UP, Phase.LEAVING):
            if messages.tag_of(response.headers["To"]) == messages.tag_of(self._peer):
                self._send(self._ack)  # it has not seen the ACK
            else:
                self._turn_away(response)
            return
        self._establish(response)
        self._send(self._ack)
        sdp = messages.body_of(response)
        self.phase = Phase.UP
        self.wake_at = None
        if self._ending is not None:  # the CANCEL came too late (RFC 3261 §15)
            self.wake_at = now + self._policy.farewell
            self._leave()
        elif not sdp.strip():
            why = f"the gateway answered {response.code} without SDP, so there is nothing to connect media to"
            self.hang_up(now, Ending(By.REFUSAL, why, response.code))
        else:
            self._deeds.append(Answered(sdp))

    def _establish(self, response: Response) -> None:
        """Keep what an answer says of the dialog (RFC 3261 §12.1.2), and make the ACK."""
        self._peer = response.headers["To"]
        self._target = messages.uri_in(response.headers.get("Contact") or "") or str(self._line.callee)
        self._routes = messages.route_set(response)
        self._ack = self._request("ACK", self._new_branch(), 1, self._peer)

    def _turn_away(self, response: Response) -> None:
        """End a second dialog that came of the one INVITE (RFC 3261 §13.2.2.4)."""
        kept = self._peer, self._target, self._routes, self._ack
        self._establish(response)
        self._send(self._ack)
        self._send(self._request("BYE", self._new_branch(), 2, self._peer))
        self._peer, self._target, self._routes, self._ack = kept

    def _refused(self, response: Response) -> None:
        if self.phase not in (Phase.UP, Phase.LEAVING):
            self._send(self._request("ACK", self._branch, 1, response.headers["To"]))
            self._finish(self._ending or Ending(By.REFUSAL, _refusal(response), response.code))

    # Requests of the gateway

    def _asked(self, request: Request) -> None:
        transaction = messages.branch_of(request), request.method
        if request.method == "ACK":
            self._acknowledged(request)
        elif self._last is not None and self._last[0] == transaction:
            self._send(self._last[1])  # it has not seen the answer (RFC 3261 §17.2.2)
        elif not self._in_dialog(request):
            self._reply_to_stranger(request)
        elif request.method == "CANCEL":
            self._take_back(request)
        elif request.cseq.sequence <= self._their_sequence:
            self._reply(request, 500)  # out of order (RFC 3261 §12.2.2)
        else:
            self._their_sequence = request.cseq.sequence
            self._asked_in_order(request)

    def _in_dialog(self, request: Request) -> bool:
        return (
            self.phase in (Phase.UP, Phase.LEAVING)
            and request.call_id == self._line.call_id
            and messages.tag_of(request.headers["To"]) == self._line.tag
            and messages.tag_of(request.headers["From"]) == messages.tag_of(self._peer)
        )

    def _acknowledged(self, request: Request) -> None:
        if self.phase is Phase.UP and self._in_dialog(request):
            self.wake_at = None

    def _reply_to_stranger(self, request: Request) -> None:
        inside = bool(messages.tag_of(request.headers["To"]))
        if request.method in ("BYE", "CANCEL") or inside:
            self._reply(request, 481)
        elif request.method == "OPTIONS":
            self._reply(request, 200, [("Allow", messages.ALLOW), ("Accept", "application/sdp")])
        elif request.method == "INVITE":
            self._reply(request, 486)  # one call is all there is
        else:
            self._reply(request, 405, [("Allow", messages.ALLOW)])

    def _take_back(self, request: Request) -> None:
        """A CANCEL: of an offer that is not answered yet, else of nothing (RFC 3261 §9.2)."""
        offer = self._offer
        if offer is None or messages.branch_of(offer) != messages.branch_of(request):
            self._reply(request, 481)
            return
        self._offer = None
        self._reply(request, 200)
        self._reply(offer, 487)

    def _asked_in_order(self, request: Request) -> None:
        method = request.method
        if method == "BYE":
            self._reply(request, 200)
            self._drop_offer()
            why = messages.reason_in(request)
            ending = Ending(By.GATEWAY, f"the gateway hung up{f': {why}' if why else ''}")
            self._finish(self._ending or ending)
        elif method in ("INVITE", "UPDATE"):
            self._new_offer(request)
        elif method == "OPTIONS":
            self._reply(request, 200, [("Allow", messages.ALLOW), ("Accept", "application/sdp")])
        elif method == "INFO":
            self._reply(request, 200)
        else:
            self._reply(request, 405, [("Allow", messages.ALLOW)])

    def _new_offer(self, request: Request) -> None:
        sdp = messages.body_of(request)
        if self.phase is Phase.LEAVING:
            self._reply(request, 481)
        elif self._offer is not None:
            self._reply(request, 500, [("Retry-After", "1")])  # one at a time (RFC 3261 §14.2)
        elif sdp.strip():
            self._target = messages.uri_in(request.headers.get("Contact") or "") or self._target
            self._offer = request
            self._deeds.append(Offered(sdp))
        elif request.method == "UPDATE":
            self._reply(request, 200, [("Contact", self._line.contact)])  # a session timer's (RFC 4028 §7)
        else:
            self._reply(request, 488)  # wants an offer of ours, which would go with the ACK

    def _drop_offer(self) -> None:
        offer, self._offer = self._offer, None
        if offer is not None:
            self._reply(offer, 487)  # RFC 3261 §15.1.2

    # Everywhere

    def _cancel(self) -> None:
        self.phase = Phase.CANCELLING
        self._send(self._request("CANCEL", self._branch, 1, f"<{self._line.callee}>"))

    def _leave(self) -> None:
        self.phase = Phase.LEAVING
        self._drop_offer()
        self._sequence += 1
        self._bye_branch = self._new_branch()
        reason = [("Reason", 'Q.850;cause=16;text="Normal call clearing"')]
        self._send(self._request("BYE", self._bye_branch, self._sequence, self._peer, reason))

    def _finish(self, ending: Ending) -> None:
        self.phase = Phase.OVER
        self.wake_at = None
        self._offer = None
        self._deeds.append(Ended(ending))

    def _request(  # noqa: PLR0913, PLR0917 - what a request is made of
        self,
        method: str,
        branch: str,
        sequence: int,
        to: str,
        more: Sequence[tuple[str, str]] = (),
        body: str = "",
    ) -> str:
        lines = [
            ("Via", self._line.via(branch)),
            ("Max-Forwards", "70"),
            *(("Route", route) for route in self._routes),
            ("From", f"<{self._line.caller}>;tag={self._line.tag}"),
            ("To", to),
            ("Call-ID", self._line.call_id),
            ("CSeq", f"{sequence} {method}"),
            ("User-Agent", USER_AGENT),
        ]
        return messages.write(f"{method} {self._target} SIP/2.0", [*lines, *more], body)

    def _reply(self, request: Request, status: int, more: Sequence[tuple[str, str]] = (), body: str = "") -> None:
        text = messages.reply(request, status, self._line.tag, more, body)
        self._last = ((messages.branch_of(request), request.method), text)
        self._send(text)

    def _send(self, text: str) -> None:
        self._deeds.append(Send(text))

    def _new_branch(self) -> str:
        return f"z9hG4bK{self._token()}"


def _refusal(response: Response) -> str:
    """Say in a line how the gateway refused, and what can be done."""
    reason = messages.reason_in(response)
    said = f"the gateway answered {response.code} {response.phrase}".rstrip() + (f" ({reason})" if reason else "")
    if response.code in _CHALLENGES:
        return f"{said}: it asks for a password, which this client cannot give and the platform does not hand out"
    if response.code in _REDIRECTS:
        return f"{said}: it sends the call elsewhere, where this client does not follow"
    return said
