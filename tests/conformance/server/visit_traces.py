"""Tiny traces of visits, written as the course of a call: `visiting("Q", "C", "R")` is queued, connected, released.

A step is a poll, named by what it gets, or another request; each is sent a tenth of a second after the one before was
over, and takes no time, unless `after=`, `beside=` and `takes=` say otherwise. Before the first step stand login, check
and create.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import Endpoint, Exchange, Trace
from cec_conformance.judging import State, judge
from cec_conformance.run import Run
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.visitor import LEFT, MEANT, USER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_conformance.judging import Verdict

GATEWAY: Final = {
    "domain": "gw.example",
    "gwAddresses": ["wss://one.example", "wss://two.example"],
    "accessCode": "179080000537636",
    "clickToCallCaller": "AnonymousCard",
}
CAUSE: Final = {"causeId": -1, "causeDesc": "over"}


def event(number: int, text: str, **more: object) -> dict[str, Any]:
    """Write the body of a poll that brings an event."""
    return {"resultCode": "0", "resultDesc": text, "eventId": number, **more}


POLLS: Final[dict[str, tuple[int, dict[str, Any]]]] = {
    "Q": (200, event(168102, "Call in queue")),
    "C": (200, event(168101, "Call connected", content=GATEWAY)),
    "X": (200, event(168106, "Call transfered")),
    "R": (200, event(168110, "Call disconnected", content=CAUSE)),
    "T": (200, event(168103, "Call queue timeout", content=CAUSE)),
    "L": (200, event(168105, "Call failed", content=CAUSE)),
    "?": (200, event(168199, "Call something")),
    "-": (200, {"resultCode": "0", "resultDesc": "ClickToCall polled without any events"}),
    "F": (200, {"resultCode": "1", "resultDesc": "busy"}),
    "E": (403, {"errorCode": "0", "exceptionInfo": "expired"}),
    "401": (401, {}),
    "5": (503, {}),
}
"""Polls by what they get. Beside them: `!` cut before the answer, `<` left by the visitor, `<<` timed out, `~` open."""

OTHERS: Final = {
    "TOKEN": Endpoint.TOKEN,
    "APPLY": Endpoint.APPLY_TOKEN,
    "SEND": Endpoint.SEND,
    "CHECK": Endpoint.CHECK,
    "CREATE": Endpoint.CREATE,
    "DROP": Endpoint.DROP,
}
LOGIN: Final = ("TOKEN", "APPLY")
_ENDS: Final = {"!": ("error", "connection closed"), "<": (LEFT, "by the visitor")}
BEFORE: Final = ("TOKEN", "APPLY", "CHECK", "CREATE")

ABSENT: Final = object()
"""In a body: the member is left out."""

Q, C, R = 168102, 168101, 168110


@dataclass(frozen=True)
class Step:
    """A request.

    Attributes:
        what: What it is, and for a poll what it gets.
        after: How long after the end of the step before it is sent.
        beside: How long after the beginning of the step before, in place of that.
        takes: How long its answer takes.
        gets: For other requests: `ok`, a resultCode, or a status; `!` and `<` as with polls.
        body: Members of the answer with another value, or `ABSENT`.
        user: Whose it is.
        meant: What is wrong with it on purpose.
        life: What `X-Token-Expire` asks for.
        expires: What `Expires` says.
        old: Whether it carries the token before the last one.
    """

    what: str
    after: float = 0.1
    beside: float | None = None
    takes: float = 0.0
    gets: int | str = "ok"
    body: dict[str, Any] = field(default_factory=dict)
    user: str = "alice"
    meant: str = ""
    life: int | None = None
    expires: str | None = None
    old: bool = False


class _Writer:
    def __init__(self) -> None:
        self.began = self.ended = 0.0
        self.exchanges: list[Exchange] = []
        self.tokens = 0

    def write(self, step: Step) -> None:
        self.began = self.ended + step.after if step.beside is None else self.began + step.beside
        self.ended = self.began + step.takes
        endpoint = OTHERS.get(step.what, Endpoint.EVENTS)
        token = self.tokens - step.old
        headers = [("x-app-key", "key"), ("authorization", f"Bearer access-{token}"), ("ccmessaging-token", "token")]
        if step.life is not None:
            headers.append(("x-token-expire", str(step.life)))
        status, body = self._answer(step)
        answer = {name: value for name, value in {**body, **step.body}.items() if value is not ABSENT}
        script: dict[str, str | float] = {USER: step.user, **({MEANT: step.meant} if step.meant else {})}
        how = step.what if step.what in {"!", "<", "<<", "~"} else str(step.gets)
        if how in _ENDS:
            name, said = _ENDS[how]
            script[name] = said
        self.exchanges.append(
            Exchange(
                serial=len(self.exchanges) + 1,
                method=endpoint.method,
                target=endpoint.path,
                request_headers=tuple(headers),
                request_complete=self.began,
                status=status,
                response_body=b"" if status is None else json.dumps(answer).encode(),
                answer_begun=self.ended if status is not None else None,
                answer_ended=self.ended if status is not None else None,
                connection_gone=self.ended if how in {"!", "<", "<<"} else None,
                script=script,
            )
        )

    def _answer(self, step: Step) -> tuple[int | None, dict[str, Any]]:
        if step.what in {"!", "<", "<<", "~"} or step.gets in {"!", "<"}:
            return None, {}
        if step.what in POLLS:
            return POLLS[step.what]
        if step.gets != "ok":
            return (step.gets, {}) if isinstance(step.gets, int) else (200, {"resultCode": step.gets})
        if step.what == "TOKEN":
            self.tokens += 1
            return 200, {"AccessToken": f"access-{self.tokens}", "Expires": step.expires or ABSENT}
        flags = {"webRTCSupported": True, "clickToCallSupported": True} if step.what == "CHECK" else {}
        token = {"token": "token"} if step.what == "APPLY" else {}
        return 200, {"resultCode": "0", **token, **flags}


def visiting(
    *steps: str | Step,
    before: Iterable[str | Step] = BEFORE,
    events: Iterable[tuple[float, int]] | None = None,
    **facts: str,
) -> Run:
    """Write a visit.

    Args:
        steps: The requests.
        before: The requests before them.
        events: The events of every call: seconds after create, and number; `None`: the platform was told nothing.
        facts: Facts of the trace.
    """
    writer = _Writer()
    for step in (*before, *steps):
        writer.write(Step(step) if isinstance(step, str) else step)
    if events is not None:
        facts["events"] = json.dumps([{"id": number, "after": after} for after, number in events])
    return Run(Trace(exchanges=tuple(writer.exchanges), facts=facts))


def verdict(run: Run, rule: str) -> Verdict:
    """Judge a visit by the whole catalogue, and give what it says of one rule."""
    return next(verdict for verdict in judge(run, SERVER_RULES) if verdict.rule == rule)


def state(run: Run, rule: str) -> State:
    """Give the state of a verdict alone."""
    return verdict(run, rule).state


def got(run: Run, rule: str) -> str:
    """Give what came where a rule was broken, in English."""
    first = verdict(run, rule).observations[0]
    return first.got.en if first.got is not None else ""


PASSED, FAILED, NOTED = State.PASSED, State.FAILED, State.NOTED
BLOCKED, UNEXERCISED = State.BLOCKED, State.NOT_EXERCISED
