"""A run: the trace of one client, read so that rules can speak of it in the guide's words.

Times are the server's, so they are read with the reason that a server can give: an answer counts as received once its
last byte was written. A request that came before that cannot have been made because of it.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import msgspec
from cec_client.protocol import TERMINAL, Endpoint, EventId
from cec_client.protocol.headers import AUTHORIZATION, CCMESSAGING_TOKEN
from mock_cec.trace.places import WORD

from cec_conformance import facts
from cec_conformance.dialling import dialled
from cec_conformance.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cec_client.protocol import Exchange, Trace

    from cec_conformance.dialling import Dialled

FORBIDDEN: Final = 403
UNAUTHORIZED: Final = 401
SUCCESS: Final = 200
FIRST_SERVER_ERROR: Final = 500

LOGIN: Final = frozenset({Endpoint.TOKEN, Endpoint.APPLY_TOKEN})
"""The two token calls; everything else is a business request."""

STEPS: Final = (Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE, Endpoint.EVENTS, Endpoint.DROP)
"""The requests of guide §5, which carry the common headers; the text session's own `poll` is not in the guide."""

MOST_DIGITS: Final = 18
"""The digits of an eventId as text that are read; whoever sends more means no event of the guide."""

NOTHING: Final = object()
"""What stands where a body holds no JSON at all."""


class Kind(Enum):
    """What came of a request."""

    EVENT = "event"
    """A poll got an event: 200, resultCode "0", an eventId."""
    DONE = "done"
    """200 and resultCode "0" (for `tokenByAkSk`: an AccessToken); for a poll: no event."""
    FAIL = "fail"
    """200 and a resultCode that is not "0" (for a token call: no token)."""
    EXPIRED = "expired"
    """403."""
    HTTP_ERROR = "HTTP error"
    """Any other status that is not 200."""
    NET_ERROR = "network error"
    """The connection was cut, or the body cannot be read."""
    LEFT = "left"
    """The client went away before there was an answer: its own time-out, or it did not want it any more."""
    OPEN = "open"
    """Nothing was known of an answer when the trace ended."""


class Seen:
    """One exchange, read.

    Attributes:
        exchange: As it was recorded.
        endpoint: Which endpoint, judged by the path alone.
        kind: What came of it.
    """

    def __init__(self, exchange: Exchange, endpoint: Endpoint) -> None:
        self.exchange = exchange
        self.endpoint = endpoint
        self.kind = self._kind()

    @property
    def serial(self) -> int:
        """Its place in order of arrival."""
        return self.exchange.serial

    @property
    def started(self) -> float:
        """Seconds at which the request was complete; 0 in a recording without times (see `Fact.TIMES`)."""
        return self.exchange.request_complete or 0.0

    @cached_property
    def over(self) -> float | None:
        """Seconds at which it was over for the server: answered to the last byte, or without a connection."""
        return self.exchange.answer_ended if self.exchange.answer_ended is not None else self.exchange.connection_gone

    def before(self, other: Seen) -> bool:
        """Say whether it was over when another request came: that one may have been made because of it."""
        return self.over is not None and self.over <= other.started and self.serial < other.serial

    def header(self, name: str) -> str | None:
        """Give a request header, without the spaces around it; `None` if it was not sent."""
        value = self.exchange.request_header(name)
        return None if value is None else value.strip(" \t")

    @property
    def access_token(self) -> str | None:
        """The AccessToken it carries; `None` unless `Authorization` has the form of guide §4.1.

        That is `Bearer`, one space, and one word; the label of a masked token counts as one.
        """
        scheme, _, token = (self.header(AUTHORIZATION) or "").partition(" ")
        return token if scheme == "Bearer" and WORD.fullmatch(token) else None

    @property
    def ccmessaging_token(self) -> str | None:
        """The token of `applyToken` it carries; `None` if there is none, or an empty one."""
        return self.header(CCMESSAGING_TOKEN) or None

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters of the query."""
        return dict(parse_qsl(self.exchange.target.partition("?")[2], keep_blank_values=True))

    @cached_property
    def sent(self) -> Any:  # noqa: ANN401  (whatever the client sent)
        """The body of the request as JSON; `NOTHING` if it is none."""
        return _json(self.exchange.request_body)

    def member(self, name: str) -> Any:  # noqa: ANN401  (whatever the client sent)
        """Give a member of the request's body; `NOTHING` if there is none."""
        return self.sent.get(name, NOTHING) if isinstance(self.sent, dict) else NOTHING

    @cached_property
    def answer(self) -> dict[str, Any]:
        """The body of the answer; empty if it is no JSON object."""
        read = _json(self.exchange.response_body)
        return read if isinstance(read, dict) else {}

    @property
    def status(self) -> int | None:
        """The status of the answer; `None` if there was none."""
        return self.exchange.status

    @property
    def code(self) -> str | None:
        """The resultCode, a number written out; `None` without one."""
        code = self.answer.get("resultCode")
        return None if code is None else str(code)

    @property
    def event(self) -> int | None:
        """The eventId as a number, also where it came as text; `None` without one."""
        if self.kind is not Kind.EVENT:
            return None
        raw = self.answer["eventId"]
        if isinstance(raw, str):
            return int(raw) if raw.isdecimal() and len(raw) <= MOST_DIGITS else -1
        return raw if isinstance(raw, int) else -1

    @property
    def terminal(self) -> bool:
        """Whether it brought the event that ends the call."""
        return self.event in TERMINAL

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return self.kind in {Kind.DONE, Kind.EVENT}

    @property
    def failed(self) -> bool:
        """Whether an answer came, or a broken connection, that means failure."""
        return self.kind in {Kind.FAIL, Kind.EXPIRED, Kind.HTTP_ERROR, Kind.NET_ERROR}

    @property
    def server_error(self) -> bool:
        """Whether it got a 5xx."""
        return self.kind is Kind.HTTP_ERROR and (self.status or 0) >= FIRST_SERVER_ERROR

    def _kind(self) -> Kind:
        exchange = self.exchange
        fault = f"{exchange.script.get('fault', '')} {exchange.script.get('error', '')}"
        cut = any(word in fault for word in ("closed", "reset", "CLOSED", "RESET", "EMPTY_RESPONSE", "REFUSED"))
        if exchange.status is None:
            if exchange.connection_gone is None and not cut:
                return Kind.OPEN
            return Kind.NET_ERROR if cut else Kind.LEFT
        if exchange.status == FORBIDDEN:
            return Kind.EXPIRED
        if exchange.status != SUCCESS:
            return Kind.HTTP_ERROR
        if exchange.answer_ended is None and exchange.connection_gone is not None:
            return Kind.NET_ERROR if cut else Kind.LEFT
        return self._kind_of_answer()

    def _kind_of_answer(self) -> Kind:
        answer = self.answer
        if not answer:
            unrecorded = "answer body" in str(self.exchange.script.get("unrecorded", ""))
            return Kind.OPEN if unrecorded else Kind.NET_ERROR
        if self.endpoint is Endpoint.TOKEN:
            return Kind.DONE if _text(answer.get("AccessToken")) else Kind.FAIL
        if self.code != "0" or (self.endpoint is Endpoint.APPLY_TOKEN and not _text(answer.get("token"))):
            return Kind.FAIL
        event = self.endpoint is Endpoint.EVENTS and answer.get("eventId") is not None
        return Kind.EVENT if event else Kind.DONE


class Run:
    """What one client did, from its first request to its end.

    Attributes:
        trace: As it was recorded.
        calls: The exchanges of documented paths, in order of arrival.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.calls: tuple[Seen, ...] = tuple(
            Seen(exchange, endpoint)
            for exchange in trace.exchanges
            if (endpoint := exchange.endpoint) is not None and exchange.method != "OPTIONS"
        )

    def to(self, *endpoints: Endpoint) -> tuple[Seen, ...]:
        """Give the requests to these endpoints, in order."""
        return tuple(seen for seen in self.calls if seen.endpoint in endpoints)

    @cached_property
    def tokens(self) -> tuple[Seen, ...]:
        """The requests to `tokenByAkSk`."""
        return self.to(Endpoint.TOKEN)

    @cached_property
    def applies(self) -> tuple[Seen, ...]:
        """The requests to `applyToken`."""
        return self.to(Endpoint.APPLY_TOKEN)

    @cached_property
    def sends(self) -> tuple[Seen, ...]:
        """The requests to `send`."""
        return self.to(Endpoint.SEND)

    @cached_property
    def checks(self) -> tuple[Seen, ...]:
        """The requests to `checkClickToCallSupport`."""
        return self.to(Endpoint.CHECK)

    @cached_property
    def creates(self) -> tuple[Seen, ...]:
        """The requests to `createClickToCall`."""
        return self.to(Endpoint.CREATE)

    @cached_property
    def polls(self) -> tuple[Seen, ...]:
        """The requests to `getClickToCallEvents`."""
        return self.to(Endpoint.EVENTS)

    @cached_property
    def drops(self) -> tuple[Seen, ...]:
        """The requests to `dropClickToCall`."""
        return self.to(Endpoint.DROP)

    @cached_property
    def business(self) -> tuple[Seen, ...]:
        """Every request but the token calls."""
        return tuple(seen for seen in self.calls if seen.endpoint not in LOGIN)

    def after(self, seen: Seen, *endpoints: Endpoint) -> tuple[Seen, ...]:
        """Give the requests that came later than one: of these endpoints, or of all."""
        return tuple(
            later
            for later in self.calls
            if later.serial > seen.serial and (not endpoints or later.endpoint in endpoints)
        )

    def made_after(self, seen: Seen, *endpoints: Endpoint) -> tuple[Seen, ...]:
        """Give the requests that came when an earlier one was over, so that they may have been made because of it."""
        return tuple(later for later in self.after(seen, *endpoints) if seen.before(later))

    @cached_property
    def created(self) -> Seen | None:
        """The first create that succeeded."""
        return next((create for create in self.creates if create.ok), None)

    @cached_property
    def ended_call(self) -> Seen | None:
        """The poll that brought the event that ends the call."""
        return next((poll for poll in self.polls if poll.terminal), None)

    @cached_property
    def dialled(self) -> tuple[Dialled, ...]:
        """The media calls that it placed at the gateway."""
        return tuple(dialled(self.trace))

    # The facts

    def fact(self, name: str) -> str | None:
        """Give a fact of the launch or of the end; `None` if it is unknown."""
        return self.trace.facts.get(name)

    @property
    def flow(self) -> str | None:
        """Which of the three flows was wanted: `call`, `text_then_call`, `call_then_text`."""
        return self.fact(facts.FLOW)

    @cached_property
    def wish(self) -> float | None:
        """The second at which the user meant to hang up, call or no call; `None` if that never came."""
        after, when = self.fact(facts.HANGUP_AFTER), self.fact(facts.HANGUP_WHEN) or "connected"
        if not after:
            return None
        if when == "created":
            moment = self.created.over if self.created else None
        else:
            wanted = EventId.QUEUED if when == "queued" else EventId.CONNECTED
            moment = next((poll.over for poll in self.polls if poll.event == wanted), None)
        return None if moment is None else moment + float(after)

    @cached_property
    def hung_up(self) -> float | None:
        """The second at which the user hung up; `None` if that never came, is not known, or came after the end."""
        ended = self.ended_call.over if self.ended_call else None
        return None if self.wish is not None and ended is not None and ended <= self.wish else self.wish

    @cached_property
    def ended_at(self) -> float | None:
        """The second at which the client had ended; `None` if that is not known."""
        ended = self.fact(facts.ENDED_AT)
        return float(ended) if ended else None

    def knows(self, fact: Fact) -> bool:
        """Say whether a fact is known."""
        return fact in self._known

    @cached_property
    def _known(self) -> frozenset[Fact]:
        names: Mapping[Fact, tuple[str, ...]] = {
            Fact.CREDENTIALS: (facts.APP_KEY, facts.APP_SECRET),
            Fact.USER: (facts.USER_ID, facts.CHANNEL_ID),
            Fact.FLOW: (facts.FLOW,),
            Fact.MEDIA: (facts.MEDIA,),
            Fact.HANGUP: (facts.HANGUP_AFTER,),
            Fact.ENDING: (facts.EXIT_STATUS, facts.ENDED_AT),
            Fact.EVENTS: (facts.EVENTS,),
        }
        known = {fact for fact, wanted in names.items() if all(name in self.trace.facts for name in wanted)}
        unrecorded = [seen for seen in self.calls if "unrecorded" in seen.exchange.script]
        media_call = self.dialled or facts.MEDIA_CALL in self.trace.facts or self.fact(facts.CONNECT_MEDIA) == "0"
        return frozenset(
            known
            | ({Fact.MEDIA_CALL} if media_call else set())
            | ({Fact.LOGIN} if Fact.ENDING in known or (self.tokens and self.applies) else set())
            | ({Fact.AUTHORIZATION} if self.trace.facts.get("authorization") != "not recorded" else set())
            | ({Fact.BODIES} if not unrecorded else set())
            | ({Fact.TIMES} if all(seen.exchange.request_complete is not None for seen in self.calls) else set())
        )


def _json(body: bytes) -> Any:  # noqa: ANN401  (whatever somebody sent)
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return NOTHING


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
