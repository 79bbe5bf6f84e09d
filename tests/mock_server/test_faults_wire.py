"""Faults over real sockets: a client with a bare socket sees exactly the fault, and the trace says what went out."""

from __future__ import annotations

import json
import ssl
from contextlib import closing
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cec_client.protocol import BY_NAME, Endpoint
from mock_cec.tls import made_context

from tests.mock_server.conftest import GOOD_BODIES
from tests.mock_server.wire import Wire, complete

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Emulator

    Start = Callable[..., Emulator]
    Tls = tuple[ssl.SSLContext, ssl.SSLContext]

NOTHING = {"resultCode": "0", "resultDesc": "ClickToCall polled without any events"}
QUEUED = {"resultCode": "0", "resultDesc": "Call in queue", "eventId": 168102}
CONNECTED = 168101


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """Make a certificate, and somebody who trusts it."""
    serving, file = made_context(tmp_path_factory.mktemp("authority"))
    return serving, ssl.create_default_context(cafile=file)


@pytest.fixture(params=["http", "https"])
def wire(
    request: pytest.FixtureRequest, emulator: Start, authority: Tls, caplog: pytest.LogCaptureFixture
) -> Iterator[Callable[[str], Wire]]:
    """Play one scripted answer to the first poll of a call that is queued at once; nobody else complains of it."""
    clients: list[Wire] = []

    def make(answer: str, endpoint: str = "getClickToCallEvents", rest: str = "") -> Wire:
        text = (
            f"title: t\nhold: 20ms\nevents: [{{after: 0s, event: queued}}, {{after: 0s, event: connected}}]\n"
            f"answers: {{{endpoint}: {{1: {answer}}}}}\n{rest}"
        )
        serving, trusting = authority if request.param == "https" else (None, None)
        clients.append(Wire(emulator(text, serving), trusting))
        return clients[-1]

    yield make
    for client in clients:
        client.http.close()
        client.emulator.stop()
    assert [record for record in caplog.records if record.name != "mock_cec" and record.levelname == "ERROR"] == []


def call(client: Wire) -> Wire:
    client.login()
    assert client.ask("createClickToCall")["resultCode"] == "0"
    return client


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 502, 503])
@pytest.mark.parametrize("body", ["json", "html", "empty"])
def test_a_status_comes_with_json_or_a_page_or_nothing(wire: Any, status: int, body: str) -> None:
    client = call(wire(f"{{status: {status}, body: {body}}}"))
    seen = client.see()
    assert (seen.status, seen.end) == (status, "open")
    if body == "json":
        assert json.loads(seen.body)["exceptionInfo"]
    elif body == "html":
        assert seen.header("content-type") == "text/html"
        assert seen.body.startswith(b"<html>")
    else:
        assert (seen.body, seen.header("content-type"), seen.header("content-length")) == (b"", None, "0")
    assert client.exchanges()[0].response_body == seen.body
    assert client.ask("getClickToCallEvents") == QUEUED


def test_a_status_may_say_when_to_come_again(wire: Any) -> None:
    seen = call(wire("{status: 429, retry_after: 2s}")).see()
    assert (seen.status, seen.header("retry-after")) == (429, "2")


ENDS = [("before the answer", False, 0), ("after the head", True, 0), ("within the body", True, 0.5)]


@pytest.mark.parametrize(("moment", "head", "share"), [*ENDS, ("after the answer", True, 1)])
@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_connection_ends(wire: Any, how: str, moment: str, head: bool, share: float) -> None:  # noqa: FBT001
    client = call(wire(f"{{{how}: {moment}}}"))
    seen = client.see(ends=True)
    whole = json.dumps(QUEUED if share == 1 else NOTHING, separators=(",", ":")).encode()
    assert seen.end == {"close": "FIN", "reset": "RST"}[how]
    assert seen.body == whole[: int(len(whole) * share)]
    assert bool(seen.head) == head
    assert seen.header("connection") is None
    if head:
        assert seen.header("content-length") == str(len(whole))
    client.until(lambda: client.exchanges()[0].connection_gone is not None)
    exchange = client.exchanges()[0]
    assert exchange.status == (200 if head else None)
    assert exchange.response_body == seen.body
    assert (exchange.answer_begun is not None, exchange.answer_ended is not None) == (head, share == 1)
    assert exchange.script["fault"] == f"{'closed' if how == 'close' else how} {moment}"
    left = [CONNECTED] if share == 1 else [168102, CONNECTED]
    assert [client.ask("getClickToCallEvents")["eventId"] for _ in left] == left


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("moment", ["before the answer", "after the head", "within the body"])
def test_a_connection_that_was_kept_alive_ends_as_well(wire: Any, how: str, moment: str) -> None:
    client = call(wire(f"{{{how}: {moment}}}"))
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        client.ask("getClickToCallEvents")
    assert client.ask("getClickToCallEvents") == QUEUED


def test_what_httpx_says_of_half_a_body(wire: Any) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        call(wire("{close: within the body}")).ask("getClickToCallEvents")


def test_a_body_drips_and_arrives_whole(wire: Any) -> None:
    client = call(wire("{drip: 20ms, pieces: 3}"))
    parts: list[bytes] = []
    with closing(client.write("getClickToCallEvents")) as connection:
        while not complete(b"".join(parts)):
            parts.append(connection.recv(65536))
    assert len(parts) == 3  # head and first piece leave together
    assert json.loads(b"".join(parts).partition(b"\r\n\r\n")[2]) == QUEUED
    client.until(lambda: client.exchanges()[0].answer_ended is not None)
    exchange = client.exchanges()[0]
    assert exchange.answer_begun is not None
    assert exchange.answer_ended is not None
    assert exchange.answer_ended - exchange.answer_begun >= 0.039


def test_a_client_that_leaves_while_it_drips_is_recorded_with_what_it_got(wire: Any) -> None:
    client = call(wire("{drip: 1h, pieces: 2}"))
    with closing(client.write("getClickToCallEvents")) as connection:
        first = connection.recv(65536).partition(b"\r\n\r\n")[2]
    client.until(lambda: client.exchanges()[0].connection_gone is not None)
    exchange = client.exchanges()[0]
    assert (exchange.status, exchange.response_body, exchange.answer_ended) == (200, first, None)


def test_a_server_that_stops_lets_a_dripping_answer_go_at_once(wire: Any) -> None:
    client = call(wire("{drip: 1h}"))
    with closing(client.write("getClickToCallEvents")) as connection:
        data = connection.recv(65536)
        client.emulator.stop()
        while part := connection.recv(65536):
            data += part
    assert json.loads(data.partition(b"\r\n\r\n")[2]) == QUEUED


@pytest.mark.parametrize(
    ("form", "body"),
    [
        ("not json", b'{resultCode:"0",resultDesc:"ClickToCall polled without any events",}'),
        ("cut short", b'{"resultCode":"0","resultDesc":"Cl'),
    ],
)
def test_a_body_that_no_parser_takes_comes_with_the_right_length(wire: Any, form: str, body: bytes) -> None:
    client = call(wire(f"{{body: {form}}}"))
    seen = client.see()
    assert (seen.status, seen.end) == (200, "open")
    assert seen.header("content-length") == str(len(seen.body))
    assert (seen.body if form == "not json" else seen.body[: len(body)]) == body
    with pytest.raises(json.JSONDecodeError):
        json.loads(seen.body)
    assert client.ask("getClickToCallEvents") == QUEUED


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ("{set: {eventId: '168102'}}", QUEUED | {"eventId": "168102"}),
        ("{add: {traceId: [1, null]}}", QUEUED | {"traceId": [1, None]}),
        ("{remove: [resultDesc]}", {"resultCode": "0", "eventId": 168102}),
        ("{set: {content.causeId: x}, remove: [resultDesc.x, gone.x]}", QUEUED | {"content": {"causeId": "x"}}),
        ("{body: members twice}", QUEUED),
    ],
)
def test_an_altered_answer_is_delivered(wire: Any, answer: str, body: dict[str, Any]) -> None:
    client = call(wire(answer))
    seen = client.see()
    assert (seen.status, seen.header("content-length")) == (200, str(len(seen.body)))
    assert json.loads(seen.body) == body
    exchange = client.exchanges()[0]
    assert exchange.response_body == seen.body
    assert exchange.script["step"] == "events[0] queued"
    assert exchange.script["altered"] == "answers.getClickToCallEvents[1]"
    assert client.ask("getClickToCallEvents")["eventId"] == CONNECTED


def test_members_that_stand_twice_are_null_first(wire: Any) -> None:
    assert call(wire("{body: members twice}")).see().body.startswith(b'{"resultCode":null,"resultCode":"0",')


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("gbk", '{"resultCode":"1","resultDesc":"排队中"}'.encode("gbk")),
        ("utf-16", '{"resultCode":"1","resultDesc":"排队中"}'.encode("utf-16")),
        ("utf-8 with bom", b"\xef\xbb\xbf" + '{"resultCode":"1","resultDesc":"排队中"}'.encode()),
    ],
)
def test_letters_come_in_another_charset_and_no_header_says_so(wire: Any, charset: str, body: bytes) -> None:
    seen = call(wire(f"{{code: '1', desc: 排队中, charset: {charset}}}")).see()
    assert (seen.body, seen.header("content-type")) == (body, "application/json")


@pytest.mark.parametrize(
    ("given", "sent"),
    [("text/plain; charset=GBK", "text/plain; charset=GBK"), ("none", None), ("text/html", "text/html")],
)
def test_the_content_type_is_another(wire: Any, given: str, sent: str | None) -> None:
    seen = call(wire(f"{{content_type: {given}}}")).see()
    assert (seen.header("content-type"), json.loads(seen.body)) == (sent, QUEUED)


def test_a_request_that_is_never_answered_waits_for_its_client_to_leave(wire: Any) -> None:
    client = call(wire("{hang: true}"))
    with closing(client.write("getClickToCallEvents")):
        client.until(lambda: len(client.exchanges()) == 1)
        assert client.exchanges()[0].script == {
            "step": "answers.getClickToCallEvents[1]",
            "fault": "the request is never answered",
        }
    client.until(lambda: client.exchanges()[0].connection_gone is not None)
    assert client.exchanges()[0].status is None
    assert client.ask("getClickToCallEvents") == QUEUED


def test_a_request_that_is_never_answered_is_when_the_server_stops(wire: Any) -> None:
    client = call(wire("{hang: true}"))
    with closing(client.write("getClickToCallEvents")) as connection:
        client.until(lambda: len(client.exchanges()) == 1)
        client.emulator.stop()
        data = connection.recv(65536)
        assert data.startswith(b"HTTP/1.1 503 ")
        assert not connection.recv(1)


@pytest.mark.parametrize(("answer", "granted"), [("{status: 403}", True), ("{status: 403, cors: none}", False)])
def test_one_answer_may_be_kept_from_pages(wire: Any, answer: str, granted: bool) -> None:  # noqa: FBT001
    client = call(wire(answer))
    assert (client.see("getClickToCallEvents", "origin: http://page.test").status) == 403
    grants = [client.exchanges()[0].response_header("access-control-allow-origin") is not None]
    client.see("getClickToCallEvents", "origin: http://page.test")
    grants.append(client.exchanges()[1].response_header("access-control-allow-origin") is not None)
    assert grants == [granted, True]


@pytest.mark.parametrize("answer", ["{status: 502, loses: event}", "{close: within the body, loses: event}"])
def test_an_event_is_lost_with_its_answer(wire: Any, answer: str) -> None:
    client = call(wire(answer))
    client.see()
    assert client.ask("getClickToCallEvents")["eventId"] == CONNECTED
    assert client.exchanges()[0].script["lost"] == "events[0] queued"


def test_half_of_a_lost_event_is_half_of_that_event(wire: Any) -> None:
    seen = call(wire("{close: within the body, loses: event}")).see()
    assert seen.header("content-length") == str(len(json.dumps(QUEUED, separators=(",", ":"))))


@pytest.mark.parametrize("answer", ["{status: 502, loses: answer}", "{reset: before the answer, loses: answer}"])
def test_a_call_is_created_and_nobody_is_told(wire: Any, answer: str) -> None:
    client = wire(answer, "createClickToCall").login()
    client.see("createClickToCall")
    assert client.ask("getClickToCallEvents") == QUEUED
    assert client.ask("createClickToCall")["resultCode"] == "13"


@pytest.mark.parametrize("which", ["access", "ccmessaging", "both"])
def test_tokens_are_dead_from_a_step_on(wire: Any, which: str) -> None:
    client = call(wire(f"{{expire: {which}}}"))
    assert [client.see().status for _ in range(3)] == [403] * 3
    old = dict(client.headers)
    assert client.exchanges()[0].script["step"] == "answers.getClickToCallEvents[1]"
    assert "expire" in str(client.exchanges()[1].script["problem"])
    fresh = dict(client.login().headers)
    client.headers = old | {"ccmessaging-token": fresh["ccmessaging-token"]}
    access_alone_was_dead = client.see().status == 403
    client.headers = old | {"authorization": fresh["authorization"]}
    messaging_alone_was_dead = client.see().status == 403
    assert (access_alone_was_dead, messaging_alone_was_dead) == (which != "ccmessaging", which != "access")
    client.headers = fresh
    assert client.ask("getClickToCallEvents")["eventId"] in {168102, CONNECTED}


def test_a_dead_access_token_gets_no_new_ccmessaging_token(wire: Any) -> None:
    client = call(wire("{expire: both}"))
    assert client.see().status == 403
    assert client.see("applyToken").status == 403


def test_the_tokens_of_other_users_live_on(wire: Any) -> None:
    client = call(wire("{expire: both}"))
    bob = {"authorization": client.headers["authorization"], "x-app-key": "mock-app-key"}
    user = GOOD_BODIES["applyToken"] | {"userId": "bob"}
    token = client.http.post(Endpoint.APPLY_TOKEN.path, json=user, headers=bob).json()["token"]
    assert client.see().status == 403
    poll = Endpoint.CHECK.path + "?channel=WEB"
    assert client.http.get(poll, headers=bob | {"ccmessaging-token": token}).status_code == 200


def test_a_token_endpoint_refuses_and_then_grants(emulator: Start) -> None:
    client = Wire(emulator("title: t\nanswers: {tokenByAkSk: {1-2: {status: 503, body: html}}}\n"))
    assert [client.see("tokenByAkSk").status for _ in range(3)] == [503, 503, 200]
    client.http.close()


@pytest.mark.parametrize(
    "answer",
    ["{status: 403}", "{hang: true}", "{reset: before the answer}", "{delay: 1h}", "{status: 403, cors: none}"],
)
def test_a_preflight_meets_no_fault_and_is_not_counted(wire: Any, answer: str) -> None:
    client = call(wire(answer))
    page = {"origin": "http://page.test", "access-control-request-method": "GET"}
    for _ in range(2):
        asked = client.http.options(Endpoint.EVENTS.path + "?channel=WEB", headers=page)
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "http://page.test")
    assert client.exchanges() == []
    with closing(client.write("getClickToCallEvents")):
        client.until(lambda: len(client.exchanges()) == 1)
        polls = [record for record in client.emulator.tenant.recorder.records if record.path == Endpoint.EVENTS.path]
        client.until(lambda: polls[0].step is not None)


EVERYWHERE = [
    ("{status: 429, body: empty}", 429, "open"),
    ("{body: cut short}", 200, "open"),
    ("{set: {resultCode: 5}, drip: 1ms}", 200, "open"),
    ("{close: within the body}", 200, "FIN"),
    ("{reset: before the answer}", None, "RST"),
]


@pytest.mark.parametrize("name", list(BY_NAME))
@pytest.mark.parametrize(("answer", "status", "end"), EVERYWHERE)
def test_every_endpoint_has_every_family_of_faults(
    emulator: Start, name: str, answer: str, status: int | None, end: str
) -> None:
    number = 2 if name in {"tokenByAkSk", "applyToken"} else 1  # the first is that of the login
    client = Wire(emulator(f"title: t\nhold: 0s\nanswers: {{{name}: {{{number}: {answer}}}}}\n"))
    with closing(client.http):
        client.login()
        seen = client.see(name, ends=end != "open")
        assert (seen.status if seen.head else None, seen.end) == (status, end)
        again = client.see(name)
    assert (again.status, again.end) == (200, "open")
    assert client.exchanges(BY_NAME[name])[number - 1].script["step"] == f"answers.{name}[{number}]"
