"""The text session: what `send` answers and what `poll` brings, given what the customer did and the time.

The guide shows `send` with CONNECT only; the other commands and their texts are those of the vendor's API reference
(facts §3, §4). The other side is an agent, or a robot that hands over to an agent when asked to.

The lines of the other side lie on a time axis that starts at CONNECT. Each counts from the line before it, or, with
`on: chat`, from the customer's next message that no line has answered yet. The file knows no socket and no clock.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, Literal

from cec_client.protocol.codes import CLOSED, CLOSED_TEXT, OK, REFUSED
from msgspec import Struct

if TYPE_CHECKING:
    from mock_cec.scenario.model import Line
    from mock_cec.scenario.plan import Plan

Verdict = tuple[str, str]
"""A `resultCode` and its `resultDesc`."""

Peer = Literal["agent", "robot"]

_NO_ADDRESS: Final = (REFUSED, "No ccucs address available!")

_CONNECT: Final[dict[str, Verdict]] = {
    "agent": (OK, ""),  # the documents give no text for this one
    "robot": (OK, "connect to robot successfully"),
    "closed": (CLOSED, CLOSED_TEXT),
    "unavailable": _NO_ADDRESS,
}
"""CONNECT, by the scenario's `text` key."""

_COMMANDS: Final[dict[tuple[str, Peer | None], Verdict]] = {
    ("CHAT", "agent"): (OK, "sendUserMessage successfully."),
    ("CHAT", "robot"): (OK, "Send message to robot successfully"),
    ("CHAT", None): (REFUSED, "sendUserMessage failed"),
    ("INPUT", "agent"): (OK, ""),
    ("INPUT", "robot"): (OK, ""),
    ("INPUT", None): (REFUSED, "sendUserMessage failed"),
    ("READ", "agent"): (OK, ""),
    ("READ", "robot"): (OK, ""),
    ("READ", None): (REFUSED, "sendUserMessage failed"),
    ("TRANS2AGENT", "agent"): (REFUSED, "fail to transfer from robot to agent,it has been agent service."),
    ("TRANS2AGENT", "robot"): (OK, ""),
    ("TRANS2AGENT", None): (REFUSED, "fail to transfer from robot to agent,session keep touch failed."),
    ("DISCONNECT", "agent"): (OK, "disconnect successfully"),
    ("DISCONNECT", "robot"): (OK, "Disconnect robot successfully"),
    ("DISCONNECT", None): (REFUSED, "disconnect failed"),
}
"""Every other command, by who is at the other end."""

CONTROL_TYPES: Final = ("CONNECT", "CHAT", "TRANS2AGENT", "INPUT", "READ", "DISCONNECT")
"""The values of `controlType` (facts §3)."""


class Spoken(Struct, frozen=True):
    """A line of the other side, with the time at which it was spoken, in seconds."""

    at: float
    line: Line


class TextSession:
    """The text session of one user.

    Attributes:
        peer: Who is at the other end; `None` while there is no session.
    """

    __slots__ = ("_base", "_chats", "_lines", "_plan", "_spoken", "peer")

    def __init__(self, plan: Plan) -> None:
        self.peer: Peer | None = None
        self._plan = plan
        self._base = 0.0
        self._lines = deque(plan.lines[:0])
        self._chats: deque[float] = deque()
        self._spoken: deque[Spoken] = deque()

    def send(self, control_type: str, now: float) -> Verdict:
        """Answer a command of the customer's."""
        self._advance(now)
        if control_type == "CONNECT":
            return self._connect(now)
        verdict = _COMMANDS[control_type, self.peer]
        if self.peer is None:
            return verdict
        if control_type == "CHAT":
            self._chats.append(now)
        elif control_type == "TRANS2AGENT":
            self.peer = "agent"
        elif control_type == "DISCONNECT":
            self._close()
        return verdict

    def swap(self, plan: Plan) -> None:
        """Play another scenario from the next CONNECT on."""
        self._plan = plan

    def collect(self, now: float) -> tuple[Spoken, ...]:
        """Take what the other side has said since the last time."""
        self._advance(now)
        spoken = tuple(self._spoken)
        self._spoken.clear()
        return spoken

    def _connect(self, now: float) -> Verdict:
        kind = self._plan.scenario.text
        if self.peer is None and (kind == "agent" or kind == "robot"):  # noqa: PLR1714  (narrows the type)
            self.peer = kind
            self._base = now
            self._lines = deque(self._plan.lines)
            self._chats.clear()
        return _CONNECT[kind]

    def _close(self) -> None:
        self.peer = None
        self._lines.clear()

    def _advance(self, now: float) -> None:
        while self._lines:
            due = self._next_due()
            if due is None or due > now:
                return
            line = self._lines.popleft().line
            if line.on == "chat":
                self._chats.popleft()
            self._base = due
            self._spoken.append(Spoken(due, line))
            if line.disconnect:
                self._close()

    def _next_due(self) -> float | None:
        planned = self._lines[0]
        if planned.line.on is None:
            return self._base + planned.after
        return max(self._base, self._chats[0]) + planned.after if self._chats else None
