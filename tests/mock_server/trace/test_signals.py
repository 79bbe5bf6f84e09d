"""Media calls in a trace: drawn beside the exchanges, given to their users, and without their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import Endpoint, Exchange, Signal, SignalKind, Trace
from mock_cec.trace.diagram import draw, plain
from mock_cec.trace.grouping import by_user
from mock_cec.trace.masking import mask
from mock_cec.trace.mermaid import mermaid
from mock_cec.trace.printing import print_diagrams

if TYPE_CHECKING:
    import pytest

NUMBER = "179080387420489"

INVITE = f"""INVITE sip:{NUMBER}@cec.test SIP/2.0
Via: SIP/2.0/WS a.invalid;branch=z9hG4bK1
From: "Alice Li" <sip:AnonymousCard@cec.test>;tag=1
To: <sip:{NUMBER}@cec.test>
Call-ID: 1
CSeq: 1 INVITE
Contact: <sip:lt4b9peb@a.invalid;transport=ws>
Authorization: Bearer a-secret-of-old
X-Token: another-secret
Content-Length: 3

v=0
a=ice-pwd:abcdefghijklmnopqrstuv
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0c2VjcmV0
a=candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host
""".replace("\n", "\r\n")

UNTITLED = "BYE sip:a@b SIP/2.0\r\nFrom: sip:carol@x\r\nm: Bob B <sip:bob@x>\r\n\r\n"


def signal(kind: str, text: str, at: float = 1.0, user: str | None = "alice", **more: str | None) -> Signal:
    known = {"connection": "10.0.0.1:5", "call": NUMBER if user else None} | more
    return Signal(serial=1, at=at, kind=SignalKind(kind), text=text, user=user, **known)


def poll(serial: int, asked: float, answered: float) -> Exchange:
    return Exchange(
        serial=serial,
        method="GET",
        target=Endpoint.EVENTS.path,
        request_complete=asked,
        status=200,
        response_body=b'{"resultCode":"0","resultDesc":"Call disconnected","eventId":168110}',
        answer_begun=answered,
        answer_ended=answered,
    )


SIGNALS = (
    signal("state", "WebSocket opened", 0.9, None),
    signal("received", INVITE),
    signal("sent", "SIP/2.0 488 Not Acceptable Here\r\nCSeq: 1 INVITE\r\n\r\n", 1.1),
    signal("state", "problem: 488: no audio", 1.1),
    signal("received", "hello", 1.2, None),
)

DRAWN = """\
alice  1 exchange  5 signals
  seconds client                           CEC
    0.500 │ getClickToCallEvents ──────────>│
    0.900 │                                 │┊   WebSocket opened
    1.000 │ SIP INVITE 179080387420489 ────>│┊
    1.100 │<── SIP 488 Not Acceptable Here… │┊
          │                                 │┊   problem: 488: no audio
    1.200 │ SIP no SIP: 'hello' ───────────>│┊
          │                                 │┊   held 1.500 s
    2.000 │<────── 168110 Call disconnected │
"""


def test_signals_are_drawn_in_order_of_time_and_make_no_poll_look_overlapped() -> None:
    trace = Trace(exchanges=(poll(1, 0.5, 2.0),), signals=SIGNALS)
    assert plain(draw(trace, "alice")) == DRAWN


def test_one_signal_is_one() -> None:
    assert plain(draw(Trace(signals=SIGNALS[:1]), None)).startswith("nobody known  0 exchanges  1 signal\n")


def test_in_mermaid_the_gateway_is_a_participant_of_its_own() -> None:
    drawn = mermaid(Trace(exchanges=(poll(1, 0.5, 2.0),), signals=SIGNALS), "alice")
    assert "    participant gateway\n" in drawn
    assert "    client->>gateway: 1.000: SIP INVITE 179080387420489\n" in drawn
    assert "        gateway->>client: 1.100: SIP 488 Not Acceptable Here to INVITE\n" in drawn
    assert "    Note right of gateway: 1.100: problem: 488: no audio\n" in drawn
    assert "gateway" not in mermaid(Trace(exchanges=(poll(1, 0.5, 2.0),)), "alice")


def test_what_is_nobodys_on_a_websocket_is_of_the_one_user_whose_calls_it_carried() -> None:
    assert set(by_user(Trace(signals=SIGNALS))) == {"alice"}
    two = (*SIGNALS, signal("state", "x", user="bob"))
    assert {user: len(part.signals) for user, part in by_user(Trace(signals=two)).items()} == {
        None: 2,
        "alice": 3,
        "bob": 1,
    }
    elsewhere = signal("state", "x", user=None, connection=None)
    assert set(by_user(Trace(signals=(*SIGNALS, elsewhere)))) == {"alice", None}
    assert set(by_user(Trace(signals=(signal("state", "x", connection=None),)))) == {"alice"}


def test_a_trace_of_signals_alone_is_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    print_diagrams(Trace(signals=SIGNALS))
    assert "WebSocket opened" in capsys.readouterr().out


def test_secrets_of_a_message_are_masked_and_its_form_stays() -> None:
    masked = mask(Trace(signals=(signal("received", INVITE),))).signals[0]
    for secret in ("a-secret-of-old", "another-secret", "abcdefghijklmnopqrstuv", "c2VjcmV0c2VjcmV0"):
        assert secret in INVITE
        assert secret not in masked.text
    assert "Authorization: Bearer <access-token 1>\r\nX-Token: <secret 1>\r\n" in masked.text
    assert masked.text.count("\r\n") == INVITE.count("\r\n")
    assert (masked.user, masked.call, masked.connection) == ("alice", NUMBER, "10.0.0.1:5")
    assert "AnonymousCard" in masked.text


def test_a_token_keeps_its_label_in_a_message() -> None:
    issued = Exchange(
        serial=1,
        method="POST",
        target=Endpoint.TOKEN.path,
        response_body=b'{"AccessToken":"0123456789abcdef"}',
    )
    sent = signal("received", "INVITE sip:1@x SIP/2.0\r\nX-Note: 0123456789abcdef\r\n\r\n")
    masked = mask(Trace(exchanges=(issued,), signals=(sent,)))
    assert b"<access-token 1>" in masked.exchanges[0].response_body
    assert "X-Note: <access-token 1>\r\n" in masked.signals[0].text


def test_people_are_masked_on_request_and_the_number_dialled_is_none() -> None:
    trace = Trace(signals=(signal("received", INVITE), signal("received", UNTITLED, user=None, connection=None)))
    first, second = mask(trace, personal=True).signals
    assert (first.user, first.connection, first.call) == ("<user 1>", "<connection 2>", NUMBER)
    assert 'From: "<name 1>" <sip:<phone 1>@cec.test>' in first.text
    assert f"INVITE sip:{NUMBER}@" in first.text
    assert "192.0.2.7" not in first.text
    assert (second.user, second.connection) == (None, None)
    assert "carol" not in second.text
    assert "m: <name 2> <sip:<phone " in second.text
    assert "Bearer <access-token 1>" in first.text
    assert mask(Trace(signals=(first, second)), personal=True).signals == (first, second)


def test_what_lies_within_another_is_masked_with_it() -> None:
    odd = signal("received", "INVITE sip:1@x SIP/2.0\r\nFrom: a?token=Bob <sip:bob@x>\r\n\r\n")
    assert "From: <name 1> <sip:<phone 1>@x>" in mask(Trace(signals=(odd,)), personal=True).signals[0].text
