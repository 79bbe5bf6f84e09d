"""The tokens, and every request that needs them: a pure state machine, with no socket and no clock.

Whoever wants something hands in an *errand* and gets a `Ticket`; the session turns it into a request as soon as there
are good tokens, and calls back with the answer. `outstanding` says what should be under way on the wire at this moment:
the driver starts what it does not run yet, aborts what has vanished, and reports by `answered`. `wake_at` says when
`tick` wants to be called. Nothing else connects this module with the world.

The theory, after guide §2 and §6.1. The tokens are in one of three states:

    absent ──errand──▶ renewing ──TOKEN ok, APPLY ok──▶ good
      ▲                    │                             │
      └──── login fails ───┘◀──── 403 to these tokens ───┘

- An errand is on the wire only with tokens that were good when it left. A 403 puts them away for good, so old tokens
  cannot be fallen back to; errands that wait leave together when the login is done, in the order they were handed in.
- A 403 to tokens that have been replaced meanwhile needs no login: the errand just leaves again.
- Two bounds end the circle of login and 403: the logins in a row that bought no other answer, over all errands; and the
  403s of one errand, whatever the others got.
- A request has its time from when it leaves to when its answer is whole. This is counted here and not by the HTTP
  library, whose limits start afresh with every byte that drips in.
- A failing login ends every waiting errand with the login's own failure, except that while a call lives (`patient`) it
  is tried again a few times, from TOKEN on, unless the platform answered 4xx, which a repetition will not change;
  408 and 429 are no such answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from cec_client import requests
from cec_client.account import Tokens
from cec_client.answers import Answer, Expired, Failure, HttpFailed, NetworkFailed, Ok
from cec_client.events import CallEvent, LoggedIn, LoginFailed, TokensExpired
from cec_client.explain import error_of
from cec_client.policy import Policy
from cec_client.protocol import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.account import Credentials, Customer
    from cec_client.requests import Errand, Request


@dataclass(slots=True, eq=False)
class Ticket:
    """An errand on its way; `None` for the errand that is the login itself.

    Attributes:
        errand: What is wanted.
        then: Whom to tell the answer and the time; the answer's endpoint is a login's if the login failed.
        request: The request that is on the wire for it; `None` while it waits for tokens.
        tokens: The tokens of that request.
        sent_at: When its latest request was to leave.
        expiries: How often it was answered 403.
    """

    errand: Errand | None
    then: Callable[[Answer, float], None]
    request: Request | None = None
    tokens: Tokens | None = None
    sent_at: float = 0.0
    expiries: int = 0


@dataclass(slots=True, eq=False)
class Alarm:
    """Something to do at a time."""

    at: float
    action: Callable[[float], None]


class Session:
    """The requests of one customer. All times are seconds on the driver's monotonic clock.

    Attributes:
        customer: Who calls.
        policy: Time limits, retries, pauses.
        patient: Whether a call lives, so that a failing login is tried again.
        tokens: The good tokens; `None` if there are none.
        listener: Told of logins and expiries as they happen.
    """

    def __init__(
        self, credentials: Credentials, customer: Customer, policy: Policy | None = None, tokens: Tokens | None = None
    ) -> None:
        self.customer = customer
        self.policy = policy or Policy()
        self.patient = False
        self.tokens = tokens
        self.listener: Callable[[CallEvent], None] | None = None
        self._credentials = credentials
        self._serials = count(1)
        self._tickets: list[Ticket] = []
        self._alarms: list[Alarm] = []
        self._login: Request | None = None
        self._login_sent_at = 0.0
        self._login_retry: Alarm | None = None
        self._access = ""
        self._ever_logged_in = tokens is not None
        self._logins_in_vain = 0
        self._login_failures = 0

    # What the driver asks

    @property
    def outstanding(self) -> tuple[Request, ...]:
        """The requests that should be on the wire now."""
        return tuple(request for request, _ in self._under_way())

    @property
    def wake_at(self) -> float | None:
        """When `tick` wants to be called; `None` if nothing waits for time to pass."""
        limits = [sent_at + request.timeout for request, sent_at in self._under_way()]
        return min(limits + [alarm.at for alarm in self._alarms], default=None)

    def tick(self, now: float) -> None:
        """Do what is due, and end what has had its time."""
        for request, sent_at in self._under_way():
            if sent_at + request.timeout <= now:
                late = TimeoutError(f"no whole answer within {request.timeout:g} s")
                self.answered(request.serial, NetworkFailed(request.endpoint, late, timed_out=True), now)
        due = sorted((alarm for alarm in self._alarms if alarm.at <= now), key=lambda alarm: alarm.at)
        for alarm in due:
            if alarm in self._alarms:
                self._alarms.remove(alarm)
                alarm.action(now)

    def answered(self, serial: int, answer: Answer, now: float) -> None:
        """Take what a request got; an answer to a request that is not outstanding any more is ignored."""
        if self._login is not None and self._login.serial == serial:
            self._login_answered(answer, now)
            return
        for ticket in self._tickets:
            if ticket.request is not None and ticket.request.serial == serial:
                self._errand_answered(ticket, answer, now)
                return

    # What its users ask

    def ask(self, errand: Errand, then: Callable[[Answer, float], None], now: float) -> Ticket:
        """Hand in an errand; logs in first if need be."""
        return self._enlist(Ticket(errand, then), now)

    def log_in(self, then: Callable[[Answer, float], None], now: float) -> Ticket:
        """Log in anew, whatever tokens there are; `then` gets an `Ok` with `Tokens`."""
        self.tokens = None
        return self._enlist(Ticket(None, then), now)

    def withdraw(self, ticket: Ticket) -> None:
        """Take an errand back: its request vanishes from the wire, and nobody is told an answer."""
        if ticket in self._tickets:
            self._tickets.remove(ticket)
            self._forget_needless_login()

    def set_alarm(self, at: float, action: Callable[[float], None]) -> Alarm:
        """Have something done at a time."""
        alarm = Alarm(at, action)
        self._alarms.append(alarm)
        return alarm

    def drop_alarm(self, alarm: Alarm | None) -> None:
        """Take an alarm back, if it is still to come."""
        if alarm in self._alarms:
            self._alarms.remove(alarm)

    def _under_way(self) -> list[tuple[Request, float]]:
        login = [] if self._login is None else [(self._login, self._login_sent_at)]
        return login + [(ticket.request, ticket.sent_at) for ticket in self._tickets if ticket.request is not None]

    # Errands

    def _enlist(self, ticket: Ticket, now: float) -> Ticket:
        self._tickets.append(ticket)
        self._proceed(now)
        return ticket

    def _proceed(self, now: float) -> None:
        """Send what waits if there are tokens, else see to it that there will be."""
        waiting = [ticket for ticket in self._tickets if ticket.request is None]
        if not waiting:
            return
        if self.tokens is None:
            if self._login is None and self._login_retry is None:
                self._start_login(now)
            return
        for ticket in waiting:
            if ticket.errand is not None:
                self._dispatch(ticket, ticket.errand, self.tokens, now)
            elif ticket in self._tickets:
                self._settle(ticket, Ok(Endpoint.APPLY_TOKEN, self.tokens), now)

    def _dispatch(self, ticket: Ticket, errand: Errand, tokens: Tokens, now: float) -> None:
        timeout = self.policy.poll_timeout if errand.endpoint is Endpoint.EVENTS else self.policy.request_timeout
        ticket.tokens = tokens
        ticket.sent_at = now
        ticket.request = requests.business(next(self._serials), errand, self._credentials.app_key, tokens, timeout)

    def _errand_answered(self, ticket: Ticket, answer: Answer, now: float) -> None:
        ticket.request = None
        if isinstance(answer, Expired):
            self._expired(ticket, answer, now)
            return
        if ticket.tokens == self.tokens and not isinstance(answer, NetworkFailed):
            self._logins_in_vain = 0
        if ticket.tokens is not None and ticket.tokens == self.tokens and isinstance(answer, Ok) and answer.renewed:
            self.tokens = Tokens(ticket.tokens.access, answer.renewed)
        self._settle(ticket, answer, now)

    def _expired(self, ticket: Ticket, answer: Expired, now: float) -> None:
        ticket.expiries += 1
        self._tell(TokensExpired(answer.endpoint))
        if ticket not in self._tickets:  # the listener wants it no more
            return
        limit = self.policy.logins_in_a_row
        in_vain = ticket.tokens == self.tokens and self._logins_in_vain >= limit
        if ticket.tokens == self.tokens:
            self.tokens = None
        if in_vain or ticket.expiries > limit:
            self._logins_in_vain = 0
            self._settle(ticket, answer, now)
        self._proceed(now)

    def _settle(self, ticket: Ticket, answer: Answer, now: float) -> None:
        self._tickets.remove(ticket)
        ticket.then(answer, now)

    # Logins

    def _start_login(self, now: float) -> None:
        self._login_retry = None
        self._login_sent_at = now
        self._login = requests.token(next(self._serials), self._credentials, self.policy.request_timeout)

    def _login_answered(self, answer: Answer, now: float) -> None:
        self._login = None
        if not isinstance(answer, Ok):
            self._login_failed(answer, now)
        elif answer.endpoint is Endpoint.TOKEN:
            self._access = str(answer.value)
            self._login_sent_at = now
            self._login = requests.apply_token(
                next(self._serials), self._credentials, self.customer, self._access, self.policy.request_timeout
            )
        else:
            self.tokens = Tokens(self._access, str(answer.value))
            self._login_failures = 0
            self._logins_in_vain += 1
            renewed, self._ever_logged_in = self._ever_logged_in, True
            self._tell(LoggedIn(renewed))
            self._proceed(now)

    def _login_failed(self, answer: Failure, now: float) -> None:
        if self.patient and _may_pass(answer) and self._login_failures < self.policy.login_retries:
            self._login_failures += 1
            self._login_retry = self.set_alarm(now + self.policy.pause_after(answer), self._start_login)
            self._tell(LoginFailed(error_of(answer), self._login_failures))
            return
        self._login_failures = 0
        for ticket in [ticket for ticket in self._tickets if ticket.request is None]:
            if ticket in self._tickets:
                self._settle(ticket, answer, now)

    def _forget_needless_login(self) -> None:
        if all(ticket.request is not None for ticket in self._tickets):
            self._login = None
            self.drop_alarm(self._login_retry)
            self._login_retry = None

    def _tell(self, news: CallEvent) -> None:
        if self.listener is not None:
            self.listener(news)


def _may_pass(failure: Failure) -> bool:
    """Tell whether a login's failure may be gone the next time."""
    return failure.may_pass if isinstance(failure, HttpFailed) else not isinstance(failure, Expired)
