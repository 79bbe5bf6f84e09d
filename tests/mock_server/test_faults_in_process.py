"""Faults without a socket: in process, with a clock that is moved by hand."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint, Trace
from mock_cec.trace.har import write_har
from mock_cec.trace.masking import mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]

EVENTS = "events: [{after: 1s, event: queued}, {after: 1s, event: connected}]\n"


def scripted(answer: str, endpoint: str = "getClickToCallEvents") -> str:
    return f"title: t\n{EVENTS}answers: {{{endpoint}: {{1: {answer}}}}}\n"


def told(caplog: pytest.LogCaptureFixture) -> str:
    return " ".join(caplog.records[-1].getMessage().split())


@pytest.mark.parametrize("moment", ["before the answer", "after the head", "within the body", "after the answer"])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_connection_that_is_not_there_is_answered_with_the_reason(api: MakeApi, how: str, moment: str) -> None:
    client = api(scripted(f"{{{how}: {moment}}}", "checkClickToCallSupport")).login()
    answer = client.call("checkClickToCallSupport")
    hint = json.loads(answer.headers["x-mock-cec-hint"])
    assert answer.status_code == 501
    assert hint["where"] == "scenario answers.checkClickToCallSupport[1]"
    assert moment in hint["got"]
    assert "over real sockets" in hint["expected"]
    exchange = client.tenant.recorder.trace().exchanges[-1]
    assert (exchange.status, exchange.response_body) == (501, answer.content)


def test_a_body_drips_on_the_clock(api: MakeApi) -> None:
    client = api(scripted("{drip: 3s, pieces: 3}", "createClickToCall")).login()
    create = client.start("createClickToCall")
    client.advance(3.0)
    assert not create.done()
    exchange = client.tenant.recorder.trace().exchanges[-1]
    assert (exchange.answer_begun, exchange.answer_ended) == (0.0, None)
    assert 0 < len(exchange.response_body) < 34
    client.advance(3.0)
    assert client.answer(create).json()["resultCode"] == "0"
    assert client.tenant.recorder.trace().exchanges[-1].answer_ended == 6.0


def test_a_poll_that_loses_its_event_is_held_for_it(api: MakeApi) -> None:
    client = api(scripted("{status: 502, body: html, loses: event}")).login()
    client.call("createClickToCall")
    poll = client.start("getClickToCallEvents")
    assert not poll.done()
    client.advance(1.0)
    assert client.answer(poll).status_code == 502
    assert client.event() == 168101
    exchange = client.tenant.recorder.trace().exchanges[-2]
    assert exchange.script == {
        "step": "answers.getClickToCallEvents[1]",
        "lost": "events[0] queued",
        "fault": "a gateway's HTML page, the event is lost",
    }


def test_a_poll_without_an_event_loses_none(api: MakeApi) -> None:
    client = api(scripted("{body: empty, loses: event}") + "hold: 500ms\n").login()
    client.call("createClickToCall")
    poll = client.start("getClickToCallEvents")
    client.advance(0.5)
    assert client.answer(poll).content == b""
    assert client.event() == 168102


def test_a_check_that_nobody_can_read_says_what_it_would_say(api: MakeApi) -> None:
    client = api(scripted("{body: not json}", "checkClickToCallSupport")).login()
    assert b"webRTCSupported:true" in client.call("checkClickToCallSupport").content


def test_login_can_break_too(api: MakeApi) -> None:
    client = api(scripted("{body: cut short}", "tokenByAkSk"))
    assert not client.call("tokenByAkSk").text.endswith("}")
    client.login()
    assert client.tenant.access_tokens.issued == 1


def test_expiry_at_apply_token_wants_a_new_access_token(api: MakeApi) -> None:
    client = api(scripted("{expire: access}", "applyToken"))
    access = client.call("tokenByAkSk").json()["AccessToken"]
    headers = {"x-app-key": "mock-app-key", "authorization": f"Bearer {access}"}
    assert [client.call("applyToken", headers=headers).status_code for _ in range(2)] == [403, 403]
    client.login()
    assert client.call("checkClickToCallSupport").status_code == 200


def test_an_expiry_has_its_delay_and_its_own_words(api: MakeApi) -> None:
    client = api(scripted("{expire: ccmessaging, delay: 2s, desc: bye}", "checkClickToCallSupport")).login()
    check = client.start("checkClickToCallSupport")
    assert client.call("dropClickToCall").status_code == 200  # not yet
    client.advance(2.0)
    assert client.answer(check).json() == {"errorCode": "403", "exceptionInfo": "bye"}
    assert client.call("dropClickToCall").status_code == 403


def test_the_log_names_what_is_odd(api: MakeApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mock_cec")
    client = api(scripted("{set: {eventId: '168102'}, add: {x: 1}}")).login()
    client.call("createClickToCall")
    client.start("getClickToCallEvents")
    client.advance(1.0)
    assert told(caplog) == (
        '1.000s getClickToCallEvents 200 168102 Call in queue [eventId is "168102", x is 1] '
        "<- events[0] queued, answers.getClickToCallEvents[1]"
    )


def test_the_log_tells_a_body_that_says_nothing(api: MakeApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mock_cec")
    client = api(scripted("{status: 502, body: html}")).login()
    client.call("getClickToCallEvents")
    assert told(caplog) == "0.000s getClickToCallEvents 502 [a gateway's HTML page] <- answers.getClickToCallEvents[1]"


def test_a_hanging_request_is_in_the_trace_with_its_line(api: MakeApi) -> None:
    client = api(scripted("{hang: true}")).login()
    poll = client.start("getClickToCallEvents")
    client.advance(3600.0)
    assert not poll.done()
    trace = client.tenant.recorder.trace()
    assert trace.exchanges[-1].script == {
        "step": "answers.getClickToCallEvents[1]",
        "fault": "the request is never answered",
    }
    assert Trace.from_json(trace.to_json()) == trace
    client.tenant.close()
    client.settle()
    assert client.answer(poll).status_code == 503


def test_a_trace_with_faults_is_masked_and_written_like_every_other(api: MakeApi) -> None:
    client = api(
        "title: t\nanswers:\n  tokenByAkSk: {2: {body: cut short, loses: answer}}\n"
        "  checkClickToCallSupport: {1: {charset: utf-16}, 2: {status: 502, body: html}, 3: {hang: true}}\n"
    ).login()
    client.call("tokenByAkSk")
    for _ in range(2):
        client.call("checkClickToCallSupport")
    client.start("checkClickToCallSupport")
    trace = client.tenant.recorder.trace()
    assert Trace.from_json(trace.to_json()) == trace
    assert [exchange.status for exchange in mask(trace).exchanges] == [200, 200, 200, 200, 502, None]
    assert len(json.loads(write_har(trace))["log"]["entries"]) == 6


def test_a_delayed_request_is_in_the_trace_with_its_line(api: MakeApi) -> None:
    client = api(scripted("{delay: 5s}", "dropClickToCall")).login()
    client.start("dropClickToCall")
    assert client.tenant.recorder.trace().exchanges[-1].script == {"step": "answers.dropClickToCall[1]"}
    assert client.endpoints()[-1] is Endpoint.DROP


def test_an_altered_event_names_both_lines_and_an_unreadable_one_takes_none(api: MakeApi) -> None:
    client = api(f"title: t\n{EVENTS}answers: {{getClickToCallEvents: {{1: {{body: cut short}}, 2: {{delay: 1s}}}}}}\n")
    client.login().call("createClickToCall")
    assert client.call("getClickToCallEvents").content.startswith(b'{"resultCode":"0","resultDesc":"Cl')
    assert client.event() == 168102
    assert client.tenant.recorder.trace().exchanges[-1].script == {
        "step": "events[0] queued",
        "due": 1.0,
        "altered": "answers.getClickToCallEvents[2]",
    }
