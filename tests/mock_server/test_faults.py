"""Faults as plain data: what is written for an answer, in which pieces, with which end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from cec_client.protocol import Endpoint
from hypothesis import assume, given
from hypothesis import strategies as st
from mock_cec.faults import Cut, Head, Wait, Write, acts, faulty, page, split, twice, unquoted, without_socket
from mock_cec.replies import Reply, encode
from mock_cec.scenario.fault_rules import faults
from mock_cec.scenario.loading import load
from mock_cec.scenario.model import Scenario, ScriptedAnswer
from mock_cec.scenario.plan import plan

if TYPE_CHECKING:
    from mock_cec.scenario.plan import Step

BODY = b'{"resultCode":"0","resultDesc":"ok","content":{"domain":"d","causeId":-1}}'
CLOSE, RESET = Cut(reset=False), Cut(reset=True)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
objects = st.dictionaries(st.text(min_size=1), json_values, min_size=1, max_size=4)


def step(answer: str) -> Step:
    scenario = load(f"title: x\nanswers: {{getClickToCallEvents: {{1: {answer}}}}}", "f")
    return next(iter(plan(scenario).answers.values()))[0]


def made(answer: str, reply: Reply = Reply(200, BODY)) -> Reply:  # noqa: B008  (frozen)
    return faulty(reply, step(answer))


@pytest.mark.parametrize(
    ("ends", "cut", "pieces", "expected"),
    [
        (None, None, 1, (Head(), Write(b"abcd", last=True))),
        (None, None, 2, (Head(), Write(b"ab", last=False), Wait(1.5), Write(b"cd", last=True))),
        ("before the answer", RESET, 1, (RESET,)),
        ("after the head", CLOSE, 3, (Head(), CLOSE)),
        ("within the body", CLOSE, 1, (Head(), Write(b"ab", last=False), CLOSE)),
        ("within the body", RESET, 9, (Head(), Write(b"a", last=False), Wait(1.5), Write(b"b", last=False), RESET)),
        ("after the answer", RESET, 1, (Head(), Write(b"abcd", last=True), RESET)),
    ],
)
def test_what_is_written_and_when(ends: str | None, cut: Cut | None, pieces: int, expected: Any) -> None:
    assert acts(b"abcd", pieces=pieces, pause=1.5, ends=ends, cut=cut) == expected


@given(
    st.binary(max_size=50),
    st.integers(1, 60),
    st.sampled_from([None, "before the answer", "after the head", "within the body", "after the answer"]),
    st.booleans(),
)
def test_the_acts_are_in_order_and_no_byte_is_lost_or_made_up(
    body: bytes,
    pieces: int,
    ends: str | None,
    reset: bool,  # noqa: FBT001
) -> None:
    cut = Cut(reset=reset) if ends else None
    planned = acts(body, pieces=pieces, pause=1.0, ends=ends, cut=cut)
    written = b"".join(act.data for act in planned if isinstance(act, Write))
    share = {"before the answer": 0, "after the head": 0, "within the body": len(body) // 2}.get(ends or "", len(body))
    assert written == body[:share]
    assert [act for act in planned if isinstance(act, Cut)] == ([cut] if cut else [])
    assert cut is None or planned[-1] == cut
    heads = [number for number, act in enumerate(planned) if isinstance(act, Head)]
    assert heads == ([] if ends == "before the answer" else [0])
    whole = [act.last for act in planned if isinstance(act, Write)]
    assert whole.count(True) == (ends in {None, "after the answer"})
    waits = [act for act in planned if isinstance(act, Wait)]
    assert len(waits) == max(0, len(whole) - 1)


@given(st.binary(max_size=50), st.integers(1, 60))
def test_pieces_are_about_the_same_and_none_is_empty(data: bytes, pieces: int) -> None:
    parts = split(data, pieces)
    assert b"".join(parts) == data
    assert len(parts) == max(1, min(pieces, len(data)))
    lengths = [len(part) for part in parts]
    assert max(lengths) - min(lengths) <= 1


@given(objects, st.sampled_from(["not json", "cut short"]))
def test_what_is_to_be_no_json_is_none_whatever_it_was(members: dict[str, Any], form: str) -> None:
    body = json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    spoiled = unquoted(body) if form == "not json" else made("{body: cut short}", Reply(200, body)).body
    with pytest.raises(ValueError, match=r".*"):
        json.loads(spoiled)


@given(objects)
def test_of_members_that_stand_twice_the_last_is_the_real_one(members: dict[str, Any]) -> None:
    body = twice(members)
    text = body.decode()
    pairs: list[tuple[str, Any]] = json.loads(text, object_pairs_hook=lambda found: found)
    assert [name for name, _ in pairs] == [name for name in members for _ in range(2)]
    assert all(value is None for _, value in pairs[::2])
    assert json.loads(text) == members


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("{set: {resultCode: 0}}", {"resultCode": 0}),
        ("{set: {content: null}}", {"content": None}),
        ("{set: {content.domain: [1, 2.5, true]}}", {"content": {"domain": [1, 2.5, True], "causeId": -1}}),
        ("{set: {resultDesc.a.b: x}}", {"resultDesc": {"a": {"b": "x"}}}),
        ("{add: {x.y: {z: 您好}}}", {"x": {"y": {"z": "您好"}}}),
        ("{remove: [content.domain, content.none, resultDesc.x, none.x]}", {"content": {"causeId": -1}}),
    ],
)
def test_members_are_altered(answer: str, expected: dict[str, Any]) -> None:
    reply = made(answer)
    assert json.loads(reply.body) == json.loads(BODY) | expected
    assert reply.step == "answers.getClickToCallEvents[1]"


def test_members_are_removed() -> None:
    assert json.loads(made("{remove: [content, resultDesc]}").body) == {"resultCode": "0"}


@pytest.mark.parametrize(
    ("answer", "headers"),
    [
        ("{status: 503, body: html}", {b"content-type": b"text/html"}),
        ("{status: 503, body: html, content_type: application/json}", {b"content-type": b"application/json"}),
        ("{status: 503, body: empty, retry_after: 1m30s}", {b"retry-after": b"90"}),
        ("{content_type: none}", {}),
        ("{add: {x: 1}}", {b"content-type": b"application/json"}),
    ],
)
def test_the_head_says_what_the_body_is(answer: str, headers: dict[bytes, bytes]) -> None:
    reply = made(answer, Reply(503, BODY))
    assert reply.delivery is not None
    assert dict(reply.delivery.headers) == headers | {b"content-length": b"%d" % len(reply.body)}


@pytest.mark.parametrize(("status", "title"), [(502, b"502 Bad Gateway"), (200, b"200 OK"), (599, b"599 Error")])
def test_a_gateways_page_has_the_status_for_its_title(status: int, title: bytes) -> None:
    assert b"<title>" + title + b"</title>" in page(status)


@pytest.mark.parametrize("charset", ["gbk", "utf-16", "utf-8 with bom"])
def test_letters_that_a_charset_lacks_do_not_break_it(charset: str) -> None:
    reply = made(f"{{charset: {charset}}}", Reply(200, encode({"resultDesc": "排队☎😀"})))
    python = {"utf-8 with bom": "utf-8-sig"}.get(charset, charset)
    assert "排队" in reply.body.decode(python)


@pytest.mark.parametrize("answer", ["{delay: 1s}", "{status: 503}", "{code: '1'}"])
def test_what_is_no_more_than_another_answer_goes_out_as_usual(answer: str) -> None:
    reply = made(answer)
    assert (reply.body, reply.delivery) == (BODY, None)


@pytest.mark.parametrize(("answer", "needed"), [("{close: after the answer}", True), ("{drip: 1s}", False)])
def test_only_ends_of_connections_need_one(answer: str, needed: bool) -> None:  # noqa: FBT001
    delivery = made(answer).delivery
    assert delivery is not None
    assert delivery.needs_socket == needed


def test_where_there_is_no_connection_a_person_is_told() -> None:
    reply = without_socket(made("{reset: after the head}"))
    assert (reply.status, reply.step) == (501, "answers.getClickToCallEvents[1]")
    assert "reset after the head" in str(reply.problem)
    assert "over real sockets" in reply.body.decode()
    assert without_socket(Reply(200, b"")).status == 501


MOMENTS = ["before the answer", "after the head", "within the body", "after the answer"]
answers = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from([401, 403, 503, 599]),
        "code": st.sampled_from(["0", "1"]),
        "desc": st.text(max_size=5),
        "expire": st.sampled_from(["access", "both"]),
        "retry_after": st.just("2s"),
        "delay": st.just("1s"),
        "body": st.sampled_from(["json", "html", "empty", "not json", "cut short", "members twice"]),
        "set": st.dictionaries(st.sampled_from(["eventId", "content.causeId", "a.b.c"]), json_values, max_size=2),
        "add": st.dictionaries(st.text(min_size=1, max_size=3), json_values, max_size=2),
        "remove": st.lists(st.sampled_from(["content", "resultCode", "content.domain.x"]), max_size=2),
        "content_type": st.sampled_from(["none", "text/plain"]),
        "charset": st.sampled_from(["gbk", "utf-16", "utf-8 with bom"]),
        "drip": st.just("1s"),
        "pieces": st.integers(2, 1000),
        "close": st.sampled_from(MOMENTS),
        "reset": st.sampled_from(MOMENTS),
        "cors": st.just("none"),
        "loses": st.just("event"),
    },
)


@pytest.mark.uncovered
@given(answers)
def test_whatever_the_loader_takes_can_be_made(keys: dict[str, Any]) -> None:
    written = msgspec.convert(keys, ScriptedAnswer)
    assume(not list(faults("getClickToCallEvents", "1", written)))
    made_step = plan(Scenario(title="x", answers={"getClickToCallEvents": {"1": written}})).answers[Endpoint.EVENTS][0]
    reply = faulty(Reply(200, BODY), made_step)
    assert reply.step == "answers.getClickToCallEvents[1]"
    assert (reply.delivery is None) == (not made_step.oddities)
    if reply.delivery is not None:
        assert (b"content-length", b"%d" % len(reply.body)) in reply.delivery.headers
        sent = b"".join(act.data for act in reply.delivery.acts if isinstance(act, Write))
        assert reply.body.startswith(sent)
        assert reply.delivery.needs_socket == ("close" in keys or "reset" in keys)


def test_members_stand_twice_in_an_answer() -> None:
    assert made("{body: members twice, remove: [resultDesc, content]}").body == b'{"resultCode":null,"resultCode":"0"}'
