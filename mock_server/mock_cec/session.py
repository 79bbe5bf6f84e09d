"""A session: one user on one channel, with at most one live call and one text session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import Endpoint

from mock_cec.script import CallScript
from mock_cec.text_session import TextSession
from mock_cec.waiting import WaitingRoom

if TYPE_CHECKING:
    from mock_cec.clock import Clock
    from mock_cec.gateway.media_call import MediaCall
    from mock_cec.scenario.plan import Plan, Step

NEW_RUN = frozenset({Endpoint.APPLY_TOKEN, Endpoint.CHECK, Endpoint.CREATE})
"""The requests with which a client starts anew, once its call is over."""


class Session:
    """What the emulator knows of one user on one channel.

    Attributes:
        user_id: The user.
        script: The user's calls.
        text: The user's text session.
        room: Where the user's polls wait.
        access_code: The callee of the present call, unique to it; empty before the first.
        numbers: The callees that "connected" handed out for the present call, each with the time at which it did.
        dials: How many media calls were placed for the present call.
        media: The media call, or the last one; `None` before the first.
        dead_access: The last AccessToken, by its serial number, that the scenario let expire for this user; 0: none.
        dead_ccmessaging: The same for the tokens of `applyToken`.
    """

    __slots__ = (
        "_coming",
        "_counts",
        "_plan",
        "_run",
        "access_code",
        "dead_access",
        "dead_ccmessaging",
        "dials",
        "media",
        "numbers",
        "room",
        "script",
        "text",
        "user_id",
    )

    def __init__(self, user_id: str, plan: Plan, clock: Clock) -> None:
        self.user_id = user_id
        self.script = CallScript(plan)
        self.text = TextSession(plan)
        self.room = WaitingRoom(self.script, clock)
        self.access_code = ""
        self.numbers: dict[str, float] = {}
        self.dials = 0
        self.media: MediaCall | None = None
        self.dead_access = 0
        self.dead_ccmessaging = 0
        self._plan = plan
        self._coming: Plan | None = None
        self._counts: dict[Endpoint, int] = {}
        self._run = 0

    def lives(self, now: float) -> bool:
        """Say whether there is anything that a token running out would disturb: a live call or a text session."""
        return self.script.engaged(now) or self.text.peer is not None

    def step(self, endpoint: Endpoint, now: float) -> Step | None:
        """Count a request and give the scripted answer it meets, if any.

        Counting starts again when, with its call over, the user begins anew: whoever reloads a page meets the same
        scenario again. A login begins anew only once the end of the call has been collected, for until then it may
        be the one that a 403 asked for.
        """
        if self._coming is None and not self._plan.answers:
            return None
        script = self.script
        over = script.over(now) if endpoint is Endpoint.APPLY_TOKEN else not script.engaged(now)
        if endpoint in NEW_RUN and over and (self._run < script.calls or self._coming is not None):
            self._begin_anew()
        self._counts[endpoint] = ordinal = self._counts.get(endpoint, 0) + 1
        return scripted(self._plan, endpoint, ordinal)

    def swap(self, plan: Plan, now: float) -> None:
        """Play another scenario: at once, or from the next call on if one is live."""
        self.script.swap(plan, now)
        self.text.swap(plan)
        self._coming = plan
        if not self.script.engaged(now):
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._run = self.script.calls
        self._counts.clear()
        if self._coming is not None:
            self._plan, self._coming = self._coming, None


def scripted(plan: Plan, endpoint: Endpoint, ordinal: int) -> Step | None:
    """Give the first scripted answer that is for this request."""
    return next((step for step in plan.answers.get(endpoint, ()) if ordinal in step.ordinals), None)
