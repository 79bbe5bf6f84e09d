"""Exploring: any legal and illegal sequence of requests, by one or several users, against the model of the document.

A state machine of Hypothesis draws the sequences. One in which an answer departs from the model is made as short as
can be: steps are left out, many at once and one by one, as long as what is left departs as well; that asks a platform
dozens of times where Hypothesis's own shrinking asks hundreds of times. What follows from a fault is none of its own:
the shortest sequence of all is told.

In this process, in virtual time, a sequence takes some milliseconds; over a network the number of steps and the seconds
are bounded, and a long poll is held on while the next steps are taken.
"""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import combinations
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, FlakyStrategyDefinition
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec import Struct
from msgspec.structs import replace

from cec_conformance.server.mistakes import MISTAKES
from cec_conformance.server.sequence import Deed, Sequence, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from cec_client.protocol import Trace

    from cec_conformance.server.departures import Departure
    from cec_conformance.server.grounds import Ground
    from cec_conformance.server.model import Contradiction

NAMES: Final = ("alice", "bob")

_MISTAKES: Final = tuple((endpoint, wrong) for endpoint, all_wrong in MISTAKES.items() for wrong in all_wrong)
_CALM: Final = settings(
    deadline=None,
    database=None,
    verbosity=Verbosity.quiet,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
)


class Found(Struct, frozen=True):
    """The shortest sequence of requests that was found to end in an answer that departs from the document.

    Attributes:
        contradiction: The answer: what the model allowed, what came, and which rule that breaks.
        steps: The sequence.
        trace: Its requests and their answers; the decisive answer came last.
    """

    contradiction: Contradiction
    steps: tuple[Step, ...]
    trace: Trace


class Exploration(Struct, frozen=True):
    """What came of exploring.

    Attributes:
        found: What departs from the document, one for each rule, in the order in which it was found.
        sequences: How many sequences were played.
        requests: How many requests were answered in them.
        spent: Whether the budget ended it before all examples had been tried, or a sequence been made shortest.
    """

    found: tuple[Found, ...]
    sequences: int
    requests: int
    spent: bool


def explore(  # noqa: PLR0913  (an option each)
    ground: Ground,
    *,
    examples: int = 100,
    number: int | None = None,
    budget: float | None = None,
    most: int = 1,
    now: Callable[[], float] = time.monotonic,
) -> Exploration:
    """Explore a platform. Not to be called in a running event loop: give it a thread of its own.

    Args:
        ground: Where: `InProcess(...)` or `OverNetwork(...)`.
        examples: How many sequences to draw.
        number: The seed; the same one draws the same sequences.
        budget: Seconds after which no further step is taken; `None`: as long as it takes.
        most: How many departures to look for; a sequence ends quietly at one that was found before.
        now: Gives the time of the budget.
    """
    log = _Log(ground, None if budget is None else now() + budget, now)
    spent = False
    try:
        for _ in range(most):
            _draw(log, examples, number)
            if log.shortest is None:
                break
            _shorten(log, log.shortest)
            log.next()
    except _Spent:
        spent = True
        log.next()
    return Exploration(tuple(log.found), log.sequences, log.requests, spent)


class _Contradicted(Exception):  # noqa: N818  (a finding, not an accident)
    """Raised to tell Hypothesis that a sequence is one to be shrunk."""


class _Spent(BaseException):
    """Raised when the budget is spent; no `Exception`, so that Hypothesis does not take it for a finding."""


class _Log:
    """What all sequences of an exploration have in common."""

    def __init__(self, ground: Ground, deadline: float | None, now: Callable[[], float]) -> None:
        self.ground = ground
        self.found: list[Found] = []
        self.shortest: Found | None = None
        self.sequences = 0
        self.requests = 0
        self._deadline = deadline
        self._now = now

    def look_at_the_clock(self) -> None:
        if self._deadline is not None and self._now() > self._deadline:
            raise _Spent

    def knows(self, contradiction: Contradiction) -> bool:
        return contradiction.rule in {found.contradiction.rule for found in self.found}

    def keep(self, found: Found) -> None:
        if self.shortest is None or _weight(found) < _weight(self.shortest):
            self.shortest = found

    def next(self) -> None:
        if self.shortest is not None:
            self.found.append(self.shortest)
        self.shortest = None

    def add(self, sequence: Sequence) -> None:
        self.sequences += 1
        self.requests += sequence.answered


def _weight(found: Found) -> tuple[int, int, int]:
    steps = found.steps
    return len(found.trace.exchanges), len(steps), sum(step.choice + step.earlier for step in steps)


def _draw(log: _Log, examples: int, number: int | None) -> None:
    """Have Hypothesis draw sequences, until one contradicts the document; it is made short."""
    machine: type[_Machine] = type("Machine", (_Machine,), {"log": log})
    if number is not None:
        machine = seed(number)(machine)
    calm = settings(_CALM, max_examples=examples, stateful_step_count=log.ground.steps)
    # Over a network the same requests need not meet the same answers; what was seen is in the log.
    with suppress(_Contradicted, Flaky, FlakyStrategyDefinition):
        run_state_machine_as_test(machine, settings=calm)


def _shorten(log: _Log, found: Found) -> None:
    """Leave out what the contradiction does not need, and make plain what is left."""
    tried = _shorter(found.steps)
    while (steps := next(tried, None)) is not None:
        again = _play(log, steps)
        if again is not None and not log.knows(again.contradiction) and _weight(again) < _weight(found):
            found = again
            log.keep(found)
            tried = _shorter(found.steps)


def _shorter(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Give what is left of a sequence without some of its steps, and with plainer ones; users log in first."""
    return (left for left in _left(steps) if _all_log_in(left))


def _all_log_in(steps: tuple[Step, ...]) -> bool:
    begin = {step.name: step.deed for step in reversed(steps) if step.name}
    return all(deed is Deed.LOGIN for deed in begin.values())


def _left(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    size = len(steps) // 2
    while size:
        for first in range(0, len(steps), size):
            yield (*steps[:first], *steps[first + size :])
        size //= 2
    for number, step in enumerate(steps):
        plainer = [replace(step, choice=choice) for choice in range(step.choice)]
        if step.earlier:
            plainer.append(replace(step, earlier=False))
        if step.deed is Deed.LOGIN:
            plainer.append(replace(step, deed=Deed.APPLY))
        yield from ((*steps[:number], one, *steps[number + 1 :]) for one in plainer)
    for number, later in combinations(range(len(steps)), 2):
        yield (*steps[:number], *steps[number + 1 : later], *steps[later + 1 :])


def _play(log: _Log, steps: Iterable[Step]) -> Found | None:
    """Play steps until one contradicts the document; `None` if none does."""
    sequence = Sequence(log.ground)
    try:
        for step in steps:
            log.look_at_the_clock()
            if sequence.take(step) is not None:
                return _found(sequence)
    finally:
        log.add(sequence)
        sequence.end()
    return None


def _found(sequence: Sequence) -> Found:
    assert sequence.contradiction is not None  # noqa: S101  (or nobody would ask)
    return Found(sequence.contradiction, tuple(sequence.steps), sequence.trace())


class _Machine(RuleBasedStateMachine):
    """Draws one sequence: every rule is a step that some user may take."""

    log: _Log
    users: Bundle[str] = Bundle("users")

    def __init__(self) -> None:
        super().__init__()
        self._sequence = Sequence(self.log.ground)

    @property
    def taken(self) -> list[Step]:
        """The steps so far."""
        return self._sequence.steps

    def teardown(self) -> None:
        """End the sequence."""
        self.log.add(self._sequence)
        self._sequence.end()

    @initialize(target=users)
    def first_login(self) -> str:
        """Without a login there is nothing to be seen."""
        self._take(Step(deed=Deed.LOGIN, name=NAMES[0]))
        return NAMES[0]

    @rule(target=users, name=st.sampled_from(NAMES))
    def login(self, name: str) -> str:
        """A user logs in, or logs in anew."""
        self._take(Step(deed=Deed.LOGIN, name=name))
        return name

    @rule(name=users)
    def apply(self, name: str) -> None:
        """A user fetches another ccmessaging token."""
        self._take(Step(deed=Deed.APPLY, name=name))

    @rule(name=users, age=st.integers(0, 3))
    def create(self, name: str, age: int) -> None:
        """A user creates a call, or another one."""
        self._ask(name, Endpoint.CREATE, age)

    @rule(name=users, choice=st.integers(0, 2))
    def poll(self, name: str, choice: int) -> None:
        """A user polls."""
        self._take(Step(deed=Deed.POLL, name=name, choice=choice))

    @rule(name=users)
    def poll_again(self, name: str) -> None:
        """A user polls: twice as often as anything else is done."""
        self._take(Step(deed=Deed.POLL, name=name))

    @rule(name=users, age=st.integers(0, 3))
    def drop(self, name: str, age: int) -> None:
        """A user hangs up, call or no call."""
        self._ask(name, Endpoint.DROP, age)

    @rule(name=users, age=st.integers(0, 3))
    def check(self, name: str, age: int) -> None:
        """A user asks for support."""
        self._ask(name, Endpoint.CHECK, age)

    @rule(name=users, age=st.integers(0, 3))
    def send(self, name: str, age: int) -> None:
        """A user enters the text session."""
        self._ask(name, Endpoint.SEND, age)

    @rule(name=users)
    def leave(self, name: str) -> None:
        """A user polls and leaves."""
        self._take(Step(deed=Deed.LEAVE, name=name))

    @rule(name=users, mistake=st.sampled_from(_MISTAKES))
    def mistake(self, name: str, mistake: tuple[Endpoint, Departure]) -> None:
        """A user sends a request with which something is wrong."""
        endpoint, wrong = mistake
        self._take(Step(deed=Deed.ASK, name=name, endpoint=endpoint, wrong=wrong))

    @precondition(lambda self: self.taken[-1].deed is not Deed.WAIT)
    @rule(choice=st.integers(0, 9))
    def wait(self, choice: int) -> None:
        """Time passes."""
        self._take(Step(deed=Deed.WAIT, choice=choice))

    def _ask(self, name: str, endpoint: Endpoint, age: int) -> None:
        self._take(Step(deed=Deed.ASK, name=name, endpoint=endpoint, earlier=age == 3))  # noqa: PLR2004  (one in four)

    def _take(self, step: Step) -> None:
        self.log.look_at_the_clock()
        if self._sequence.contradiction is not None:
            return  # one that is known already: the sequence is over
        contradiction = self._sequence.take(step)
        if contradiction is not None and not self.log.knows(contradiction):
            self.log.keep(_found(self._sequence))
            raise _Contradicted(contradiction.rule)
