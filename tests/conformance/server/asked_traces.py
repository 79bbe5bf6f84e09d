"""Writing small traces of visits by hand: the requests are a visitor's own letters, the answers are what one says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from cec_client.protocol import Endpoint, Exchange, Trace
from cec_conformance.judging import State, Verdict, judge
from cec_conformance.run import Run
from cec_conformance.server.departures import Departure, Occasion
from cec_conformance.server.letters import Tokens, letter
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.visitor import MEANT, USER
from mock_cec.tenant import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cec_conformance.server.letters import Letter

CREDENTIALS: Final = Credentials("the-app-key", "the-app-secret", "the-channel")
OK: Final = {"resultCode": "0", "resultDesc": ""}
EXPIRED: Final = {
    "errorCode": "0",
    "exceptionInfo": "auth fail! illegal or expired token info. please apply or refresh the access token from "
    "the server!",
}
ERROR: Final = {"errorCode": "400", "exceptionInfo": "bad parameter"}
SUPPORTED: Final = OK | {"webRTCSupported": True, "clickToCallSupported": True}

GOOD: Final[dict[Endpoint, dict[str, Any]]] = {
    Endpoint.TOKEN: {"AccessToken": "access", "Expires": "600"},
    Endpoint.APPLY_TOKEN: OK | {"token": "ccmessaging"},
    Endpoint.CHECK: SUPPORTED,
}

KEPT, BROKEN, NOTED = State.PASSED, State.FAILED, State.NOTED
IDLE, BLOCKED = State.NOT_EXERCISED, State.BLOCKED


def event(number: int) -> dict[str, Any]:
    """Give the answer of a poll that brings an event."""
    return OK | {"eventId": number}


class Asked:
    """What visitors asked and were told; each request is sent a tenth of a second after the one before was answered."""

    def __init__(self) -> None:
        self.now = 0.0
        self._exchanges: list[Exchange] = []
        self._tokens = Tokens("access", "ccmessaging")

    def ask(
        self,
        endpoint: Endpoint,
        meant: Departure | Occasion | None = None,
        answer: Mapping[str, Any] | bytes | None = None,
        status: int | None = 200,
        **more: Any,
    ) -> Asked:
        """Ask as alice.

        Args:
            endpoint: Where to.
            meant: What is wrong with the request on purpose, or special about it.
            answer: The body of the answer: JSON, or bytes; success if it is not said.
            status: Its status; `None` for none at all.
            more: `user`; `headers`, request headers that differ, `None` leaves one out; `label`, the Content-Type of
                the answer, `None` leaves it out; `takes`, seconds; `wait`, seconds before it; `access`, the AccessToken
                it carries; `beside`, whether it is sent together with the one before;
                `open`, whether it stays without an answer; `path`.
        """
        name = more.get("user", "alice")
        tokens = self._tokens if "access" not in more else Tokens(more["access"], "ccmessaging")
        request = letter(endpoint, CREDENTIALS, name, tokens)
        if isinstance(meant, Departure):
            request = meant.change(request)
        if "path" in more:
            request = msgspec.structs.replace(request, path=more["path"])
        before = self._exchanges[-1].request_complete if self._exchanges and more.get("beside") else None
        started = self.now + 0.1 + more.get("wait", 0.0) if before is None else before
        over = started + more.get("takes", 0.05)
        self._exchanges.append(
            Exchange(
                serial=len(self._exchanges) + 1,
                method=request.method,
                target=_target(request),
                request_headers=_headers(request, more.get("headers", {})),
                request_body=request.content,
                request_complete=started,
                status=status,
                response_headers=_label(more.get("label", "application/json")),
                response_body=b"" if status is None else _content(GOOD.get(endpoint, OK) if answer is None else answer),
                answer_begun=None if status is None else over,
                answer_ended=None if status is None else over,
                connection_gone=over if status is None and not more.get("open") else None,
                script={USER: name} if meant is None else {USER: name, MEANT: meant.value},
            )
        )
        self.now = max(self.now, over)
        return self

    def login(self, **more: Any) -> Asked:
        """Make both token calls."""
        return self.ask(Endpoint.TOKEN, **more).ask(Endpoint.APPLY_TOKEN, **more)

    def create(self, **more: Any) -> Asked:
        """Check and create."""
        return self.ask(Endpoint.CHECK, **more).ask(Endpoint.CREATE, **more)

    def poll(self, number: int | None, **more: Any) -> Asked:
        """Poll, and get an event or none."""
        return self.ask(Endpoint.EVENTS, answer=OK if number is None else event(number), **more)

    def trace(self) -> Trace:
        """Give what was asked."""
        return Trace(exchanges=tuple(self._exchanges))


def verdict(asked: Asked, rule: str) -> Verdict:
    """Judge by the whole catalogue, and give the verdict on one rule."""
    return next(verdict for verdict in judge(Run(asked.trace()), SERVER_RULES) if verdict.rule == rule)


def state(asked: Asked, rule: str) -> State:
    """Give the state of a rule."""
    return verdict(asked, rule).state


def said(found: Verdict) -> str:
    """Give what a verdict says came."""
    return "; ".join(seen.got.en for seen in found.observations if seen.got)


def _target(request: Letter) -> str:
    query = "&".join(f"{name}={value}" for name, value in request.query.items())
    return f"{request.path}?{query}" if query else request.path


def _headers(request: Letter, differ: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    headers: dict[str, str | None] = {**request.headers, **differ}
    return tuple((name, value) for name, value in headers.items() if value is not None)


def _label(label: str | None) -> tuple[tuple[str, str], ...]:
    return () if label is None else (("Content-Type", label),)


def _content(answer: Mapping[str, Any] | bytes) -> bytes:
    return answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
