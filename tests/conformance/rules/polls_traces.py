"""Tiny traces, written as the course of a call: `calling("Q", "C", "R")` is queued, connected, released.

A step is a poll, named by what it gets, or another request; each is made a tenth of a second after the one before, and
takes no time, unless `after=` and `takes=` say otherwise. Before the first step stand login, check and create.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cec_client.protocol import Endpoint, Exchange, Trace
from cec_conformance.judging import State, judge
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run

if TYPE_CHECKING:
    from cec_conformance.judging import Verdict

GATEWAY: Final = {
    "domain": "gw.example",
    "gwAddresses": ["wss://one.example", "wss://two.example"],
    "accessCode": "179080000537636",
    "clickToCallCaller": "AnonymousCard",
}

ANOTHER: Final = GATEWAY | {"accessCode": "179080700000001", "clickToCallCaller": "Visitor"}
"""What a second "connected" may bring, after a transfer."""

CAUSE: Final = {"causeId": -1, "causeDesc": "over"}

POLLS: Final[dict[str, tuple[int, Any]]] = {
    "Q": (200, {"resultCode": "0", "eventId": 168102}),
    "C": (200, {"resultCode": "0", "eventId": 168101, "content": GATEWAY}),
    "C2": (200, {"resultCode": "0", "eventId": 168101, "content": ANOTHER}),
    "X": (200, {"resultCode": "0", "eventId": 168106}),
    "R": (200, {"resultCode": "0", "eventId": 168110, "content": CAUSE}),
    "T": (200, {"resultCode": "0", "eventId": 168103, "content": CAUSE}),
    "L": (200, {"resultCode": "0", "eventId": 168105, "content": CAUSE}),
    "?": (200, {"resultCode": "0", "eventId": 168199}),
    "-": (200, {"resultCode": "0"}),
    "F": (200, {"resultCode": "1"}),
    "E": (403, {"errorCode": "0", "exceptionInfo": "expired"}),
    "401": (401, {}),
    "5": (503, {}),
}
"""Polls by what they get. Beside them: `!` cut in mid-answer, `!!` cut before it, `<` left by the client, `~` open."""

OTHERS: Final = {
    "TOKEN": Endpoint.TOKEN,
    "APPLY": Endpoint.APPLY_TOKEN,
    "SEND": Endpoint.SEND,
    "CHECK": Endpoint.CHECK,
    "CREATE": Endpoint.CREATE,
    "DROP": Endpoint.DROP,
}

BEFORE: Final = ("TOKEN", "APPLY", "CHECK", "CREATE")
LOGIN: Final = ("TOKEN", "APPLY")


@dataclass(frozen=True)
class Step:
    """A request: what it is and gets, how long after the step before it is made, and how long it takes."""

    what: str
    after: float = 0.1
    takes: float = 0.0
    gets: int | str = "ok"
    headers: tuple[tuple[str, str], ...] | None = None
    sends: dict[str, Any] | None = None


class Writer:
    """Writes a trace step by step; the tokens that requests carry are the last ones that were given."""

    def __init__(self) -> None:
        self.now = 0.0
        self.exchanges: list[Exchange] = []
        self.access = 0
        self.token = 0

    def write(self, step: Step) -> None:
        self.now += step.after
        endpoint = OTHERS.get(step.what, Endpoint.EVENTS)
        headers = step.headers
        if headers is None:
            headers = (
                ("x-app-key", "key"),
                ("Content-Type", "application/json"),
                ("Authorization", f"Bearer access-{self.access}"),
                ("ccmessaging-token", f"token-{self.token}"),
            )
        status, body = self._answer(step)
        ended = self.now + step.takes
        gone = step.what in {"!", "!!", "<"} or step.gets == "<"
        still_open = step.what == "~"
        self.exchanges.append(
            Exchange(
                serial=len(self.exchanges) + 1,
                method=endpoint.method,
                target=endpoint.path + ("?channel=WEB" if endpoint.method == "GET" else ""),
                request_headers=headers,
                request_body=json.dumps({"channel": "WEB", "mediaAbility": "0"} | (step.sends or {})).encode(),
                request_complete=self.now,
                status=status,
                response_body=b"" if body is None else json.dumps(body).encode(),
                answer_begun=ended if status is not None else None,
                answer_ended=None if gone or still_open else ended,
                connection_gone=ended if gone else None,
                script={"fault": "the connection is reset"} if step.what in {"!", "!!"} else {},
            )
        )

    def _answer(self, step: Step) -> tuple[int | None, Any]:
        if step.what in {"!!", "<", "~"} or step.gets == "<":
            return None, None
        if step.what == "!":
            return 200, None
        if step.what in POLLS:
            return POLLS[step.what]
        if step.gets == "ok":
            return 200, self._tokens(step.what) | ({} if step.what == "TOKEN" else {"resultCode": "0"})
        return (200, {"resultCode": step.gets}) if isinstance(step.gets, str) else (step.gets, {})

    def _tokens(self, what: str) -> dict[str, Any]:
        if what == "TOKEN":
            self.access += 1
            return {"AccessToken": f"access-{self.access}"}
        if what == "APPLY":
            self.token += 1
            return {"token": f"token-{self.token}"}
        return {"webRTCSupported": True, "clickToCallSupported": True} if what == "CHECK" else {}


def calling(*steps: str | Step, before: tuple[str, ...] = BEFORE, ended: float | None = 0.1, **facts: str) -> Run:
    """Write the run of a client that makes these requests and then ends by itself, `ended` seconds after the last.

    Args:
        steps: The requests.
        before: The requests before them.
        ended: `None`: nobody knows how it ended, as in a recording.
        facts: Facts of the trace.
    """
    writer = Writer()
    for step in (*before, *steps):
        writer.write(Step(step) if isinstance(step, str) else step)
    known = {"hangup_after": "", "hangup_when": "connected", "flow": "call"}
    if ended is not None:
        known |= {"exit_status": "0", "ended_at": repr(writer.now + ended), "outcome": ""}
    return Run(Trace(exchanges=tuple(writer.exchanges), facts=known | facts))


def verdict(run: Run, rule: str) -> Verdict:
    """Judge a run by the whole catalogue, and give what it says of one rule."""
    return next(verdict for verdict in judge(run, CLIENT_RULES) if verdict.rule == rule)


def state(run: Run, rule: str) -> State:
    """Give the state of a verdict alone."""
    return verdict(run, rule).state


PASSED, FAILED, NOTED = State.PASSED, State.FAILED, State.NOTED
BLOCKED, UNEXERCISED = State.BLOCKED, State.NOT_EXERCISED
