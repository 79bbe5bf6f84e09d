"""Bad input: each gets the documented error where there is one, else a clear error in the same shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint
from cec_client.protocol.codes import EXPIRED_TEXT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]

BUSINESS = [
    "send",
    "poll",
    "checkClickToCallSupport",
    "createClickToCall",
    "getClickToCallEvents",
    "dropClickToCall",
    "doLeaveMessage",
]
POSTS = [endpoint.value for endpoint in Endpoint if endpoint.method == "POST"]


def refused(answer: httpx.Response, status: int, *words: str) -> None:
    """The answer has the shape of all errors (guide §2.2), and names what was wrong."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert isinstance(body["errorCode"], str)
    hint = json.loads(answer.headers["x-mock-cec-hint"])
    assert set(hint) == {"where", "got", "expected"}
    for word in words:
        assert word in body["exceptionInfo"], body
    assert len(answer.text) < 600


def expired(answer: httpx.Response, *words: str) -> None:
    """The answer is the guide's 403 to the letter; what was wrong is in the hint (guide §2.2, §6.1)."""
    assert answer.status_code == 403
    assert answer.json() == {"errorCode": "0", "exceptionInfo": EXPIRED_TEXT}
    for word in words:
        assert word in answer.headers["x-mock-cec-hint"]


# Credentials and tokens


@pytest.mark.parametrize(("member", "value"), [("app_key", "nobody"), ("app_secret", "wrong-secret")])
def test_wrong_credentials_get_no_token(api: MakeApi, member: str, value: str) -> None:
    good = {"app_key": "mock-app-key", "app_secret": "mock-app-secret"}
    answer = api().call("tokenByAkSk", json=good | {member: value})
    refused(answer, 401, member)
    assert "mock-app-secret" not in answer.text


@pytest.mark.parametrize("asked", ["0", "-1", "abc", "7200", "3601", "", "1.5", "１０", "9" * 400])
def test_a_life_outside_the_documented_range_is_refused(api: MakeApi, asked: str) -> None:
    refused(api().call("tokenByAkSk", headers={"x-token-expire": asked.encode()}), 400, "X-Token-Expire", "3600")


@pytest.mark.parametrize(("asked", "granted"), [("1", "1"), ("600", "600"), ("3600", "3600"), (None, "600")])
def test_a_life_in_the_documented_range_is_granted(api: MakeApi, asked: str | None, granted: str) -> None:
    answer = api().call("tokenByAkSk", headers={"x-token-expire": asked})
    assert answer.json()["Expires"] == granted


@pytest.mark.parametrize("name", ["applyToken", *BUSINESS])
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ("{token}", "Bearer"),
        ("bearer {token}", "Bearer"),
        ("Bearer  {token}", "not issued here"),
        ("Bearer ", "Bearer"),
        ("Bearer 0000", "not issued here"),
        ("Basic {token}", "Bearer"),
    ],
)
def test_authorization_is_bearer_one_space_and_the_token(
    api: MakeApi, name: str, value: str | None, words: str
) -> None:
    client = api().login()
    token = client.headers["authorization"].removeprefix("Bearer ")
    value = value.format(token=token) if value else None
    expired(client.call(name, headers={"authorization": value}), "header Authorization", words)


@pytest.mark.parametrize("name", ["applyToken", *BUSINESS])
@pytest.mark.parametrize("value", [None, "", "another-key"])
def test_the_app_key_is_the_one_the_token_was_issued_for(api: MakeApi, name: str, value: str | None) -> None:
    expired(api().login().call(name, headers={"x-app-key": value}), "header x-app-key", "mock-app-key")


@pytest.mark.parametrize("name", BUSINESS)
@pytest.mark.parametrize("value", [None, "", "foreign"])
def test_the_ccmessaging_token_is_one_of_apply_token(api: MakeApi, name: str, value: str | None) -> None:
    expired(api().login().call(name, headers={"ccmessaging-token": value}), "header ccmessaging-token")


@pytest.mark.parametrize("name", ["applyToken", *BUSINESS])
def test_an_expired_access_token_is_a_403_that_says_since_when(api: MakeApi, name: str) -> None:
    client = api().login()
    client.advance(600.5)
    expired(client.call(name), "header Authorization", "expired 0.5 s ago")


@pytest.mark.parametrize("name", BUSINESS)
def test_an_expired_ccmessaging_token_is_a_403_too(api: MakeApi, name: str) -> None:
    client = api("title: t\ntokens: {ccmessaging: 60s}\n").login()
    client.advance(60.0)
    expired(client.call(name), "header ccmessaging-token")


def test_the_tokens_of_another_emulator_are_foreign(api: MakeApi) -> None:
    first, second = api().login(), api()
    second.tenant.access_tokens.issue("someone", 0.0, 600.0)
    second.headers = first.headers | {"authorization": "Bearer " + "0" * 64}
    expired(second.call("send"), "not issued here")


# Methods, paths, channels


@pytest.mark.parametrize("name", [endpoint.value for endpoint in Endpoint])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD"])
def test_every_endpoint_knows_one_method(api: MakeApi, name: str, method: str) -> None:
    client = api().login()
    right = Endpoint(name).method  # type: ignore[call-arg]
    if method == right:
        return
    answer = client.call(name, method=method)
    assert answer.status_code == 405
    assert answer.headers["allow"] == right
    assert method == "HEAD" or name in answer.json()["exceptionInfo"]


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/", "guide"),
        ("/apiaccess/ccmessaging/getClickToCallEvents", "/v1/getClickToCallEvents"),
        ("/apiaccess/ccmessaging/v1/send", "/apiaccess/ccmessaging/send"),
        ("/apiaccess/ccmessaging/v1/createClickToCall/", "/v1/createClickToCall?"),
        ("/" + "x" * 5000, "…"),
    ],
)
def test_an_unknown_path_is_404_and_names_the_nearest(api: MakeApi, path: str, word: str) -> None:
    answer = api().login().call("createClickToCall", path=path)
    refused(answer, 404, "path")
    assert word in answer.json()["exceptionInfo"]


@pytest.mark.parametrize("name", ["poll", "checkClickToCallSupport", "getClickToCallEvents"])
@pytest.mark.parametrize(
    "query", ["", "?channel=", "?channel=web", "?channel=PHONE", "?Channel=WEB", "?channel=%57%45"]
)
def test_the_channel_of_a_get_is_web(api: MakeApi, name: str, query: str) -> None:
    refused(api().login().call(name, query=query), 400, "query parameter channel", "WEB")


def test_other_parameters_beside_the_channel_do_no_harm(api: MakeApi) -> None:
    assert api().login().call("checkClickToCallSupport", query="?_=1&channel=WEB").status_code == 200


@pytest.mark.parametrize("receiver", ["", "&receiverId=", "&receiverId=bob"])
def test_a_text_poll_names_its_user_as_receiver(api: MakeApi, receiver: str) -> None:
    refused(api().login().call("poll", query=f"?channel=WEB{receiver}"), 400, "receiverId", "alice")


# Bodies


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"app_key=1", 400),
        (b'{"channel":"WEB"', 400),
        (b"\xff\xfe", 400),
        (b'{"channel":"\xb9\xfa"}', 400),
        (b'{"channel":"WEB","x":' + b"[" * 5000, 400),
        (b'{"channel":"WEB","x":' + b"[" * 5000 + b"]" * 5000 + b"}", 400),
        (b'{"channel":"' + b"x" * 10_000_000 + b'"}', 413),
    ],
    ids=["empty", "a form", "cut short", "not UTF-8", "GBK", "deep and cut short", "deep", "10 MB"],
)
def test_a_body_that_is_not_json_is_refused(api: MakeApi, name: str, content: bytes, status: int) -> None:
    refused(api().login().call(name, content=content), status, "body")


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("content", [b"[]", b'"text"', b"null", b"7", b"{}"])
def test_json_of_another_shape_is_refused(api: MakeApi, name: str, content: bytes) -> None:
    answer = api().login().call(name, content=content)
    code = answer.json().get("resultCode")
    assert answer.status_code == 400 or (name, code) in {("applyToken", "1"), ("doLeaveMessage", "3")}


@pytest.mark.parametrize("name", POSTS)
@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
def test_a_post_is_labelled_as_json(api: MakeApi, name: str, kind: str | None) -> None:
    answer = api().login().call(name, content=b"{}", headers={"content-type": kind})
    refused(answer, 415, "Content-Type", "application/json")


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "APPLICATION/JSON", "application/json ;x=y"])
def test_parameters_and_case_of_the_media_type_do_not_matter(api: MakeApi, kind: str) -> None:
    assert api().call("tokenByAkSk", headers={"content-type": kind}).status_code == 200


@pytest.mark.parametrize("member", ["app_key", "app_secret"])
@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": 1}, True])
def test_credentials_are_texts(api: MakeApi, member: str, value: Any) -> None:
    good = {"app_key": "mock-app-key", "app_secret": "mock-app-secret"}
    refused(api().call("tokenByAkSk", json=good | {member: value}), 400, f"body member {member}", "a string")


@pytest.mark.parametrize("member", ["userId", "userName", "channelId", "locale"])
@pytest.mark.parametrize("value", ["<missing>", "", None, 7])
def test_apply_token_wants_four_texts(api: MakeApi, member: str, value: Any) -> None:
    body = {"userId": "alice", "userName": "Alice", "channelId": "mock-channel", "locale": "zh"} | {member: value}
    if value == "<missing>":
        del body[member]
    answer = api().login().call("applyToken", json=body)
    assert answer.status_code == 200
    assert answer.json()["resultCode"] == "1"
    assert member in answer.json()["resultDesc"]
    assert "token" not in answer.json()


@pytest.mark.parametrize(("member", "value"), [("channelId", "elsewhere"), ("userId", "u" * 33)])
def test_apply_token_knows_its_channel_and_the_length_of_users(api: MakeApi, member: str, value: str) -> None:
    body = {"userId": "alice", "userName": "Alice", "channelId": "mock-channel", "locale": "zh"} | {member: value}
    answer = api().login().call("applyToken", json=body)
    assert (answer.json()["resultCode"], member in answer.json()["resultDesc"]) == ("1", True)


@pytest.mark.parametrize(
    ("member", "value", "word"),
    [
        ("channel", "web", "WEB"),
        ("controlType", "HELLO", "CONNECT"),
        ("mediaType", "SMELL", "TEXT"),
        ("sourceType", "AGENT", "CUSTOMER"),
        ("from", "bob", "alice"),
        ("to", "elsewhere", "mock-channel"),
        ("from", None, "a string"),
        ("content", 7, "a string"),
        ("content", "字" * 342, "1024"),
    ],
)
def test_the_members_of_send_have_meanings(api: MakeApi, member: str, value: Any, word: str) -> None:
    body = {
        "channel": "WEB",
        "content": "start",
        "controlType": "CONNECT",
        "from": "alice",
        "mediaType": "TEXT",
        "sourceType": "CUSTOMER",
        "to": "mock-channel",
    }
    refused(api().login().call("send", json=body | {member: value}), 400, f"body member {member}", word)


@pytest.mark.parametrize("content", [None, ""])
def test_a_chat_message_has_content(api: MakeApi, content: str | None) -> None:
    client = api().login()
    body = {"channel": "WEB", "controlType": "CHAT", "from": "alice", "mediaType": "TEXT", "sourceType": "CUSTOMER"}
    refused(client.call("send", json=body | {"to": "mock-channel", "content": content}), 400, "content")


@pytest.mark.parametrize("value", ["<missing>", 0, 1, None, "", "2", "audio", ["0"]])
def test_media_ability_is_the_text_0_or_1(api: MakeApi, value: Any) -> None:
    body = {"channel": "WEB"} if value == "<missing>" else {"channel": "WEB", "mediaAbility": value}
    refused(api().login().call("createClickToCall", json=body), 400, "body member mediaAbility")


@pytest.mark.parametrize("name", ["createClickToCall", "dropClickToCall"])
@pytest.mark.parametrize("channel", ["web", "", None, 1])
def test_the_channel_of_a_post_is_web(api: MakeApi, name: str, channel: Any) -> None:
    answer = api().login().call(name, json={"channel": channel, "mediaAbility": "0"})
    refused(answer, 400, "body member channel")


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("caller", "<missing>", "3"),
        ("leaveMessage", 7, "3"),
        ("channel", "PHONE", "3"),
        ("caller", "", "2"),
        ("leaveMessage", "", "2"),
    ],
)
def test_a_message_is_left_whole_or_not_at_all(api: MakeApi, member: str, value: Any, code: str) -> None:
    body = {"callId": "alice", "caller": "138", "leaveMessage": "hi", "channel": "WEB", member: value}
    if value == "<missing>":
        del body[member]
    answer = api().login().call("doLeaveMessage", json=body)
    assert (answer.status_code, answer.json()["resultCode"]) == (200, code)
    assert member in answer.headers["x-mock-cec-hint"]


# What was refused had no effect, and whatever comes is answered


def test_what_was_refused_does_not_count(api: MakeApi) -> None:
    client = api("title: t\nanswers:\n  createClickToCall:\n    1: {code: '13', desc: first}\n").login()
    client.call("createClickToCall", json={"channel": "WEB", "mediaAbility": 0})
    client.call("createClickToCall", headers={"authorization": None})
    assert client.call("createClickToCall").json() == {"resultCode": "13", "resultDesc": "first"}
    assert client.call("createClickToCall").json()["resultCode"] == "0"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(
    ["channel", "mediaAbility", "app_key", "userId", "channelId", "locale", "from", "to", "content", "controlType"]
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.uncovered
@given(
    name=st.sampled_from(POSTS),
    content=st.binary(max_size=200) | st.dictionaries(members | st.text(), json_values, max_size=6).map(json.dumps),
)
def test_any_body_gets_json_and_no_server_error(api: MakeApi, name: str, content: bytes | str) -> None:
    answer = api().login().call(name, content=content)
    assert answer.status_code < 500
    assert isinstance(answer.json(), dict)
    answer.headers.get("x-mock-cec-hint", "").encode("ascii")


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.uncovered
@given(
    name=st.sampled_from([endpoint.value for endpoint in Endpoint]),
    header=st.sampled_from(["authorization", "x-app-key", "ccmessaging-token", "x-token-expire", "origin", "host"]),
    value=st.binary(max_size=60).map(lambda value: value.translate(None, b"\r\n\0")),
)
def test_any_header_gets_json_and_no_server_error(api: MakeApi, name: str, header: str, value: bytes) -> None:
    client = api("title: t\nhold: 0s\n").login()
    answer = client.call(name, headers={header: value})
    assert answer.status_code < 500
    assert isinstance(answer.json(), dict)


@pytest.mark.parametrize(
    ("right", "sent"), [("ccmessaging-token", "ccmessagingToken"), ("x-app-key", "appKey"), ("x-app-key", "app_key")]
)
def test_a_header_that_comes_close_is_named(api: MakeApi, right: str, sent: str) -> None:
    client = api().login()
    answer = client.call("dropClickToCall", headers={right: None, sent: "x"})
    hint = json.loads(answer.headers["x-mock-cec-hint"])
    assert hint["got"] == f'nothing, but a header "{sent.lower()}", which came closest'
