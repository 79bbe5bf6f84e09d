"""A softphone on paper: the messages that browsers' libraries send, and what the line says to them."""

from __future__ import annotations

from itertools import count
from typing import Any

from mock_cec.gateway.deeds import Deed, Dialled, Send
from mock_cec.gateway.line import Line
from msgspec import Struct

HOST = "127.0.0.1:8360"
OFFER = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
HELD = OFFER + "a=sendonly\r\n"
ANSWER = "v=0\r\no=- 7 1 IN IP4 127.0.0.1\r\ns=回声\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"

JSSIP = """
INVITE sip:179080387420489@127.0.0.1 SIP/2.0
Via: SIP/2.0/WS q3k1fdu2k0me.invalid;branch=z9hG4bK6542001
Max-Forwards: 69
To: <sip:179080387420489@127.0.0.1>
From: "Card" <sip:AnonymousCard@127.0.0.1>;tag=sse2oh0p7c
Call-ID: t3mtc5mkgqra3158ihq2
CSeq: 1515 INVITE
Contact: <sip:lt4b9peb@q3k1fdu2k0me.invalid;transport=ws;ob>
Content-Type: application/sdp
Session-Expires: 90
Allow: INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,REFER,INFO,NOTIFY,SUBSCRIBE
Supported: timer,ice,replaces,outbound
User-Agent: JsSIP 3.13.8
"""

SIPJS = """
INVITE sip:179080387420489@127.0.0.1 SIP/2.0
Via: SIP/2.0/WS cannkildkuul.invalid;branch=z9hG4bK4211093
To: <sip:179080387420489@127.0.0.1>
From: <sip:AnonymousCard@127.0.0.1>;tag=m8bvp89oto
CSeq: 1 INVITE
Call-ID: cigt4e0h01kk5l6k68rt
Max-Forwards: 70
Contact: <sip:5b4bpl62@cannkildkuul.invalid;transport=ws;ob>
Allow: ACK,CANCEL,INVITE,MESSAGE,BYE,OPTIONS,INFO,NOTIFY,REFER
Supported: outbound
User-Agent: SIP.js/0.21.1
Content-Type: application/sdp
"""

AUDIOCODES = """
INVITE sip:179080387420489@127.0.0.1 SIP/2.0
Via: SIP/2.0/WS 8k2ncaq9c1vd.invalid;branch=z9hG4bK9310734
Max-Forwards: 69
To: <sip:179080387420489@127.0.0.1>
From: "Anonymous" <sip:AnonymousCard@127.0.0.1>;tag=9s1t2f5l0n
Call-ID: 2v5n3v0k8g7m1u4t9r6e
CSeq: 8712 INVITE
Contact: <sip:AnonymousCard@8k2ncaq9c1vd.invalid;transport=ws;ob>
Content-Type: application/sdp
Allow: INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,REFER,INFO,NOTIFY
Supported: ice,replaces,outbound
User-Agent: JsSIP 3.9.0
"""

INVITES = {"JsSIP": JSSIP, "SIP.js": SIPJS, "AudioCodes": AUDIOCODES}


class Said(Struct):
    """A message of the line, taken apart the simple way."""

    start: str
    headers: list[tuple[str, str]]
    body: str

    @property
    def status(self) -> int:
        return int(self.start.split(" ")[1])

    @property
    def method(self) -> str:
        return self.start.split(" ")[0]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def __getitem__(self, name: str) -> str:
        (value,) = self.all(name)
        return value


def heard(text: str) -> Said:
    """Take a message apart, and check what browsers' libraries check in silence (RFC 3261 §20.14)."""
    head, end, body = text.partition("\r\n\r\n")
    assert end
    start, *lines = head.split("\r\n")
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    said = Said(start, headers, body)
    assert said["Content-Length"] == str(len(body.encode()))
    return said


def written(head: str, body: str = "", /, **changes: str | None) -> str:
    """Write a message: the lines of a text, with headers changed, taken away (`None`) or added, `_` for `-`."""
    first, *lines = head.strip().split("\n")
    headers = dict(line.split(": ", 1) for line in lines) | {"Content-Length": str(len(body.encode()))}
    for name, value in changes.items():
        headers[name.replace("_", "-")] = value or ""
        if value is None:
            del headers[name.replace("_", "-")]
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in headers.items())]) + "\r\n\r\n" + body


class Phone:
    """A client with a call to a line.

    Attributes:
        line: The line.
        now: The time; tests move it.
        invite: The INVITE without its body.
        tag: The line's tag, once it was heard.
    """

    def __init__(self, invite: str = JSSIP) -> None:
        numbers = count(1)
        self.line = Line(HOST, lambda: f"fresh{next(numbers)}")
        self.now = 100.0
        self.invite = invite.strip()
        self.tag = ""
        self._branches = count(1)
        self._cseq = int(self._header("CSeq").split(" ")[0])

    def _header(self, name: str) -> str:
        return next(line for line in self.invite.split("\n") if line.startswith(name + ": ")).partition(": ")[2]

    def send(self, text: str | bytes) -> list[Deed]:
        return self.line.received(text, self.now)

    def dial(self, body: str = OFFER, /, **changes: str | None) -> list[Deed]:
        """Send the INVITE."""
        return self.send(written(self.invite, body, **changes))

    def dialled(self) -> int:
        """Send the INVITE, and give the number of the call."""
        _, dialled = self.dial()
        assert isinstance(dialled, Dialled)
        return dialled.call

    def request(self, method: str, body: str = "", /, **changes: str | None) -> str:
        """Write a request in the dialog, with its own branch and the next CSeq; ACK and CANCEL keep the last."""
        branch = f"z9hG4bKphone{next(self._branches)}"
        if method not in ("ACK", "CANCEL"):
            self._cseq += 1
        via = self._header("Via")
        to = self._header("To") + (f";tag={self.tag}" if self.tag else "")
        content = "application/sdp" if body else None
        head = "\n".join(
            (
                f"{method} sip:179080387420489@{HOST};transport=ws SIP/2.0",
                f"Via: {via.partition(';')[0]};branch={branch}",
                "Max-Forwards: 69",
                f"To: {to}",
                f"From: {self._header('From')}",
                f"Call-ID: {self._header('Call-ID')}",
                f"CSeq: {self._cseq} {method}",
                f"Contact: {self._header('Contact')}",
            )
        )
        given: dict[str, Any] = {"Content_Type": content} if content else {}
        return written(head, body, **(given | changes))

    def asks(self, method: str, body: str = "", /, **changes: str | None) -> list[Deed]:
        return self.send(self.request(method, body, **changes))

    def cancel(self, **changes: str | None) -> list[Deed]:
        """Cancel the INVITE: its Request-URI, Via, From, To, Call-ID and number (RFC 3261 §9.1)."""
        lines = self.invite.replace("INVITE", "CANCEL").split("\n")
        kept = ("CANCEL", "Via", "Max-Forwards", "To", "From", "Call-ID", "CSeq")
        return self.send(written("\n".join(line for line in lines if line.startswith(kept)), **changes))

    def accepted(self) -> int:
        """Have the call answered."""
        call = self.dialled()
        (sent,) = self.line.accept(call, ANSWER, self.now)
        self.tag = says(sent)["To"].partition("tag=")[2]
        return call

    def connected(self) -> int:
        """Have the call answered, and acknowledge it."""
        call = self.accepted()
        self.asks("ACK")
        return call

    def tick(self, now: float) -> list[Deed]:
        self.now = now
        return self.line.tick(now)


def says(deed: Deed) -> Said:
    """Give the message of a deed that sends one."""
    assert isinstance(deed, Send)
    return heard(deed.text)


def statuses(deeds: list[Deed]) -> list[int]:
    """Give the statuses of the answers among deeds."""
    return [says(deed).status for deed in deeds if isinstance(deed, Send) and deed.text.startswith("SIP/2.0 ")]


def others(deeds: list[Deed]) -> list[Deed]:
    """Give what is not a message."""
    return [deed for deed in deeds if not isinstance(deed, Send)]
