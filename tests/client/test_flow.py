"""The call flow: tables of what the platform does and what the client then does (guide §4.2, §5, §6.1)."""

from __future__ import annotations

import itertools

import pytest
from cec_client.account import Sequence
from cec_client.errors import (
    AuthenticationFailed,
    BadAnswer,
    CallInProgress,
    CallNotSupported,
    CallRejected,
    CecError,
    ClientClosed,
    GaveUp,
    RequestRefused,
    TimedOut,
    TransportFailed,
)
from cec_client.events import Connected, Gateway, PollFailed, Released
from cec_client.flow import CallFlow
from cec_client.outcome import Outcome
from cec_client.policy import Policy
from cec_client.protocol import Endpoint

from tests.client.world import (
    BROKEN,
    CALL_FAILED,
    CONNECTED,
    DONE,
    EMPTY,
    EXPIRED,
    FAIL,
    NEVER,
    QUEUE_TIMEOUT,
    QUEUED,
    RELEASED,
    TRANSFERRED,
    Reply,
    Script,
    World,
    event,
    support,
)

SEND, CHECK, CREATE = Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE
POLL, DROP = Endpoint.EVENTS, Endpoint.DROP
TOKEN, APPLY = Endpoint.TOKEN, Endpoint.APPLY_TOKEN
HTTP_503 = Reply(503)
GARBLED = Reply(body=b"<html>")

STEPS = ["checkClickToCallSupport", "createClickToCall"]
POLLS = "getClickToCallEvents"


def polls(script: list[Reply]) -> World:
    return World({POLL: script}).run()


@pytest.mark.parametrize(
    ("sequence", "path"),
    [
        (Sequence.CALL, [*STEPS, POLLS, POLLS]),
        (Sequence.TEXT_THEN_CALL, ["send", *STEPS, POLLS, POLLS]),
        (Sequence.CALL_THEN_TEXT, [*STEPS, POLLS, POLLS, "send"]),
    ],
)
def test_each_sequence_has_its_order(sequence: Sequence, path: list[str]) -> None:
    world = World({POLL: [CONNECTED, event(168110, after=1)]}, sequence).run()
    assert [line.endpoint for line in world.started()][:2] == [TOKEN, APPLY]
    assert world.path() == path
    assert world.flow.outcome is Outcome.RELEASED


def test_no_step_starts_before_the_answer_to_the_one_before() -> None:
    world = World({POLL: [RELEASED]}, Sequence.TEXT_THEN_CALL).run()
    assert [line.what for line in world.log] == ["start", "answer"] * 6


@pytest.mark.parametrize(
    ("script", "outcome", "error", "last"),
    [
        ({TOKEN: [Reply(401)]}, Outcome.ERROR, AuthenticationFailed, TOKEN),
        ({TOKEN: [BROKEN]}, Outcome.ERROR, TransportFailed, TOKEN),
        ({APPLY: [FAIL]}, Outcome.ERROR, AuthenticationFailed, APPLY),
        ({APPLY: [HTTP_503]}, Outcome.ERROR, RequestRefused, APPLY),
        ({SEND: [FAIL]}, Outcome.ERROR, RequestRefused, SEND),
        ({SEND: [BROKEN]}, Outcome.ERROR, TransportFailed, SEND),
        ({CHECK: [FAIL]}, Outcome.ERROR, RequestRefused, CHECK),
        ({CHECK: [GARBLED]}, Outcome.ERROR, BadAnswer, CHECK),
        ({CHECK: [support(webrtc=False)]}, Outcome.UNSUPPORTED, CallNotSupported, CHECK),
        ({CHECK: [support(click_to_call=False)]}, Outcome.UNSUPPORTED, CallNotSupported, CHECK),
        ({CHECK: [support(click_to_call="true")]}, Outcome.UNSUPPORTED, CallNotSupported, CHECK),
        ({CHECK: [support(code="1")]}, Outcome.ERROR, RequestRefused, CHECK),
        ({CREATE: [FAIL]}, Outcome.REJECTED, CallRejected, CREATE),
        ({CREATE: [HTTP_503]}, Outcome.REJECTED, CallRejected, CREATE),
        ({CREATE: [BROKEN]}, Outcome.ERROR, TransportFailed, CREATE),
    ],
)
def test_a_step_that_fails_ends_the_call(
    script: Script, outcome: Outcome, error: type[CecError], last: Endpoint
) -> None:
    world = World(script, Sequence.TEXT_THEN_CALL).run()
    assert world.flow.outcome is outcome
    assert type(world.flow.error) is error
    assert world.log[-1].endpoint is last
    assert len(world.started(last)) == 1


@pytest.mark.parametrize("goes_on", [QUEUED, CONNECTED, TRANSFERRED, EMPTY, event(168199), event("x"), event(None)])
def test_polling_goes_on_after(goes_on: Reply) -> None:
    world = polls([goes_on] * 7 + [RELEASED])
    assert len(world.started(POLL)) == 8
    assert world.flow.outcome is Outcome.RELEASED


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        (RELEASED, Outcome.RELEASED),
        (QUEUE_TIMEOUT, Outcome.QUEUE_TIMEOUT),
        (CALL_FAILED, Outcome.CALL_FAILED),
        (event("168110"), Outcome.RELEASED),
        (event(168103, {"causeId": "x"}), Outcome.QUEUE_TIMEOUT),
        (event(168105, []), Outcome.CALL_FAILED),
    ],
)
def test_polling_stops_after(last: Reply, outcome: Outcome) -> None:
    world = polls([QUEUED, last, QUEUED])
    assert len(world.started(POLL)) == 2
    assert not world.started(DROP)
    assert world.flow.outcome is outcome
    assert world.flow.error is None
    assert world.events[-1].terminal


def test_the_gateway_is_that_of_the_last_connected() -> None:
    moved = {"domain": "b", "gwAddresses": ["wss://c"], "accessCode": 5, "clickToCallCaller": "me", "more": 1}
    world = polls([CONNECTED, TRANSFERRED, event(168101, moved), RELEASED])
    assert world.flow.gateway == Gateway("b", ("wss://c",), "5", "me")
    assert [e.gateway.addresses for e in world.events if isinstance(e, Connected)] == [
        ("wss://a", "wss://b"),
        ("wss://c",),
    ]


def test_the_next_poll_follows_an_event_at_once_and_keeps_a_distance_after_none() -> None:
    world = polls([QUEUED, EMPTY, event("?"), RELEASED])
    starts = [line.at for line in world.started(POLL)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert gaps == pytest.approx([0.01, 0.1, 0.1])


def test_a_held_empty_poll_is_followed_at_once() -> None:
    world = polls([Reply(body=EMPTY.body, after=25), RELEASED])
    starts = [line.at for line in world.started(POLL)]
    assert starts[1] - starts[0] == pytest.approx(25)


def test_polls_have_a_minute() -> None:
    world = polls([RELEASED])
    assert {line.request.timeout for line in world.started(POLL)} == {60.0}
    assert {line.request.timeout for line in world.started(CHECK, CREATE, TOKEN)} == {10.0}


@pytest.mark.parametrize("failing", [FAIL, HTTP_503, Reply(404), BROKEN, GARBLED])
def test_four_failing_polls_in_a_row_are_the_last(failing: Reply) -> None:
    world = polls([failing] * 9)
    starts = [line.at for line in world.started(POLL)]
    assert len(starts) == 4
    assert all(later - earlier >= 1 for earlier, later in itertools.pairwise(starts))
    assert world.flow.outcome is Outcome.GAVE_UP
    error = world.flow.error
    assert isinstance(error, GaveUp)
    assert error.attempts == 4
    assert error.__cause__ is error.last
    assert [e.attempt for e in world.events if isinstance(e, PollFailed)] == [1, 2, 3, 4]
    assert not world.started(DROP)


@pytest.mark.parametrize("success", [EMPTY, QUEUED, event(168199)])
def test_a_success_starts_the_count_afresh(success: Reply) -> None:
    world = polls([FAIL, BROKEN, HTTP_503, success] * 3 + [FAIL, FAIL, FAIL, RELEASED])
    assert world.flow.outcome is Outcome.RELEASED
    assert len(world.started(POLL)) == 16


# Expired tokens


def test_a_403_on_a_poll_renews_both_tokens_and_repeats_the_poll() -> None:
    world = polls([QUEUED, EXPIRED, RELEASED])
    assert [line.endpoint for line in world.started()] == [TOKEN, APPLY, CHECK, CREATE, POLL, POLL, TOKEN, APPLY, POLL]
    apply, poll = world.started()[-2:]
    assert apply.header("authorization") == "Bearer access-2"
    assert poll.header("authorization") == "Bearer access-2"
    assert poll.header("ccmessaging-token") == "messaging-2"
    assert world.kinds()[-3:] == ["tokens_expired", "logged_in", "released"]


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b'{"errorCode":"0","exceptionInfo":"auth fail!"}'])
def test_a_403_is_one_whatever_its_body(status: int, body: bytes) -> None:
    assert len(polls([Reply(status, body), RELEASED]).started(TOKEN)) == 2


@pytest.mark.parametrize("endpoint", [SEND, CHECK, CREATE])
def test_a_403_on_a_step_repeats_that_step(endpoint: Endpoint) -> None:
    world = World({endpoint: [EXPIRED], POLL: [RELEASED]}, Sequence.TEXT_THEN_CALL).run()
    assert world.flow.outcome is Outcome.RELEASED
    assert len(world.started(endpoint)) == 2
    assert len(world.started(TOKEN)) == 2
    assert len(world.started(SEND, CHECK, CREATE)) == 4


def test_a_403_does_not_count_as_a_failed_poll() -> None:
    world = polls([FAIL, FAIL, FAIL, EXPIRED, EXPIRED, RELEASED])
    assert world.flow.outcome is Outcome.RELEASED


def test_three_logins_in_a_row_that_bring_only_403_are_the_last() -> None:
    world = polls([QUEUED] + [EXPIRED] * 9)
    assert len(world.started(TOKEN)) == 1 + 3
    assert len(world.started(POLL)) == 1 + 4
    assert world.flow.outcome is Outcome.ERROR
    assert isinstance(world.flow.error, AuthenticationFailed)


def test_the_first_login_counts_when_403_is_all_that_ever_came() -> None:
    world = World({CHECK: [EXPIRED] * 9}).run()
    assert len(world.started(TOKEN)) == 3
    assert len(world.started(CHECK)) == 3
    assert isinstance(world.flow.error, AuthenticationFailed)


@pytest.mark.parametrize(
    ("script", "logins"),
    [
        ({TOKEN: [BROKEN] * 3}, 5),
        ({TOKEN: [HTTP_503, GARBLED, FAIL]}, 5),
        ({TOKEN: [Reply(429), Reply(408), Reply(429)]}, 5),
        ({APPLY: [Reply(429), Reply(408), HTTP_503]}, 5),
        ({APPLY: [FAIL, BROKEN, Reply(body={"resultCode": "0"})]}, 5),
    ],
)
def test_a_login_that_fails_while_the_call_lives_is_tried_again(script: Script, logins: int) -> None:
    opening = {TOKEN: [Reply(body={"AccessToken": "a"})], APPLY: [Reply(body={"resultCode": "0", "token": "m"})]}
    replies = {endpoint: opening[endpoint] + script.get(endpoint, []) for endpoint in (TOKEN, APPLY)}
    world = World(replies | {POLL: [EXPIRED, RELEASED]}).run()
    assert world.flow.outcome is Outcome.RELEASED
    assert len(world.started(TOKEN)) == logins
    assert world.kinds().count("login_failed") == 3
    assert not [line for line in world.started()[6:] if line.header("ccmessaging-token") == "m"]


@pytest.mark.parametrize(
    ("failing", "tries"),
    [(BROKEN, 4), (Reply(500), 4), (Reply(429), 4), (Reply(408), 4), (Reply(401), 1), (Reply(400), 1)],
)
def test_a_login_that_keeps_failing_ends_the_call(failing: Reply, tries: int) -> None:
    world = World({TOKEN: [Reply(body={"AccessToken": "a"})] + [failing] * 9, POLL: [EXPIRED]}).run()
    assert world.flow.outcome is Outcome.ERROR
    assert len(world.started(TOKEN)) == 1 + tries
    assert len(world.started(POLL)) == 1


def wait(seconds: object, status: int = 503) -> Reply:
    return Reply(status, headers={"retry-after": str(seconds)})


@pytest.mark.parametrize(
    ("asked", "pause"), [(0, 1.0), (1, 1.0), (7, 7.0), (30, 30.0), (31, 30.0), (86400, 30.0), ("soon", 1.0)]
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_keeps_the_pause_that_the_platform_asks_for_within_bounds(
    asked: object, pause: float, status: int
) -> None:
    failing = wait(asked, status)
    scripts: list[tuple[Script, Endpoint]] = [
        ({POLL: [failing, RELEASED]}, POLL),
        ({TOKEN: [Reply(body={"AccessToken": "a"}), failing], POLL: [EXPIRED, RELEASED]}, TOKEN),
    ]
    for script, endpoint in scripts:
        world = World(script).run()
        assert world.flow.outcome is Outcome.RELEASED
        *_, answered, again = [line for line in world.log if line.endpoint is endpoint and line.at > 0.0][:-1]
        assert (answered.what, again.what) == ("answer", "start")
        assert again.at - answered.at == pytest.approx(pause)


def test_a_failing_drop_keeps_that_pause_too() -> None:
    world = World({POLL: [NEVER], DROP: [wait(5), DONE]})
    world.at(1.0, world.hang_up)
    world.run()
    first, second = world.started(DROP)
    assert second.at - first.at == pytest.approx(5.01)


def test_a_hang_up_does_not_wait_for_that_pause() -> None:
    world = World({POLL: [wait(20), RELEASED]})
    world.at(2.0, world.hang_up)
    world.run()
    assert [line.at for line in world.started(DROP)] == [2.0]


def test_the_bound_of_that_pause_is_the_policys() -> None:
    world = World({POLL: [wait(60), RELEASED]}, policy=Policy(longest_retry_after=45.0)).run()
    first, second = world.started(POLL)
    assert second.at - first.at == pytest.approx(45.01)


@pytest.mark.parametrize("status", [408, 429, 500])
def test_a_login_that_may_yet_succeed_is_not_blamed_on_the_credentials(status: int) -> None:
    world = World({TOKEN: [Reply(status)]}).run()
    assert type(world.flow.error) is RequestRefused
    assert len(world.started(TOKEN)) == 1, "without a live call there is nothing to be patient for"


def test_a_403_to_tokens_that_were_replaced_meanwhile_needs_no_login() -> None:
    script: Script = {POLL: [CONNECTED, Reply(403, after=0.5), NEVER], SEND: [Reply(403, after=1.5)]}
    world = World(script, Sequence.CALL_THEN_TEXT).run(5)
    assert len(world.started(TOKEN)) == 2
    assert len(world.started(SEND)) == 2
    assert world.started(SEND)[-1].header("ccmessaging-token") == "messaging-2"


def test_a_token_in_the_header_of_an_answer_replaces_the_old_one() -> None:
    fresh = Reply(body=QUEUED.body, headers={"ccmessaging-token": "pushed"})
    world = polls([fresh, EMPTY, EXPIRED, RELEASED])
    tokens = [line.header("ccmessaging-token") for line in world.started(POLL)]
    assert tokens == ["messaging-1", "pushed", "pushed", "messaging-2"]
    assert {line.header("authorization") for line in world.started(POLL)[:3]} == {"Bearer access-1"}


# Text in a call


@pytest.mark.parametrize("failing", [FAIL, HTTP_503, BROKEN])
def test_text_that_cannot_join_leaves_the_call_alone(failing: Reply) -> None:
    script: Script = {SEND: [failing], POLL: [CONNECTED, event(168110, after=2)]}
    world = World(script, Sequence.CALL_THEN_TEXT).run()
    assert "text_failed" in world.kinds()
    assert len(world.started(SEND)) == 1
    assert world.flow.outcome is Outcome.RELEASED


def test_text_joins_once() -> None:
    world = World({POLL: [CONNECTED, TRANSFERRED, CONNECTED, RELEASED]}, Sequence.CALL_THEN_TEXT).run()
    assert len(world.started(SEND)) == 1


# Hanging up


def hung_up_at(when: float, script: Script | None = None, sequence: Sequence = Sequence.CALL) -> World:
    world = World(script, sequence)
    world.at(when, world.hang_up)
    return world.run()


@pytest.mark.parametrize("when", [0.005, 0.015, 0.025])
def test_before_create_there_is_nothing_to_drop(when: float) -> None:
    world = hung_up_at(when)
    assert world.flow.outcome is Outcome.HUNG_UP
    assert world.flow.error is None
    assert not world.started(CREATE, DROP)
    assert not world.session.outstanding


def test_hanging_up_before_the_start_sends_nothing() -> None:
    world = World()
    world.flow.hang_up(0)
    assert world.flow.outcome is Outcome.HUNG_UP
    assert not world.session.outstanding


def test_while_create_is_under_way_its_answer_is_awaited() -> None:
    world = hung_up_at(0.5, {CREATE: [Reply(body=DONE.body, after=1)]})
    assert [line.endpoint for line in world.started()][-2:] == [CREATE, DROP]
    assert world.started(DROP)[0].at == pytest.approx(1.03)
    assert world.flow.outcome is Outcome.HUNG_UP


@pytest.mark.parametrize(("reply", "outcome"), [(FAIL, Outcome.REJECTED), (BROKEN, Outcome.ERROR)])
def test_a_create_that_fails_after_the_hang_up_is_not_dropped(reply: Reply, outcome: Outcome) -> None:
    world = hung_up_at(0.5, {CREATE: [Reply(reply.status, reply.body, 1)]})
    assert world.flow.outcome is outcome
    assert not world.started(DROP)


def test_a_create_that_was_refused_by_403_is_not_repeated_after_the_hang_up() -> None:
    world = hung_up_at(0.5, {CREATE: [Reply(403, after=1)]})
    assert world.flow.outcome is Outcome.HUNG_UP
    assert len(world.started(CREATE)) == 1
    assert len(world.started(TOKEN)) == 1


def test_a_create_that_waits_for_tokens_is_withdrawn() -> None:
    world = hung_up_at(0.5, {CREATE: [EXPIRED], TOKEN: [Reply(body={"AccessToken": "a"}), NEVER]})
    assert world.flow.outcome is Outcome.HUNG_UP
    assert len(world.started(CREATE)) == 1


def test_a_drop_goes_out_beside_the_held_poll_whose_last_event_is_awaited() -> None:
    world = hung_up_at(3, {POLL: [CONNECTED, event(168110, after=4)]})
    assert world.started(DROP)[0].at == pytest.approx(3)
    assert len(world.started(POLL)) == 2
    assert world.kinds()[-2:] == ["hung_up", "released"]
    assert isinstance(world.events[-1], Released)
    assert world.flow.outcome is Outcome.HUNG_UP


def test_the_farewell_is_short() -> None:
    world = hung_up_at(3, {POLL: [CONNECTED]})
    assert world.now == pytest.approx(3.01 + 2)
    assert world.log[-1].what == "abort"
    assert world.log[-1].endpoint is POLL
    assert world.flow.outcome is Outcome.HUNG_UP


@pytest.mark.parametrize("last", [EMPTY, FAIL, BROKEN, EXPIRED, QUEUED])
def test_whatever_the_last_poll_brings_no_other_follows(last: Reply) -> None:
    world = hung_up_at(3, {POLL: [Reply(last.status, last.body, after=4)]})
    assert len(world.started(POLL)) == 1
    assert len(world.started(TOKEN)) == 1
    assert world.flow.outcome is Outcome.HUNG_UP


@pytest.mark.parametrize("failing", [FAIL, HTTP_503, BROKEN, GARBLED])
def test_a_failing_drop_is_tried_four_times(failing: Reply) -> None:
    world = hung_up_at(3, {DROP: [failing] * 9})
    assert len(world.started(DROP)) == 4
    assert world.flow.outcome is Outcome.ERROR
    assert world.flow.error is not None
    assert world.kinds().count("hang_up_failed") == 4


def test_a_drop_that_succeeds_late_is_the_last() -> None:
    world = hung_up_at(3, {DROP: [FAIL, BROKEN]})
    world.flow.hang_up(world.now)
    assert len(world.started(DROP)) == 3
    assert world.flow.outcome is Outcome.HUNG_UP


def test_a_403_on_drop_renews_the_tokens_and_repeats_it() -> None:
    world = hung_up_at(3, {DROP: [EXPIRED]})
    assert len(world.started(DROP)) == 2
    assert len(world.started(TOKEN)) == 2
    assert world.started(DROP)[1].header("ccmessaging-token") == "messaging-2"
    assert world.flow.outcome is Outcome.HUNG_UP


def test_a_drop_refused_with_every_token_ends_in_an_error() -> None:
    world = hung_up_at(3, {DROP: [EXPIRED] * 9})
    assert world.flow.outcome is Outcome.ERROR
    assert isinstance(world.flow.error, AuthenticationFailed)
    assert len(world.started(DROP)) == 4


def test_a_drop_that_becomes_due_in_a_login_waits_for_it() -> None:
    slow = Reply(body={"AccessToken": "late"}, after=2)
    world = hung_up_at(1, {POLL: [EXPIRED], TOKEN: [Reply(body={"AccessToken": "a"}), slow]})
    assert [line.endpoint for line in world.started()][-4:] == [TOKEN, APPLY, POLL, DROP]
    assert world.started(DROP)[0].header("authorization") == "Bearer late"


@pytest.mark.parametrize("last", [RELEASED, QUEUE_TIMEOUT])
def test_no_drop_follows_a_terminal_event(last: Reply) -> None:
    world = polls([last])
    world.hang_up()
    assert not world.started(DROP)


def test_a_terminal_event_that_crosses_the_drop_ends_the_call() -> None:
    world = hung_up_at(3, {DROP: [Reply(body=DONE.body, after=1)], POLL: [event(168110, after=3.5)]})
    assert world.flow.outcome is Outcome.RELEASED
    assert len(world.started(DROP)) == 1


def test_polling_that_fails_for_good_leaves_the_hang_up_its_chance() -> None:
    script: Script = {POLL: [FAIL] * 9, DROP: [Reply(body=DONE.body, after=5)]}
    world = hung_up_at(2.5, script)
    assert len(world.started(POLL)) == 4
    assert world.flow.outcome is Outcome.HUNG_UP


def test_polling_and_hang_up_that_both_fail_for_good_are_a_lost_call() -> None:
    world = hung_up_at(2.5, {POLL: [FAIL] * 9, DROP: [Reply(body=FAIL.body, after=1)] * 9})
    assert world.flow.outcome is Outcome.GAVE_UP
    assert isinstance(world.flow.error, GaveUp)


def test_a_hang_up_between_two_polls_ends_the_pause() -> None:
    world = hung_up_at(0.5, {POLL: [FAIL]})
    assert len(world.started(POLL)) == 1
    assert world.session.wake_at is None


def test_text_that_waits_for_tokens_is_not_sent_after_the_hang_up() -> None:
    script: Script = {
        POLL: [CONNECTED, Reply(403, after=0.5)],
        SEND: [EXPIRED],
        TOKEN: [Reply(body={"AccessToken": "a"}), Reply(body={"AccessToken": "b"}, after=5)],
    }
    world = hung_up_at(1, script, Sequence.CALL_THEN_TEXT)
    assert len(world.started(SEND)) == 1
    assert world.flow.outcome is Outcome.HUNG_UP


def test_text_that_is_not_answered_is_given_up_after_the_drop() -> None:
    world = hung_up_at(1, {POLL: [CONNECTED], SEND: [NEVER]}, Sequence.CALL_THEN_TEXT)
    assert (SEND, "abort") in [(line.endpoint, line.what) for line in world.log]


def test_connected_after_the_hang_up_brings_no_text() -> None:
    script: Script = {POLL: [event(168101, {}, after=4), RELEASED], DROP: [Reply(body=DONE.body, after=5)]}
    world = hung_up_at(3, script, Sequence.CALL_THEN_TEXT)
    assert not world.started(SEND)


def test_a_login_that_fails_during_the_hang_up_ends_the_call_once() -> None:
    script: Script = {TOKEN: [Reply(body={"AccessToken": "a"}), Reply(400)], POLL: [Reply(403, after=4)]}
    world = World(script | {DROP: [EXPIRED]})
    world.at(3, world.hang_up)
    world.run()
    assert world.flow.outcome is Outcome.ERROR
    assert not world.session.outstanding


def test_abandoning_ends_at_once() -> None:
    world = World({POLL: [CONNECTED]}).run(2)
    world.flow.abandon()
    world.flow.abandon()
    assert not world.session.outstanding
    assert world.flow.outcome is Outcome.ERROR
    assert isinstance(world.flow.error, ClientClosed)


def test_the_policy_is_kept() -> None:
    world = World({POLL: [FAIL] * 9}, policy=Policy(poll_retries=1, retry_delay=0.0)).run()
    assert len(world.started(POLL)) == 2


# Time limits


def test_a_poll_that_is_never_answered_whole_has_failed_after_a_minute() -> None:
    world = polls([QUEUED, NEVER, RELEASED])
    starts = [line.at for line in world.started(POLL)]
    assert starts[2] - starts[1] == pytest.approx(60 + 1)
    assert [line.endpoint for line in world.log if line.what == "abort"] == [POLL]
    (failed,) = [happened for happened in world.events if isinstance(happened, PollFailed)]
    assert isinstance(failed.failure, TimedOut)
    assert world.flow.outcome is Outcome.RELEASED


@pytest.mark.parametrize("silent", [TOKEN, APPLY, SEND, CHECK, CREATE])
def test_any_other_request_has_ten_seconds(silent: Endpoint) -> None:
    world = World({silent: [NEVER]}, Sequence.TEXT_THEN_CALL).run()
    asked = world.started(silent)[-1].at
    assert world.now - asked == pytest.approx(10)
    assert isinstance(world.flow.error, TimedOut)
    assert str(world.flow.error) == f"{silent.value} got no answer in time: no whole answer within 10 s"
    assert world.session.wake_at is None


# Leaving, and calls beside each other


@pytest.mark.parametrize("drops", [[NEVER] * 9, [FAIL] * 2 + [NEVER] * 9])
def test_leaving_a_dead_platform_takes_one_request_timeout(drops: list[Reply]) -> None:
    world = World({DROP: drops})
    for when in (3, 4):
        world.at(when, lambda: world.flow.end(world.now))
    world.run()
    assert world.now == pytest.approx(13)
    assert world.flow.outcome is Outcome.ERROR
    assert isinstance(world.flow.error, ClientClosed)
    assert "no hang-up succeeded within 10 s" in str(world.flow.error)
    assert world.session.wake_at is None


def test_leaving_a_live_platform_takes_no_longer_than_a_hang_up() -> None:
    world = World({POLL: [CONNECTED, event(168110, after=4)]})
    world.at(3, lambda: world.flow.end(world.now))
    world.run()
    assert world.kinds()[-2:] == ["hung_up", "released"]
    assert world.flow.outcome is Outcome.HUNG_UP
    assert world.session.wake_at is None


def test_leaving_cuts_a_long_farewell_short() -> None:
    world = World(policy=Policy(farewell=50.0))
    world.at(3, lambda: world.flow.end(world.now))
    world.run()
    assert world.now == pytest.approx(13)
    assert world.flow.outcome is Outcome.HUNG_UP


def test_leaving_before_the_call_exists_needs_no_patience() -> None:
    world = World({CHECK: [NEVER]})
    world.at(3, lambda: world.flow.end(world.now))
    world.run()
    assert world.now == pytest.approx(3)
    assert world.flow.outcome is Outcome.HUNG_UP


def test_a_second_call_cannot_begin_beside_the_first() -> None:
    world = World({POLL: [CONNECTED]}).run(2)
    other = CallFlow(world.session)
    with pytest.raises(CallInProgress):
        other.start(world.now)
    assert len(world.started(POLL)) == 2
    world.flow.abandon()
    other.start(world.now)
    assert [request.endpoint for request in world.session.outstanding] == [CHECK]


def test_hanging_up_a_call_that_never_began_leaves_the_live_one_alone() -> None:
    script: Script = {POLL: [CONNECTED, Reply(403, after=5), RELEASED]}
    world = World(script | {TOKEN: [Reply(body={"AccessToken": "a"}), BROKEN]}).run(2)
    CallFlow(world.session).hang_up(world.now)
    world.run()
    assert world.kinds()[-4:] == ["tokens_expired", "login_failed", "logged_in", "released"]
    assert world.flow.outcome is Outcome.RELEASED
