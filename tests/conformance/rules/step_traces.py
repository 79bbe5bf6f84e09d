"""Writing small traces by hand: `Talk` is a correct client unless one says how a request differs."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, Final

import msgspec
from cec_client.protocol import Endpoint, Exchange, Trace
from cec_conformance.judging import State, Verdict, judge
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS: Final[dict[str, str | None]] = {
    "app_key": "the-app-key",
    "app_secret": "the-app-secret",
    "channel_id": "the-channel",
    "user_id": "the-user",
    "flow": "call",
    "media": "0",
    "hangup_after": "",
    "hangup_when": "connected",
    "exit_status": "0",
    "ended_at": "60.0",
    "outcome": "released",
}
"""What a judge knows who has started the client."""

BODIES: Final[dict[Endpoint, dict[str, Any]]] = {
    Endpoint.TOKEN: {"app_key": "the-app-key", "app_secret": "the-app-secret"},
    Endpoint.APPLY_TOKEN: {"userId": "the-user", "userName": "Anna", "channelId": "the-channel", "locale": "zh"},
    Endpoint.SEND: {
        "channel": "WEB",
        "content": "hello",
        "controlType": "CONNECT",
        "from": "the-user",
        "mediaType": "TEXT",
        "sourceType": "CUSTOMER",
        "to": "the-channel",
    },
    Endpoint.CREATE: {"channel": "WEB", "mediaAbility": "0"},
    Endpoint.DROP: {"channel": "WEB"},
}

OK: Final = {"resultCode": "0", "resultDesc": ""}
FAIL: Final = {"resultCode": "1", "resultDesc": "system busy"}


def event(number: int) -> dict[str, Any]:
    """Give the answer of a poll that brings an event."""
    return OK | {"eventId": number}


class Talk:
    """What a client said, request by request; each comes a tenth of a second after the one before was answered.

    Args:
        facts: Facts that differ from `FACTS`; `None` is one that is unknown.
    """

    def __init__(self, **facts: str | None) -> None:
        self.facts = {name: text for name, text in (FACTS | facts).items() if text is not None}
        self.now = 0.0
        self.access = ""
        self.ccmessaging = ""
        self._exchanges: list[Exchange] = []
        self._logins = count(1)

    def login(self) -> Talk:
        """Make both token calls."""
        return self.steps(Endpoint.TOKEN, Endpoint.APPLY_TOKEN)

    def steps(self, *endpoints: Endpoint) -> Talk:
        """Make these requests as they should be."""
        for endpoint in endpoints:
            self.ask(endpoint)
        return self

    def ask(  # noqa: PLR0913  (each is one way in which a request can differ)
        self,
        endpoint: Endpoint,
        *,
        at: float | None = None,
        takes: float | None = 0.05,
        status: int | None = 200,
        answer: dict[str, Any] | None = None,
        headers: Mapping[str, str | None] | None = None,
        body: Any = ...,
        method: str | None = None,
        query: str | None = None,
        script: Mapping[str, str | float] | None = None,
    ) -> Talk:
        """Make one request.

        Args:
            endpoint: Where to.
            at: The second at which it comes; a tenth after the last answer if it is not said.
            takes: Seconds until the answer, or until the client has left; `None`: the trace ends before.
            status: The status of the answer; `None` for none at all.
            answer: Its body; success if it is not said.
            headers: Headers that differ; `None` leaves one out.
            body: The body of the request: JSON, or bytes.
            method: Its method.
            query: Its query.
            script: What the script knew.
        """
        started = self.now + 0.1 if at is None else at
        carried = self._headers(endpoint) | dict(headers or {})
        reply = self._success(endpoint) if answer is None else answer
        sent = BODIES.get(endpoint, b"") if body is ... else body
        if query is None:
            query = "channel=WEB" if endpoint.method == "GET" else ""
        over = None if takes is None else started + takes
        answered = status is not None and over is not None
        self._exchanges.append(
            Exchange(
                serial=len(self._exchanges) + 1,
                method=method or endpoint.method,
                target=endpoint.path + (f"?{query}" if query else ""),
                request_headers=tuple((name, value) for name, value in carried.items() if value is not None),
                request_body=sent if isinstance(sent, bytes) else msgspec.json.encode(sent),
                request_complete=started,
                status=status if answered else None,
                response_body=msgspec.json.encode(reply) if answered else b"",
                answer_begun=over if answered else None,
                answer_ended=over if answered else None,
                connection_gone=None if answered else over,
                script=script or {},
            )
        )
        self.now = max(self.now, over or started)
        if answered:
            self.access = reply.get("AccessToken", self.access)
            self.ccmessaging = reply.get("token", self.ccmessaging)
        return self

    def trace(self) -> Trace:
        """Give what was said."""
        return Trace(exchanges=tuple(self._exchanges), facts=self.facts)

    def _headers(self, endpoint: Endpoint) -> dict[str, str | None]:
        if endpoint is Endpoint.TOKEN:
            return {"Content-Type": "application/json", "X-Token-Expire": "600"}
        login: dict[str, str | None] = {
            "x-app-key": "the-app-key",
            "Authorization": f"Bearer {self.access}",
            "Content-Type": "application/json",
        }
        return login if endpoint is Endpoint.APPLY_TOKEN else login | {"ccmessaging-token": self.ccmessaging}

    def _success(self, endpoint: Endpoint) -> dict[str, Any]:
        if endpoint is Endpoint.TOKEN:
            return {"AccessToken": f"access-token-{next(self._logins)}", "Expires": "600"}
        if endpoint is Endpoint.APPLY_TOKEN:
            return OK | {"token": f"ccmessaging-of-{self.access}"}
        flags = {"webRTCSupported": True, "clickToCallSupported": True}
        return OK | flags if endpoint is Endpoint.CHECK else OK


def verdict(talk: Talk | Trace, rule: str) -> Verdict:
    """Judge by the whole catalogue, and give the verdict on one rule."""
    trace = talk.trace() if isinstance(talk, Talk) else talk
    return next(verdict for verdict in judge(Run(trace), CLIENT_RULES) if verdict.rule == rule)


def state(talk: Talk | Trace, rule: str) -> State:
    """Give the state of a rule."""
    return verdict(talk, rule).state
