"""The whole leg: addresses one after the other, the call, the media, and the last word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_client.errors import GatewayUnreachable, MediaProblem, MediaRefused
from cec_client.events import Gateway
from cec_client.media.events import (
    MediaAddressFailed,
    MediaConnected,
    MediaDialling,
    MediaEnded,
    MediaEvent,
    MediaFailed,
    MediaRinging,
)
from cec_client.media.leg import Accept, Leg, Open, Quiet, Reoffer, Shut, Tell
from cec_client.media.policy import MediaPolicy
from cec_client.media.sip_deeds import Send
from cec_client.media.statistics import MediaStatistics

from tests.client.media.table import ANSWER, HOLD, OFFER, Table, sip_answer, starts, tokens

if TYPE_CHECKING:
    from cec_client.media.leg import Deed

FIRST, SECOND = "wss://gw1.example/sip", "ws://gw2.example/sip"
STATISTICS = MediaStatistics()


class Desk:
    """A leg, and everything around it.

    Attributes:
        leg: The leg.
        told: What the user was told.
        done: The other deeds, but for messages.
        sent: The messages.
    """

    def __init__(self, *addresses: str) -> None:
        gateway = Gateway("gw.example", addresses or (FIRST, SECOND), "179", "AnonymousCard")
        self.leg = Leg(gateway, MediaPolicy(), tokens())
        self.told: list[MediaEvent] = []
        self.done: list[Deed] = []
        self.sent: list[str] = []

    def take(self) -> Desk:
        for deed in self.leg.take_deeds():
            if isinstance(deed, Tell):
                self.told.append(deed.event)
            elif isinstance(deed, Send):
                self.sent.append(deed.text)
            else:
                self.done.append(deed)
        return self

    def start(self) -> Desk:
        self.leg.start(OFFER, 100.0)
        return self.take()

    def opened(self) -> Desk:
        self.leg.opened(101.0)
        return self.take()

    def answered(self, status: str, *more: str, body: str = "", now: float = 102.0) -> Desk:
        invite = [message for message in self.sent if message.startswith("INVITE")][-1]
        self.leg.received(sip_answer(invite, status, *more, body=body), now)
        return self.take()

    def up(self) -> Desk:
        return self.start().opened().answered("200 OK", body=ANSWER)

    def connected(self) -> Desk:
        self.up().leg.connected(("opus",), 103.0)
        return self.take()

    @property
    def last_word(self) -> MediaEvent:
        assert self.leg.over
        assert self.done[-1] == Shut()
        assert self.done.count(Quiet()) == 1
        return self.leg.last_word(STATISTICS)

    @property
    def failure(self) -> MediaProblem:
        word = self.last_word
        assert isinstance(word, MediaFailed)
        return word.failure


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_call_that_goes_well(desk: Desk) -> None:
    desk.start()
    assert desk.told == [MediaDialling(FIRST, "179")]
    assert desk.done == [Open(FIRST)]
    assert desk.leg.connected_for(101.0) == 0.0
    desk.opened().answered("180 Ringing").answered("200 OK", body=ANSWER)
    assert desk.told[1:] == [MediaRinging(180, "Ringing")]
    assert desk.done == [Open(FIRST), Accept(ANSWER)]
    desk.leg.connected(("opus", "VP8"), 103.0)
    desk.leg.connected(("opus", "VP8"), 103.1)
    assert desk.take().told[2:] == [MediaConnected(FIRST, ("opus", "VP8"))]
    assert desk.leg.wake_at is None
    assert desk.leg.connected_for(105.0) == 2.0
    desk.leg.hang_up(110.0, "the call is over")
    assert desk.take().done[2:] == [Quiet()]
    assert starts(desk.sent) == ["INVITE", "ACK", "BYE"]
    desk.leg.received(sip_answer(desk.sent[-1], "200 OK"), 110.1)
    desk.take()
    assert desk.last_word == MediaEnded("the call is over", STATISTICS)
    assert desk.leg.connected_for(120.0) == 7.0


def test_the_next_address_is_tried(desk: Desk) -> None:
    desk.start().leg.not_opened("nothing listens there", 100.5)
    desk.take()
    assert desk.told == [
        MediaDialling(FIRST, "179"),
        MediaAddressFailed(FIRST, "nothing listens there"),
        MediaDialling(SECOND, "179"),
    ]
    desk.opened()
    assert "SIP/2.0/WS t" in desk.sent[0]


def test_every_address_fails(desk: Desk) -> None:
    desk.start().leg.not_opened("nothing listens there", 100.5)
    assert desk.leg.wake_at == 110.5
    desk.take().leg.tick(110.5)
    desk.take()
    failure = desk.failure
    assert isinstance(failure, GatewayUnreachable)
    assert str(failure) == (
        "no address of the gateway can be used. wss://gw1.example/sip: nothing listens there; "
        "ws://gw2.example/sip: no WebSocket within 10 s"
    )
    assert [one.address for one in failure.failures] == [FIRST, SECOND]


def test_an_address_that_is_none_is_told_first() -> None:
    desk = Desk("https://gw", SECOND).start()
    assert isinstance(desk.told[0], MediaAddressFailed)
    assert desk.told[1:] == [MediaDialling(SECOND, "179")]


def test_nobody_to_call() -> None:
    desk = Desk()
    desk.leg = Leg(Gateway("d", (FIRST,), None, "c"))
    desk.start()
    assert "no accessCode" in str(desk.failure)


def test_a_gateway_that_says_nothing_is_left(desk: Desk) -> None:
    desk.start().opened()
    assert desk.leg.wake_at == 133.0
    desk.leg.tick(120.0)
    desk.leg.tick(133.0)
    desk.take()
    assert desk.told[1] == MediaAddressFailed(FIRST, "no answer to the INVITE within 32 s")
    assert desk.done == [Open(FIRST), Shut(), Open(SECOND)]


def test_a_socket_that_closes_before_a_word_is_left(desk: Desk) -> None:
    desk.start().opened().leg.lost("closed", 101.5)
    assert desk.take().done == [Open(FIRST), Shut(), Open(SECOND)]


def test_a_full_gateway_is_left(desk: Desk) -> None:
    desk.start().opened().answered("100 Trying").answered("503 Service Unavailable")
    assert desk.told[1] == MediaAddressFailed(FIRST, "the gateway answered 503 Service Unavailable")
    assert desk.told[2] == MediaDialling(SECOND, "179")


def test_a_refusal_is_the_last_word(desk: Desk) -> None:
    desk.start().opened().answered("486 Busy Here")
    failure = desk.failure
    assert isinstance(failure, MediaRefused)
    assert (failure.status, str(failure)) == (486, "the gateway answered 486 Busy Here")
    assert desk.done == [Open(FIRST), Quiet(), Shut()]


def test_a_socket_that_closes_in_mid_call(desk: Desk) -> None:
    desk.connected().leg.lost("the gateway's WebSocket closed (1006)", 110.0)
    desk.take()
    assert desk.last_word == MediaEnded("the gateway's WebSocket closed (1006)", STATISTICS)


def test_a_socket_that_closes_before_media_flow(desk: Desk) -> None:
    desk.up().leg.lost("the gateway's WebSocket closed (1006)", 103.0)
    desk.take()
    assert "closed (1006)" in str(desk.failure)


def test_the_gateway_hangs_up(desk: Desk) -> None:
    desk.connected()
    desk.leg.received(asked(desk, "BYE"), 105.0)
    desk.take()
    assert starts(desk.sent)[-1] == "200"
    assert desk.last_word == MediaEnded("the gateway hung up", STATISTICS)
    assert desk.leg.connected_for(120.0) == 2.0


def asked(desk: Desk, method: str, body: str = "") -> str:
    """Write a request of the gateway, in the desk's dialog."""
    table = Table()
    table.sent = [desk.sent[0]]
    return table.request(method, body=body)


@pytest.mark.parametrize("when", [103.0, 116.9])
def test_no_media_in_time(desk: Desk, when: float) -> None:
    desk.up()
    assert desk.leg.wake_at == 117.0
    desk.leg.tick(when)
    assert not desk.take().leg.over
    desk.leg.tick(117.0)
    desk.take()
    assert starts(desk.sent)[-1] == "BYE"
    desk.leg.connected(("opus",), 117.5)
    assert desk.take().told == [MediaDialling(FIRST, "179")]
    desk.leg.tick(119.0)
    desk.take()
    assert str(desk.failure) == "the call was answered, but no media came within 15 s"


def test_media_that_fail_to_connect_end_the_call(desk: Desk) -> None:
    desk.up().leg.broken("ICE failed", 104.0)
    assert starts(desk.take().sent)[-1] == "BYE"
    desk.leg.lost("closed", 104.1)
    desk.take()
    assert str(desk.failure) == "ICE failed"


def test_media_that_break_wait_for_the_bye_that_explains_it(desk: Desk) -> None:
    desk.connected().leg.broken("media closed", 110.0)
    desk.leg.broken("media closed", 110.1)
    assert desk.leg.wake_at == 110.5
    desk.leg.received(asked(desk, "BYE"), 110.3)
    desk.take()
    assert desk.last_word == MediaEnded("the gateway hung up", STATISTICS)


def test_media_that_break_without_a_bye(desk: Desk) -> None:
    desk.connected().leg.broken("media closed", 110.0)
    desk.leg.tick(110.5)
    assert starts(desk.take().sent)[-1] == "BYE"
    desk.leg.broken("media closed", 110.6)
    desk.leg.tick(112.5)
    desk.take()
    assert desk.last_word == MediaEnded("media closed", STATISTICS)


def test_an_answer_that_cannot_be_used(desk: Desk) -> None:
    desk.up().leg.trouble("the gateway's answer cannot be used", 102.0)
    desk.leg.hang_up(102.1)
    desk.leg.tick(104.0)
    desk.take()
    assert "cannot be used" in str(desk.failure)


def test_nothing_to_offer(desk: Desk) -> None:
    desk.leg.trouble("this machine has no network", 100.0)
    desk.take()
    assert str(desk.failure) == "this machine has no network"


def test_hold_and_resume(desk: Desk) -> None:
    desk.connected()
    desk.leg.received(asked(desk, "INVITE", HOLD), 105.0)
    assert desk.take().done[-1] == Reoffer(HOLD)
    desk.leg.answer(ANSWER, 105.1)
    assert starts(desk.take().sent)[-1] == "200"


def test_hanging_up_while_the_socket_opens(desk: Desk) -> None:
    desk.start().leg.hang_up(100.5)
    desk.take()
    assert desk.last_word == MediaEnded("you hung up", STATISTICS)
    desk.leg.opened(101.0)
    desk.leg.not_opened("late", 101.0)
    desk.leg.received("late", 101.0)
    desk.leg.lost("late", 101.0)
    desk.leg.answer(None, 101.0)
    desk.leg.tick(500.0)
    desk.leg.hang_up(500.0)
    desk.leg.abandon(500.0)
    assert desk.leg.take_deeds() == ()
    assert desk.leg.wake_at is None


def test_hanging_up_while_it_rings(desk: Desk) -> None:
    desk.start().opened().answered("180 Ringing").leg.hang_up(103.0)
    desk.take()
    assert starts(desk.sent) == ["INVITE", "CANCEL"]
    desk.answered("487 Request Terminated")
    assert desk.last_word == MediaEnded("you hung up", STATISTICS)


def test_leaving_at_once(desk: Desk) -> None:
    desk.connected().leg.abandon(105.0, "the call is over")
    desk.take()
    assert starts(desk.sent)[-1] == "BYE"
    assert desk.last_word == MediaEnded("the call is over", STATISTICS)


def test_what_is_ignored_is_said(desk: Desk) -> None:
    desk.start().opened()
    assert desk.leg.received("hello", 101.0)
    assert desk.leg.received("\r\n", 101.0) is None
