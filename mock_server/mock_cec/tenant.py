"""A tenant: the unit of isolation, with its own credentials, channel, scenario, clock, sessions and trace."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from itertools import count
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from msgspec import Struct

from mock_cec.clock import AutoClock
from mock_cec.pacing import Pace
from mock_cec.recording import Recorder
from mock_cec.session import Session, scripted
from mock_cec.tokens import CcmessagingOffice, TokenOffice, mark
from mock_cec.waiting import Pauses

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_cec.clock import Clock
    from mock_cec.scenario.dialect import DialectName
    from mock_cec.scenario.plan import Plan, Step


MOST_SESSIONS: Final = 20_000
"""How many users are remembered; the oldest without a call are forgotten first."""

RANGES: Final = 10_000
CALLS_IN_RANGE: Final = 100_000
"""How many ranges of callees there are, and how many callees in each; together all that nine digits can tell apart."""


class Credentials(Struct, frozen=True):
    """What the vendor's engineer hands out before anything else (guide §1)."""

    app_key: str = "mock-app-key"
    app_secret: str = "mock-app-secret"  # noqa: S105  (a default that everybody may know)
    channel_id: str = "mock-channel"


class Tenant:
    """One customer of the platform.

    Args:
        plan: The scenario that it plays, in the dialect that was chosen.
        clock: Its time.
        credentials: How clients log in to it.
        public_url: Under which URL clients reach it, where the request's own Host does not say.
        seed: What its tokens are derived from.
        name: How it is called, by those who manage tenants.
        dialect: The dialect that was chosen for it over every scenario's own; `None` leaves each its own.
        most_exchanges: How many exchanges its trace keeps; as many as there can be by default.
        permissive: Whether every request is answered as if it were right (see `mock_cec.permissive`).

    Attributes:
        recorder: What went over the wire.
        pauses: The answers that are to come later.
        ending: Whom to call when the tenant is reset, removed, or stops with the server.
        poll_numbers: The numbers by which held polls are called.
        mark: What its AccessTokens begin with.
        range: Which of the ranges of callees is its own, among the tenants of a port.
        scope: The `Scope` that its AccessTokens name: 32 characters that no document explains (facts §1).
    """

    def __init__(  # noqa: PLR0913  (what makes a tenant)
        self,
        plan: Plan,
        clock: Clock,
        credentials: Credentials = Credentials(),  # noqa: B008  (frozen)
        *,
        public_url: str | None = None,
        seed: str = "mock-cec",
        name: str = "default",
        dialect: DialectName | None = None,
        most_exchanges: int | None = None,
        permissive: bool = False,
    ) -> None:
        self.name = name
        self.permissive = permissive
        self.dialect = dialect
        self.plan = plan
        self.clock = clock
        self.credentials = credentials
        self.public_url = public_url
        self.recorder = Recorder(clock, most_exchanges, self._facts)
        self.pauses = Pauses(clock)
        self.ending: set[Callable[[], None]] = set()
        if isinstance(clock, AutoClock):
            Pace(self, clock)
        self._seed = f"{seed}/{credentials.app_key}"
        self.scope = blake2b(self._seed.encode(), digest_size=16).hexdigest()
        self.mark = mark(self._seed)
        self.range = 0
        self._start()

    def _start(self) -> None:
        self.access_tokens: TokenOffice = TokenOffice(f"{self._seed}/access", self.mark)
        self.ccmessaging_tokens: TokenOffice = CcmessagingOffice(
            f"{self._seed}/ccmessaging", literal=self.plan.scenario.tokens.ccmessaging_value
        )
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._tokens_asked = 0
        self._by_number: dict[str, dict[Session, None]] = {}
        self._calls = 0
        self._calls_counted = 0
        self.poll_numbers = count(1)

    def _facts(self) -> dict[str, str]:
        scenario = self.plan.scenario
        return {"scenario": scenario.title, "dialect": scenario.dialect, "app_key": self.credentials.app_key}

    def swap(self, plan: Plan) -> None:
        """Play another scenario: its settings count at once, its events and answers from each user's next call on."""
        self.plan = plan
        self.ccmessaging_tokens.literal = plan.scenario.tokens.ccmessaging_value
        self._tokens_asked = 0
        now = self.clock.now()
        for session in self.sessions:
            session.swap(plan, now)

    def reset(self) -> None:
        """Be as new, but for the time: who waits is answered, and users, tokens, counts and trace are forgotten."""
        self.close()
        self.recorder.clear(restart=True)
        self._start()

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The users that are known."""
        return tuple(self._sessions.values())

    @property
    def waiting(self) -> int:
        """How many requests wait for time to pass, and have not been woken: held polls, answers that are to come."""
        return sum(session.room.waiting for session in self._sessions.values()) + self.pauses.waiting

    def session(self, user_id: str) -> Session:
        """Give the session of a user on this channel; a new login finds the old one with its call."""
        session = self._sessions.get(user_id)
        if session is None:
            session = self._sessions[user_id] = Session(user_id, self.plan, self.clock)
            self._forget_idle()
        return session

    def token_step(self, now: float) -> Step | None:
        """Count a `tokenByAkSk` request and give the scripted answer it meets, if any.

        Nobody is known at this door, so the requests of all users count together; counting starts again when calls
        have been made and none is live.
        """
        if Endpoint.TOKEN not in self.plan.answers:
            return None
        if self._calls_counted < self._calls and not any(user.script.engaged(now) for user in self.sessions):
            self._calls_counted = self._calls
            self._tokens_asked = 0
        self._tokens_asked += 1
        return scripted(self.plan, Endpoint.TOKEN, self._tokens_asked)

    def expire(self, session: Session, which: str) -> None:
        """Let all tokens of a user that were issued up to now be dead: `access`, `ccmessaging` or `both`.

        An AccessToken belongs to nobody in particular, so it is dead for this user alone.
        """
        if which != "ccmessaging":
            session.dead_access = self.access_tokens.issued
        if which != "access":
            session.dead_ccmessaging = self.ccmessaging_tokens.issued

    def begin_call(self, session: Session) -> None:
        """Give a session's new call a callee that no other has: 15 digits, as in the sample (guide §5 step 4).

        Each tenant of a port has a range of its own, so that a callee names the tenant as well.
        """
        self._calls += 1
        self._forget_numbers(session)
        place = (self.range * CALLS_IN_RANGE + self._calls) % 10**9
        session.access_code = f"179080{place * 387420489 % 10**9:09}"
        session.dials = 0
        self._by_number.setdefault(session.access_code, {})[session] = None

    def hand_out(self, session: Session, number: str, now: float) -> None:
        """Note that "connected" has told a client which number to dial."""
        session.numbers[number] = now
        self._by_number.setdefault(number, {})[session] = None

    def dialled(self, number: str) -> tuple[Session, ...]:
        """Find the sessions whose present or last call has a number; more than one if the scenario gives it to all."""
        return tuple(self._by_number.get(number, ()))

    def _forget_numbers(self, session: Session) -> None:
        for number in (session.access_code, *session.numbers):
            sessions = self._by_number.get(number, {})
            sessions.pop(session, None)
            if not sessions:
                self._by_number.pop(number, None)
        session.numbers.clear()

    def close(self) -> None:
        """Let every held poll end now, as a server does that is about to stop."""
        for session in self.sessions:
            session.room.close()
        self.pauses.close()
        for end in tuple(self.ending):
            end()

    def _forget_idle(self) -> None:
        if len(self._sessions) <= MOST_SESSIONS:
            return
        user_id, oldest = next(iter(self._sessions.items()))
        if oldest.script.engaged(self.clock.now()) or len(oldest.room):
            self._sessions.move_to_end(user_id)
        else:
            del self._sessions[user_id]
            self._forget_numbers(oldest)
