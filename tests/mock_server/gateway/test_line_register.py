"""REGISTER, which clients may send and need not (RFC 3261 §10.3)."""

from __future__ import annotations

import pytest

from tests.mock_server.gateway.phone import Phone, says, written

JSSIP = """
REGISTER sip:127.0.0.1 SIP/2.0
Via: SIP/2.0/WS q3k1fdu2k0me.invalid;branch=z9hG4bK8883176
Max-Forwards: 69
To: <sip:AnonymousCard@127.0.0.1>
From: "Card" <sip:AnonymousCard@127.0.0.1>;tag=0r1k9b16qg
Call-ID: sl4h7hs2cl4fddpbbu9a
CSeq: 1 REGISTER
Expires: 600
Contact: <sip:lt4b9peb@q3k1fdu2k0me.invalid;transport=ws>;+sip.ice;reg-id=1;+sip.instance="<urn:uuid:8a6c>";expires=600
Allow: INVITE,ACK,CANCEL,BYE,UPDATE,MESSAGE,OPTIONS,REFER,INFO,NOTIFY,SUBSCRIBE
Supported: path,gruu,outbound
User-Agent: JsSIP 3.13.8
"""

SIPJS = '<sip:5b4bpl62@cannkildkuul.invalid;transport=ws>;+sip.instance="<urn:uuid:8a6c,1f0e>"'


def contacts(**changes: str | None) -> list[str]:
    (answer,) = Phone().send(written(JSSIP, **changes))
    said = says(answer)
    assert said.status == 200
    assert said["To"] == "<sip:AnonymousCard@127.0.0.1>;tag=fresh1"
    return said.all("Contact")


def test_a_contact_comes_back_letter_by_letter() -> None:
    asked = next(line for line in JSSIP.split("\n") if line.startswith("Contact: "))
    assert contacts() == [asked.removeprefix("Contact: ")]


@pytest.mark.parametrize(
    ("contact", "expires", "answered"),
    [
        (SIPJS, "300", [f"{SIPJS};expires=300"]),
        (SIPJS, None, [f"{SIPJS};expires=3600"]),
        (SIPJS, "0", []),
        (f"{SIPJS};expires=600", None, [f"{SIPJS};expires=600"]),
        (f"{SIPJS};expires=0", "600", []),
        (f"{SIPJS};Expires=60", "600", [f"{SIPJS};Expires=60"]),
        (f"{SIPJS}, <sip:b@c>;expires=5", "60", [f"{SIPJS};expires=60", "<sip:b@c>;expires=5"]),
        ("sip:b@c;expires=", "60", 400),
        ("*", "0", []),
        (None, "600", []),
    ],
)
def test_each_contact_has_its_time(contact: str | None, expires: str | None, answered: list[str] | int) -> None:
    if isinstance(answered, int):
        (answer,) = Phone().send(written(JSSIP, Contact=contact, Expires=expires))
        assert says(answer).status == answered
    else:
        assert contacts(Contact=contact, Expires=expires) == answered


@pytest.mark.parametrize(("contact", "expires"), [("*", "600"), ("*", None), ("*, <sip:a@b>", "0")])
def test_a_star_takes_all_back_and_stands_alone(contact: str, expires: str | None) -> None:
    (answer,) = Phone().send(written(JSSIP, Contact=contact, Expires=expires))
    assert says(answer).status == 400


def test_a_register_that_comes_again_gets_the_same_again() -> None:
    phone = Phone()
    assert phone.send(written(JSSIP)) == phone.send(written(JSSIP))


def test_a_tag_in_to_makes_no_dialog_of_it() -> None:
    (answer,) = Phone().send(written(JSSIP, To="<sip:a@b>;tag=1"))
    assert says(answer).status == 200
    assert says(answer)["To"] == "<sip:a@b>;tag=1"
