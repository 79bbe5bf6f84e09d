"""The axios example over real sockets: the three sequences and the retry rules, as the guide gives them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint

from tests.examples.emulation import LOGIN, body, emulator, place_call, tokens

if TYPE_CHECKING:
    from tests.examples.programs import Program

TOKEN, APPLY_TOKEN, SEND, CHECK, CREATE, EVENTS, DROP = (
    Endpoint.TOKEN,
    Endpoint.APPLY_TOKEN,
    Endpoint.SEND,
    Endpoint.CHECK,
    Endpoint.CREATE,
    Endpoint.EVENTS,
    Endpoint.DROP,
)

ANSWERED = """
events:
  - {after: 50ms, event: queued}
  - {after: 50ms, event: connected}
"""
AGENT_HANGS_UP = ANSWERED + "  - {after: 50ms, event: released}\n"


# The three sequences (§4.2)


def test_standalone_call(axios_call: Program) -> None:
    story = place_call(axios_call, ANSWERED, FLOW="call", HANGUP_AFTER="0.1")
    assert story.outcome == "hung_up"
    assert story.steps == [*LOGIN, CHECK, CREATE, EVENTS, EVENTS, EVENTS, DROP]


def test_text_session_then_call(axios_call: Program) -> None:
    story = place_call(axios_call, ANSWERED, FLOW="text_then_call", HANGUP_AFTER="0.1")
    assert story.outcome == "hung_up"
    assert story.steps == [*LOGIN, SEND, CHECK, CREATE, EVENTS, EVENTS, EVENTS, DROP]


def test_call_then_text_session(axios_call: Program) -> None:
    story = place_call(axios_call, ANSWERED, FLOW="call_then_text", HANGUP_AFTER="0.3")
    assert story.outcome == "hung_up"
    assert [step for step in story.flow if step is not EVENTS] == [*LOGIN, CHECK, CREATE, SEND, DROP]
    assert story.steps.index(EVENTS) < story.steps.index(SEND)


def test_bodies_and_queries_are_those_of_the_samples(axios_call: Program) -> None:
    user = {"USER_ID": "u-1", "USER_NAME": "李雷", "LOCALE": "en"}
    story = place_call(axios_call, AGENT_HANGS_UP, FLOW="text_then_call", MEDIA_ABILITY="1", **user)
    assert body(story.one(APPLY_TOKEN)) == {
        "userId": "u-1",
        "userName": "李雷",
        "channelId": "mock-channel",
        "locale": "en",
    }
    assert body(story.one(SEND)) == {
        "channel": "WEB",
        "content": "start",
        "controlType": "CONNECT",
        "from": "u-1",
        "mediaType": "TEXT",
        "sourceType": "CUSTOMER",
        "to": "mock-channel",
    }
    assert story.one(CHECK).target.endswith("?channel=WEB")
    assert body(story.one(CREATE)) == {"channel": "WEB", "mediaAbility": "1"}
    assert all(poll.target.endswith("?channel=WEB") for poll in story.all(EVENTS))


# Before the call (§2, §5 steps 1 to 3)


def test_without_a_ccmessaging_token_nothing_else_is_asked(axios_call: Program) -> None:
    story = place_call(axios_call, 'answers: {applyToken: {1+: {code: "1"}}}')
    assert story.outcome == "error"
    assert story.steps == LOGIN


def test_without_a_text_session_there_is_no_call(axios_call: Program) -> None:
    story = place_call(axios_call, 'answers: {send: {1: {code: "1"}}}', FLOW="text_then_call")
    assert story.outcome == "error"
    assert story.steps == [*LOGIN, SEND]


@pytest.mark.parametrize("support", ["{webrtc: false}", "{click_to_call: false}"])
def test_both_flags_have_to_be_true(axios_call: Program, support: str) -> None:
    story = place_call(axios_call, f"support: {support}")
    assert story.outcome == "unsupported"
    assert story.steps == [*LOGIN, CHECK]


def test_flags_of_a_failed_check_count_for_nothing(axios_call: Program) -> None:
    story = place_call(axios_call, 'answers: {checkClickToCallSupport: {1: {code: "1"}}}')
    assert story.outcome == "error"
    assert story.steps == [*LOGIN, CHECK]


@pytest.mark.parametrize("refusal", ['{code: "13", desc: No agents available currently}', "{status: 500}"])
def test_a_refused_create_is_not_polled_for(axios_call: Program, refusal: str) -> None:
    story = place_call(axios_call, f"answers: {{createClickToCall: {{1: {refusal}}}}}")
    assert story.outcome == "rejected"
    assert story.steps == [*LOGIN, CHECK, CREATE]


# Long polling (§5 step 4)


@pytest.mark.parametrize(
    ("event", "outcome"),
    [("released", "released"), ("queue_timeout", "queue_timeout"), ("failed", "call_failed")],
)
def test_three_events_end_the_call_and_the_polling(axios_call: Program, event: str, outcome: str) -> None:
    scenario = f"events: [{{after: 50ms, event: queued}}, {{after: 50ms, event: {event}}}]"
    story = place_call(axios_call, scenario, HANGUP_AFTER="0")
    assert story.outcome == outcome
    assert story.steps == [*LOGIN, CHECK, CREATE, EVENTS, EVENTS]


def test_every_other_answer_calls_for_the_next_poll(axios_call: Program) -> None:
    scenario = """
    hold: 200ms
    events:
      - {after: 10ms, event: queued}
      - {after: 10ms, event: {id: 168199, desc: nobody knows}}
      - {after: 10ms, event: connected}
      - {after: 10ms, event: transferred}
      - {after: 10ms, event: connected}
      - {after: 1500ms, event: released}
    """
    story = place_call(axios_call, scenario)
    assert story.outcome == "released"
    empty = [poll for poll in story.all(EVENTS) if b"without any events" in poll.response_body]
    assert empty, "some polls ran out empty"
    assert set(story.steps) == {*LOGIN, CHECK, CREATE, EVENTS}


def test_a_poll_has_the_sixty_seconds_of_the_guide(axios_call: Program) -> None:
    script = """
        import axios from 'axios';
        import { Cec } from './cec.js';
        axios.defaults.adapter = async (config) => {
          if (config.url.endsWith('getClickToCallEvents')) console.log(JSON.stringify({ outcome: config.timeout }));
          return { config, status: 200, data: { AccessToken: 'a', token: 't', resultCode: '0' } };
        };
        await new Cec({ baseURL: '' }).getClickToCallEvents();
    """
    assert axios_call.evaluate(script).outcome == "60000"


# Polls that fail (§5 step 4)


@pytest.mark.parametrize("failure", ['{code: "1", desc: system busy}', "{status: 503}"])
def test_three_failures_in_a_row_are_survived(axios_call: Program, failure: str) -> None:
    story = place_call(axios_call, AGENT_HANGS_UP + f"answers: {{getClickToCallEvents: {{2-4: {failure}}}}}")
    assert story.outcome == "released"
    assert len(story.all(EVENTS)) == 6


def test_after_three_retries_polling_stops(axios_call: Program) -> None:
    story = place_call(axios_call, 'answers: {getClickToCallEvents: {1+: {code: "1"}}}')
    assert story.outcome == "gave_up"
    assert story.steps == [*LOGIN, CHECK, CREATE, EVENTS, EVENTS, EVENTS, EVENTS]


# Expired tokens (§6.1)


def test_a_403_in_mid_poll_renews_both_tokens(axios_call: Program) -> None:
    scenario = ANSWERED + "answers: {getClickToCallEvents: {2: {status: 403}}}"
    story = place_call(axios_call, scenario, HANGUP_AFTER="0.1")
    assert story.outcome == "hung_up"
    assert story.steps == [*LOGIN, CHECK, CREATE, EVENTS, EVENTS, *LOGIN, EVENTS, EVENTS, DROP]
    queued, expired, connected, last = story.all(EVENTS)
    assert tokens(queued) == tokens(expired)
    assert set(tokens(expired)).isdisjoint(tokens(connected))
    assert tokens(connected) == tokens(last) == tokens(story.one(DROP))


def test_tokens_that_really_expire_are_renewed(axios_call: Program) -> None:
    scenario = """
    tokens: {access: 1s}
    events: [{after: 50ms, event: queued}, {after: 1500ms, event: connected}, {after: 50ms, event: released}]
    """
    story = place_call(axios_call, scenario)
    assert story.outcome == "released"
    assert [poll.status for poll in story.all(EVENTS)] == [200, 200, 403, 200]


@pytest.mark.parametrize("endpoint", [SEND, CHECK, CREATE, DROP])
def test_a_403_elsewhere_does_the_same(axios_call: Program, endpoint: Endpoint) -> None:
    scenario = ANSWERED + f"answers: {{{endpoint.value}: {{1: {{status: 403}}}}}}"
    story = place_call(axios_call, scenario, FLOW="text_then_call", HANGUP_AFTER="0.1")
    assert story.outcome == "hung_up"
    refused, repeated = story.all(endpoint)
    later = [exchange.endpoint for exchange in story.after(refused)]
    assert later[:3] == [*LOGIN, endpoint]
    assert set(tokens(refused)).isdisjoint(tokens(repeated))


def test_a_403_that_survives_every_login_ends_the_call(axios_call: Program) -> None:
    story = place_call(axios_call, "answers: {getClickToCallEvents: {1+: {status: 403}}}")
    assert story.outcome == "error"
    assert story.steps == [*LOGIN, CHECK, CREATE, EVENTS, *(3 * [*LOGIN, EVENTS])]


def test_a_login_that_fails_is_no_reason_to_go_on_with_the_old_tokens(axios_call: Program) -> None:
    scenario = "answers: {getClickToCallEvents: {1: {status: 403}}, tokenByAkSk: {2+: {status: 503}}}"
    story = place_call(axios_call, scenario)
    assert story.outcome == "gave_up"
    assert story.steps == [*LOGIN, CHECK, CREATE, EVENTS, TOKEN, TOKEN, TOKEN, TOKEN]


# Hanging up (§5 step 5)


@pytest.mark.parametrize("moment", ["created", "queued", "connected"])
def test_hanging_up_does_not_wait_for_the_poll(axios_call: Program, moment: str) -> None:
    story = place_call(axios_call, ANSWERED, HANGUP_AFTER="0.3", HANGUP_WHEN=moment)
    assert story.outcome == "hung_up"
    drop = story.one(DROP)
    held = story.all(EVENTS)[-1]
    assert story.after(drop) == ()
    assert drop.request_complete is not None
    assert held.request_complete is not None
    assert held.request_complete < drop.request_complete
    assert held.answer_begun is None or held.answer_begun > drop.request_complete, "the drop came beside the poll"


def test_a_drop_that_fails_is_repeated(axios_call: Program) -> None:
    scenario = ANSWERED + 'answers: {dropClickToCall: {1: {code: "13"}}}'
    story = place_call(axios_call, scenario, HANGUP_AFTER="0")
    assert story.outcome == "hung_up"
    assert len(story.all(DROP)) == 2


def test_a_call_that_ends_while_the_user_hangs_up_is_released(axios_call: Program) -> None:
    scenario = AGENT_HANGS_UP + 'answers: {dropClickToCall: {1+: {code: "13"}}}'
    story = place_call(axios_call, scenario, HANGUP_AFTER="0")
    assert story.outcome == "released"


# The command


def test_what_this_client_cannot_do_it_skips(axios_call: Program) -> None:
    assert place_call(axios_call, ANSWERED, CONNECT_MEDIA="1").outcome == "skip"
    assert place_call(axios_call, ANSWERED, FLOW="carrier_pigeon").outcome == "skip"


def test_nobody_there_is_an_error_and_no_crash(axios_call: Program) -> None:
    run = axios_call.run("http://127.0.0.1:1")
    assert (run.status, run.outcome) == (0, "error")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to one process")
def test_ctrl_c_hangs_up(axios_call: Program) -> None:
    with emulator(ANSWERED) as running:
        run = axios_call.run_until_interrupted(running.url, "connected")
    assert (run.status, run.outcome) == (0, "hung_up")
    assert running.trace.exchanges[-1].endpoint is DROP
