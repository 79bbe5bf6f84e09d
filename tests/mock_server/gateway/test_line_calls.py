"""Calls from INVITE to their end (RFC 3261 §13, §15, §9; the flows of RFC 7118 §8 with one hop)."""

from __future__ import annotations

import pytest
from mock_cec.gateway.deeds import By, Confirmed, Dialled, Ended, Send

from tests.mock_server.gateway.phone import ANSWER, INVITES, JSSIP, OFFER, Phone, others, says, statuses, written

CALLEE = "179080387420489"


@pytest.mark.parametrize("library", INVITES)
def test_a_call_of_each_library_comes_up(library: str) -> None:
    phone = Phone(INVITES[library])
    trying, dialled = phone.dial()
    assert says(trying).start == "SIP/2.0 100 Trying"
    assert dialled == Dialled(1, CALLEE, "127.0.0.1", "AnonymousCard", OFFER)
    (ringing,) = phone.line.ring(1, 100.1)
    assert says(ringing).start == "SIP/2.0 180 Ringing"
    (answer,) = phone.line.accept(1, ANSWER, 100.2)
    assert says(answer).start == "SIP/2.0 200 OK"
    assert says(answer).body == ANSWER
    assert says(answer)["Content-Type"] == "application/sdp"
    phone.tag = says(answer)["To"].partition("tag=")[2]
    assert phone.asks("ACK") == [Confirmed(1)]
    assert phone.line.wake_at() is None


@pytest.mark.parametrize("library", INVITES)
def test_answers_repeat_the_request_letter_by_letter(library: str) -> None:
    phone = Phone(INVITES[library])
    asked = dict(line.split(": ", 1) for line in phone.invite.split("\n")[1:])
    deeds = [*phone.dial(), *phone.line.ring(1, 100.0), *phone.line.accept(1, ANSWER, 100.0)]
    said = [says(deed) for deed in deeds if isinstance(deed, Send)]
    for answer in said:
        for name in ("Via", "From", "Call-ID", "CSeq"):
            assert answer.all(name) == [asked[name]]
    assert [answer["To"] for answer in said] == [asked["To"], *2 * [asked["To"] + ";tag=fresh1"]]


def test_a_tag_of_this_side_comes_with_a_contact_that_reaches_it() -> None:
    phone = Phone()
    call = phone.dialled()
    for (deed,) in (phone.line.ring(call, 100.0), phone.line.accept(call, ANSWER, 100.0)):
        assert says(deed)["Contact"] == f"<sip:{CALLEE}@127.0.0.1:8360;transport=ws>"
        assert "UPDATE" in says(deed)["Allow"]


def test_no_session_timer_is_agreed_on() -> None:
    phone = Phone()
    (answer,) = phone.line.accept(phone.dialled(), ANSWER, 100.0)
    assert not says(answer).all("Session-Expires")
    assert not says(answer).all("Require")


def test_escapes_in_user_parts_are_undone() -> None:
    invite = JSSIP.replace(f"sip:{CALLEE}@127.0.0.1 ", "sip:%e5%ae%a2%3A1:secret@cec1:8360;x=y ")
    phone = Phone(invite.replace("AnonymousCard", "a%20b"))
    _, dialled = phone.dial()
    assert dialled == Dialled(1, "客:1", "cec1", "a b", OFFER)


def test_a_request_uri_without_a_user_names_nobody() -> None:
    phone = Phone(JSSIP.replace(f"sip:{CALLEE}@127.0.0.1 ", "sip:[::1]:8360 "))
    _, dialled = phone.dial()
    assert isinstance(dialled, Dialled)
    assert (dialled.callee, dialled.domain) == ("", "[::1]")
    (ringing,) = phone.line.ring(1, 100.0)
    assert says(ringing)["Contact"] == "<sip:127.0.0.1:8360;transport=ws>"


def test_record_routes_timestamp_and_several_vias_come_back() -> None:
    phone = Phone()
    invite = written(JSSIP, OFFER, Timestamp="54.21").replace(
        "Max-Forwards",
        "Via: SIP/2.0/WS second.example;branch=z9hG4bK2\r\nRecord-Route: <sip:a;lr>, <sip:b;lr>\r\nMax-Forwards",
    )
    trying, _ = phone.send(invite)
    assert says(trying)["Timestamp"] == "54.21"
    (answer,) = phone.line.accept(1, ANSWER, 100.0)
    assert says(answer)["Record-Route"] == "<sip:a;lr>, <sip:b;lr>"
    assert says(answer).all("Via")[1] == "SIP/2.0/WS second.example;branch=z9hG4bK2"


@pytest.mark.parametrize(
    ("routes", "goal", "route"),
    [
        ("<sip:p1.example;lr>, <sip:p2.example>", "sip:lt4b9peb@q3k1fdu2k0me.invalid;transport=ws;ob",
         ["<sip:p1.example;lr>", "<sip:p2.example>"]),
        ("<sip:p1.example>,<sip:p2.example;lr>", "sip:p1.example",
         ["<sip:p2.example;lr>", "<sip:lt4b9peb@q3k1fdu2k0me.invalid;transport=ws;ob>"]),
    ],
    ids=["loose", "strict"],
)  # fmt: skip
def test_the_byes_way_is_that_of_the_record_routes(routes: str, goal: str, route: list[str]) -> None:
    phone = Phone(JSSIP.rstrip() + f"\nRecord-Route: {routes}\n")
    bye, _ = phone.line.hang_up(phone.connected(), 200.0)
    assert says(bye).start == f"BYE {goal} SIP/2.0"
    assert says(bye).all("Route") == route


def test_the_caller_hangs_up() -> None:
    phone = Phone()
    call = phone.connected()
    deeds = phone.asks("BYE", Reason='SIP ;cause=408; text="RTP \\"Timeout\\""')
    assert statuses(deeds) == [200]
    assert others(deeds) == [Ended(call, By.CALLER, 'RTP "Timeout"')]
    assert statuses(phone.asks("BYE")) == [481]


def test_a_reason_without_text_is_told_as_it_is() -> None:
    phone = Phone()
    call = phone.connected()
    assert others(phone.asks("BYE", Reason="Q.850;cause=16")) == [Ended(call, By.CALLER, "Q.850;cause=16")]


def test_the_gateway_hangs_up() -> None:
    phone = Phone()
    call = phone.connected()
    bye, ended = phone.line.hang_up(call, 200.0, why='agent "7" hung\r\nup')
    assert ended == Ended(call, By.GATEWAY, 'agent "7" hung up')
    said = says(bye)
    assert said.start == "BYE sip:lt4b9peb@q3k1fdu2k0me.invalid;transport=ws;ob SIP/2.0"
    assert said["Via"] == "SIP/2.0/WS 127.0.0.1:8360;branch=z9hG4bKfresh2"
    assert said["From"] == f"<sip:{CALLEE}@127.0.0.1>;tag=fresh1"
    assert said["To"] == '"Card" <sip:AnonymousCard@127.0.0.1>;tag=sse2oh0p7c'
    assert said["Call-ID"] == "t3mtc5mkgqra3158ihq2"
    assert said["CSeq"] == "1 BYE"
    assert said["Max-Forwards"] == "70"
    assert said["Reason"] == 'Q.850;cause=16;text="agent \\"7\\" hung up"'
    assert phone.send(bye_answer(said["Via"], 200)) == []
    assert phone.line.wake_at() is None


def bye_answer(via: str, status: int, method: str = "BYE") -> str:
    return written(f"SIP/2.0 {status} OK\nVia: {via}\nCSeq: 1 {method}")


def test_a_bye_that_is_not_answered_is_waited_for_no_longer_than_the_book_says() -> None:
    phone = Phone()
    phone.line.hang_up(phone.connected(), 200.0)
    assert phone.line.wake_at() == 232.0
    assert phone.tick(231.0) == []
    assert phone.line.wake_at() == 232.0
    assert phone.tick(232.0) == []
    assert phone.line.wake_at() is None
    assert phone.line.remembered == 0


def test_byes_that_cross_are_both_answered() -> None:
    phone = Phone()
    phone.line.hang_up(phone.connected(), 200.0)
    phone.now = 200.01
    assert statuses(phone.asks("INFO")) == [481]
    deeds = phone.asks("BYE")
    assert statuses(deeds) == [200]
    assert others(deeds) == []
    assert phone.line.wake_at() is None


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, "Not Found"), (480, "Temporarily Unavailable"), (486, "Busy Here"), (488, "Not Acceptable Here"),
     (503, "Service Unavailable"), (603, "Decline"), (302, "Redirection"),
     (499, "Client Error"), (699, "Global Failure")],
)  # fmt: skip
def test_a_refusal_ends_the_call(status: int, words: str) -> None:
    phone = Phone()
    refused, ended = phone.line.refuse(phone.dialled(), status, 101.0, why='no "agent"', retry_after=7)
    said = says(refused)
    assert said.start == f"SIP/2.0 {status} {words}"
    assert said["To"].endswith(";tag=fresh1")
    assert said["Warning"] == '399 127.0.0.1:8360 "no \\"agent\\""'
    assert said["Retry-After"] == "7"
    assert ended == Ended(1, By.GATEWAY, f"{status} {words}")
    phone.tag = "fresh1"
    assert phone.asks("ACK") == []
    assert phone.line.ring(1, 102.0) == phone.line.accept(1, ANSWER, 102.0) == []


@pytest.mark.parametrize("status", [100, 200, 700])
def test_only_a_refusal_refuses(status: int) -> None:
    with pytest.raises(ValueError, match="300 to 699"):
        Phone().line.refuse(1, status, 0.0)


def test_a_plain_refusal_has_no_warning() -> None:
    phone = Phone()
    refused, _ = phone.line.refuse(phone.dialled(), 486, 101.0)
    assert not says(refused).all("Warning")
    assert not says(refused).all("Retry-After")


def test_hanging_up_before_the_answer_is_480() -> None:
    phone = Phone()
    unavailable, ended = phone.line.hang_up(phone.dialled(), 101.0, cause=31)
    assert says(unavailable).status == 480
    assert says(unavailable)["Reason"] == "Q.850;cause=31"
    assert ended == Ended(1, By.GATEWAY)


def test_cancel_before_the_answer() -> None:
    phone = Phone()
    phone.line.ring(phone.dialled(), 100.0)
    deeds = phone.cancel(Reason='SIP ;cause=200 ;text="Call completed elsewhere"')
    ok, terminated, ended = deeds
    assert says(ok).status == 200
    assert says(ok)["CSeq"] == "1515 CANCEL"
    assert says(terminated).status == 487
    assert says(terminated)["CSeq"] == "1515 INVITE"
    assert says(terminated)["Via"] == says(ok)["Via"]
    assert says(terminated)["To"] == says(ok)["To"] == f"<sip:{CALLEE}@127.0.0.1>;tag=fresh1"
    assert ended == Ended(1, By.CANCEL, "Call completed elsewhere")
    assert phone.cancel() == [ok]


def test_cancel_that_crosses_the_200_has_no_effect() -> None:
    phone = Phone()
    call = phone.accepted()
    assert statuses(phone.cancel()) == [200]
    assert phone.asks("ACK") == [Confirmed(call)]


def test_cancel_that_crosses_a_refusal_has_no_effect() -> None:
    phone = Phone()
    phone.line.refuse(phone.dialled(), 486, 100.0)
    deeds = phone.cancel()
    assert statuses(deeds) == [200]
    assert others(deeds) == []


def test_cancel_of_nothing_is_481() -> None:
    assert statuses(Phone().cancel()) == [481]


def test_an_invite_that_comes_again_gets_the_same_again() -> None:
    phone = Phone()
    trying, _ = phone.dial()
    assert phone.dial() == [trying]
    ringing = phone.line.ring(1, 100.0)
    assert phone.dial() == ringing
    answer = phone.line.accept(1, ANSWER, 100.0)
    assert phone.dial() == answer
    refused = Phone()
    first, _ = refused.line.refuse(refused.dialled(), 486, 100.0)
    refused.tag = "fresh1"
    refused.asks("ACK")
    assert refused.dial() == [first]


def test_the_200_is_repeated_until_its_ack() -> None:
    phone = Phone()
    phone.now = 0.0
    call = phone.dialled()
    (answer,) = phone.line.accept(call, ANSWER, 0.0)
    times = []
    for _ in range(5):
        at = phone.line.wake_at()
        assert at is not None
        assert phone.tick(at - 0.01) == []
        assert phone.tick(at) == [answer]
        times.append(at)
    assert times == [0.5, 1.5, 3.5, 7.5, 11.5]
    phone.tag = "fresh1"
    assert phone.asks("ACK") == [Confirmed(call)]
    assert phone.asks("ACK") == []
    assert phone.line.wake_at() is None


def test_an_ack_with_another_number_acknowledges_nothing() -> None:
    phone = Phone()
    phone.accepted()
    assert phone.asks("ACK", CSeq="1514 ACK") == []
    assert phone.line.wake_at() == 100.5


def test_without_an_ack_the_call_is_given_up_after_32_seconds() -> None:
    phone = Phone()
    call = phone.accepted()
    bye, ended = phone.tick(132.0)
    assert says(bye).method == "BYE"
    assert ended == Ended(call, By.SILENCE, "no ACK came to the answer")
    assert phone.asks("ACK") == []


def test_hanging_up_before_the_ack_has_the_bye_wait_for_it() -> None:
    phone = Phone()
    call = phone.accepted()
    assert phone.line.hang_up(call, 100.1) == [Ended(call, By.GATEWAY)]
    assert phone.line.hang_up(call, 100.2) == []
    (bye,) = phone.asks("ACK")
    assert says(bye).method == "BYE"


def test_hanging_up_before_an_ack_that_never_comes() -> None:
    phone = Phone()
    phone.line.hang_up(phone.accepted(), 100.1)
    (again,) = phone.tick(101.0)
    assert says(again).status == 200
    (bye,) = phone.tick(132.0)
    assert says(bye).method == "BYE"
    assert phone.tick(164.0) == []
    assert phone.line.wake_at() is None


def test_a_bye_instead_of_the_ack_ends_the_call() -> None:
    phone = Phone()
    call = phone.accepted()
    deeds = phone.asks("BYE")
    assert statuses(deeds) == [200]
    assert others(deeds) == [Ended(call, By.CALLER)]
    assert phone.asks("ACK") == []
    assert phone.line.wake_at() is None


def test_a_bye_while_it_rings_ends_the_invite_too() -> None:
    phone = Phone()
    (ringing,) = phone.line.ring(phone.dialled(), 100.0)
    phone.tag = says(ringing)["To"].partition("tag=")[2]
    ok, terminated, ended = phone.asks("BYE")
    assert (says(ok).status, says(terminated).status) == (200, 487)
    assert says(terminated)["CSeq"] == "1515 INVITE"
    assert ended == Ended(1, By.CALLER)


def test_an_invite_with_expires_rings_no_longer_than_that() -> None:
    phone = Phone()
    phone.dial(Expires="20")
    assert phone.line.wake_at() == 120.0
    assert phone.tick(119.0) == []
    terminated, ended = phone.tick(120.0)
    assert says(terminated).status == 487
    assert ended == Ended(1, By.CANCEL, "the INVITE has expired")


def test_a_call_that_was_answered_in_time_does_not_expire() -> None:
    phone = Phone()
    phone.dial(Expires="20")
    phone.line.accept(1, ANSWER, 101.0)
    phone.tag = "fresh1"
    phone.asks("ACK")
    assert phone.line.wake_at() is None


def test_a_ringing_call_without_expires_rings_on() -> None:
    phone = Phone()
    phone.dialled()
    assert phone.line.wake_at() is None
    assert phone.tick(1e6) == []


def test_when_the_socket_is_gone_every_live_call_ends_and_nothing_more_is_said() -> None:
    phone = Phone()
    call = phone.connected()
    dial_again = {"Via": "SIP/2.0/WS x.invalid;branch=z9hG4bKagain", "Call_ID": "another"}
    phone.dial(**dial_again)
    assert phone.line.closed(110.0) == [Ended(call, By.SOCKET), Ended(call + 1, By.SOCKET)]
    assert phone.line.closed(110.0) == phone.dial() == phone.tick(200.0) == []
    assert phone.line.accept(call + 1, ANSWER, 110.0) == phone.line.hang_up(call, 110.0) == []
    assert phone.line.refuse(call + 1, 486, 110.0) == phone.line.digit(call, "5", 100, 110.0) == []
    assert phone.line.wake_at() is None


def test_two_calls_of_one_client_do_not_touch_each_other() -> None:
    phone = Phone()
    first = phone.connected()
    _, second = phone.dial(Via="SIP/2.0/WS x.invalid;branch=z9hG4bKagain", Call_ID="another")
    assert isinstance(second, Dialled)
    assert others(phone.line.refuse(second.call, 486, 101.0)) == [Ended(second.call, By.GATEWAY, "486 Busy Here")]
    assert others(phone.asks("BYE")) == [Ended(first, By.CALLER)]
