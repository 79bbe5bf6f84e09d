"""The trace that the emulator records: what went over the wire, and what the script knew of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint, SignalKind, Trace
from mock_cec import recording

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]


def test_exchanges_are_recorded_whole_and_in_order(api: MakeApi) -> None:
    client = api("answered").login()
    client.call("createClickToCall")
    assert client.event() == 168101
    trace = client.tenant.recorder.trace()
    assert trace.started == "2024-08-19T00:00:00+00:00"
    assert client.endpoints() == [Endpoint.TOKEN, Endpoint.APPLY_TOKEN, Endpoint.CREATE, Endpoint.EVENTS]
    assert [exchange.serial for exchange in trace.exchanges] == [1, 2, 3, 4]
    create, poll = trace.exchanges[2:]
    assert (create.method, create.target) == ("POST", Endpoint.CREATE.path)
    assert create.request_header("X-APP-KEY") == "mock-app-key"
    assert create.request_body == b'{"channel":"WEB","mediaAbility":"0"}'
    assert (create.status, create.response_body) == (200, b'{"resultCode":"0","resultDesc":""}')
    assert create.response_header("content-type") == "application/json"
    assert poll.target == Endpoint.EVENTS.path + "?channel=WEB"
    assert (poll.request_complete, poll.answer_begun, poll.answer_ended) == (0.0, 0.5, 0.5)
    assert poll.script == {"step": "events[0] connected", "due": 0.5}
    assert Trace.from_json(trace.to_json()) == trace


def test_a_held_poll_is_in_the_trace_without_an_answer(api: MakeApi) -> None:
    client = api().login()
    client.start("getClickToCallEvents")
    poll = client.tenant.recorder.trace().exchanges[-1]
    assert (poll.status, poll.answer_begun, poll.response_body) == (None, None, b"")


def test_signals_of_media_calls_stand_beside_the_exchanges(api: MakeApi) -> None:
    recorder = api().login().tenant.recorder
    recorder.signal("state", "socket open", connection="127.0.0.1:5")
    recorder.signal("received", "INVITE ...", connection="127.0.0.1:5", call="179080", user="alice")
    assert [(signal.serial, signal.kind, signal.user) for signal in recorder.trace().signals] == [
        (1, SignalKind.STATE, None),
        (2, SignalKind.RECEIVED, "alice"),
    ]
    recorder.clear()
    assert recorder.trace().signals == ()


def test_scripted_answers_and_problems_are_told(api: MakeApi) -> None:
    client = api("title: t\nanswers: {createClickToCall: {1: {delay: 0s}, 2: {status: 500}}}\n").login()
    client.call("createClickToCall")
    client.call("createClickToCall")
    client.call("dropClickToCall", json={})
    told = [exchange.script for exchange in client.tenant.recorder.trace().exchanges[2:]]
    assert told[0] == {"step": "answers.createClickToCall[1]"}
    assert told[1] == {"step": "answers.createClickToCall[2]"}
    assert "body member channel" in str(told[2]["problem"])


def test_the_refusal_of_create_is_told(api: MakeApi) -> None:
    client = api("title: t\ncreate: {code: '13'}\n").login()
    client.call("createClickToCall")
    assert client.tenant.recorder.trace().exchanges[-1].script == {"step": "create"}


def test_unknown_paths_are_in_the_trace_and_belong_to_no_endpoint(api: MakeApi) -> None:
    client = api()
    client.call("send", path="/nowhere")
    exchange = client.tenant.recorder.trace().exchanges[0]
    assert (exchange.endpoint, exchange.target, exchange.status) == (None, "/nowhere", 404)


@pytest.mark.parametrize(("limit", "value"), [("MOST_EXCHANGES", 3), ("MOST_BYTES", 130)])
def test_the_oldest_exchanges_make_room(api: MakeApi, monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    monkeypatch.setattr(recording, limit, value)
    client = api()
    for _ in range(5):
        client.call("tokenByAkSk")
    serials = [exchange.serial for exchange in client.tenant.recorder.trace().exchanges]
    assert serials[-1] == 5
    assert 1 <= len(serials) <= 3


@pytest.mark.parametrize(("limit", "value"), [("MOST_SIGNALS", 3), ("MOST_SIGNAL_LETTERS", 35)])
def test_the_oldest_signals_make_room_and_who_listens_hears_all(
    api: MakeApi, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(recording, limit, value)
    recorder = api().tenant.recorder
    heard: list[int] = []
    recorder.listeners.append(lambda signal: heard.append(signal.serial))
    for _ in range(5):
        recorder.signal("state", "x" * 10)
    assert [signal.serial for signal in recorder.trace().signals] == [3, 4, 5]
    assert heard == [1, 2, 3, 4, 5]
    recorder.clear()
    recorder.signal("state", "x" * 100)
    assert [signal.serial for signal in recorder.signals] == [6]
