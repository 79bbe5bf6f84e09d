"""A sequence of steps, played against the model of the document; each step is plain data, so it can be played again."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from msgspec import Struct

from cec_conformance.server.letters import Tokens
from cec_conformance.server.model import Asked, Model
from cec_conformance.server.playing import known

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from cec_client.protocol import Trace

    from cec_conformance.run import Seen
    from cec_conformance.server.departures import Departure
    from cec_conformance.server.grounds import Ground
    from cec_conformance.server.letters import Letter
    from cec_conformance.server.model import Contradiction
    from cec_conformance.server.visitor import User

EARLIER: Final = "the tokens of an earlier login"
"""What is meant to be wrong with a request that carries older tokens; whether they still count is open."""
LEAVES_AFTER: Final = 0.6
"""Seconds after which a user who leaves closes the connection of a poll."""


class Deed(StrEnum):
    """What a step can be."""

    LOGIN = "login"
    """A user fetches both tokens (guide §2)."""
    APPLY = "apply"
    """A user fetches another ccmessaging token with the same AccessToken (guide §2.2)."""
    ASK = "ask"
    """A user sends a request and waits for its answer."""
    POLL = "poll"
    """A user polls, and waits for a while; the poll is held on after (guide §5 step 4)."""
    LEAVE = "leave"
    """A user polls and closes the connection before there is an answer, as a page does that is closed."""
    WAIT = "wait"
    """Time passes."""


class Step(Struct, frozen=True, kw_only=True):
    """A step of a sequence.

    Attributes:
        deed: What is done.
        name: By whom; empty for time.
        endpoint: Whom a request asks.
        wrong: What is wrong with it on purpose.
        earlier: Whether it carries the tokens before the newest, if there are any.
        choice: Which of the ground's pauses or patiences is meant.
    """

    deed: Deed
    name: str = ""
    endpoint: Endpoint = Endpoint.CHECK
    wrong: Departure | None = None
    earlier: bool = False
    choice: int = 0


class Request:
    """A request on its way."""

    task: asyncio.Task[Seen]

    def __init__(self, step: Step, letter: Letter, tokens: Tokens, epoch: int) -> None:
        self.step = step
        self.letter = letter
        self.sent = 0.0
        self.alone = True
        self._tokens = tokens
        self._epoch = epoch

    @property
    def asked(self) -> Asked:
        """It, as the model needs to know it."""
        return Asked(
            user=self.step.name,
            endpoint=self.letter.endpoint,
            sent=self.sent,
            tokens=self._tokens,
            wrong=self.step.wrong,
            epoch=self._epoch,
            alone=self.alone,
        )


class Sequence:
    """A sequence that is being played.

    Args:
        ground: Where.

    Attributes:
        steps: The steps so far.
        answered: How many requests have been answered.
        contradiction: The first answer that departed from the document; with it the sequence is over.
    """

    def __init__(self, ground: Ground) -> None:
        self.steps: list[Step] = []
        self.answered = 0
        self.contradiction: Contradiction | None = None
        self._ground = ground
        self._place = ground.enter()
        self._model = Model(ground.known)
        self._earlier: dict[str, Tokens] = {}
        self._held: dict[str, list[Request]] = {}
        self._arrived: list[tuple[Request, Seen]] = []

    def take(self, step: Step) -> Contradiction | None:
        """Take a step; what comes back is the answer that departed from the document, if one did."""
        self.steps.append(step)
        match step.deed:
            case Deed.LOGIN:
                self._login(step)
            case Deed.APPLY:
                self._apply(step, Tokens(self._user(step).tokens.access))
            case Deed.POLL:
                self._poll(step)
            case Deed.WAIT:
                self._do(asyncio.sleep(_chosen(self._ground.pauses, step)))
            case Deed.LEAVE:
                self._wait_for(self._send(step, Endpoint.EVENTS, leave_after=LEAVES_AFTER))
            case Deed.ASK if step.endpoint is Endpoint.EVENTS:
                self._wait_for(self._send(step, step.endpoint), self._ground.patience[0])
            case Deed.ASK:
                self._wait_for(self._send(step, step.endpoint))
        return self.contradiction

    def trace(self) -> Trace:
        """Give what went over the wire; the polls that are held are closed by it."""
        self._close()
        visitor = self._place.visitor
        return visitor.trace(known(visitor.access))

    def end(self) -> None:
        """Leave nobody in a call."""
        self._close()
        self._place.leave()

    def _login(self, step: Step) -> None:
        user = self._user(step)
        before = user.tokens
        token = self._answer_to(self._send(step, Endpoint.TOKEN))
        if token is not None:
            self._apply(step, Tokens(str(token.answer.get("AccessToken", ""))), before)

    def _apply(self, step: Step, tokens: Tokens, before: Tokens | None = None) -> None:
        user = self._user(step)
        before, user.tokens = before or user.tokens, tokens
        applied = self._answer_to(self._send(step, Endpoint.APPLY_TOKEN))
        if applied is not None:
            user.tokens = Tokens(tokens.access, str(applied.answer.get("token", "")))
            if before.ccmessaging:
                self._earlier[step.name] = before

    def _poll(self, step: Step) -> None:
        held = self._held.get(step.name)
        request = held[-1] if held and not self._ground.doubles else self._send(step, Endpoint.EVENTS)
        self._wait_for(request, _chosen(self._ground.patience, step))

    def _user(self, step: Step) -> User:
        return self._place.visitor.user(step.name)

    def _send(self, step: Step, endpoint: Endpoint, leave_after: float | None = None) -> Request:
        user = self._user(step)
        newest, meant = user.tokens, "" if step.wrong is None else step.wrong.value
        if step.earlier and step.name in self._earlier:
            user.tokens, meant = self._earlier[step.name], EARLIER
        letter = user.letter(endpoint)
        request = Request(
            step,
            letter if step.wrong is None else step.wrong.change(letter),
            user.tokens,
            self._model.call(step.name).epoch,
        )
        user.tokens = newest

        async def begin() -> None:
            request.sent = self._place.visitor.now()
            request.task = asyncio.ensure_future(self._exchange(user, request, meant, leave_after))
            await asyncio.sleep(0)  # it goes out now, whatever is done next

        if endpoint is Endpoint.EVENTS:
            held = self._held.setdefault(step.name, [])
            request.alone = not held
            for other in held:
                other.alone = False
            held.append(request)
        self._do(begin())
        return request

    async def _exchange(self, user: User, request: Request, meant: str, leave_after: float | None) -> Seen:
        seen = await user.post(request.letter, meant, leave_after)
        self._arrived.append((request, seen))
        if request.letter.endpoint is Endpoint.EVENTS:
            self._held[request.step.name].remove(request)
        return seen

    def _answer_to(self, request: Request) -> Seen | None:
        """Wait for an answer, however long that takes; `None` if the sequence is over."""
        self._wait_for(request)
        return request.task.result() if self.contradiction is None else None

    def _wait_for(self, request: Request, patience: float | None = None) -> None:
        if not request.task.done():
            self._do(asyncio.wait([request.task], timeout=patience))

    def _do(self, work: Awaitable[object]) -> None:
        """Do a part of a step; then look at all that was answered in the meantime, in the order in which it came."""

        async def awaited() -> None:
            await work

        self._place.run(awaited())
        while self._arrived and self.contradiction is None:
            request, seen = self._arrived.pop(0)
            self.answered += 1
            self.contradiction = self._model.answered(request.asked, seen)

    def _close(self) -> None:
        tasks = [request.task for requests in self._held.values() for request in requests]

        async def cancel() -> None:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        if tasks:
            self._place.run(cancel())
            self._held.clear()


def _chosen(seconds: tuple[float, ...], step: Step) -> float:
    return seconds[step.choice % len(seconds)]
