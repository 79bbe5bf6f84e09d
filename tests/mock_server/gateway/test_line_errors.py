"""What is not right: answered as RFC 3261 §8.2, §12.2.2 and §16.3 say, or else ignored, or the connection is closed."""

from __future__ import annotations

import pytest
from mock_cec.gateway.deeds import By, Close, Dialled, Ended, Offered, Send
from mock_cec.gateway.line import LONGEST_FRAME, MOST_CALLS, MOST_PAST
from mock_cec.gateway.sip.reading import LONGEST_HEAD, MOST_LINES
from mock_cec.gateway.sip.transactions import MOST_KEPT

from tests.mock_server.gateway.phone import ANSWER, HELD, JSSIP, OFFER, Phone, others, says, statuses, written

ANEW = "SIP/2.0/WS q3k1fdu2k0me.invalid;branch=z9hG4bKanew"


@pytest.mark.parametrize("frame", ["\r\n\r\n", b"\r\n\r\n"])
def test_a_ping_is_answered_with_exactly_a_pong(frame: str | bytes) -> None:
    assert Phone().send(frame) == [Send("\r\n")]


@pytest.mark.parametrize("frame", ["\r\n", "", "\n", "\r\n\r\n\r\n", b"\r\n"])
def test_a_pong_and_other_empty_frames_are_ignored(frame: str | bytes) -> None:
    assert Phone().send(frame) == []


def test_binary_frames_and_empty_lines_before_a_message_are_taken() -> None:
    phone = Phone()
    assert isinstance(phone.send(b"\r\n\r\n" + written(JSSIP, OFFER).encode())[1], Dialled)


def test_folded_lines_compact_names_and_spaces_before_a_colon_are_understood() -> None:
    phone = Phone()
    text = (
        written(JSSIP, OFFER)
        .replace("From: ", "f : ")
        .replace("Content-Type", "c")
        .replace(";branch", "\r\n ;branch")
        .replace("Call-ID", "i")
        .replace("Contact", "m")
    )
    trying, dialled = phone.send(text)
    assert says(trying)["From"] == '"Card" <sip:AnonymousCard@127.0.0.1>;tag=sse2oh0p7c'
    assert says(trying)["Via"] == "SIP/2.0/WS q3k1fdu2k0me.invalid ;branch=z9hG4bK6542001"
    assert isinstance(dialled, Dialled)


def test_a_body_ends_where_its_content_length_says() -> None:
    assert Phone().dial(OFFER + "more", Content_Length=str(len(OFFER))) == Phone().dial()


def test_a_body_without_a_content_length_is_the_rest_of_the_frame() -> None:
    assert Phone().dial(Content_Length=None) == Phone().dial()


@pytest.mark.parametrize(
    "frame",
    [
        "hello", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", '{"a": 1}', "\x00" * 100, b"\xff\xfe\xfd",
        b"\xff" * 40 + b"\r\n\r\n",
        "\ud800", "INVITE sip:a@b SIP/2.0", "INVITE sip:a@b SIP/2.0\r\n\r\n", "INVITE  sip:a@b SIP/2.0\r\n\r\n",
        "SIP/2.0 700 Words\r\n\r\n", "SIP/2.0\r\n\r\n", "a" * (LONGEST_HEAD + 1),
        *(written(JSSIP, OFFER, **{name: None}) for name in ("Via", "From", "To", "Call_ID", "CSeq")),
        written(JSSIP, OFFER).replace("\r\n", "\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_closes_the_connection(frame: str | bytes) -> None:
    phone = Phone()
    (close,) = phone.send(frame)
    assert isinstance(close, Close)
    assert close.code == 1007
    assert 0 < len(close.why.encode()) <= 123
    assert phone.dial() == phone.line.closed(101.0) == []


def test_a_frame_of_a_megabyte_closes_the_connection() -> None:
    (close,) = Phone().send(written(JSSIP, OFFER, Subject="a" * 2**20))
    assert isinstance(close, Close)
    assert close.code == 1009


def test_before_the_connection_is_closed_its_calls_are_hung_up() -> None:
    phone = Phone()
    call = phone.connected()
    phone.dial(Via=ANEW, Call_ID="another")
    bye, first, unavailable, second, close = phone.send("rubbish")
    assert says(bye).method == "BYE"
    assert says(unavailable).status == 480
    assert [first, second] == [Ended(n, By.GATEWAY, close.why) for n in (call, call + 1)]  # type: ignore[union-attr]
    assert isinstance(close, Close)
    assert phone.line.closed(101.0) == []


BAD = {
    "no end of the headers": written(JSSIP).removesuffix("\r\n\r\n"),
    "CSeq of another method": written(JSSIP, OFFER, CSeq="1515 BYE"),
    "CSeq without a method": written(JSSIP, OFFER, CSeq="1515"),
    "CSeq too large": written(JSSIP, OFFER, CSeq="2147483648 INVITE"),
    "From without a tag": written(JSSIP, OFFER, From="<sip:a@b>"),
    "From that is none": written(JSSIP, OFFER, From="<<>>;tag=1"),
    "From of a telephone": written(JSSIP, OFFER, From="<tel:+4912345>;tag=1"),
    "To that is none": written(JSSIP, OFFER, To='"open <sip:a@b>'),
    "Via of another version": written(JSSIP, OFFER, Via="SIP/3.0/WS x.invalid;branch=z9hG4bK1"),
    "Via with an open quote": written(JSSIP, OFFER, Via='SIP/2.0/WS x.invalid;branch="z9hG4bK1'),
    "Via of commas": written(JSSIP, OFFER, Via=",,"),
    "Content-Length too long": written(JSSIP, OFFER, Content_Length=str(len(OFFER) + 1)),
    "Content-Length no number": written(JSSIP, OFFER, Content_Length="-1"),
    "Max-Forwards no number": written(JSSIP, OFFER, Max_Forwards="many"),
    "Max-Forwards too large": written(JSSIP, OFFER, Max_Forwards="256"),
    "Expires no number": written(JSSIP, OFFER, Expires="soon"),
    "Call-ID twice": written(JSSIP, OFFER).replace("Max-Forwards", "Call-ID: b\r\nMax-Forwards"),
    "a line without a colon": written(JSSIP, OFFER).replace("Max-Forwards: 69", "Max-Forwards 69"),
    "a stray line end": written(JSSIP, OFFER, Subject="a\nVia: b"),
    "too many headers": written(JSSIP, OFFER).replace("User-Agent", "A: b\r\n" * MOST_LINES + "User-Agent"),
    "no Contact": written(JSSIP, OFFER, Contact=None),
    "two Contacts": written(JSSIP, OFFER, Contact="<sip:a@b>, <sip:c@d>"),
    "a Contact that is none": written(JSSIP, OFFER, Contact="*"),
    "a Record-Route that is none": written(JSSIP, OFFER, Record_Route="<>"),
    "an open bracket in Contact": written(JSSIP, OFFER, Contact="<sip:a@b"),
    "a Request-URI that is none": written(JSSIP.replace("sip:179080387420489@127.0.0.1 ", "sip:a@b@c "), OFFER),
    "Session-Expires no number": written(JSSIP, OFFER, Session_Expires="soon"),
}


@pytest.mark.parametrize("text", BAD.values(), ids=list(BAD))
def test_what_is_malformed_is_400_and_said_why(text: str) -> None:
    phone = Phone()
    (answer,) = phone.send(text)
    said = says(answer)
    assert said.status == 400
    assert said.start != "SIP/2.0 400 Bad Request"
    assert said["CSeq"] == next(line for line in text.split("\r\n") if line.startswith("CSeq: ")).removeprefix("CSeq: ")
    assert isinstance(phone.dial(Via=ANEW)[-1], Dialled)


def test_a_body_that_is_no_text_is_400() -> None:
    phone = Phone()
    offer = OFFER.encode("utf-8") + "a=语".encode("gbk")
    head = written(JSSIP, Content_Length=str(len(offer))).encode()
    assert statuses(phone.send(head + offer)) == [400]
    phone = Phone()
    call = phone.connected()
    head = phone.request("INVITE", Content_Type="application/sdp", Content_Length=str(len(offer))).encode()
    assert statuses(phone.send(head + offer)) == [400]
    assert phone.line.accept(call, ANSWER, 101.0) == []


REFUSED = {
    "method": (405, written(JSSIP.replace("INVITE", "MESSAGE"), "hi"), ("Allow", None)),
    "PRACK": (405, written(JSSIP.replace("INVITE", "PRACK")), ("Allow", None)),
    "small letters": (405, written(JSSIP.replace("INVITE", "invite")), ("Allow", None)),
    "long URI": (414, written(JSSIP.replace("179080387420489", "1" * 2048), OFFER), None),
    "scheme": (416, written(JSSIP.replace("sip:179080387420489@127.0.0.1 ", "tel:+491234 "), OFFER), None),
    "hops": (483, written(JSSIP, OFFER, Max_Forwards="0"), None),
    "extension": (420, written(JSSIP, OFFER, Require="100rel, foo"), ("Unsupported", "100rel, foo")),
    "timer required": (420, written(JSSIP, OFFER, Require="timer"), ("Unsupported", "timer")),
    "short session": (422, written(JSSIP, OFFER, Session_Expires="89;refresher=uac"), ("Min-SE", "90")),
    "encoded": (415, written(JSSIP, OFFER, Content_Encoding="gzip"), ("Accept-Encoding", "identity")),
    "other body": (415, written(JSSIP, "hi", Content_Type="text/plain"), ("Accept", "application/sdp")),
    "no type": (415, written(JSSIP, OFFER, Content_Type=None), ("Accept", "application/sdp")),
    "no offer": (488, written(JSSIP), ("Warning", None)),
    "version": (505, written(JSSIP, OFFER).replace("SIP/2.0\r\n", "SIP/2.1\r\n", 1), None),
    "no call": (481, written(JSSIP.replace("INVITE", "BYE")), None),
    "no such call": (481, written(JSSIP, OFFER, To="<sip:a@b>;tag=1"), None),
}


@pytest.mark.parametrize(("status", "text", "header"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_not_taken_is_refused_as_the_book_says(
    status: int, text: str, header: tuple[str, str | None] | None
) -> None:
    phone = Phone()
    (answer,) = phone.send(text)
    said = says(answer)
    assert said.status == status
    assert "tag=" in said["To"]
    if header is not None:
        name, value = header
        assert said[name] == (value or said[name])
    assert phone.send(text)[0:1] == [answer] or status == 505
    assert phone.line.wake_at() is None


def test_a_short_session_of_a_client_that_does_not_know_timers_is_ignored() -> None:
    assert isinstance(Phone().dial(Session_Expires="60", Supported="ice")[-1], Dialled)


def test_options_with_no_hops_left_is_answered_by_whom_it_reaches() -> None:
    assert statuses(Phone().asks("OPTIONS", Max_Forwards="0")) == [200]


def test_a_request_without_max_forwards_is_taken() -> None:
    assert isinstance(Phone().dial(Max_Forwards=None)[-1], Dialled)


@pytest.mark.parametrize("method", ["BYE", "INFO", "UPDATE", "INVITE", "OPTIONS"])
@pytest.mark.parametrize(
    "change",
    [{"Call_ID": "other"}, {"From": "<sip:a@b>;tag=other"}, {"To": "<sip:a@b>;tag=other"}],
    ids=["Call-ID", "From", "To"],
)
def test_requests_of_another_dialog_are_481(method: str, change: dict[str, str]) -> None:
    phone = Phone()
    call = phone.connected()
    deeds = phone.asks(method, HELD if method == "INVITE" else "", **change)
    assert statuses(deeds) == [481]
    assert others(phone.asks("UPDATE", HELD)) == [Offered(call, HELD)]


@pytest.mark.parametrize("change", [{"Call_ID": "other"}, {"CSeq": "1515 BYE"}, {"From": None}, {"Via": None}])
def test_an_ack_is_never_answered(change: dict[str, str | None]) -> None:
    phone = Phone()
    phone.accepted()
    assert phone.asks("ACK", **change) == []
    assert phone.line.wake_at() == 100.5


@pytest.mark.parametrize(
    "answer",
    ["SIP/2.0 200 OK\r\n\r\n", "SIP/2.0 200\r\nVia: x\r\nCSeq: 1 BYE\r\n\r\n",
     written("SIP/2.0 200 OK\nVia: SIP/2.0/WS a\nCSeq: x"), written("SIP/2.0 200 OK\nVia: ,\nCSeq: 1 BYE"),
     written("SIP/2.0 481 Unknown\nVia: SIP/2.0/WS 127.0.0.1:8360;branch=z9hG4bKnone\nCSeq: 1 BYE")],
)  # fmt: skip
def test_answers_to_nothing_are_ignored(answer: str) -> None:
    phone = Phone()
    phone.connected()
    assert phone.send(answer) == []


def test_an_invite_on_two_ways_is_482_while_the_first_is_open() -> None:
    phone = Phone()
    call = phone.dialled()
    assert statuses(phone.dial(Via=ANEW)) == [482]
    assert statuses(phone.line.refuse(call, 486, 100.0)) == [486]
    assert isinstance(phone.dial(Via=ANEW + "2")[-1], Dialled)


def test_branches_of_the_old_kind_are_told_apart_by_what_else_there_is() -> None:
    phone = Phone(JSSIP.replace(";branch=z9hG4bK6542001", ""))
    trying, _ = phone.dial()
    assert phone.dial() == [trying]
    assert statuses(phone.dial(CSeq="1516 INVITE")) == [100]
    assert statuses(phone.cancel()) == [200, 487]


def test_more_calls_than_a_client_has_are_503() -> None:
    phone = Phone()
    for number in range(MOST_CALLS):
        assert isinstance(phone.dial(Via=f"{ANEW}{number}", Call_ID=f"call{number}")[-1], Dialled)
    (answer,) = phone.dial()
    assert says(answer).status == 503
    assert says(answer)["Retry-After"] == "5"
    phone.line.hang_up(1, 100.0)
    assert isinstance(phone.dial(Via=ANEW, Call_ID="later")[-1], Dialled)


def test_a_flood_is_not_remembered() -> None:
    phone = Phone()
    for number in range(2000):
        phone.dial(Via=f"{ANEW}{number}", Call_ID=f"call{number}")
        phone.asks("OPTIONS")
    assert phone.line.remembered <= 2 * MOST_CALLS + MOST_KEPT
    phone.tick(1000.0)
    assert phone.line.remembered == 2 * MOST_CALLS


def test_calls_whose_bye_is_not_answered_are_not_remembered_for_ever() -> None:
    phone = Phone()
    for number in range(3 * MOST_PAST):
        call_id = f"call{number}"
        call = phone.dial(Via=f"{ANEW}{number}", Call_ID=call_id)[-1]
        assert isinstance(call, Dialled)
        (answer,) = phone.line.accept(call.call, ANSWER, 100.0)
        phone.asks("ACK", To=says(answer)["To"], Call_ID=call_id, CSeq="1515 ACK")
        assert others(phone.line.hang_up(call.call, 100.0)) == [Ended(call.call, By.GATEWAY)]
    assert phone.line.remembered <= MOST_PAST + MOST_KEPT


def test_keys_that_are_not_answered_are_not_remembered_for_ever() -> None:
    phone = Phone()
    call = phone.connected()
    for number in range(1000):
        phone.line.digit(call, "5", 100, 100.0 + number / 1000)
    assert phone.line.wake_at() == pytest.approx(132.936)


SLOW = {
    "spaces": {"From": "x" + " " * 12_000 + "y"},
    "quotes": {"Contact": '"\\"' * 4_000},
    "brackets": {"Contact": "<" * 12_000},
    "parameters": {"To": "<sip:a@b>" + ";a=b" * 3_000 + " ="},
    "labels": {"From": "<sip:a@" + "a-" * 6_000 + "!>;tag=1"},
    "commas": {"Contact": "," * 12_000},
    "digits": {"CSeq": "9" * 12_000},
    "names": {"From": "a" * 12_000 + "@"},
    "reason": {"Reason": 'text="' * 2_000},
    "Via": {"Via": "SIP/2.0/WS a;" + " " * 12_000 + "!"},
}


@pytest.mark.timeout(5)
@pytest.mark.parametrize("change", SLOW.values(), ids=list(SLOW))
def test_nothing_takes_long_to_read(change: dict[str, str]) -> None:
    assert Phone().dial(**change)
    assert Phone().cancel(**change)


def test_the_largest_frame_is_taken() -> None:
    phone = Phone()
    head = len(written(JSSIP, "a" * 100_000))
    deeds = phone.dial("a" * (100_000 + LONGEST_FRAME - head))
    assert isinstance(deeds[-1], Dialled)
