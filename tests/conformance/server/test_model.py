"""The model of the document: for what has happened so far, what may come back, and which rule anything else breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from cec_client.protocol import Endpoint, EventId, Exchange
from cec_conformance.run import Seen
from cec_conformance.server.coming import Came, came_back, told
from cec_conformance.server.course import DOCUMENTED, OVER, Call, scripted
from cec_conformance.server.letters import Tokens
from cec_conformance.server.mistakes import MISTAKES, to_mistake
from cec_conformance.server.model import Asked, Contradiction, Known, Model

if TYPE_CHECKING:
    from cec_conformance.server.departures import Departure

Q, C, X = EventId.QUEUED, EventId.CONNECTED, EventId.TRANSFERRED
R, T, F = EventId.RELEASED, EventId.QUEUE_TIMEOUT, EventId.FAILED

GRANTED: dict[Endpoint, dict[str, Any]] = {
    Endpoint.TOKEN: {"AccessToken": "access", "Expires": "600"},
    Endpoint.APPLY_TOKEN: {"resultCode": "0", "token": "token"},
    Endpoint.CHECK: {"resultCode": "0", "webRTCSupported": True, "clickToCallSupported": True},
}
OK = {"resultCode": "0"}
NO = {"resultCode": "13", "resultDesc": "connect failed"}


def seen(endpoint: Endpoint, body: Any, status: int | None = 200, at: float = 0.0, **script: str) -> Seen:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    ended = None if status is None else at
    gone = at if status is None else None
    return Seen(
        Exchange(
            serial=1,
            method=endpoint.method,
            target=endpoint.path,
            status=status,
            response_body=content,
            answer_ended=ended,
            connection_gone=gone,
            script=script,
        ),
        endpoint,
    )


class Story:
    """What happens between users and a platform, told step by step; every step gives the rule it breaks, if any."""

    def __init__(self, known: Known = Known()) -> None:  # noqa: B008  (frozen)
        self.model = Model(known)
        self.now = 0.0
        self.tokens: dict[str, Tokens] = {}

    def ask(
        self, endpoint: Endpoint, body: Any = None, status: int | None = 200, user: str = "alice", **more: Any
    ) -> str | None:
        script = {name: more.pop(name) for name in ("left", "error") if name in more}
        asked = {
            "tokens": self.tokens.get(user, Tokens()),
            "epoch": self.model.call(user).epoch,
            "sent": self.now,
            **more,
        }
        answer = seen(endpoint, GRANTED.get(endpoint, OK) if body is None else body, status, self.now, **script)
        found = self.model.answered(Asked(user=user, endpoint=endpoint, **asked), answer)
        return None if found is None else found.rule

    def login(self, user: str = "alice", life: str = "600") -> None:
        access = f"access of {user} at {self.now}"
        assert self.ask(Endpoint.TOKEN, {"AccessToken": access, "Expires": life}, user=user) is None
        self.tokens[user] = Tokens(access)
        token = f"token of {user} at {self.now}"
        assert self.ask(Endpoint.APPLY_TOKEN, {"resultCode": "0", "token": token}, user=user) is None
        self.tokens[user] = Tokens(access, token)

    def call(self, user: str = "alice") -> None:
        self.login(user)
        assert self.ask(Endpoint.CHECK, user=user) is None
        assert self.ask(Endpoint.CREATE, user=user) is None

    def poll(self, event: int | None = None, user: str = "alice", **more: Any) -> str | None:
        body = OK if event is None else {**OK, "eventId": event}
        return self.ask(Endpoint.EVENTS, body, user=user, **more)

    def polls(self, *events: int) -> list[str | None]:
        return [self.poll(event) for event in events]


# Events


@pytest.mark.parametrize(
    "events",
    [[C, R], [Q, Q, C, R], [Q, T], [T], [Q, F], [C, X, C, R], [C, X, Q, C, X, R], [C, X, T], [C, X, C, T], [R]],
)
def test_every_documented_order_of_events_may_come(events: list[EventId]) -> None:
    story = Story()
    story.call()
    assert story.polls(*events) == [None] * len(events)


@pytest.mark.parametrize("events", [[X], [C, C], [C, Q], [C, T], [Q, C, Q]])
def test_no_other_order_may_come(events: list[EventId]) -> None:
    story = Story()
    story.call()
    assert story.polls(*events) == [*[None] * (len(events) - 1), "S-POL-11"]


def test_nothing_comes_after_the_end() -> None:
    story = Story()
    story.call()
    assert story.polls(C, R) == [None, None]
    assert story.poll() is None
    assert story.ask(Endpoint.EVENTS, NO) is None
    assert story.poll(R) == "S-POL-12"


def test_an_event_that_no_document_names_is_none() -> None:
    story = Story()
    story.call()
    assert story.poll(168199) == "S-POL-01"


def test_who_has_no_call_gets_no_event() -> None:
    story = Story()
    story.login()
    assert story.poll(Q) == "S-POL-13"
    story.call("bob")
    assert story.poll(Q) == "S-ISO-01"


def test_after_a_drop_the_end_alone_may_come_and_once() -> None:
    story = Story()
    story.call()
    assert story.ask(Endpoint.DROP) is None
    assert story.poll(Q) == "S-DRP-02"
    assert story.poll(R) is None
    assert story.poll(R) == "S-POL-12"


def test_a_poll_from_before_the_drop_may_bring_what_was_on_its_way() -> None:
    story = Story()
    story.call()
    before = story.model.call("alice").epoch
    assert story.ask(Endpoint.DROP) is None
    assert story.poll(Q, epoch=before) is None


def test_after_a_second_create_one_stream_is_left_whichever_it_is() -> None:
    for kept in ([C, R], [Q, C, R]):
        story = Story()
        story.call()
        assert story.poll(Q) is None
        assert story.ask(Endpoint.CREATE) is None
        assert story.polls(*kept) == [None] * len(kept)


def test_two_streams_are_told_apart_by_what_one_cannot_bring() -> None:
    story = Story()
    story.call()
    assert story.ask(Endpoint.CREATE) is None
    assert story.polls(C, C) == [None, "S-CRE-04"]


def test_the_end_of_the_earlier_call_may_come_before_the_later_one() -> None:
    story = Story()
    story.call()
    assert story.ask(Endpoint.CREATE) is None
    assert story.polls(R, Q, C, R) == [None] * 4


def test_the_release_of_a_dropped_call_may_come_after_the_next_create() -> None:
    story = Story()
    story.call()
    assert story.ask(Endpoint.DROP) is None
    assert story.ask(Endpoint.CREATE) is None
    assert story.polls(R, Q, C) == [None] * 3


def test_an_event_may_be_lost_with_a_connection_that_the_user_closed() -> None:
    story = Story()
    story.call()
    assert story.ask(Endpoint.EVENTS, b"", None, left="the visitor closed the connection") is None
    assert story.polls(X, C) == [None, None]
    assert story.ask(Endpoint.DROP, b"", None, left="the visitor closed the connection") is None
    assert story.polls(Q) == ["S-POL-11"]


def test_of_two_polls_that_are_held_one_gets_an_event() -> None:
    story = Story()
    story.call()
    assert story.poll(C) is None
    assert story.poll(C, alone=False) == "S-POL-14"


# What is known of a scenario


def known_story() -> Story:
    story = Story(Known(((1.0, Q), (2.0, C)), grants=True))
    story.now = -1.0
    story.login()
    story.now = 0.0
    assert story.ask(Endpoint.CREATE) is None
    return story


def test_events_that_are_known_come_in_their_order() -> None:
    story = known_story()
    assert story.poll(C) == "S-POL-10"
    assert story.polls(Q, C) == [None, None]
    story.now = 60.0
    assert story.poll() is None
    assert story.poll(Q) == "S-POL-10"


def test_an_event_that_is_due_is_not_kept_back() -> None:
    story = known_story()
    assert story.poll() is None
    story.now = 10.0
    assert story.poll(alone=False) is None
    assert story.poll() == "S-POL-10"
    story.login()
    assert story.poll() == "S-EXP-03"


def test_what_may_have_been_lost_is_not_missed() -> None:
    story = known_story()
    story.model.call("alice").was_left()
    story.now = 10.0
    assert story.poll() is None


def test_a_create_that_must_be_granted_is() -> None:
    story = Story(Known(grants=True))
    story.login()
    story.ask(Endpoint.CHECK)
    assert story.ask(Endpoint.CREATE, NO) == "S-CRE-01"
    assert story.ask(Endpoint.CREATE) is None
    assert story.ask(Endpoint.DROP) is None
    assert story.ask(Endpoint.CREATE, NO) == "S-DRP-05"


# The other steps


def test_create_may_always_be_refused_where_nothing_is_known() -> None:
    story = Story()
    story.login()
    assert story.ask(Endpoint.CREATE, {}, 400) is None
    story.ask(Endpoint.CHECK)
    assert story.ask(Endpoint.CREATE, NO) is None
    assert story.ask(Endpoint.CREATE, {}, 500) == "S-CRE-01"
    assert story.ask(Endpoint.CREATE) is None
    assert story.ask(Endpoint.CREATE, NO) is None


@pytest.mark.parametrize(("flag", "rule"), [(False, "S-CRE-03"), ("true", None)])
def test_create_is_refused_where_the_check_says_no(flag: object, rule: str | None) -> None:
    story = Story()
    story.login()
    story.ask(Endpoint.CHECK, {**OK, "webRTCSupported": flag, "clickToCallSupported": True})
    assert story.ask(Endpoint.CREATE) == rule


def test_send_goes_on_succeeding() -> None:
    story = Story()
    story.login()
    assert story.ask(Endpoint.SEND, NO) is None
    assert story.ask(Endpoint.SEND) is None
    assert story.ask(Endpoint.SEND, NO) == "S-SND-02"


def test_a_drop_without_a_call_is_answered_somehow() -> None:
    story = Story()
    story.login()
    for body, status in ((OK, 200), (NO, 200), ({}, 400)):
        assert story.ask(Endpoint.DROP, body, status) is None
    assert story.ask(Endpoint.DROP, {}, 500) == "S-DRP-03"


def test_a_refused_drop_means_that_the_call_is_over() -> None:
    for event, rule in ((R, None), (None, "S-DRP-01")):
        story = Story()
        story.call()
        assert story.ask(Endpoint.DROP, NO) is None
        assert story.poll(event) == rule


@pytest.mark.parametrize(
    ("endpoint", "rule"),
    [(Endpoint.TOKEN, "S-TOK-01"), (Endpoint.APPLY_TOKEN, "S-APP-01"), (Endpoint.CHECK, "S-CHK-01")],
)
def test_good_requests_succeed(endpoint: Endpoint, rule: str) -> None:
    story = Story()
    story.login()
    assert story.ask(endpoint) is None
    assert story.ask(endpoint, NO) == rule
    assert story.ask(endpoint, b"<html>") == "S-GEN-05"


def test_a_poll_that_is_never_answered_breaks_a_rule() -> None:
    story = Story()
    story.call()
    assert story.ask(Endpoint.EVENTS, b"", None, error="connection closed") == "S-POL-03"


# Tokens


def test_tokens_are_taken_for_their_life_and_no_longer() -> None:
    story = Story()
    story.login()
    story.now = 500.0
    assert story.ask(Endpoint.CHECK, {}, 403) == "S-EXP-02"
    story.now = 600.0
    assert story.ask(Endpoint.CHECK, {}, 403) is None
    story.now = 700.0
    assert story.ask(Endpoint.CHECK, {}, 401) is None
    assert story.ask(Endpoint.CHECK) == "S-EXP-01"
    assert story.ask(Endpoint.APPLY_TOKEN) == "S-APP-04"


@pytest.mark.parametrize("life", ["", "0", "soon"])
def test_a_life_that_is_not_told_is_a_minute_to_an_hour(life: str) -> None:
    story = Story()
    story.login(life=life)
    story.now = 30.0
    assert story.ask(Endpoint.CHECK, {}, 403) == "S-EXP-02"
    story.now = 100.0
    assert story.ask(Endpoint.CHECK, {}, 403) is None
    story.now = 3700.0
    assert story.ask(Endpoint.CHECK) == "S-EXP-01"


def test_the_tokens_of_an_earlier_login_may_be_taken_or_not() -> None:
    story = Story()
    story.login()
    earlier = story.tokens["alice"]
    story.now = 10.0
    story.login()
    assert story.ask(Endpoint.CHECK, {}, 403, tokens=earlier) is None
    assert story.ask(Endpoint.CHECK, tokens=earlier) is None


# Mistakes and words


@pytest.mark.parametrize(
    ("endpoint", "wrong"), [(endpoint, wrong) for endpoint, all_wrong in MISTAKES.items() for wrong in all_wrong]
)
def test_no_mistake_succeeds(endpoint: Endpoint, wrong: Departure) -> None:
    story = Story()
    story.login()
    assert story.ask(endpoint, wrong=wrong) == to_mistake(endpoint, wrong).rule
    assert story.ask(endpoint, {}, 403, wrong=wrong) is None


@pytest.mark.parametrize(
    ("status", "body", "came"),
    [
        (200, OK, Came.GRANTED),
        (200, NO, Came.REFUSED),
        (200, {}, Came.UNREADABLE),
        (202, OK, Came.STRANGE),
        (404, {}, Came.ERROR),
        (401, {}, Came.FORBIDDEN),
        (503, {}, Came.TROUBLE),
        (None, b"", Came.NOTHING),
    ],
)
def test_what_comes_back_has_a_word(status: int | None, body: Any, came: Came) -> None:
    answer = seen(Endpoint.DROP, body, status, error="connection closed")
    assert came_back(answer) is came
    assert told(answer).en
    assert told(answer).zh


def test_polls_have_words_of_their_own() -> None:
    assert came_back(seen(Endpoint.EVENTS, OK)) is Came.EMPTY
    assert told(seen(Endpoint.EVENTS, {**OK, "eventId": "168102"})).en == "168102 queued"


def test_a_contradiction_says_what_was_allowed() -> None:
    model = Model()
    found = model.answered(Asked(user="alice", endpoint=Endpoint.TOKEN, sent=0.0), seen(Endpoint.TOKEN, {}, 503))
    assert isinstance(found, Contradiction)
    assert found.allowed.en == 'success (200, resultCode "0")'
    assert found.came.en == "HTTP 503: 5xx"


def test_a_course_that_is_known_ends_where_its_events_end() -> None:
    assert scripted([Q, R]) == ({Q: 1}, {R: OVER}, {})
    call = Call(DOCUMENTED)
    call.was_dropped()
    assert (call.epoch, call.may_live) == (0, False)
