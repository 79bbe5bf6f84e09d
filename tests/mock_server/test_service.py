"""The answers of the endpoints, to the letter (guide §2, §5; facts §1 to §9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]

CALL = """
title: All that can come
events:
  - {after: 1s, event: queued}
  - {after: 1s, event: connected}
  - {after: 1s, event: transferred}
  - {after: 1s, event: {id: 168199, desc: Something new}}
  - {after: 1s, event: released, cause: {id: -1, desc: agent hung up}}
"""


def test_token_by_ak_sk_answers_with_strings_only(api: MakeApi) -> None:
    answer = api().call("tokenByAkSk", headers={"x-token-expire": "600"})
    body = answer.json()
    assert list(body) == ["AccessToken", "ApplyType", "CreateTime", "Expires", "Scope", "AppKey", "UserID"]
    assert all(isinstance(value, str) for value in body.values())
    assert body["ApplyType"] == "Bearer"
    assert body["CreateTime"] == "1724025600"
    assert body["Expires"] == "600"
    assert len(body["Scope"]) == 32
    assert body["AppKey"] == "mock-app-key"
    assert body["UserID"] == "Anonymous"
    assert answer.headers["content-type"] == "application/json"


def test_the_scenario_bounds_the_life_of_the_access_token(api: MakeApi) -> None:
    client = api("title: t\ntokens: {access: 5s}\n")
    assert client.call("tokenByAkSk", headers={"x-token-expire": "600"}).json()["Expires"] == "5"
    client.login().advance(4.9)
    assert client.call("checkClickToCallSupport").status_code == 200
    client.advance(0.1)
    assert client.call("checkClickToCallSupport").status_code == 403


def test_apply_token_answers_with_a_code_and_a_token(api: MakeApi) -> None:
    body = api().login().call("applyToken").json()
    assert list(body) == ["resultCode", "token"]
    assert body["resultCode"] == "0"
    assert body["token"]


def test_the_same_requests_get_the_same_tokens(api: MakeApi) -> None:
    assert api().login().headers == api().login().headers


def test_the_support_check_gives_two_flags(api: MakeApi) -> None:
    answer = api().login().call("checkClickToCallSupport")
    assert answer.json() == {
        "resultCode": "0",
        "resultDesc": "",
        "webRTCSupported": True,
        "clickToCallSupported": True,
    }


@pytest.mark.parametrize(("flag", "member"), [("webrtc", "webRTCSupported"), ("click_to_call", "clickToCallSupported")])
def test_what_is_not_supported_cannot_be_created(api: MakeApi, flag: str, member: str) -> None:
    client = api(f"title: t\nsupport: {{{flag}: false}}\n").login()
    assert client.call("checkClickToCallSupport").json()[member] is False
    assert client.call("createClickToCall").json()["resultCode"] == "7"


@pytest.mark.parametrize("ability", ["0", "1"])
def test_create_succeeds_for_voice_and_video(api: MakeApi, ability: str) -> None:
    answer = api().login().call("createClickToCall", json={"channel": "WEB", "mediaAbility": ability})
    assert answer.content == b'{"resultCode":"0","resultDesc":""}'


def test_create_can_be_refused_for_want_of_agents(api: MakeApi) -> None:
    client = api("title: t\ncreate: {code: '13', desc: No agents available currently}\n").login()
    assert client.call("createClickToCall").json() == {
        "resultCode": "13",
        "resultDesc": "No agents available currently",
    }


def test_each_event_has_its_number_text_and_content(api: MakeApi) -> None:
    client = api(CALL).login()
    client.call("createClickToCall")
    bodies = []
    for _ in range(5):
        poll = client.start("getClickToCallEvents")
        client.advance(1.0)
        bodies.append(client.answer(poll).json())
    assert bodies == [
        {"resultCode": "0", "resultDesc": "Call in queue", "eventId": 168102},
        {
            "resultCode": "0",
            "resultDesc": "Call connected",
            "eventId": 168101,
            "content": {
                "domain": "cec.test",
                "gwAddresses": ["ws://cec.test:8360/sip"],
                "accessCode": bodies[1]["content"]["accessCode"],
                "clickToCallCaller": "AnonymousCard",
            },
        },
        {"resultCode": "0", "resultDesc": "Call transfered", "eventId": 168106},
        {"resultCode": "0", "resultDesc": "Something new", "eventId": 168199},
        {
            "resultCode": "0",
            "resultDesc": "Call disconnected",
            "eventId": 168110,
            "content": {"causeId": -1, "causeDesc": "agent hung up"},
        },
    ]
    assert len(bodies[1]["content"]["accessCode"]) == 15


@pytest.mark.parametrize(
    ("event", "number", "text"),
    [("queue_timeout", 168103, "Call queue timeout"), ("failed", 168105, "Call failed")],
)
def test_a_call_that_comes_to_nothing_says_why(api: MakeApi, event: str, number: int, text: str) -> None:
    client = api(f"title: t\nevents:\n  - {{after: 1s, event: {event}}}\n").login()
    client.call("createClickToCall")
    poll = client.start("getClickToCallEvents")
    client.advance(1.0)
    body = client.answer(poll).json()
    assert (body["eventId"], body["resultDesc"], body["content"]["causeId"]) == (number, text, -1)
    assert body["content"]["causeDesc"]


def test_a_poll_that_runs_out_has_no_event_id(api: MakeApi) -> None:
    client = api("title: t\nhold: 25s\n").login()
    client.call("createClickToCall")
    poll = client.start("getClickToCallEvents")
    client.advance(24.9)
    assert not poll.done()
    client.advance(0.1)
    assert client.answer(poll).content == (b'{"resultCode":"0","resultDesc":"ClickToCall polled without any events"}')


def test_each_call_has_an_access_code_of_its_own(api: MakeApi) -> None:
    client = api("title: t\nevents:\n  - {after: 0s, event: connected}\n").login()
    codes = set()
    for _ in range(20):
        client.call("createClickToCall")
        codes.add(client.call("getClickToCallEvents").json()["content"]["accessCode"])
        client.call("dropClickToCall")
        client.advance(1.0)
    assert len(codes) == 20
    assert all(code.startswith("179080") and len(code) == 15 for code in codes)


def test_the_scenario_can_name_the_gateway_and_an_event_another_one(api: MakeApi) -> None:
    client = api(
        """
title: t
gateway: {domain: gw.example, addresses: ["wss://gw1.example:10081", "10.0.0.1:443"], caller: Bob}
events:
  - {after: 0s, event: connected}
  - {after: 0s, event: transferred}
  - {after: 0s, event: connected, gateway: {domain: second.example, callee: "1234"}}
"""
    ).login()
    client.call("createClickToCall")
    first, _, second = (client.call("getClickToCallEvents").json().get("content") for _ in range(3))
    assert first["domain"] == "gw.example"
    assert first["gwAddresses"] == second["gwAddresses"] == ["wss://gw1.example:10081", "10.0.0.1:443"]
    assert first["clickToCallCaller"] == second["clickToCallCaller"] == "Bob"
    assert (second["domain"], second["accessCode"]) == ("second.example", "1234")


@pytest.mark.parametrize(
    ("public_url", "host", "domain", "address"),
    [
        (None, "phone.local:8360", "phone.local", "ws://phone.local:8360/sip"),
        (None, "[::1]:8360", "[::1]", "ws://[::1]:8360/sip"),
        (None, "cec.local", "cec.local", "ws://cec.local/sip"),
        ("https://cec.example:8443", "x", "cec.example", "wss://cec.example:8443/sip"),
    ],
)
def test_the_gateway_is_where_the_client_found_the_emulator(
    api: MakeApi, public_url: str | None, host: str, domain: str, address: str
) -> None:
    client = api("title: t\nevents:\n  - {after: 0s, event: connected}\n").login()
    client.tenant.public_url = public_url
    client.call("createClickToCall")
    content = client.call("getClickToCallEvents", headers={"host": host}).json()["content"]
    assert (content["domain"], content["gwAddresses"]) == (domain, [address])


def test_a_drop_ends_the_call_and_the_release_follows(api: MakeApi) -> None:
    client = api("answered").login()
    client.call("createClickToCall")
    assert client.event() == 168101
    poll = client.start("getClickToCallEvents")
    assert client.call("dropClickToCall").content == b'{"resultCode":"0","resultDesc":""}'
    client.advance(0.1)
    assert client.answer(poll).json()["eventId"] == 168110


def test_a_drop_without_a_call_is_refused_and_explained(api: MakeApi) -> None:
    answer = api().login().call("dropClickToCall")
    assert answer.json() == {"resultCode": "13", "resultDesc": "disconnect failed"}
    assert "live call" in answer.headers["x-mock-cec-hint"]


def test_a_second_create_is_refused_and_explained(api: MakeApi) -> None:
    client = api().login()
    client.call("createClickToCall")
    answer = client.call("createClickToCall")
    assert answer.json() == {"resultCode": "13", "resultDesc": "connect failed"}
    assert "second createClickToCall" in answer.headers["x-mock-cec-hint"]


def test_a_new_login_of_the_user_finds_the_call_and_the_old_tokens_live_on(api: MakeApi) -> None:
    client = api(CALL).login()
    client.call("createClickToCall")
    before = dict(client.headers)
    client.login()
    assert client.headers != before
    assert client.event() == 168102
    client.headers = before
    assert client.event() == 168101


def test_the_calls_of_two_users_are_two_calls(api: MakeApi) -> None:
    client = api(CALL).login("alice")
    alice = dict(client.headers)
    client.call("createClickToCall")
    client.headers = dict(client.login("bob").headers)
    poll = client.start("getClickToCallEvents")
    client.advance(10.0)
    assert not poll.done()
    client.headers = alice
    assert client.event() == 168102
    client.advance(25.0)
    assert "eventId" not in client.answer(poll).json()


def test_text_goes_to_the_agent_and_comes_back(api: MakeApi) -> None:
    client = api("title: t\nagent:\n  - {after: 1s, say: 您好}\n  - {on: chat, disconnect: true, by: system}\n").login()
    assert client.call("poll").json()["downlinkMessages"] == []
    assert client.call("send").json() == {"resultCode": "0", "resultDesc": ""}
    client.advance(1.0)
    answer = client.call("poll").json()
    assert (answer["resultCode"], answer["resultDesc"]) == ("0", "query user messages success.")
    assert answer["downlinkMessages"] == [
        {
            "channel": "WEB",
            "content": "您好",
            "controlType": "CHAT",
            "from": "mock-channel",
            "mediaType": "TEXT",
            "sourceType": "AGENT",
            "timestamp": 1724025601000,
            "to": "alice",
            "senderNickname": None,
            "senderAvatar": None,
            "isOfflineStatus": None,
        }
    ]
    chat = {"channel": "WEB", "controlType": "CHAT", "from": "alice", "mediaType": "TEXT", "sourceType": "CUSTOMER"}
    client.call("send", json=chat | {"to": "mock-channel", "content": "好"})
    last = client.call("poll").json()["downlinkMessages"]
    assert [(message["controlType"], message["sourceType"]) for message in last] == [("DISCONNECT", "SYSTEM")]


def test_a_message_can_be_left(api: MakeApi) -> None:
    assert api().login().call("doLeaveMessage").json() == {
        "resultCode": "0",
        "resultDesc": "Save leaveMessage success!",
    }


# Scripted answers


def test_a_scripted_403_is_the_guides_and_takes_no_event(api: MakeApi) -> None:
    client = api(CALL.replace("events:", "answers:\n  getClickToCallEvents:\n    1: {status: 403}\nevents:")).login()
    client.call("createClickToCall")
    answer = client.call("getClickToCallEvents")
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "0")
    assert answer.json()["exceptionInfo"].startswith("auth fail!")
    assert client.event() == 168102


def test_a_scripted_code_and_status_replace_the_answer(api: MakeApi) -> None:
    client = api(
        """
title: t
answers:
  applyToken: {2: {code: "1"}}
  checkClickToCallSupport: {1: {code: "1", desc: no}}
  createClickToCall: {1: {status: 500, desc: broken}, 2: {status: 503}, 3: {status: 599}}
  dropClickToCall: {1: {code: "13", desc: disconnect failed}}
  tokenByAkSk: {2-3: {status: 503}}
"""
    ).login()
    assert [client.call("tokenByAkSk").status_code for _ in range(3)] == [503, 503, 200]
    assert client.call("applyToken").json() == {"resultCode": "1", "resultDesc": ""}
    assert client.call("checkClickToCallSupport").json() == {
        "resultCode": "1",
        "resultDesc": "no",
        "webRTCSupported": True,
        "clickToCallSupported": True,
    }
    for status, text in ((500, "broken"), (503, "Service Unavailable"), (599, "scripted failure")):
        answer = client.call("createClickToCall")
        assert (answer.status_code, answer.json()) == (status, {"errorCode": str(status), "exceptionInfo": text})
    assert client.call("dropClickToCall").json()["resultDesc"] == "disconnect failed"
    client.call("createClickToCall")
    assert client.call("dropClickToCall").json()["resultCode"] == "0"


def test_an_answer_that_was_replaced_had_no_effect(api: MakeApi) -> None:
    client = api("title: t\nanswers:\n  createClickToCall:\n    1: {code: '13'}\nevents: []\n").login()
    client.call("createClickToCall")
    assert client.call("dropClickToCall").json()["resultCode"] == "13"


def test_a_delayed_create_takes_effect_when_it_is_answered(api: MakeApi) -> None:
    client = api("title: t\nanswers: {createClickToCall: {1: {delay: 5s}}}\nevents:\n  - {after: 1s, event: queued}\n")
    create = client.login().start("createClickToCall")
    client.advance(4.9)
    assert not create.done()
    client.advance(0.1)
    assert client.answer(create).json()["resultCode"] == "0"
    poll = client.start("getClickToCallEvents")
    client.advance(0.9)
    assert not poll.done()
    client.advance(0.1)
    assert client.answer(poll).json()["eventId"] == 168102


def test_a_delayed_poll_is_held_after_its_delay(api: MakeApi) -> None:
    client = api("title: t\nhold: 10s\nanswers: {getClickToCallEvents: {1: {delay: 5s}}}\n").login()
    poll = client.start("getClickToCallEvents")
    client.advance(5.0)
    client.advance(9.9)
    assert not poll.done()
    client.advance(0.1)
    assert poll.done()


def test_a_login_in_mid_call_goes_on_counting_though_the_call_has_just_ended(api: MakeApi) -> None:
    client = api(
        "title: t\nanswers: {getClickToCallEvents: {2: {status: 403}}}\n"
        "events:\n  - {after: 0s, event: queued}\n  - {after: 1s, event: failed}\n"
    ).login()
    client.call("createClickToCall")
    assert client.event() == 168102
    client.advance(2.0)
    assert client.call("getClickToCallEvents").status_code == 403
    client.login()
    assert client.event() == 168105


def test_counting_starts_again_once_the_call_is_over_and_the_user_begins_anew(api: MakeApi) -> None:
    client = api(
        "title: t\nanswers:\n  createClickToCall: {1: {code: '13'}}\n  tokenByAkSk: {3: {status: 503}}\n"
        "events:\n  - {after: 1s, event: connected}\n"
    )
    for _ in range(2):
        client.login()
        assert [client.call("createClickToCall").json()["resultCode"] for _ in range(3)] == ["13", "0", "13"]
        assert client.call("dropClickToCall").json()["resultCode"] == "0"
        client.advance(1.0)
    assert [client.call("tokenByAkSk").status_code for _ in range(3)] == [200, 200, 503]
