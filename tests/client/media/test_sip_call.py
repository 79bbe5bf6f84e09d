"""The caller's side of a call, move by move, as RFC 3261 has it."""

from __future__ import annotations

from typing import Any

import pytest
from cec_client.media.sip_call import Phase
from cec_client.media.sip_deeds import Answered, By, Ended, Ending, Offered, Rang

from tests.client.media.fake import header
from tests.client.media.table import ANSWER, HOLD, OFFER, Table, starts

BYE_REASON = 'Reason: Q.850;cause=16;text="agent hung up"'


@pytest.fixture
def table() -> Table:
    return Table()


def ending(table: Table) -> Ending | None:
    last = table.deeds[-1] if table.deeds else None
    return last.ending if isinstance(last, Ended) else None


def test_the_invite(table: Table) -> None:
    invite = table.dial()
    assert invite.startswith("INVITE sip:179@gw.example SIP/2.0\r\n")
    assert header(invite, "Via") == "SIP/2.0/WSS t1.invalid;branch=z9hG4bKt4"
    assert header(invite, "From") == "<sip:AnonymousCard@gw.example>;tag=t2"
    assert header(invite, "To") == "<sip:179@gw.example>"
    assert header(invite, "Call-ID") == "t3"
    assert header(invite, "CSeq") == "1 INVITE"
    assert header(invite, "Contact") == "<sip:AnonymousCard@t1.invalid;transport=ws>"
    assert header(invite, "Max-Forwards") == "70"
    assert header(invite, "Content-Type") == "application/sdp"
    assert header(invite, "Content-Length") == str(len(OFFER))
    assert invite.endswith(f"\r\n\r\n{OFFER}")
    assert table.call.wake_at == 132.0


def test_ringing_is_told_once_for_each_status(table: Table) -> None:
    table.dial()
    table.reply("100 Trying", tag="")
    assert table.deeds == []
    table.reply("180 Ringing")
    table.reply("180 Ringing")
    table.reply("183 Session Progress")
    assert table.deeds == [Rang(180, "Ringing"), Rang(183, "Session Progress")]
    assert table.call.phase is Phase.RINGING
    assert table.call.wake_at == 160.0


def test_the_answer_is_acknowledged_at_the_contact(table: Table) -> None:
    ack = table.up()
    assert ack.startswith("ACK sip:gw@10.0.0.1:5061;transport=ws SIP/2.0\r\n")
    assert header(ack, "To") == "<sip:179@gw.example>;tag=gw"
    assert header(ack, "CSeq") == "1 ACK"
    assert header(ack, "Via") != header(table.invite, "Via")
    assert table.deeds[-1] == Answered(ANSWER)
    assert (table.call.phase, table.call.wake_at) == (Phase.UP, None)


def test_an_answer_without_contact_and_without_ringing(table: Table) -> None:
    table.dial()
    ack = table.reply("200 OK", body=ANSWER)[0]
    assert ack.startswith("ACK sip:179@gw.example SIP/2.0\r\n")


def test_the_route_is_followed(table: Table) -> None:
    table.dial()
    ack = table.reply("200 OK", "Record-Route: <sip:p1;lr>, <sip:p2;lr>", body=ANSWER)[0]
    assert "Route: <sip:p2;lr>\r\nRoute: <sip:p1;lr>\r\n" in ack


def test_an_answer_that_comes_again_is_acknowledged_again(table: Table) -> None:
    ack = table.up()
    assert table.reply("200 OK", body=ANSWER) == [ack]
    assert table.deeds.count(Answered(ANSWER)) == 1


def test_a_second_answerer_is_turned_away(table: Table) -> None:
    ack = table.up()
    other = table.reply("200 OK", "Contact: <sip:other@10.0.0.2>", tag="other", body=ANSWER)
    assert starts(other) == ["ACK", "BYE"]
    assert all(header(message, "To").endswith(";tag=other") for message in other)
    assert other[1].startswith("BYE sip:other@10.0.0.2 ")
    assert table.call.phase is Phase.UP
    assert table.reply("200 OK", body=ANSWER) == [ack]
    table.call.hang_up(table.now)
    assert table.take()[0].startswith("BYE sip:gw@10.0.0.1:5061;transport=ws ")


@pytest.mark.parametrize(
    ("status", "more", "why"),
    [
        ("486 Busy Here", (), "the gateway answered 486 Busy Here"),
        ("480 Temporarily Unavailable", (), "the gateway answered 480 Temporarily Unavailable"),
        ("603 Decline", (BYE_REASON,), "the gateway answered 603 Decline (agent hung up)"),
        ("488 Not Acceptable Here", ('Warning: 304 gw "no codec"',), "488 Not Acceptable Here (no codec)"),
        ("401 Unauthorized", (), "asks for a password, which this client cannot give"),
        ("407 Proxy Authentication Required", (), "asks for a password"),
        ("302 Moved Temporarily", (), "sends the call elsewhere, where this client does not follow"),
    ],
)
@pytest.mark.parametrize("rings", [True, False])
def test_a_refusal_is_acknowledged(table: Table, status: str, more: tuple[str, ...], why: str, *, rings: bool) -> None:
    table.dial()
    if rings:
        table.reply("180 Ringing")
    ack = table.reply(status, *more)[0]
    assert ack.startswith("ACK sip:179@gw.example SIP/2.0\r\n")
    assert header(ack, "Via") == header(table.invite, "Via")
    assert header(ack, "To") == "<sip:179@gw.example>;tag=gw"
    over = ending(table)
    assert over is not None
    assert over.by is By.REFUSAL
    assert over.status == int(status[:3])
    assert why in over.why
    assert table.call.phase is Phase.OVER
    assert table.call.heard


def test_a_refusal_after_the_answer_means_nothing(table: Table) -> None:
    table.up()
    assert table.reply("486 Busy Here") == []
    assert table.call.phase is Phase.UP


def test_no_answer_at_all(table: Table) -> None:
    table.dial()
    table.call.tick(131.9)
    assert table.call.phase is Phase.CALLING
    table.call.tick(132.0)
    table.take()
    assert ending(table) == Ending(By.SILENCE, "no answer to the INVITE within 32 s", 408)
    assert not table.call.heard


def test_ringing_for_ever_is_cancelled(table: Table) -> None:
    table.dial()
    table.reply("180 Ringing")
    table.call.tick(160.0)
    assert starts(table.take()) == ["CANCEL"]
    table.now = 161.0
    table.reply("487 Request Terminated")
    assert ending(table) == Ending(By.SILENCE, "nobody answered within 60 s", 408)


def test_cancelling(table: Table) -> None:
    table.dial()
    table.reply("180 Ringing")
    table.call.hang_up(table.now)
    cancel = table.take()[0]
    assert cancel.startswith("CANCEL sip:179@gw.example SIP/2.0\r\n")
    assert header(cancel, "Via") == header(table.invite, "Via")
    assert header(cancel, "CSeq") == "1 CANCEL"
    assert header(cancel, "To") == "<sip:179@gw.example>"
    assert table.reply("200 OK", to=cancel) == []
    assert table.reply("180 Ringing") == []
    assert starts(table.reply("487 Request Terminated")) == ["ACK"]
    assert ending(table) == Ending(By.CALLER, "you hung up")


def test_cancelling_waits_for_a_sign_of_life(table: Table) -> None:
    table.dial()
    table.call.hang_up(table.now)
    assert table.take() == []
    assert starts(table.reply("100 Trying", tag="")) == ["CANCEL"]
    table.call.tick(table.now + 2.0)
    table.take()
    assert ending(table) == Ending(By.CALLER, "you hung up")


def test_cancelling_is_given_up_after_a_while(table: Table) -> None:
    table.dial()
    table.call.hang_up(table.now)
    table.call.tick(101.9)
    assert ending(table) is None
    table.call.tick(102.0)
    table.take()
    assert ending(table) == Ending(By.CALLER, "you hung up")


def test_a_cancel_that_comes_too_late_becomes_a_bye(table: Table) -> None:
    table.dial()
    table.reply("180 Ringing")
    table.call.hang_up(table.now)
    table.take()
    sent = table.reply("200 OK", body=ANSWER)
    assert starts(sent) == ["ACK", "BYE"]
    table.reply("200 OK", to=sent[1])
    assert ending(table) == Ending(By.CALLER, "you hung up")
    assert not any(isinstance(deed, Answered) for deed in table.deeds)


def test_an_answer_without_sdp_is_of_no_use(table: Table) -> None:
    table.dial()
    sent = table.reply("200 OK")
    assert starts(sent) == ["ACK", "BYE"]
    table.reply("200 OK", to=sent[1])
    over = ending(table)
    assert over is not None
    assert (over.by, over.status) == (By.REFUSAL, 200)
    assert "without SDP" in over.why


def test_hanging_up(table: Table) -> None:
    table.up()
    table.call.hang_up(table.now)
    bye = table.take()[0]
    assert bye.startswith("BYE sip:gw@10.0.0.1:5061;transport=ws SIP/2.0\r\n")
    assert header(bye, "CSeq") == "2 BYE"
    assert header(bye, "Reason") == 'Q.850;cause=16;text="Normal call clearing"'
    table.call.hang_up(table.now)
    assert table.take() == []
    table.reply("100 Trying", to=bye)
    assert table.call.phase is Phase.LEAVING
    table.reply("481 Call/Transaction Does Not Exist", to=bye)
    assert ending(table) == Ending(By.CALLER, "you hung up")
    assert table.get("rubbish") == []
    table.call.tick(500.0)
    table.call.lost("closed")
    table.call.hang_up(500.0)
    assert table.take() == []


def test_a_bye_without_an_answer_is_given_up(table: Table) -> None:
    table.up()
    table.call.hang_up(table.now)
    table.call.tick(102.0)
    table.take()
    assert ending(table) == Ending(By.CALLER, "you hung up")


def test_hanging_up_before_dialling(table: Table) -> None:
    table.call.hang_up(table.now)
    assert table.take() == []
    assert table.call.phase is Phase.OVER


@pytest.mark.parametrize("hangs_up", [True, False])
def test_the_socket_closes(table: Table, *, hangs_up: bool) -> None:
    table.up()
    if hangs_up:
        table.call.hang_up(table.now)
    table.call.lost("the gateway's WebSocket closed (1006)")
    table.take()
    over = ending(table)
    assert over is not None
    assert over.by is (By.CALLER if hangs_up else By.SOCKET)


@pytest.mark.parametrize(
    ("more", "why"), [((), "the gateway hung up"), ((BYE_REASON,), "the gateway hung up: agent hung up")]
)
def test_the_gateway_hangs_up(table: Table, more: tuple[str, ...], why: str) -> None:
    table.up()
    assert starts(table.ask("BYE", 1, *more)) == ["200"]
    assert ending(table) == Ending(By.GATEWAY, why)


def test_both_hang_up(table: Table) -> None:
    table.up()
    table.call.hang_up(table.now)
    table.take()
    assert starts(table.ask("BYE")) == ["200"]
    assert ending(table) == Ending(By.CALLER, "you hung up")


@pytest.mark.parametrize(
    ("method", "status", "line"),
    [
        ("OPTIONS", "200", "Allow: INVITE"),
        ("INFO", "200", ""),
        ("UPDATE", "200", "Contact: <sip:AnonymousCard@t1.invalid;transport=ws>"),
        ("INVITE", "488", ""),
        ("MESSAGE", "405", "Allow: INVITE"),
        ("CANCEL", "481", ""),
        ("REFER", "405", "Allow: INVITE"),
    ],
)
def test_requests_in_the_dialog(table: Table, method: str, status: str, line: str) -> None:
    table.up()
    answer = table.ask(method)
    assert starts(answer) == [status]
    assert line in answer[0]
    assert header(answer[0], "To").endswith(";tag=t2")
    assert table.call.phase is Phase.UP


@pytest.mark.parametrize("names", [{"call_id": "x"}, {"our_tag": "x"}, {"their_tag": "x"}])
@pytest.mark.parametrize("method", ["OPTIONS", "INFO", "INVITE", "BYE", "UPDATE"])
def test_requests_in_another_dialog(table: Table, names: dict[str, Any], method: str) -> None:
    table.up()
    assert starts(table.ask(method, **names)) == ["481"]
    assert table.call.phase is Phase.UP


@pytest.mark.parametrize(
    ("method", "status"), [("OPTIONS", "200"), ("INVITE", "486"), ("MESSAGE", "405"), ("BYE", "481"), ("CANCEL", "481")]
)
def test_requests_in_no_dialog(table: Table, method: str, status: str) -> None:
    table.dial()
    answer = table.ask(method, our_tag="", call_id="x")
    assert starts(answer) == [status]
    assert header(answer[0], "To").endswith(";tag=t2")


def test_a_request_that_comes_again_is_answered_again(table: Table) -> None:
    table.up()
    first = table.ask("INFO", 5, branch="z9hG4bKsame")
    assert table.ask("INFO", 5, branch="z9hG4bKsame") == first
    assert starts(table.ask("INFO", 4)) == ["500"]
    assert starts(table.ask("INFO", 6)) == ["200"]


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_a_new_offer_is_answered(table: Table, method: str) -> None:
    table.up()
    assert table.ask(method, 1, "Contact: <sip:moved@10.0.0.9>", body=HOLD) == []
    assert table.deeds[-1] == Offered(HOLD)
    table.call.answer(ANSWER, table.now)
    answer = table.take()
    assert starts(answer) == ["200"]
    assert answer[0].endswith(ANSWER)
    assert header(answer[0], "Contact") == "<sip:AnonymousCard@t1.invalid;transport=ws>"
    assert table.call.wake_at == (132.0 if method == "INVITE" else None)
    assert table.ask("ACK", 1) == []
    assert table.call.wake_at is None
    table.call.hang_up(table.now)
    assert table.take()[0].startswith("BYE sip:moved@10.0.0.9 ")


def test_a_new_offer_that_is_refused_changes_nothing(table: Table) -> None:
    table.up()
    table.ask("INVITE", 1, body=HOLD)
    table.call.answer(None, table.now)
    assert starts(table.take()) == ["488"]
    table.call.answer(ANSWER, table.now)
    assert table.take() == []
    assert (table.call.phase, table.call.wake_at) == (Phase.UP, None)


def test_an_answer_to_a_new_offer_wants_an_ack(table: Table) -> None:
    table.up()
    table.ask("INVITE", 1, body=HOLD)
    table.call.answer(ANSWER, table.now)
    table.take()
    assert table.ask("ACK", 1, our_tag="other") == []
    table.call.tick(132.0)
    bye = table.take()
    assert starts(bye) == ["BYE"]
    table.reply("200 OK", to=bye[0])
    assert ending(table) == Ending(By.SILENCE, "no ACK came to the answer to a new offer")


def test_one_offer_at_a_time(table: Table) -> None:
    table.up()
    table.ask("INVITE", 1, body=HOLD)
    answer = table.ask("UPDATE", 2, body=HOLD)
    assert starts(answer) == ["500"]
    assert header(answer[0], "Retry-After") == "1"


def test_an_offer_is_taken_back(table: Table) -> None:
    table.up()
    table.ask("INVITE", 1, body=HOLD, branch="z9hG4bKoffer")
    assert starts(table.ask("CANCEL", 1, branch="z9hG4bKelse")) == ["481"]
    answers = table.ask("CANCEL", 1, branch="z9hG4bKoffer")
    assert [(answer.split(" ")[1], header(answer, "CSeq")) for answer in answers] == [
        ("200", "1 CANCEL"),
        ("487", "1 INVITE"),
    ]
    table.call.answer(ANSWER, table.now)
    assert table.take() == []


@pytest.mark.parametrize("by_us", [True, False])
def test_an_offer_ends_with_the_call(table: Table, *, by_us: bool) -> None:
    table.up()
    table.ask("INVITE", 1, body=HOLD)
    if by_us:
        table.call.hang_up(table.now)
        assert starts(table.take()) == ["487", "BYE"]
        assert starts(table.ask("INVITE", 2, body=HOLD)) == ["481"]
    else:
        assert starts(table.ask("BYE", 2)) == ["200", "487"]


def test_an_offer_is_not_answered_after_the_socket_closed(table: Table) -> None:
    table.up()
    table.ask("INVITE", 1, body=HOLD)
    table.call.lost("closed")
    table.call.answer(ANSWER, table.now)
    assert table.take() == []


@pytest.mark.parametrize(
    ("frame", "sent"), [("\r\n\r\n", ["\r\n"]), (b"\r\n\r\n", ["\r\n"]), ("\r\n", []), (b"\r\n", [])]
)
def test_keep_alives(table: Table, frame: str | bytes, sent: list[str]) -> None:
    table.dial()
    assert table.get(frame) == sent


def test_what_is_no_message_is_ignored_and_said(table: Table) -> None:
    table.dial()
    assert "too few lines" in (table.call.receive("hello", table.now) or "")
    assert table.call.receive("\r\n", table.now) is None
    assert table.call.phase is Phase.CALLING


def test_answers_to_something_else_are_ignored(table: Table) -> None:
    invite = table.dial()
    table.reply("200 OK", to=invite.replace("z9hG4bKt4", "z9hG4bKother"), body=ANSWER)
    table.reply("200 OK", to=invite.replace("Call-ID: t3", "Call-ID: other"), body=ANSWER)
    table.reply("200 OK", to=invite.replace("1 INVITE", "1 CANCEL"), body=ANSWER)
    assert table.call.phase is Phase.CALLING
    assert not table.call.heard


def test_nothing_happens_before_its_time(table: Table) -> None:
    table.up()
    table.call.tick(10_000.0)
    assert table.take() == []
