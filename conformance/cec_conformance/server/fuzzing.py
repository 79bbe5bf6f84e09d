"""Fuzzing: schemathesis draws requests to every endpoint from the OpenAPI document, good ones and bad ones.

What the guide leaves open is left open here too: any answer will do that the document describes. It has to be JSON of a
described shape with a described status, and no 5xx, whatever was asked. The tokens of a user who has logged in are in
every request, and the credentials and names in place of made-up ones, so that requests come past the door.
"""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import schemathesis
from cec_client.protocol import Endpoint
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from msgspec import Struct
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cec_conformance.run import Kind
from cec_conformance.server.charging import charged, concerned, order
from cec_conformance.server.drawn import filled_document, letter, prepare, response
from cec_conformance.server.model import Contradiction
from cec_conformance.server.playing import known
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.protocol import Trace
    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case

    from cec_conformance.run import Seen
    from cec_conformance.server.grounds import Ground

NAME: Final = "fuzz"
MEANT: Final = "made up from the OpenAPI document"
"""What is meant to be wrong with a request that was drawn."""
LOGIN_LASTS: Final = 300.0
"""Seconds after which a user logs in anew: half the life that tokens have."""

_CALM: Final = settings(
    deadline=None,
    database=None,
    verbosity=Verbosity.quiet,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
_CHECKS: Final = (
    not_a_server_error,
    content_type_conformance,
    status_code_conformance,
    response_schema_conformance,
)


class Fuzzed(Struct, frozen=True):
    """The smallest request that was found to get an answer that the OpenAPI document does not describe.

    Attributes:
        contradiction: The answer: what is described, what came, and which rule that breaks.
        trace: The login, the request and its answer.
    """

    contradiction: Contradiction
    trace: Trace


class Fuzzing(Struct, frozen=True):
    """What came of fuzzing.

    Attributes:
        found: What no document describes, one for each rule.
        answered: How many answers each endpoint gave, by its name.
        exercised: The rules that some answer concerned.
        spent: Whether the budget ended it before all examples had been tried.
    """

    found: tuple[Fuzzed, ...]
    answered: dict[str, int]
    exercised: frozenset[str]
    spent: bool


def fuzz(
    ground: Ground,
    *,
    examples: int = 100,
    number: int | None = None,
    budget: float | None = None,
    now: Callable[[], float] = time.monotonic,
) -> Fuzzing:
    """Fuzz a platform. Not to be called in a running event loop: give it a thread of its own.

    Args:
        ground: Where: `InProcess(...)` or `OverNetwork(...)`.
        examples: How many good requests to draw, and how many bad ones.
        number: The seed; the same one draws the same requests.
        budget: Seconds after which no further request is sent; `None`: as long as it takes.
        now: Gives the time of the budget.
    """
    work = _Work(ground, None if budget is None else now() + budget, now)
    spent = False
    try:
        schema = schemathesis.openapi.from_dict(filled_document(work.user))
        operations = [one.ok() for one in schema.get_all_operations() if isinstance(one, Ok)]
        for mode, operation in product((GenerationMode.POSITIVE, GenerationMode.NEGATIVE), operations):
            drawn = operation.as_strategy(generation_mode=mode)
            _draw(work, drawn, max(examples // len(operations), 1), number)
    except _Spent:
        spent = True
    finally:
        work.place.leave()
    found = tuple(work.found[rule] for rule in sorted(work.found))
    return Fuzzing(found, work.answered, frozenset(work.exercised), spent)


class _Undescribed(Exception):  # noqa: N818  (a finding, not an accident)
    """Raised to tell Hypothesis that a request is one to be shrunk."""


class _Spent(BaseException):
    """Raised when the budget is spent; no `Exception`, so that Hypothesis does not take it for a finding."""


def _draw(work: _Work, drawn: SearchStrategy[Case[Any]], examples: int, number: int | None) -> None:
    """Draw requests to an endpoint; what another one has shown already need not be shown again."""
    settled = frozenset(work.found)

    @settings(_CALM, max_examples=examples)
    @given(drawn, st.integers(0, 7))
    def look(case: Case[Any], spoiling: int) -> None:
        rule = work.try_out(case, spoiling)
        if rule is not None and rule not in settled:
            raise _undescribed(rule)

    try:
        # Over a network the same request need not meet the same answer; what was seen is kept.
        with suppress(_Undescribed, Flaky):
            (look if number is None else seed(number)(look))()
    except ExceptionGroup as several:
        _, other = several.split((_Undescribed, Flaky))
        if other is not None:
            raise other from None


_KINDS: Final[dict[str, type[_Undescribed]]] = {}


def _undescribed(rule: str) -> _Undescribed:
    """Give an exception of a type of its own for each rule: so Hypothesis shrinks each by itself."""
    return _KINDS.setdefault(rule, type(f"Undescribed {rule}", (_Undescribed,), {}))(rule)


class _Work:
    """What all requests have in common."""

    def __init__(self, ground: Ground, deadline: float | None, now: Callable[[], float]) -> None:
        self.place = ground.enter()
        self.user = self.place.visitor.user(NAME)
        self.found: dict[str, Fuzzed] = {}
        self.answered: dict[str, int] = {}
        self.exercised: set[str] = set()
        self._patience = ground.patience[0]
        self._deadline = deadline
        self._now = now
        self._login_until = 0.0

    def try_out(self, case: Case[Any], spoiling: int) -> str | None:
        """Send a request, and name the rule that its answer breaks; `None` if it is described or there is none."""
        if self._deadline is not None and self._now() > self._deadline:
            raise _Spent
        visitor = self.place.visitor
        if visitor.now() >= self._login_until:
            self.place.run(self.user.login())
            self._login_until = visitor.now() + LOGIN_LASTS
        prepared = prepare(case, self.user, visitor.access.base_url)
        request = letter(prepared, spoiling)
        leave_after = self._patience if request.endpoint is Endpoint.EVENTS else None
        seen = self.place.run(self.user.post(request, MEANT, leave_after))
        if seen.status is None or seen.exchange.answer_ended is None:
            return self._unanswered(seen)
        self.answered[request.endpoint.value] = self.answered.get(request.endpoint.value, 0) + 1
        self.exercised |= concerned(seen)
        try:
            case.validate_response(response(seen, prepared), checks=list(_CHECKS))
        except FailureGroup as failures:
            first = min(failures.exceptions, key=lambda one: order(type(one).__name__))
            return self._keep(charged(seen, type(first).__name__), _told(first), seen)
        return None

    def _unanswered(self, seen: Seen) -> str | None:
        cut = seen.kind is Kind.NET_ERROR and "LocalProtocolError" not in str(seen.exchange.script.get("error"))
        return self._keep("S-GEN-05", _BROKEN, seen) if cut else None

    def _keep(self, rule: str, came: Words, seen: Seen) -> str:
        visitor = self.place.visitor
        trace = visitor.trace(known(visitor.access))
        logins = [one for one in trace.exchanges if one.endpoint in _LOGIN and "meant" not in one.script][-2:]
        kept = tuple(sorted({one.serial: one for one in (*logins, seen.exchange)}.values(), key=lambda one: one.serial))
        found = Fuzzed(
            Contradiction(rule, seen.serial, _DESCRIBED, came), type(trace)(exchanges=kept, facts=trace.facts)
        )
        shortest = self.found.get(rule)
        if shortest is None or _size(found) <= _size(shortest):
            self.found[rule] = found
        return rule


_LOGIN: Final = frozenset({Endpoint.TOKEN, Endpoint.APPLY_TOKEN})
_DESCRIBED: Final = Words("an answer that docs/openapi.yaml describes", "docs/openapi.yaml 所描述的响应")
_BROKEN: Final = Words("the connection broke", "连接中断")


def _size(found: Fuzzed) -> int:
    exchange = found.trace.exchanges[-1]
    return len(exchange.request_body) + len(exchange.target)


def _told(failure: Exception) -> Words:
    title = str(getattr(failure, "title", type(failure).__name__))
    text = f"{title}: {' '.join(str(failure).split())}"[:200]
    return Words(text, text)
