"""Server transactions: a request has one final answer, and one that comes again gets the same again (RFC 3261 §17.2).

A WebSocket loses nothing, so the book would forget a transaction at once (timers I and J are 0). It is kept all the
same, for as long as over UDP: whoever sends a request twice then learns what became of it, and a CANCEL that crosses
the answer finds what it meant.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from mock_cec.gateway.deeds import Send
from mock_cec.gateway.sip.writing import Lines, quoted, response, status_line

if TYPE_CHECKING:
    from mock_cec.gateway.sip.reading import Request

KEPT: Final = 32.0
"""Seconds for which an answer is kept (64 times T1, RFC 3261 §17.2.1)."""

MOST_KEPT: Final = 64
"""Answers that are kept; the oldest is forgotten first."""

_COOKIE: Final = "z9hG4bK"

Key = tuple[str, ...]


def key(request: Request, method: str | None = None) -> Key:
    """Name the transaction of a request (RFC 3261 §17.2.3); of the INVITE that a CANCEL means, with its method."""
    method = method or request.method
    if request.via.branch.startswith(_COOKIE):
        return request.via.branch, request.via.by, method
    return request.via.branch, request.via.by, method, request.call_id, request.sender.tag, str(request.number)


class Transaction:
    """One request and what was answered.

    Attributes:
        request: The request; without its body once it is answered.
        tag: This side's tag for To, in every answer but 100.
        last: The answer that was sent last.
        status: The status of the final answer, once it was sent.
    """

    __slots__ = ("_agent", "_memory", "last", "request", "status", "tag")

    def __init__(self, request: Request, tag: str, agent: str, memory: Transactions) -> None:
        self.request = request
        self.tag = tag
        self.last: str | None = None
        self.status: int | None = None
        self._agent = agent
        self._memory = memory

    def respond(self, status: int, now: float, *, more: Lines = (), body: str = "", why: str = "") -> Send:
        """Answer the request.

        Args:
            status: From 100 to 699; from 200 on it is the last.
            now: The time.
            more: Headers to be added.
            body: SDP.
            why: What was wrong, for a Warning header.
        """
        if why:
            more = (*more, ("Warning", f"399 {self._agent} {quoted(why)}"))
        tag = "" if status == 100 else self.tag  # noqa: PLR2004  (Trying)
        self.last = response(self.request.headers, status_line(status, why), tag, more, body)
        if status >= 200:  # noqa: PLR2004  (final)
            self.status = status
            self._memory.done(self, now)
        return Send(self.last)


class Transactions:
    """The transactions of a line, bounded.

    Args:
        agent: `host[:port]`, who warns.
    """

    def __init__(self, agent: str) -> None:
        self._agent = agent
        self._open: dict[Key, Transaction] = {}
        self._done: OrderedDict[Key, tuple[float, Transaction]] = OrderedDict()

    def find(self, wanted: Key) -> Transaction | None:
        """Find the transaction of a request that came again, or that a CANCEL means."""
        if wanted in self._done:
            return self._done[wanted][1]
        return self._open.get(wanted)

    def open(self, request: Request, tag: str) -> Transaction:
        """Start the transaction of a request that was not there before."""
        transaction = Transaction(request, tag, self._agent, self)
        self._open[key(request)] = transaction
        return transaction

    def done(self, transaction: Transaction, now: float) -> None:
        """Keep a final answer for a while."""
        mine = key(transaction.request)
        self._open.pop(mine, None)
        transaction.request = replace(transaction.request, body=b"")
        self._done[mine] = (now + KEPT, transaction)
        if len(self._done) > MOST_KEPT:
            self._done.popitem(last=False)

    def merged(self, request: Request) -> bool:
        """Whether the same request came on another way and is not answered yet (RFC 3261 §8.2.2.2)."""
        return any(
            (known.request.call_id, known.request.sender.tag, known.request.number, known.request.method)
            == (request.call_id, request.sender.tag, request.number, request.method)
            and known.request.via != request.via
            for known in self._open.values()
        )

    def forget(self, now: float) -> None:
        """Drop answers that are old."""
        while self._done and next(iter(self._done.values()))[0] <= now:
            self._done.popitem(last=False)

    def __len__(self) -> int:
        return len(self._open) + len(self._done)
