"""A gateway in words for the tables: messages answered and asked, as text."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from cec_client.media.addresses import Destination
from cec_client.media.messages import line_to
from cec_client.media.policy import MediaPolicy
from cec_client.media.sip_call import SipCall
from cec_client.media.sip_deeds import Send

from tests.client.media.fake import header

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.media import sip_deeds

OFFER = "v=0\r\ns=offer\r\n"
ANSWER = "v=0\r\ns=answer\r\n"
HOLD = "v=0\r\ns=hold\r\n"
THERE = Destination(("wss://gw.example/sip",), "gw.example", None, "179", "AnonymousCard")
POLICY = MediaPolicy()


def tokens() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"t{next(numbers)}"


def sip_answer(request: str, status: str, *more: str, tag: str = "gw", body: str = "") -> str:
    """Answer a request of ours."""
    to = header(request, "To")
    lines = [f"{name}: {header(request, name)}" for name in ("Via", "From", "Call-ID", "CSeq")]
    lines += [f"To: {to}" if ";tag=" in to or not tag else f"To: {to};tag={tag}", *more]
    return "\r\n".join([f"SIP/2.0 {status}", *lines, f"Content-Length: {len(body)}", "", body])


class Table:
    """A call, and the gateway's hand in it.

    Attributes:
        call: The call.
        sent: The messages it has sent, in order.
        deeds: What else it wanted done.
        now: The time.
    """

    def __init__(self) -> None:
        token = tokens()
        self.call = SipCall(line_to(THERE, "wss://gw.example/sip", token), POLICY, token)
        self.sent: list[str] = []
        self.deeds: list[sip_deeds.Deed] = []
        self.now = 100.0
        self.branches = count(1)

    def take(self) -> list[str]:
        """Give what was sent since the last time."""
        deeds = self.call.take_deeds()
        fresh = [deed.text for deed in deeds if isinstance(deed, Send)]
        self.sent += fresh
        self.deeds += [deed for deed in deeds if not isinstance(deed, Send)]
        return fresh

    @property
    def invite(self) -> str:
        return self.sent[0]

    def dial(self) -> str:
        self.call.invite(OFFER, self.now)
        return self.take()[0]

    def reply(self, status: str, *more: str, to: str = "", tag: str = "gw", body: str = "") -> list[str]:
        """The gateway answers the INVITE, or another request."""
        return self.get(sip_answer(to or self.invite, status, *more, tag=tag, body=body))

    def get(self, frame: str | bytes) -> list[str]:
        self.call.receive(frame, self.now)
        return self.take()

    def up(self) -> str:
        """Bring the call up, and give the ACK."""
        self.dial()
        self.reply("180 Ringing")
        return self.reply("200 OK", "Contact: <sip:gw@10.0.0.1:5061;transport=ws>", body=ANSWER)[0]

    def ask(self, method: str, sequence: int = 1, *more: str, **details: Any) -> list[str]:
        """The gateway asks something, in the dialog unless names differ; gives what is sent thereupon."""
        return self.get(self.request(method, sequence, *more, **details))

    def request(  # noqa: PLR0913 - what a request is made of
        self,
        method: str,
        sequence: int = 1,
        *more: str,
        body: str = "",
        branch: str = "",
        call_id: str = "",
        our_tag: str | None = None,
        their_tag: str = "gw",
    ) -> str:
        """Write a request of the gateway."""
        ours = header(self.invite, "From")
        if our_tag is not None:
            ours = ours.partition(";")[0] + (f";tag={our_tag}" if our_tag else "")
        lines = [
            f"{method} sip:AnonymousCard@t1.invalid;transport=ws SIP/2.0",
            f"Via: SIP/2.0/WSS gw_1;branch={branch or f'z9hG4bKgw{next(self.branches)}'}",
            f"From: {header(self.invite, 'To')};tag={their_tag}",
            f"To: {ours}",
            f"Call-ID: {call_id or header(self.invite, 'Call-ID')}",
            f"CSeq: {sequence} {method}",
            *more,
        ]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])


def starts(messages: list[str]) -> list[str]:
    """Give the first words of messages: a method, or a status."""
    return [m.split(" ")[1] if m.startswith("SIP/2.0") else m.split(" ")[0] for m in messages]
