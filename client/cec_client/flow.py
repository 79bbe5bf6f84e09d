"""The click-to-call flow: a pure state machine, with no socket, no clock and no thread.

This file takes every decision about a call. What it goes by, the theory and the tables, is in `states`; what concerns
tokens is in `session`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cec_client import requests
from cec_client.account import Media, Sequence
from cec_client.answers import Answer, Expired, Ok
from cec_client.errors import CallInProgress, CallNotSupported, CecError, ClientClosed, GaveUp
from cec_client.events import (
    CallCreated,
    CallEvent,
    Connected,
    HangUpFailed,
    HungUp,
    PollFailed,
    SupportChecked,
    TextConnected,
    TextFailed,
    TokensExpired,
)
from cec_client.explain import LOGIN, error_of
from cec_client.outcome import Outcome
from cec_client.protocol import Endpoint
from cec_client.states import ENDS, PAUSES, REJECTS, STEPS, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client.answers import Failure, Support
    from cec_client.events import Gateway
    from cec_client.session import Alarm, Session, Ticket


class CallFlow:
    """One call, from the first request to the last.

    Args:
        session: Carries its requests; one flow at a time may use it.
        sequence: In which order call and text session come.
        media: Voice or video.

    Attributes:
        phase: Where the call is.
        outcome: How it ended; `None` until it is over.
        error: Why it could not be made or lost sight of; `None` if it ended in order.
        gateway: What the last "connected" said; `None` before it.
    """

    def __init__(self, session: Session, sequence: Sequence = Sequence.CALL, media: Media = Media.AUDIO) -> None:
        self.phase = Phase.SETTING_UP
        self.outcome: Outcome | None = None
        self.error: CecError | None = None
        self.gateway: Gateway | None = None
        self._session = session
        self._policy = session.policy
        self._media = media
        self._steps = iter(STEPS[sequence])
        self._text_due = sequence is Sequence.CALL_THEN_TEXT
        self._events: list[CallEvent] = []
        self._step: Ticket | None = None
        self._poll: Ticket | None = None
        self._text: Ticket | None = None
        self._drop: Ticket | None = None
        self._pause: Alarm | None = None
        self._drop_pause: Alarm | None = None
        self._farewell: Alarm | None = None
        self._patience: Alarm | None = None
        self._poll_failures = 0
        self._drop_failures = 0
        self._spent: CecError | None = None
        self._hanging_up = False

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.phase is Phase.OVER

    @property
    def hung_up(self) -> bool:
        """Whether the platform accepted the user's hang-up, though its last event may still come."""
        return self.phase is Phase.LEAVING

    def take_events(self) -> tuple[CallEvent, ...]:
        """Give what has happened since the last time."""
        events, self._events = tuple(self._events), []
        return events

    def start(self, now: float) -> None:
        """Begin, with the login if there are no tokens yet.

        Raises:
            CallInProgress: The session carries another call.
        """
        if self._session.listener is not None:
            raise CallInProgress("this client has a live call, which another would disturb: end it first")
        self._session.listener = self._heard
        self._next_step(now)

    def hang_up(self, now: float) -> None:
        """The user hangs up; a second time changes nothing."""
        if self._hanging_up or self.over:
            return
        self._hanging_up = True
        if self._text is not None and self._text.request is None:
            self._withdraw_text()
        if self.phase is Phase.LIVE:
            self._ask_drop(now)
        elif self._step is None or not self._create_is_under_way():
            self._finish(Outcome.HUNG_UP)

    def end(self, now: float) -> None:
        """Hang up, and do not wait longer than one `request_timeout` for a platform that may be dead."""
        self.hang_up(now)
        if not self.over and self._patience is None:
            self._patience = self._session.set_alarm(now + self._policy.request_timeout, self._out_of_patience)

    def abandon(self) -> None:
        """End at once without another request; for a program that must stop."""
        if not self.over:
            self._finish(Outcome.ERROR, ClientClosed("the call was abandoned while it was under way"))

    def _out_of_patience(self, _now: float) -> None:
        if self.hung_up:
            self._finish(Outcome.HUNG_UP)
        else:
            limit = self._policy.request_timeout
            error = ClientClosed(f"the call was abandoned: no hang-up succeeded within {limit:g} s")
            self._finish(Outcome.ERROR, error)

    # Setting up

    def _next_step(self, now: float) -> None:
        errand, then = self._step_to(next(self._steps))
        self._step = self._session.ask(errand, self._unless_login_failed(then), now)

    def _step_to(self, endpoint: Endpoint) -> tuple[requests.Errand, Callable[[Answer, float], None]]:
        if endpoint is Endpoint.SEND:
            return requests.connect_text(self._session.customer), self._text_answered_first
        if endpoint is Endpoint.CHECK:
            return requests.check(), self._checked
        return requests.create(self._media), self._created

    def _create_is_under_way(self) -> bool:
        step = self._step
        return step is not None and step.request is not None and step.request.endpoint is Endpoint.CREATE

    def _text_answered_first(self, answer: Answer, now: float) -> None:
        if isinstance(answer, Ok):
            self._events.append(TextConnected())
            self._next_step(now)
        else:
            self._finish(Outcome.ERROR, error_of(answer))

    def _checked(self, answer: Answer, now: float) -> None:
        if not isinstance(answer, Ok):
            self._finish(Outcome.ERROR, error_of(answer))
            return
        support = cast("Support", answer.value)
        self._events.append(SupportChecked(support.webrtc, support.click_to_call))
        if support.both:
            self._next_step(now)
        else:
            error = CallNotSupported(webrtc=support.webrtc, click_to_call=support.click_to_call)
            self._finish(Outcome.UNSUPPORTED, error)

    def _created(self, answer: Answer, now: float) -> None:
        self._step = None
        if not isinstance(answer, Ok):
            self._finish(Outcome.REJECTED if isinstance(answer, REJECTS) else Outcome.ERROR, error_of(answer))
            return
        self.phase = Phase.LIVE
        self._session.patient = True
        self._events.append(CallCreated())
        if self._hanging_up:
            self._ask_drop(now)
        else:
            self._ask_poll(now)

    # Polling

    def _ask_poll(self, now: float) -> None:
        self._pause = None
        self._poll = self._session.ask(requests.events(), self._unless_login_failed(self._polled), now)

    def _polled(self, answer: Answer, now: float) -> None:
        poll, self._poll = self._poll, None
        if isinstance(answer, Ok):
            self._poll_failures = 0
            started = cast("Ticket", poll).sent_at
            self._happened(cast("CallEvent", answer.value), started, now)
        elif self.phase is Phase.LEAVING:
            self._finish(Outcome.HUNG_UP)
        elif isinstance(answer, Expired):
            self._polling_ends(Outcome.ERROR, error_of(answer))
        else:
            self._poll_failed(answer, now)

    def _happened(self, event: CallEvent, started: float, now: float) -> None:
        self._events.append(event)
        if isinstance(event, Connected):
            self.gateway = event.gateway
        if self.phase is Phase.LEAVING:
            self._finish(Outcome.HUNG_UP)
        elif type(event) in ENDS:
            self._finish(ENDS[type(event)])
        else:
            earliest = started + self._policy.empty_pause if isinstance(event, PAUSES) else now
            self._poll_at(earliest, now)
            if isinstance(event, Connected):
                self._join_text(now)

    def _poll_failed(self, failure: Failure, now: float) -> None:
        error = error_of(failure)
        self._poll_failures += 1
        self._events.append(PollFailed(error, self._poll_failures))
        if self._poll_failures > self._policy.poll_retries:
            self._polling_ends(Outcome.GAVE_UP, GaveUp(self._poll_failures, error))
        else:
            self._poll_at(now + self._policy.pause_after(failure), now)

    def _poll_at(self, when: float, now: float) -> None:
        if when <= now:
            self._ask_poll(now)
        else:
            self._pause = self._session.set_alarm(when, self._ask_poll)

    def _polling_ends(self, outcome: Outcome, error: CecError) -> None:
        """End the call, unless a hang-up is under way: it may yet end in order."""
        if self._hanging_up and outcome is Outcome.GAVE_UP:
            self._spent = error
        else:
            self._finish(outcome, error)

    # The text session that joins a call

    def _join_text(self, now: float) -> None:
        if self._text_due and not self._hanging_up:
            self._text_due = False
            errand = requests.connect_text(self._session.customer)
            self._text = self._session.ask(errand, self._unless_login_failed(self._text_answered_later), now)

    def _text_answered_later(self, answer: Answer, _now: float) -> None:
        self._text = None
        self._events.append(TextConnected() if isinstance(answer, Ok) else TextFailed(error_of(answer)))

    def _withdraw_text(self) -> None:
        if self._text is not None:
            self._session.withdraw(self._text)
            self._text = None

    # Hanging up

    def _ask_drop(self, now: float) -> None:
        self._drop_pause = None
        self._drop = self._session.ask(requests.drop(), self._unless_login_failed(self._dropped), now)

    def _dropped(self, answer: Answer, now: float) -> None:
        self._drop = None
        if isinstance(answer, Ok):
            self._events.append(HungUp())
            self._leave(now)
            return
        error = error_of(answer)
        self._drop_failures += 1
        self._events.append(HangUpFailed(error, self._drop_failures))
        if isinstance(answer, Expired) or self._drop_failures > self._policy.drop_retries:
            self._finish(Outcome.GAVE_UP if self._spent else Outcome.ERROR, self._spent or error)
        else:
            self._drop_pause = self._session.set_alarm(now + self._policy.pause_after(answer), self._ask_drop)

    def _leave(self, now: float) -> None:
        self.phase = Phase.LEAVING
        self._withdraw_text()
        if self._poll is None or self._poll.request is None:
            self._finish(Outcome.HUNG_UP)
        else:
            self._farewell = self._session.set_alarm(
                now + self._policy.farewell, lambda _: self._finish(Outcome.HUNG_UP)
            )

    # Everywhere

    def _unless_login_failed(self, then: Callable[[Answer, float], None]) -> Callable[[Answer, float], None]:
        """Let a failed login, of which every waiting errand is told, end the call."""

        def told(answer: Answer, now: float) -> None:
            if answer.endpoint in LOGIN:
                self._finish(Outcome.ERROR, error_of(cast("Failure", answer)))
            else:
                then(answer, now)

        return told

    def _heard(self, news: CallEvent) -> None:
        self._events.append(news)
        if isinstance(news, TokensExpired) and self._pointless():
            self._finish(Outcome.HUNG_UP)

    def _pointless(self) -> bool:
        """Tell whether a 403 leaves nothing to log in for: create never happened, or the last poll is in vain."""
        wanted = {Phase.SETTING_UP: self._step, Phase.LEAVING: self._poll}.get(self.phase)
        return self._hanging_up and wanted is not None and wanted.request is None

    def _finish(self, outcome: Outcome, error: CecError | None = None) -> None:
        self.phase = Phase.OVER
        self.outcome = outcome
        self.error = error
        if self._session.listener == self._heard:  # a call that never began has no say in another's affairs
            self._session.listener = None
            self._session.patient = False
        for ticket in (self._step, self._poll, self._text, self._drop):
            if ticket is not None:
                self._session.withdraw(ticket)
        for alarm in (self._pause, self._drop_pause, self._farewell, self._patience):
            self._session.drop_alarm(alarm)
