"""SIP messages as they are written and read."""

from __future__ import annotations

import contextlib
from itertools import count

import pytest
from cec_client.media import messages
from cec_client.media.addresses import Destination
from cec_client.media.messages import Unreadable, line_to, read
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import Message, Request, Response

THERE = Destination(("wss://gw",), "gw.example", None, "179", "AnonymousCard")
HEADERS = (
    "Via: SIP/2.0/WS a.invalid;branch=z9hG4bK1",
    "From: <sip:a@b.example>;tag=1",
    "To: <sip:c@d.example>",
    "Call-ID: x",
    "CSeq: 1 INVITE",
)


def message(*lines: str, start: str = "SIP/2.0 200 OK", body: str = "") -> str:
    return "\r\n".join([start, *(lines or HEADERS), "", body])


def token() -> str:
    return next(TOKENS)


TOKENS = (f"token{number}" for number in count())


def test_the_names_of_a_line() -> None:
    names = iter(("host", "tag", "id"))
    line = line_to(THERE, "wss://gw/sip", lambda: next(names))
    assert str(line.caller) == "sip:AnonymousCard@gw.example"
    assert str(line.callee) == "sip:179@gw.example"
    assert line.contact == "<sip:AnonymousCard@host.invalid;transport=ws>"
    assert line.via("z9hG4bK1") == "SIP/2.0/WSS host.invalid;branch=z9hG4bK1"
    assert (line.tag, line.call_id) == ("tag", "id")
    assert line_to(THERE, "ws://gw", token).transport == "WS"


def test_a_domain_with_a_port_and_a_user_with_odd_letters() -> None:
    line = line_to(Destination((), "gw.example", 5061, "1 7\r\n9", "a@b"), "ws://gw", token)
    assert str(line.callee) == "sip:1%207%0D%0A9@gw.example:5061"
    assert str(line.caller) == "sip:a%40b@gw.example:5061"


def test_the_length_counts_bytes() -> None:
    written = messages.write("SIP/2.0 200 OK", [("To", "<sip:a@b>")], "您好")
    assert written == "SIP/2.0 200 OK\r\nTo: <sip:a@b>\r\nContent-Length: 6\r\n\r\n您好"


def test_an_answer_copies_letter_by_letter() -> None:
    request = read(
        message(
            "Via: SIP/2.0/WSS gw_1:5061;branch=z9hG4bKx;rport, SIP/2.0/WS second.example;branch=2",
            "Via: SIP/2.0/WS third.example;branch=3",
            'From: "Gate" <sip:g@h.example;x=%41>;tag=A%41',
            "To: <sip:c@d.example>",
            "Call-ID: ünï",
            "CSeq:  7   OPTIONS",
            "Record-Route: <sip:p1;lr>, <sip:p2;lr>",
            start="OPTIONS sip:c@d.invalid SIP/2.0",
        )
    )
    assert isinstance(request, Request)
    answer = messages.reply(request, 200, "mine", [("Allow", "INVITE")])
    for line in (
        "SIP/2.0 200 OK",
        "Via: SIP/2.0/WSS gw_1:5061;branch=z9hG4bKx;rport, SIP/2.0/WS second.example;branch=2",
        "Via: SIP/2.0/WS third.example;branch=3",
        'From: "Gate" <sip:g@h.example;x=%41>;tag=A%41',
        "To: <sip:c@d.example>;tag=mine",
        "Call-ID: ünï",
        "CSeq: 7   OPTIONS",
        "Record-Route: <sip:p1;lr>, <sip:p2;lr>",
        "Allow: INVITE",
        "Content-Length: 0",
    ):
        assert line in answer.split("\r\n")
    assert isinstance(Message.parse(answer.encode()), Response)


def test_a_tag_that_is_there_stays_the_only_one() -> None:
    request = read(
        message(*HEADERS[:2], "To: <sip:c@d.example>;tag=2", *HEADERS[3:], start="BYE sip:c@d.invalid SIP/2.0")
    )
    assert isinstance(request, Request)
    assert "To: <sip:c@d.example>;tag=2\r\n" in messages.reply(request, 200, "mine")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        ("", "too few lines"),
        ("hello\r\n\r\n", "neither request nor response"),
        (b"\xff\xfe\r\n\r\n", "decode"),
        (message(*HEADERS[1:]), "a header is missing"),
        (message(*HEADERS[:1], *HEADERS[2:]), "a header is missing"),
        (message(*HEADERS[:4]), "a header is missing"),
        (message(*HEADERS[:4], "CSeq: one INVITE"), "CSeq is not valid"),
        (message(*HEADERS, "Content-Length: 9", body="short"), "its Content-Length is 9, its body has 5 bytes"),
        (message(*HEADERS, "Content-Length: -1"), "its Content-Length is -1"),
        (message(*HEADERS, "Content-Length: many"), "invalid literal"),
        (message(start="BYE nowhere SIP/2.0"), "URI is not valid"),
        (message(start="SIP/2.0 OK 200"), "invalid literal"),
        (message(start="BYE sip:a@b.example;self=1 SIP/2.0"), "self"),
    ],
)
def test_what_is_no_message_is_said(frame: str | bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(frame)


@given(
    st.one_of(
        st.text(),
        st.binary(),
        st.lists(st.sampled_from([*HEADERS, "", "SIP/2.0 200 OK", "x: y", ":"])).map("\r\n".join),
    )
)
def test_whatever_comes_nothing_breaks(frame: str | bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert read(frame).call_id


def test_a_body_ends_where_it_says() -> None:
    assert messages.body_of(read(message(*HEADERS, "Content-Length: 2", body="您好"[:1] + "x"))) != ""
    assert messages.body_of(read(message(*HEADERS, "l: 3", body="您好"))) == "您"
    assert messages.body_of(read(message(body="all"))) == "all"


@pytest.mark.parametrize(
    ("address", "tag"),
    [
        ("<sip:a@b>;tag=1", "1"),
        ("<sip:a@b;tag=no>", ""),
        ('"x;tag=no" <sip:a@b>;q=1 ; TAG = 2;y', "2"),
        ("sip:a@b;tag=3", "3"),
        ("sip:a@b", ""),
    ],
)
def test_tags(address: str, tag: str) -> None:
    assert messages.tag_of(address) == tag


@pytest.mark.parametrize(
    ("address", "uri"),
    [
        ('<sip:a@b;transport=ws>;+sip.instance="<urn:x>"', "sip:a@b;transport=ws"),
        ('"Gate <1>" <sip:a@b>', "sip:a@b"),
        ("sip:a@b;expires=1", "sip:a@b"),
        ("", None),
        ("<>", None),
    ],
)
def test_the_uri_of_a_contact(address: str, uri: str | None) -> None:
    assert messages.uri_in(address) == uri


def test_a_route_is_the_record_backwards() -> None:
    answer = read(message(*HEADERS, 'Record-Route: "a, b" <sip:p1;lr>;x=1, <sip:p2;lr>', "Record-Route: <sip:p3>"))
    assert messages.route_set(answer) == ("<sip:p3>", "<sip:p2;lr>", '"a, b" <sip:p1;lr>;x=1')
    assert messages.route_set(read(message())) == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('Reason: Q.850;cause=16;text="agent \\"Lin\\" hung up"', 'agent "Lin" hung up'),
        ('Warning: 304 gw.example "no codec"', "no codec"),
        ("Reason: SIP;cause=408", ""),
        ("Warning: gibberish", ""),
    ],
)
def test_reasons(line: str, why: str) -> None:
    assert messages.reason_in(read(message(*HEADERS, line))) == why


def test_a_via_without_a_branch_is_of_no_transaction() -> None:
    assert messages.branch_of(read(message("Via: SIP/2.0/WS a.invalid", *HEADERS[1:]))) == ""
