"""Masking: no secret survives, equal stays equal and different stays different, and the form stays as it was."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, unquote

import pytest
from cec_client.protocol import Endpoint, Exchange, Trace
from hypothesis import assume, given
from hypothesis import strategies as st
from mock_cec.trace.labels import SHORTEST
from mock_cec.trace.masking import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]

TOKEN: Final = "f00dfeed" * 4
CCM: Final = "a%2Bb/cd%3D%3Dxyz"


def exchange(endpoint: Endpoint | str, **members: Any) -> Exchange:
    target = endpoint if isinstance(endpoint, str) else endpoint.path
    method = "POST" if isinstance(endpoint, str) else endpoint.method
    for part in ("request_body", "response_body"):
        if isinstance(members.get(part), dict):
            members[part] = json.dumps(members[part]).encode()
    known: dict[str, Any] = {"serial": 1, "method": method, "target": target, "status": 200}
    return Exchange(**(known | members))


def login(access: str = TOKEN, ccmessaging: str = CCM, secret: str = "mock-app-secret") -> list[Exchange]:  # noqa: S107
    return [
        exchange(
            Endpoint.TOKEN,
            request_body={"app_key": "mock-app-key", "app_secret": secret},
            response_body={"AccessToken": access, "Expires": "600"},
        ),
        exchange(
            Endpoint.APPLY_TOKEN,
            request_headers=(("authorization", f"Bearer {access}"),),
            request_body={"userId": "alice", "userName": "Alice", "channelId": "chan", "locale": "zh"},
            response_body={"resultCode": "0", "token": ccmessaging},
        ),
    ]


def masked(*exchanges: Exchange, personal: bool = False) -> tuple[Exchange, ...]:
    return mask(Trace(exchanges=exchanges), personal=personal).exchanges


def header_after_login(name: str, value: str) -> str:
    return masked(*login(), exchange(Endpoint.EVENTS, request_headers=((name, value),)))[-1].request_headers[0][1]


def test_a_login_is_masked_and_stays_readable() -> None:
    token, apply = masked(*login())
    assert token.request_body == b'{"app_key": "mock-app-key", "app_secret": "<app-secret 1>"}'
    assert token.response_body == b'{"AccessToken": "<access-token 1>", "Expires": "600"}'
    assert apply.request_headers == (("authorization", "Bearer <access-token 1>"),)
    assert b'"userId": "alice"' in apply.request_body
    assert apply.response_body == b'{"resultCode": "0", "token": "<ccmessaging-token 1>"}'


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("Authorization", f"Bearer  {TOKEN} ", "Bearer  <access-token 1> "),
        ("Authorization", TOKEN, "<access-token 1>"),
        ("Authorization", f"Bearer{TOKEN}", "Bearer<access-token 1>"),
        ("Authorization", f"longprefix{TOKEN}", "<access-token 2><access-token 1>"),
        ("Authorization", "Bearer", "Bearer"),
        ("Authorization", "Bearer ", "Bearer "),
        ("Authorization", "", ""),
        ("Authorization", "Bearer undefined", "Bearer undefined"),
        ("Authorization", f"Bearer {CCM}", "Bearer <ccmessaging-token 1>"),
        ("Authorization", "Bearer abc", "Bearer <access-token 2>"),
        ("ccmessaging-token", CCM, "<ccmessaging-token 1>"),
        ("ccmessaging-token", unquote(CCM), "<ccmessaging-token 1 decoded>"),
        ("ccmessaging-token", TOKEN, "<access-token 1>"),
        ("ccmessaging-token", f"Bearer {TOKEN}", "Bearer <access-token 1>"),
        ("ccmessagingToken", "other", "<ccmessaging-token 2>"),
        ("x-app-secret", "mock-app-secret", "<app-secret 1>"),
        ("x-app-key", "mock-app-secret", "<app-secret 1>"),
        ("x-app-key", "mock-app-key", "mock-app-key"),
        ("X-Token-Expire", "600", "600"),
        ("x-csrf-token", "abc", "<secret 1>"),
        ("set-cookie", "sid=abc; Path=/", "sid=<cookie 1>; Path=/"),
        ("cookie", "nameless", "<cookie 1>"),
        ("cookie", "sid=abc; theme=abc", "sid=<cookie 1>; theme=<cookie 1>"),
        (
            "referer",
            f"http://x/?t={quote(CCM)}&password=p",
            "http://x/?t=%3Cccmessaging-token%201%3E&password=%3Csecret%201%3E",
        ),
    ],
)
def test_what_surrounds_a_secret_stays(name: str, value: str, expected: str) -> None:
    assert header_after_login(name, value) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"app_secret": 12345678}', b'{"app_secret": 9007199254000001}'),
        (
            b'{"sk": 9007199254000003, "secret": [1, 1]}',
            b'{"sk": 9007199254000003, "secret": [9007199254000004, 9007199254000004]}',
        ),
        (b'{"app_secret": null, "appSecret": true}', b'{"app_secret": null, "appSecret": true}'),
        (b'{"app_secret": ["abc", {"x": "abc"}]}', b'{"app_secret": ["<app-secret 1>", {"x": "<app-secret 1>"}]}'),
        (
            b'{"app_secret": "caf\\u00e9s", "b": "caf\\u00e9s"}',
            b'{"app_secret": "<app-secret 1>", "b": "<app-secret 1>"}',
        ),
        (b'{"app_secret": "half of a secr', b'{"app_secret": "<app-secret 1>'),
        (b'{"app_secret": "a\\', b'{"app_secret": "<app-secret 1>\\'),
        (b'{"app_secret": "\\x"}', b'{"app_secret": "<app-secret 1>"}'),
        (b"{app_secret: hunter2}", b"{app_secret: <app-secret 1>}"),
        (b'{: "a"}, ]}', b'{: "a"}, ]}'),
        (b"app_key=k&app_secret=a%20b", b"app_key=k&app_secret=%3Capp-secret%201%3E"),
        (b"\xff{app_secret}", b"\xff{app_secret}"),
    ],
)
def test_json_keeps_its_types_however_broken_it_is(body: bytes, expected: bytes) -> None:
    assert masked(exchange(Endpoint.TOKEN, request_body=body))[0].request_body == expected


def test_labels_are_numbered_in_order_of_first_appearance() -> None:
    old = exchange(Endpoint.EVENTS, request_headers=(("Authorization", "Bearer from-an-earlier-run"),))
    first, token, _ = masked(old, *login())
    assert first.request_headers == (("Authorization", "Bearer <access-token 1>"),)
    assert b"<access-token 2>" in token.response_body


def test_secrets_are_found_where_nobody_expects_them() -> None:
    stray = exchange(
        f"/nowhere/{quote(CCM, safe='')}?a={TOKEN}&b=x+mock-app-secret#c",
        request_headers=(("user-agent", f"me/{TOKEN}"),),
        request_body=b"\xff\xfe" + TOKEN.encode() + b" " + quote(CCM, safe="").encode(),
        response_headers=(
            ("x-mock-cec-hint", json.dumps({"got": f'"{TOKEN[:6]}…", which', "expected": f"{TOKEN[:20]}…"})),
            ("ccmessaging-token", "renewed-token"),
        ),
        response_body={"errorCode": "0", "exceptionInfo": f"{json.dumps({'app_secret': 'mock-app-secret'})} is wrong"},
        script={"problem": f'header Authorization: got "{TOKEN[:6]}…"', "due": 1.0},
    )
    found = masked(*login(), stray)[-1]
    label = "%3Caccess-token%201%3E"
    assert found.target == f"/nowhere/%3Cccmessaging-token%201%3E?a={label}&b=x+%3Capp-secret%201%3E#c"
    assert found.request_headers == (("user-agent", "me/<access-token 1>"),)
    assert found.request_body == b"\xff\xfe<access-token 1> %3Cccmessaging-token%201%3E"
    assert json.loads(found.response_headers[0][1]) == {
        "got": '"<access-token 1>…", which',
        "expected": "<access-token 1>…",
    }
    assert found.response_headers[1] == ("ccmessaging-token", "<ccmessaging-token 2>")
    assert json.loads(json.loads(found.response_body)["exceptionInfo"].removesuffix(" is wrong")) == {
        "app_secret": "<app-secret 1>"
    }
    assert found.script == {"problem": 'header Authorization: got "<access-token 1>…"', "due": 1.0}


def test_escapes_and_spaces_hide_no_secret() -> None:
    secret = "my sécret/+ 密"
    stray = exchange("/?q=my+s%C3%A9cret%2f%2B+%E5%AF%86", response_body=json.dumps({"e": f"<{secret}>"}).encode())
    found = masked(*login(secret=secret), stray)[-1]
    assert found.target == "/?q=%3Capp-secret%201%3E"
    assert found.response_body == b'{"e": "<<app-secret 1>>"}'


def test_facts_are_masked_with_the_rest() -> None:
    facts = {"app_secret": "mock-app-secret", "scenario": "token_expiry", "note": f"saw {TOKEN}"}
    found = mask(Trace(exchanges=tuple(login()), facts=facts))
    assert found.facts == {"app_secret": "<app-secret 1>", "scenario": "token_expiry", "note": "saw <access-token 1>"}


def test_words_of_the_protocol_are_masked_only_where_they_are_secrets() -> None:
    create = exchange(Endpoint.CREATE, request_body={"channel": "WEB", "mediaAbility": "0"})
    assert masked(*login(secret="mediaAbility"), create)[-1] == create
    assert b"<app-secret 1>" in masked(*login(secret="WEB"), create)[0].request_body


def test_short_secrets_are_sought_as_words() -> None:
    stray = exchange("/?a=shh&b=hush1&c=xhush1", request_headers=(("x", "hush1, shh"),), request_body={"n": "hush1!"})
    found = masked(*login(secret="hush1"), stray)[-1]
    assert found.target == "/?a=shh&b=%3Capp-secret%201%3E&c=xhush1"
    assert found.request_headers == (("x", "<app-secret 1>, shh"),)
    assert found.request_body == b'{"n": "<app-secret 1>!"}'


def test_personal_data_are_masked_on_request() -> None:
    trace = [
        *login(),
        exchange(
            Endpoint.SEND, request_body={"from": "alice", "to": "chan", "content": "我是小红", "mediaType": "TEXT"}
        ),
        exchange(f"{Endpoint.POLL_TEXT.path}?channel=WEB&receiverId=alice", connection="10.0.0.7:4711"),
        exchange(
            Endpoint.LEAVE_MESSAGE,
            request_body={"callId": "alice", "caller": "13800000000", "leaveMessage": "call me", "n": [13900000001]},
            response_body={"resultDesc": "told 13800000000 and 13900000002", "content": {"domain": "gw", "causeId": 1}},
        ),
        exchange("/", request_headers=(("x-note", "13900000003"),)),
    ]
    assert masked(*trace)[2:] == tuple(trace[2:])
    _, apply, send, poll, leave, last = masked(*trace, personal=True)
    assert json.loads(apply.request_body) == {
        "userId": "<user 1>",
        "userName": "<name 1>",
        "channelId": "chan",
        "locale": "zh",
    }
    assert json.loads(send.request_body) == {
        "from": "<user 1>",
        "to": "chan",
        "content": "<text 1>",
        "mediaType": "TEXT",
    }
    assert dict(parse_qsl(poll.target.partition("?")[2])) == {"channel": "WEB", "receiverId": "<user 1>"}
    assert poll.connection == "<connection 1>"
    assert json.loads(leave.request_body) == {
        "callId": "<user 1>",
        "caller": "<phone 1>",
        "leaveMessage": "<text 2>",
        "n": [9007199254000001],
    }
    assert json.loads(leave.response_body)["resultDesc"] == "told <phone 1> and <phone 2>"
    assert json.loads(leave.response_body)["content"] == {"domain": "gw", "causeId": 1}
    assert last.request_headers == (("x-note", "<phone 3>"),)


@pytest.mark.parametrize("body", [b"", b"[", b"\xff", b"[" * 100_000])
def test_a_broken_login_names_no_channel(body: bytes) -> None:
    assert masked(exchange(Endpoint.APPLY_TOKEN, request_body=body), personal=True)[0].request_body == body


def test_an_emulated_call_is_masked(api: MakeApi) -> None:
    client = api("token_expiry").login()
    client.call("createClickToCall")
    client.event()
    client.call("dropClickToCall", headers={"authorization": "Bearer mock-app-secret"})
    client.call("tokenByAkSk", json={"app_key": "mock-app-key", "app_secret": "another-secret"})
    stored = mask(client.tenant.recorder.trace()).to_json().decode()
    for secret in (
        client.headers["authorization"][7:],
        client.headers["ccmessaging-token"],
        "mock-app-secret",
        "another",
    ):
        assert secret not in stored
        assert secret[:6] not in stored.replace("mock-app-key", "")


letters = st.sampled_from("abcXYZ0189-._~+/=%2Bé密 \"\\'")
secrets = st.text(letters, min_size=SHORTEST, max_size=40).filter(
    lambda text: len(text.split()) == 1 and text == text.strip()
)
values = st.lists(secrets, min_size=3, max_size=6, unique=True)


def holders(secret: str) -> Iterable[Exchange]:
    """Put a secret wherever one can be."""
    plain = secret.encode()
    yield exchange(Endpoint.EVENTS, request_headers=(("Authorization", f"Bearer {secret}"), ("x-any", f"<{secret}>")))
    yield exchange(Endpoint.EVENTS, request_headers=(("ccmessaging-token", secret), ("cookie", f"a={quote(secret)}")))
    yield exchange(f"{Endpoint.EVENTS.path}?t={quote(secret, safe='')}&u={quote(secret)}")
    yield exchange(f"/{quote(secret, safe='')}", request_body=b"\xff" + plain, response_body={"any": [secret]})
    yield exchange("/", request_body=f"x={quote(secret)}".encode(), script={"problem": f"got {secret}"})
    if not set(secret) & set('"\\'):  # what is escaped twice is not sought
        yield exchange("/", response_body=json.dumps({"e": json.dumps({"e": secret}, ensure_ascii=False)}).encode())


def forms(stored: bytes) -> Iterable[str]:
    """Read an export in every way in which a curious person could."""
    trace = Trace.from_json(stored)
    for found in trace.exchanges:
        texts = [found.target, *(value for _, value in found.request_headers), *map(str, found.script.values())]
        texts += [body.decode("utf-8", "replace") for body in (found.request_body, found.response_body)]
        for text in texts:
            yield from (text, unquote(text))
            if text.startswith("{"):
                yield str(next(iter(json.loads(text).values())))
    yield stored.decode()
    for part in json.loads(stored)["exchanges"]:
        for body in (part["request_body"], part["response_body"]):
            if isinstance(body, dict):
                yield base64.b64decode(body["base64"]).decode("utf-8", "replace")


@pytest.mark.uncovered
@given(values)
def test_no_secret_survives_anywhere(found: list[str]) -> None:
    assume(all(a not in b for a in found for b in found if a is not b))
    exchanges = [*login(*found[:3]), *(holder for secret in found[:3] for holder in holders(secret))]
    stored = mask(Trace(exchanges=tuple(exchanges))).to_json()
    for text in forms(stored):
        for secret in found[:3]:
            assert secret not in text


tokens = st.sampled_from(
    ["aaaaaaaaaa", "aaaaaaaaaab", "b%2Bb%3Dbbbb", "b+b=bbbb", "short", "undefined", "", "Bearer", "<access-token 1>"]
)
headers = st.one_of(
    st.tuples(
        st.sampled_from(["Authorization", "ccmessaging-token", "x-app-secret", "x-any"]),
        st.builds(str.__add__, st.sampled_from(["", "Bearer ", "Bearer  ", "bearer ", "Bearer", " "]), tokens),
    ),
    st.tuples(st.just("cookie"), st.builds(str.__add__, st.sampled_from(["", "a="]), tokens)),
)
traces = st.lists(
    st.one_of(
        headers.map(lambda header: [exchange(Endpoint.EVENTS, request_headers=(header,))]),
        st.builds(login, tokens, tokens, tokens),
        tokens.map(lambda token: [exchange("/?token=" + quote(token), request_body={"token": token, "x": [token]})]),
    ),
    max_size=8,
).map(lambda parts: Trace(exchanges=tuple(part for some in parts for part in some)))


@pytest.mark.uncovered
@given(traces, st.booleans())
def test_masking_twice_changes_nothing(trace: Trace, personal: bool) -> None:  # noqa: FBT001
    once = mask(trace, personal=personal)
    assert mask(once, personal=personal) == once


def facts(trace: Trace) -> list[object]:
    """List the values that rules compare: of headers (without the scheme), parameters, members."""
    listed: list[object] = []
    for found in trace.exchanges:
        headers = [value for name, value in found.request_headers if name != "cookie"]
        listed += headers
        listed += (value.removeprefix("Bearer ") for value in headers)
        listed += (value for _, value in parse_qsl(found.target.partition("?")[2], keep_blank_values=True))
        for body in (found.request_body, found.response_body):
            listed += json.loads(body).values() if body else ()
    return [json.dumps(value) for value in listed]


@pytest.mark.uncovered
@given(traces)
def test_equal_stays_equal_and_different_stays_different(trace: Trace) -> None:
    before, after = facts(trace), facts(mask(trace))
    assert len(before) == len(after)
    assert len(set(zip(before, after, strict=True))) == len(set(before)) == len(set(after))


@pytest.mark.uncovered
@given(traces)
def test_the_form_stays(trace: Trace) -> None:
    for before, after in zip(trace.exchanges, mask(trace).exchanges, strict=True):
        for (name, value), (new_name, new) in zip(before.request_headers, after.request_headers, strict=True):
            assert name == new_name
            assert bool(value) == bool(new)
            assert value.startswith("Bearer ") == new.startswith("Bearer ")
            assert len(value) - len(value.lstrip()) == len(new) - len(new.lstrip())


@pytest.mark.parametrize("secret", ["mock-app-secret", "s3", "Basic abc"])
def test_facts_of_the_launch_get_the_labels_of_what_requests_hold(secret: str) -> None:
    facts = {"app_key": "mock-app-key", "app_secret": secret, "user_id": "al", "channel_id": "chan"}
    trace = mask(Trace(exchanges=tuple(login(secret=secret)), facts=facts))

    assert trace.facts == facts | {"app_secret": "<app-secret 1>"}
    assert json.loads(trace.exchanges[0].request_body)["app_secret"] == "<app-secret 1>"


def test_the_user_of_the_launch_is_personal_and_the_channel_is_not() -> None:
    facts = {"user_id": "al", "channel_id": "chan"}
    sent = exchange(Endpoint.SEND, request_body={"from": "al", "to": "chan"})
    trace = mask(Trace(exchanges=(sent,), facts=facts), personal=True)

    assert trace.facts == {"user_id": "<user 1>", "channel_id": "chan"}
    assert json.loads(trace.exchanges[0].request_body) == {"from": "<user 1>", "to": "chan"}
