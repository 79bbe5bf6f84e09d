"""The recorder: keeps what went over the wire, as raw bytes, and formats it on the way out."""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cec_client.protocol import Exchange, Signal, Trace
    from starlette.types import Scope

    from mock_cec.clock import Clock
    from mock_cec.replies import Reply
    from mock_cec.scenario.plan import Step

MOST_EXCHANGES: Final = 20_000
MOST_BYTES: Final = 64 << 20
"""How many exchanges are kept, and how many bytes of bodies; the oldest go first."""
LEAST_BYTES: Final = 4 << 20
"""How many bytes of bodies are kept at least, however few exchanges."""
MOST_SIGNALS: Final = 5_000
MOST_SIGNAL_LETTERS: Final = 16 << 20
"""How many signals of media calls are kept, and how many letters of them; the oldest go first."""


class Record:
    """An exchange that may still be going on; its attributes are those of `Exchange`, unread.

    Attributes:
        reply: The answer, as soon as there is one.
        step: The line of the scenario that the request met, if it met one.
        written: As much of the body as was written; `None` for all of it.
    """

    __slots__ = (
        "answer_begun",
        "answer_ended",
        "client",
        "connection_gone",
        "method",
        "path",
        "query",
        "reply",
        "request_body",
        "request_complete",
        "request_headers",
        "response_headers",
        "serial",
        "step",
        "written",
    )

    def __init__(self, serial: int, scope: Scope, request_body: bytes, request_complete: float) -> None:
        # Not the scope as a whole: it would keep every connection that there ever was.
        self.serial = serial
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.client: tuple[str, int] | None = scope.get("client")
        self.request_headers: list[tuple[bytes, bytes]] = scope["headers"]
        self.request_body = request_body
        self.request_complete = request_complete
        self.response_headers: list[tuple[bytes, bytes]] = []
        self.reply: Reply | None = None
        self.step: Step | None = None
        self.written: bytes | None = None
        self.answer_begun: float | None = None
        self.answer_ended: float | None = None
        self.connection_gone: float | None = None

    @property
    def complete(self) -> bool:
        """Whether nothing more will come: its answer was written, or its client is gone."""
        return self.answer_ended is not None or self.connection_gone is not None

    def exchange(self) -> Exchange:
        """Format it."""
        from cec_client.protocol import Exchange  # noqa: PLC0415  (to be asked for a trace is rarer than to start)

        reply, client = self.reply, self.client
        query = self.query.decode("latin-1")
        return Exchange(
            serial=self.serial,
            method=self.method,
            target=self.path + (f"?{query}" if query else ""),
            request_headers=_text(self.request_headers),
            request_body=self.request_body,
            connection=f"{client[0]}:{client[1]}" if client else None,
            request_complete=self.request_complete,
            status=reply.status if reply and self.answer_begun is not None else None,
            response_headers=_text(self.response_headers),
            response_body=self.body,
            answer_begun=self.answer_begun,
            answer_ended=self.answer_ended,
            connection_gone=self.connection_gone,
            script=_script(reply) if reply else _unanswered(self.step),
        )

    @property
    def body(self) -> bytes:
        """The body of the answer, as far as it was written."""
        return (self.reply.body if self.reply else b"") if self.written is None else self.written


class Recorder:
    """The exchanges of one tenant in order of arrival, as many as fit.

    Args:
        clock: The tenant's time.
        most: How many exchanges are kept, with their share of `MOST_BYTES`; as many as there can be by default.
        facts: What gives the facts of the run, asked whenever somebody wants the trace.

    Attributes:
        records: The exchanges, unread.
        signals: The steps of media calls, in order of time.
        serial: The serial of the newest exchange, 0 before the first.
        watchers: Whom to call when an exchange has begun, and when it has ended.
        listeners: Whom to call when there is another signal.
    """

    def __init__(
        self, clock: Clock, most: int | None = None, facts: Callable[[], Mapping[str, str]] | None = None
    ) -> None:
        self._clock = clock
        self._facts = facts or dict
        self._most = MOST_EXCHANGES if most is None else most
        self._most_bytes = MOST_BYTES if most is None else max(MOST_BYTES * most // MOST_EXCHANGES, LEAST_BYTES)
        self.records: deque[Record] = deque()
        self.signals: deque[Signal] = deque()
        self.listeners: list[Callable[[Signal], None]] = []
        self._signal_serial = 0
        self._letters = 0
        self.serial = 0
        self.watchers: list[Callable[[Record], None]] = []
        self._bytes = 0

    def begin(self, scope: Scope, request_body: bytes) -> Record:
        """Note a request that has been read to its end."""
        self.serial += 1
        record = Record(self.serial, scope, request_body, self._clock.now())
        self.records.append(record)
        self._bytes += len(request_body)
        while len(self.records) > self._most or self._bytes > self._most_bytes:
            self._bytes -= len(self.records.popleft().request_body)
        if self.watchers:
            self.tell(record)
        return record

    def signal(
        self, kind: str, text: str, connection: str | None = None, call: str | None = None, user: str | None = None
    ) -> Signal:
        """Note a step of a media call; `kind` is a value of `SignalKind`."""
        from cec_client.protocol import Signal, SignalKind  # noqa: PLC0415  (few servers ever see a media call)

        self._signal_serial += 1
        signal = Signal(
            serial=self._signal_serial,
            at=self._clock.now(),
            kind=SignalKind(kind),
            text=text,
            connection=connection,
            call=call,
            user=user,
        )
        self.signals.append(signal)
        self._letters += len(text)
        while len(self.signals) > MOST_SIGNALS or (self._letters > MOST_SIGNAL_LETTERS and len(self.signals) > 1):
            self._letters -= len(self.signals.popleft().text)
        for listener in tuple(self.listeners):
            listener(signal)
        return signal

    def tell(self, record: Record) -> None:
        """Tell those who watch that an exchange has begun, or has ended."""
        for watcher in tuple(self.watchers):
            watcher(record)

    def clear(self, *, restart: bool = False) -> None:
        """Forget all exchanges; the next one's serial goes on, or starts again at 1."""
        self.records.clear()
        self.signals.clear()
        self._bytes = self._letters = 0
        if restart:
            self.serial = self._signal_serial = 0

    def trace(self) -> Trace:
        """Give what is known now; an exchange that is still going on lacks what has not come yet."""
        return self.trace_of(self.records, self.signals)

    def trace_of(self, records: Iterable[Record], signals: Iterable[Signal] = ()) -> Trace:
        """Give some of the exchanges, and of the signals, as a trace."""
        from cec_client.protocol import Trace  # noqa: PLC0415

        return Trace(
            exchanges=tuple(record.exchange() for record in records),
            signals=tuple(signals),
            started=datetime.fromtimestamp(self._clock.started, UTC).isoformat(),
            facts=self._facts(),
        )


def _text(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def _unanswered(step: Step | None) -> dict[str, str | float]:
    facts: dict[str, str | float] = {}
    if step is not None:
        facts["step"] = step.name
        if step.oddities:
            facts["fault"] = step.oddities
    return facts


def _script(reply: Reply) -> dict[str, str | float]:
    facts: dict[str, str | float] = {}
    if reply.step is not None:
        facts["step"] = reply.step
    if reply.due is not None:
        facts["step"] = reply.due.event.step
        facts["due"] = reply.due.at
        if reply.step is not None:
            facts["altered"] = reply.step
    if reply.lost is not None:
        facts["lost"] = reply.lost.event.step
    if reply.delivery is not None:
        facts["fault"] = reply.delivery.words
    if reply.problem is not None:
        facts["problem"] = str(reply.problem)
    return facts
