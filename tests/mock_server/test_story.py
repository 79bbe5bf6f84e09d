"""The log: a line for each exchange, that a person understands."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mock_cec.story import line

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [" ".join(record.getMessage().split()) for record in caplog.records if record.name == "mock_cec"]


def test_a_call_is_told_line_by_line(api: MakeApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mock_cec")
    client = api("title: t\nhold: 1s\nevents:\n  - {after: 1500ms, event: connected}\n").login()
    client.call("createClickToCall")
    client.event()
    client.event()
    client.call("dropClickToCall")
    client.call("dropClickToCall")
    assert told(caplog) == [
        "0.000s tokenByAkSk 200",
        "0.000s applyToken 200",
        "0.000s createClickToCall 200",
        "1.000s getClickToCallEvents 200 ClickToCall polled without any events",
        "1.500s getClickToCallEvents 200 168101 Call connected <- events[0] connected",
        "1.500s dropClickToCall 200",
        "1.500s dropClickToCall 200 [call: got a drop without a live call, "
        "expected a call that was created and has not ended (guide §5)]",
    ]


def test_the_text_session_is_told(api: MakeApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mock_cec")
    client = api("title: t\nagent:\n  - {after: 1s, say: 您好}\n  - {after: 0s, disconnect: true}\n").login()
    client.call("send")
    client.call("poll")  # brings nothing, and is not worth a line
    client.advance(1.0)
    client.call("poll")
    client.call("send", content=b"[" * 5000)
    assert told(caplog)[2:4] == [
        "0.000s send CONNECT 200",
        "1.000s poll 200 query user messages success. CHAT 您好 DISCONNECT",
    ]
    assert told(caplog)[4].startswith("1.000s send ? 400")


def test_scripted_failures_name_their_line(api: MakeApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mock_cec")
    answers = "{createClickToCall: {1: {status: 503}, 2: {code: '13', desc: busy}}}"
    client = api(f"title: t\nanswers: {answers}\n").login()
    client.call("createClickToCall")
    client.call("createClickToCall")
    assert told(caplog)[2:] == [
        "0.000s createClickToCall 503 Service Unavailable <- answers.createClickToCall[1]",
        "0.000s createClickToCall 200 resultCode 13 busy <- answers.createClickToCall[2]",
    ]


def test_a_client_that_left_is_told(api: MakeApi) -> None:
    client = api().login()
    client.start("getClickToCallEvents")
    record = client.tenant.recorder.records[-1]
    record.connection_gone = 4.0
    assert line(record).split() == ["4.000s", "getClickToCallEvents", "the", "client", "left"]


def test_what_was_wrong_is_a_warning(api: MakeApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mock_cec")
    api().call("send", path="/nowhere")
    assert caplog.records[-1].levelno == logging.WARNING
    assert told(caplog) == ['0.000s POST /nowhere 404 [path: got "/nowhere", expected a path of the guide (§2, §5)]']


def test_no_line_holds_a_secret(api: MakeApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mock_cec")
    client = api().login()
    token = client.headers["authorization"].removeprefix("Bearer ")
    client.call("send", headers={"authorization": token})
    client.call("tokenByAkSk", json={"app_key": "mock-app-key", "app_secret": "not-the-real-secret"})
    assert token not in caplog.text
    assert "not-the-real-secret" not in caplog.text


def test_a_request_that_waits_is_said_to(api: MakeApi) -> None:
    client = api("title: t\n").login()
    client.start("getClickToCallEvents")
    assert line(client.tenant.recorder.records[-1]).split() == ["0.000s", "getClickToCallEvents", "waits"]


def test_a_token_in_a_header_is_told_and_not_shown(api: MakeApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mock_cec")
    client = api("title: t\ndialect: reference\ntokens: {ccmessaging: 10s}\n").login()
    client.call("createClickToCall")
    client.advance(10.0)
    renewed = client.call("checkClickToCallSupport").headers["ccmessaging-token"]
    assert told(caplog)[2:] == [
        "0.000s createClickToCall 200",
        "10.000s checkClickToCallSupport 200 [with a new ccmessaging-token]",
    ]
    assert renewed not in caplog.text
