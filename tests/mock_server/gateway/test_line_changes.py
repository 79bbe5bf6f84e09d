"""What happens within a call: new offers, refreshes, keys, questions (RFC 3261 §14, RFC 3311, RFC 6086, §11)."""

from __future__ import annotations

import pytest
from mock_cec.gateway.deeds import By, Confirmed, Digit, Ended, Offered, Send

from tests.mock_server.gateway.phone import ANSWER, HELD, INVITES, SIPJS, Phone, others, says, statuses, written

RELAY = "application/dtmf-relay"


@pytest.mark.parametrize("library", INVITES)
@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_a_new_offer_is_offered_and_answered(library: str, method: str) -> None:
    phone = Phone(INVITES[library])
    call = phone.connected()
    deeds = phone.asks(method, HELD)
    assert statuses(deeds) == ([100] if method == "INVITE" else [])
    assert others(deeds) == [Offered(call, HELD)]
    (answer,) = phone.line.accept(call, ANSWER, 101.0)
    assert says(answer).status == 200
    assert says(answer).body == ANSWER
    assert says(answer)["Contact"] == "<sip:179080387420489@127.0.0.1:8360;transport=ws>"
    assert says(answer)["CSeq"].endswith(method)
    phone.asks("ACK")
    assert phone.line.wake_at() is None


def test_the_200_to_a_new_offer_is_repeated_and_given_up_as_well() -> None:
    phone = Phone()
    call = phone.connected()
    phone.asks("INVITE", HELD)
    (answer,) = phone.line.accept(call, ANSWER, 101.0)
    assert phone.tick(101.5) == [answer]
    assert statuses(phone.asks("UPDATE", HELD)) == [491]
    bye, ended = phone.tick(133.0)
    assert says(bye).method == "BYE"
    assert ended == Ended(call, By.SILENCE, "no ACK came to the answer")


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_a_refused_offer_leaves_the_call_as_it_was(method: str) -> None:
    phone = Phone()
    call = phone.connected()
    phone.asks(method, HELD)
    (refused,) = phone.line.refuse(call, 488, 101.0, why="ICE restart")
    assert says(refused).status == 488
    assert others(phone.asks("UPDATE", HELD)) == [Offered(call, HELD)]


@pytest.mark.parametrize("first", ["INVITE", "UPDATE"])
@pytest.mark.parametrize("second", ["INVITE", "UPDATE"])
def test_an_offer_while_another_is_open_is_491(first: str, second: str) -> None:
    phone = Phone()
    call = phone.connected()
    phone.asks(first, HELD)
    deeds = phone.asks(second, HELD)
    assert statuses(deeds) == [491]
    assert others(deeds) == []
    assert statuses(phone.line.accept(call, ANSWER, 101.0)) == [200]


@pytest.mark.parametrize("stage", ["ringing", "answered"])
def test_an_offer_before_the_first_is_settled_is_491(stage: str) -> None:
    phone = Phone()
    if stage == "ringing":
        (ringing,) = phone.line.ring(phone.dialled(), 100.0)
        phone.tag = says(ringing)["To"].partition("tag=")[2]
    else:
        phone.accepted()
    assert statuses(phone.asks("UPDATE", HELD)) == [491]


def test_a_re_invite_without_an_offer_is_488_and_the_call_goes_on() -> None:
    phone = Phone()
    call = phone.connected()
    (answer,) = phone.asks("INVITE")
    assert says(answer).status == 488
    assert "has to bring an offer" in says(answer)["Warning"]
    assert others(phone.asks("UPDATE", HELD)) == [Offered(call, HELD)]


def test_a_cancelled_offer_is_487_and_its_decision_is_not_sent() -> None:
    phone = Phone()
    call = phone.connected()
    reinvite = phone.request("INVITE", HELD)
    phone.send(reinvite)
    cancel = written("\n".join(reinvite.partition("\r\n\r\n")[0].replace("INVITE", "CANCEL").split("\r\n")))
    assert statuses(phone.send(cancel)) == [200, 487]
    assert statuses(phone.asks("INVITE", HELD)) == [491]
    assert phone.line.accept(call, ANSWER, 101.0) == []
    assert others(phone.asks("INVITE", HELD)) == [Offered(call, HELD)]


def test_a_bye_answers_what_is_still_open() -> None:
    phone = Phone()
    call = phone.connected()
    phone.asks("INVITE", HELD)
    deeds = phone.asks("BYE")
    assert statuses(deeds) == [200, 487]
    assert others(deeds) == [Ended(call, By.CALLER)]
    assert phone.line.accept(call, ANSWER, 101.0) == []


def test_hanging_up_answers_what_is_still_open() -> None:
    phone = Phone()
    call = phone.connected()
    phone.asks("UPDATE", HELD)
    terminated, bye, ended = phone.line.hang_up(call, 101.0)
    assert says(terminated).status == 487
    assert says(bye).method == "BYE"
    assert ended == Ended(call, By.GATEWAY)


def test_decisions_over_nothing_change_nothing() -> None:
    phone = Phone()
    call = phone.connected()
    assert phone.line.accept(call, ANSWER, 101.0) == phone.line.refuse(call, 488, 101.0) == []
    assert phone.line.ring(call, 101.0) == []


def test_a_refresh_after_45_seconds_is_answered_with_a_contact() -> None:
    phone = Phone()
    phone.connected()
    phone.now = 145.0
    (answer,) = phone.asks("UPDATE", Session_Expires="90;refresher=uac", Supported="timer,ice,replaces,outbound")
    assert says(answer).status == 200
    assert says(answer)["Contact"] == "<sip:179080387420489@127.0.0.1:8360;transport=ws>"
    assert not says(answer).all("Session-Expires")
    assert not says(answer).body


@pytest.mark.parametrize(
    ("method", "body"), [("UPDATE", ""), ("UPDATE", HELD), ("INVITE", HELD)], ids=["refresh", "update", "re-invite"]
)
def test_requests_follow_the_caller_to_a_new_contact(method: str, body: str) -> None:
    phone = Phone()
    call = phone.connected()
    phone.asks(method, body, Contact="<sip:new@moved.invalid;transport=ws>")
    phone.line.accept(call, ANSWER, 101.0)
    deeds = phone.line.hang_up(call, 101.0)
    assert says(deeds[0]).start == "BYE sip:new@moved.invalid;transport=ws SIP/2.0"


def test_without_a_contact_they_go_where_they_went() -> None:
    phone = Phone()
    call = phone.connected()
    assert statuses(phone.asks("UPDATE", Contact=None)) == [200]
    bye, _ = phone.line.hang_up(call, 101.0)
    assert says(bye).start.startswith("BYE sip:lt4b9peb@")


@pytest.mark.parametrize(("method", "body"), [("UPDATE", ""), ("UPDATE", HELD), ("INVITE", HELD)])
def test_a_contact_that_is_none_is_400(method: str, body: str) -> None:
    phone = Phone()
    phone.connected()
    assert statuses(phone.asks(method, body, Contact="*")) == [400]


@pytest.mark.parametrize(
    "body", ["Signal=5\r\nDuration=160", "Signal= 5\r\nDuration= 160\r\n", "signal=5\nduration=160"]
)
def test_a_key_is_told(body: str) -> None:
    phone = Phone()
    call = phone.connected()
    deeds = phone.asks("INFO", body, Content_Type=RELAY)
    assert statuses(deeds) == [200]
    assert others(deeds) == [Digit(call, "5", 160)]


@pytest.mark.parametrize(("body", "signal"), [("#", "#"), (" b\r\n", "B"), ("Signal=*", "*")])
def test_a_key_alone_is_told_with_the_usual_length(body: str, signal: str) -> None:
    phone = Phone(SIPJS)
    call = phone.connected()
    assert others(phone.asks("INFO", body, Content_Type="application/dtmf;x=y")) == [Digit(call, signal, 100)]


@pytest.mark.parametrize("body", ["Signal=55", "Duration=5", "语", "Signal="])
def test_a_key_that_is_none_is_400(body: str) -> None:
    phone = Phone()
    phone.connected()
    deeds = phone.asks("INFO", body, Content_Type=RELAY)
    assert statuses(deeds) == [400]
    assert others(deeds) == []


def test_info_of_another_type_is_415_and_says_which() -> None:
    phone = Phone()
    phone.connected()
    (answer,) = phone.asks("INFO", "<xml/>", Content_Type="application/media_control+xml")
    assert says(answer).status == 415
    assert says(answer)["Accept"] == "application/dtmf-relay, application/dtmf"


def test_info_without_a_body_is_200() -> None:
    phone = Phone()
    phone.connected()
    assert statuses(phone.asks("INFO")) == [200]


def test_an_info_package_is_469() -> None:
    phone = Phone()
    phone.connected()
    (answer,) = phone.asks("INFO", Info_Package="nothing-known")
    assert says(answer).start == "SIP/2.0 469 Bad Info Package"
    assert says(answer).all("Recv-Info") == [""]


def test_a_key_is_sent_to_the_caller() -> None:
    phone = Phone()
    call = phone.connected()
    (info,) = phone.line.digit(call, "5", 160, 101.0)
    said = says(info)
    assert said.start == "INFO sip:lt4b9peb@q3k1fdu2k0me.invalid;transport=ws;ob SIP/2.0"
    assert said["Content-Type"] == RELAY
    assert said.body == "Signal=5\r\nDuration=160\r\n"
    (second,) = phone.line.digit(call, "6", 160, 101.0)
    assert says(second)["CSeq"] == "2 INFO"
    bye, _ = phone.line.hang_up(call, 101.0)
    assert says(bye)["CSeq"] == "3 BYE"


def test_no_key_is_sent_before_the_ack() -> None:
    phone = Phone()
    assert phone.line.digit(phone.accepted(), "5", 160, 101.0) == []


def answer_to(info: Send, status: int, method: str = "INFO") -> str:
    return written(f"SIP/2.0 {status} Words\nVia: {says(info)['Via']}\nCSeq: 1 {method}")


@pytest.mark.parametrize("status", [200, 405, 415])
def test_whatever_is_answered_to_a_key_the_call_goes_on(status: int) -> None:
    phone = Phone()
    (info,) = phone.line.digit(phone.connected(), "5", 160, 101.0)
    assert isinstance(info, Send)
    assert phone.send(answer_to(info, 100)) == []
    assert phone.send(answer_to(info, status, "BYE")) == []
    assert phone.line.wake_at() == 133.0
    assert phone.send(answer_to(info, status)) == []
    assert phone.send(answer_to(info, status)) == []
    assert phone.line.wake_at() is None


@pytest.mark.parametrize("status", [408, 481])
def test_a_caller_that_knows_the_call_no_longer_ends_it(status: int) -> None:
    phone = Phone()
    call = phone.connected()
    (info,) = phone.line.digit(call, "5", 160, 101.0)
    assert isinstance(info, Send)
    bye, ended = phone.send(answer_to(info, status))
    assert says(bye).method == "BYE"
    assert ended == Ended(call, By.CALLER, f"{status} to INFO")


def test_a_key_that_is_never_answered_ends_the_call() -> None:
    phone = Phone()
    call = phone.connected()
    phone.line.digit(call, "5", 160, 101.0)
    bye, ended = phone.tick(133.0)
    assert says(bye).method == "BYE"
    assert ended == Ended(call, By.SILENCE, "no answer came to INFO")


def test_after_the_bye_a_key_is_no_longer_waited_for() -> None:
    phone = Phone()
    call = phone.connected()
    phone.line.digit(call, "5", 160, 101.0)
    phone.line.hang_up(call, 120.0)
    assert phone.line.wake_at() == 152.0


def test_options_are_told_within_a_call_and_without_one() -> None:
    phone = Phone()
    before = phone.asks("OPTIONS", Contact=None)
    phone.connected()
    for (answer,) in (before, phone.asks("OPTIONS"), phone.asks("OPTIONS", HELD)):
        assert says(answer).status == 200
        assert says(answer)["Allow"] == "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER"
        assert says(answer)["Accept"].startswith("application/sdp")


def test_the_numbers_of_a_dialog_only_rise() -> None:
    phone = Phone()
    call = phone.connected()
    low = phone.request("INFO", CSeq="1514 INFO")
    (answer,) = phone.send(low)
    assert says(answer).status == 500
    assert phone.send(low) == [answer]
    assert statuses(phone.asks("INFO", CSeq="1515 INFO")) == [500]
    assert statuses(phone.asks("INFO", CSeq="9000 INFO")) == [200]
    assert statuses(phone.asks("BYE", CSeq="8999 BYE")) == [500]
    assert others(phone.asks("BYE", CSeq="9001 BYE")) == [Ended(call, By.CALLER)]


def test_an_update_that_comes_again_while_it_is_open_waits_with_it() -> None:
    phone = Phone()
    call = phone.connected()
    update = phone.request("UPDATE", HELD)
    assert others(phone.send(update)) == [Offered(call, HELD)]
    assert phone.send(update) == []
    answer = phone.line.accept(call, ANSWER, 101.0)
    assert phone.send(update) == answer


def test_a_refresh_while_it_rings_is_answered() -> None:
    phone = Phone()
    call = phone.dialled()
    (ringing,) = phone.line.ring(call, 100.0)
    phone.tag = says(ringing)["To"].partition("tag=")[2]
    assert statuses(phone.asks("UPDATE")) == [200]
    phone.line.accept(call, ANSWER, 100.0)
    assert phone.asks("ACK", CSeq="1515 ACK") == [Confirmed(call)]
