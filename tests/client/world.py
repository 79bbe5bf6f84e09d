"""A world in which a call flow can live: virtual time, a scripted platform, and a log of all that went over the wire.

It is the purest of drivers: it starts what the session says should be under way, aborts what vanished, answers when the
script says so, and moves the clock from one moment to the next at which something happens.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import msgspec
from cec_client.account import Credentials, Customer, Media, Sequence
from cec_client.answers import Answer, NetworkFailed, read
from cec_client.flow import CallFlow
from cec_client.protocol import Endpoint
from cec_client.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.events import CallEvent
    from cec_client.policy import Policy
    from cec_client.requests import Request

CREDENTIALS = Credentials("the-key", "the-secret")
CUSTOMER = Customer("alice", "channel-7")


@dataclass(frozen=True)
class Reply:
    """What a request gets, and after how many seconds; a status of 0 is a broken connection."""

    status: int = 200
    body: object = b""
    after: float = 0.01
    headers: dict[str, str] = field(default_factory=dict)

    def answer(self, endpoint: Endpoint) -> Answer:
        if self.status == 0:
            return NetworkFailed(endpoint, ConnectionError("cut"))
        body = self.body if isinstance(self.body, bytes) else msgspec.json.encode(self.body)
        return read(endpoint, self.status, self.headers, body)


NEVER = Reply(after=float("inf"))
FAIL = Reply(body={"resultCode": "1", "resultDesc": "system busy"})
EXPIRED = Reply(403)
BROKEN = Reply(0)
EMPTY = Reply(body={"resultCode": "0", "resultDesc": "ClickToCall polled without any events"})
GATEWAY = {"domain": "gw.test", "gwAddresses": ["wss://a", "wss://b"], "accessCode": "179", "clickToCallCaller": "Anon"}


def event(event_id: object, content: object = None, after: float = 0.01) -> Reply:
    answer = {"resultCode": "0", "resultDesc": "", "eventId": event_id}
    return Reply(body=answer if content is None else answer | {"content": content}, after=after)


QUEUED = event(168102)
CONNECTED = event(168101, GATEWAY)
TRANSFERRED = event(168106)
RELEASED = event(168110, {"causeId": -1, "causeDesc": "xxxx"})
QUEUE_TIMEOUT = event(168103, {"causeId": -1, "causeDesc": "xxxx"})
CALL_FAILED = event(168105, {"causeId": -1, "causeDesc": "xxxx"})
DONE = Reply(body={"resultCode": "0", "resultDesc": ""})


def support(*, webrtc: object = True, click_to_call: object = True, code: object = "0") -> Reply:
    return Reply(body={"resultCode": code, "webRTCSupported": webrtc, "clickToCallSupported": click_to_call})


Script = dict[Endpoint, list[Reply]]


@dataclass(frozen=True)
class Line:
    """A line of the log: `start`, `answer` (with it) or `abort` of a request."""

    at: float
    what: str
    request: Request
    answer: Answer | None = None

    @property
    def endpoint(self) -> Endpoint:
        return self.request.endpoint

    def header(self, name: str) -> str | None:
        return dict(self.request.headers).get(name)


class World:
    """A flow, a platform and a clock."""

    def __init__(
        self,
        script: Script | None = None,
        sequence: Sequence = Sequence.CALL,
        policy: Policy | None = None,
        choose: Callable[[Request, float], Reply | None] | None = None,
    ) -> None:
        self.now = 0.0
        self.log: list[Line] = []
        self.events: list[CallEvent] = []
        self.session = Session(CREDENTIALS, CUSTOMER, policy)
        self.flow = CallFlow(self.session, sequence, Media.AUDIO)
        self._script = defaultdict(list, {endpoint: list(replies) for endpoint, replies in (script or {}).items()})
        self._choose = choose
        self._running: dict[int, Request] = {}
        self._moments: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._logins = count(1)

    def at(self, when: float, action: Callable[[], None]) -> None:
        """Have something done at a time."""
        heapq.heappush(self._moments, (when, next(self._order), action))

    def run(self, until: float = 1000.0) -> World:
        """Start the call, or go on with it, until it is over or the time has come."""
        if self.now == 0.0 and not self.log:
            self.flow.start(self.now)
        self.follow()
        while not self.flow.over or self.session.outstanding:
            wake_at = self.session.wake_at
            moment = self._moments[0][0] if self._moments else float("inf")
            next_at = min(moment, float("inf") if wake_at is None else wake_at)
            if next_at > until:
                break
            self.now = max(self.now, next_at)
            if moment <= next_at:
                heapq.heappop(self._moments)[2]()
            else:
                self.session.tick(self.now)
            self.follow()
        return self

    def hang_up(self) -> None:
        self.flow.hang_up(self.now)
        self.follow()

    def follow(self) -> None:
        """Start and abort requests as the session wants them."""
        self.events.extend(self.flow.take_events())
        wanted = {request.serial: request for request in self.session.outstanding}
        for serial in self._running.keys() - wanted.keys():
            self.log.append(Line(self.now, "abort", self._running.pop(serial)))
        for serial, request in wanted.items():
            if serial not in self._running:
                self._running[serial] = request
                self.log.append(Line(self.now, "start", request))
                self._plan_answer(request)

    def started(self, *endpoints: Endpoint) -> list[Line]:
        """The starts of requests, of these endpoints or of all."""
        return [line for line in self.log if line.what == "start" and (not endpoints or line.endpoint in endpoints)]

    def path(self) -> list[str]:
        """The names of all endpoints in the order of their requests, the logins left out."""
        login = (Endpoint.TOKEN, Endpoint.APPLY_TOKEN)
        return [line.endpoint.value for line in self.started() if line.endpoint not in login]

    def kinds(self) -> list[str]:
        """The names of all events."""
        return [happened.kind for happened in self.events]

    def _plan_answer(self, request: Request) -> None:
        reply = self._reply(request)
        if reply.after == float("inf"):
            return

        def arrive() -> None:
            if self._running.pop(request.serial, None) is not None:
                answer = reply.answer(request.endpoint)
                self.log.append(Line(self.now, "answer", request, answer))
                self.session.answered(request.serial, answer, self.now)

        self.at(self.now + reply.after, arrive)

    def _reply(self, request: Request) -> Reply:
        chosen = self._choose(request, self.now) if self._choose else None
        if chosen is not None:
            return chosen
        if self._script[request.endpoint]:
            return self._script[request.endpoint].pop(0)
        if request.endpoint is Endpoint.TOKEN:
            return Reply(body={"AccessToken": f"access-{next(self._logins)}"})
        if request.endpoint is Endpoint.APPLY_TOKEN:
            access = dict(request.headers)["authorization"].rpartition("-")[2]
            return Reply(body={"resultCode": "0", "token": f"messaging-{access}"})
        return {Endpoint.CHECK: support(), Endpoint.EVENTS: NEVER}.get(request.endpoint, DONE)
