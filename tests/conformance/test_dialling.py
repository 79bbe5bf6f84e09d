"""What a client dialled, read from SIP messages: as libraries write them, as nobody should, and behind a mask."""

from __future__ import annotations

import pytest
from cec_client.protocol import Signal, SignalKind, Trace
from cec_conformance.dialling import Dialled, as_sent, dialled
from hypothesis import given
from hypothesis import strategies as st

INVITE = (
    "INVITE sip:1790@gw.example SIP/2.0\r\nFrom: <sip:Card@gw.example>;tag=1\r\nTo: <sip:1790@gw.example>\r\n"
    "Call-ID: a\r\n\r\nv=0\r\n"
)


def signals(*texts: str, kind: str = "received") -> Trace:
    told = (
        Signal(serial=number, at=float(number), kind=SignalKind(kind), text=text)
        for number, text in enumerate(texts, 1)
    )
    return Trace(signals=tuple(told))


def read(*texts: str) -> list[Dialled]:
    return list(dialled(signals(*texts)))


def one(text: str) -> tuple[str | None, tuple[str, ...], str | None]:
    (found,) = read(text)
    return found.callee, found.domains, found.caller


def test_callee_domain_and_caller_are_read() -> None:
    assert read(INVITE) == [Dialled(1, 1.0, "1790", ("gw.example",), "Card")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\r\n", "\n"),
        ("From: <sip:", 'From: "sip:fake@x" <sip:'),
        ("From: <sip:Card@gw.example>;tag=1", "f: sip:Card@gw.example;tag=1"),
        ("From: <", "from\t :  Some Body  <"),
        ("From: <sip:Card", "From:\r\n <sip:C%61rd"),
        ("sip:1790@gw.example SIP", "sips:1790:secret@GW.example:5061;transport=ws?a=b SIP"),
        ("To: <sip:1790@gw.example>", "t: <sip:1790@gw.example>"),
        ("Call-ID: a\r\n", ""),
        ("\r\n\r\nv=0\r\n", ""),
        ("From:", "X: 1\r\nno header\r\nFrom:"),
    ],
)
def test_it_is_read_however_it_is_written(old: str, new: str) -> None:
    assert one(INVITE.replace(old, new)) == ("1790", ("gw.example",), "Card")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("sip:1790@gw.example SIP", "sip:gw.example SIP", ("", ("gw.example",), "Card")),
        ("sip:1790@gw.example SIP", "tel:1790 SIP", (None, ("gw.example",), "Card")),
        ("sip:1790@gw.example SIP", "sip:1790@[::1]:8360 SIP", ("1790", ("[::1]", "gw.example"), "Card")),
        ("To: <sip:1790@gw.example>", "To: <sip:1790@other>", ("1790", ("gw.example", "other"), "Card")),
        ("From: <sip:Card@gw.example>", "From: <tel:1>", ("1790", ("gw.example",), None)),
        ("From: <sip:Card@gw.example>;tag=1\r\n", "", ("1790", ("gw.example",), None)),
        ("Card@gw.example", "<phone 12>@gw.example", ("1790", ("gw.example",), "<phone 12>")),
        ("sip:1790@gw.example SIP", "sip:<phone 1>@gw.example SIP", ("<phone 1>", ("gw.example",), "Card")),
        ("Card@gw.example", "anonymous@anonymous.invalid", ("1790", ("gw.example",), None)),
        (
            "From: <sip:Card@gw.example>",
            "P-Asserted-Identity: <sip:me@x>\r\nFrom: <sip:a@Anonymous.Invalid>",
            ("1790", ("gw.example",), "me"),
        ),
    ],
)
def test_what_is_otherwise_is_told_or_left_open(old: str, new: str, expected: object) -> None:
    assert old in INVITE
    assert one(INVITE.replace(old, new)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\r\n\r\n",
        INVITE.replace("INVITE ", "REGISTER "),
        INVITE.replace("INVITE ", "invite "),
        INVITE.replace("SIP/2.0\r\n", "SIP/3.0\r\n"),
        INVITE.replace("1790@gw.example>", "1790@gw.example> ;TAG=2"),
        "SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n",
    ],
)
def test_what_begins_no_call_is_left_out(text: str) -> None:
    assert read(text) == []


def test_a_dialog_begins_once() -> None:
    assert [call.serial for call in read(INVITE, INVITE, INVITE.replace("Call-ID: a", "i: b"))] == [1, 3]


def test_messages_of_the_gateway_are_no_calls() -> None:
    assert list(dialled(signals(INVITE, kind="sent"))) == []


def test_the_lines_that_matter_are_shown_as_they_were_sent() -> None:
    assert as_sent(signals(INVITE), 1) == (
        "INVITE sip:1790@gw.example SIP/2.0",
        "From: <sip:Card@gw.example>;tag=1",
        "To: <sip:1790@gw.example>",
    )
    assert as_sent(signals(INVITE), 7) == ()


@given(st.text(), st.text(), st.text())
def test_whatever_is_sent_can_be_read(uri: str, headers: str, address: str) -> None:
    read(uri, f"INVITE {uri} SIP/2.0\r\nFrom: {address}\r\n{headers}", f"INVITE sip:{uri} SIP/2.0\nTo: {address}")
