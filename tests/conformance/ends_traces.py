"""Traces written by hand, a line for each request: `Story().login().check().create().poll(168101).drop().run()`.

A request begins when the one before was over, unless it is `held`, which leaves the clock where it was.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

from cec_client.protocol import Endpoint, Exchange, Trace
from cec_conformance import facts
from cec_conformance.judging import Verdict, judge
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES = {rule.id: rule for rule in CLIENT_RULES}
OK = {"resultCode": "0", "resultDesc": ""}
CAUSE = {"causeId": -1, "causeDesc": "over"}
GATEWAY = {"domain": "g", "gwAddresses": ["ws://g"], "accessCode": "1", "clickToCallCaller": "c"}
FAILURE = {"resultCode": "1", "resultDesc": "busy"}


class Story:
    """What a client did, in order; each request is over when the next one begins."""

    def __init__(self, **known: str) -> None:
        self.now = 0.0
        self.facts = {facts.HANGUP_AFTER: "", facts.FLOW: "call", **known}
        self.exchanges: list[Exchange] = []

    def wait(self, seconds: float) -> Self:
        self.now += seconds
        return self

    def ask(  # noqa: PLR0913  (what a request can be)
        self,
        endpoint: Endpoint,
        answer: Mapping[str, Any] | bytes | None,
        *,
        took: float = 0.0,
        status: int = 200,
        left: bool = False,
        held: bool = False,
        fault: str = "",
    ) -> Self:
        """Add a request; without an answer it is left by the client (`left`), cut, or still open."""
        body = answer if isinstance(answer, bytes) else b"" if answer is None else json.dumps(answer).encode()
        ended = self.now + took
        gone = left or (answer is None and bool(fault))
        self.exchanges.append(
            Exchange(
                serial=len(self.exchanges) + 1,
                method=endpoint.method,
                target=endpoint.path,
                request_complete=self.now,
                status=None if answer is None else status,
                response_body=body,
                answer_begun=None if answer is None else self.now,
                answer_ended=None if answer is None or gone else ended,
                connection_gone=ended if gone else None,
                script={"fault": fault} if fault else {},
            )
        )
        self.now = self.now if held else ended
        return self

    def login(self, **more: Any) -> Self:
        return self.ask(Endpoint.TOKEN, {"AccessToken": "a", **more}).ask(
            Endpoint.APPLY_TOKEN, {"resultCode": "0", "token": "t"}
        )

    def send(self, **more: Any) -> Self:
        return self.ask(Endpoint.SEND, OK | more)

    def check(self, *, possible: bool = True, **more: Any) -> Self:
        return self.ask(Endpoint.CHECK, OK | {"webRTCSupported": possible, "clickToCallSupported": True} | more)

    def create(self, code: str = "0") -> Self:
        return self.ask(Endpoint.CREATE, {"resultCode": code})

    def poll(self, event: int | str | None = None, *, took: float = 0.1, held: bool = False, **more: Any) -> Self:
        answer: dict[str, Any] = dict(OK)
        if event is not None:
            answer["eventId"] = event
            answer |= {"content": GATEWAY} if event == 168101 else {"content": CAUSE} if event in ENDS else {}
        return self.ask(Endpoint.EVENTS, answer | more, took=took, held=held)

    def poll_fails(self, times: int = 1) -> Self:
        for _ in range(times):
            self.ask(Endpoint.EVENTS, FAILURE)
        return self

    def expired(self, endpoint: Endpoint = Endpoint.EVENTS, body: bytes = b'{"errorCode":"0"}') -> Self:
        return self.ask(endpoint, body, status=403)

    def drop(self, code: str = "0", *, took: float = 0.0) -> Self:
        return self.ask(Endpoint.DROP, {"resultCode": code}, took=took)

    def up(self) -> Self:
        """Begin, up to the call that is connected, at 0.1 s."""
        return self.login().check().create().poll(168101)

    def trace(self, outcome: str | None = None, status: str = "0", after: float = 0.1) -> Trace:
        """End it; without an outcome nothing is known of the client's end."""
        known = dict(self.facts)
        if outcome is not None:
            known |= {facts.OUTCOME: outcome, facts.EXIT_STATUS: status, facts.ENDED_AT: repr(self.now + after)}
        return Trace(exchanges=tuple(self.exchanges), facts=known)

    def judged(self, rule: str, outcome: str | None = None, status: str = "0", after: float = 0.1) -> Verdict:
        """End it, and judge it by one rule."""
        (verdict,) = judge(Run(self.trace(outcome, status, after)), [RULES[rule]])
        return verdict

    def verdicts(self, outcome: str | None = None, status: str = "0", after: float = 0.1) -> dict[str, str]:
        """End it, and judge it by every rule."""
        judged = judge(Run(self.trace(outcome, status, after)), CLIENT_RULES)
        return {verdict.rule: verdict.state.value for verdict in judged}


ENDS = {168110, 168103, 168105}


def wishing(after: str = "0.5", when: str = "connected") -> Story:
    """Begin a story in which the user hangs up."""
    return Story(**{facts.HANGUP_AFTER: after, facts.HANGUP_WHEN: when})
