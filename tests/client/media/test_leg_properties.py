"""Whatever happens around a leg, in whatever order, it keeps to a few laws."""

from __future__ import annotations

from cec_client.media.events import MediaConnected, MediaDialling
from cec_client.media.leg import Accept, Open, Quiet, Shut
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.client.media.table import ANSWER, sip_answer
from tests.client.media.test_leg import FIRST, SECOND, STATISTICS, Desk, asked

THIRD = "wss://gw3.example"


class AnyWorld(RuleBasedStateMachine):
    """Gateways, media and a user of any mood."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(FIRST, SECOND, THIRD)
        self.desk.start()
        self.now = 100.0
        self.final: tuple[int, int, int] | None = None

    @rule()
    def the_socket_opens(self) -> None:
        self.desk.leg.opened(self.now)

    @rule()
    def the_socket_does_not_open(self) -> None:
        self.desk.leg.not_opened("refused", self.now)

    @rule()
    def the_socket_closes(self) -> None:
        self.desk.leg.lost("closed", self.now)

    @precondition(lambda self: self.desk.sent)
    @rule(
        status=st.sampled_from(["100 Trying", "180 Ringing", "200 OK", "486 Busy Here", "503 Full"]),
        which=st.integers(0, 9),
        body=st.sampled_from(["", ANSWER]),
    )
    def the_gateway_answers(self, status: str, which: int, body: str) -> None:
        requests = [text for text in self.desk.sent if not text.startswith(("SIP/2.0", "ACK"))]
        self.desk.leg.received(sip_answer(requests[-1 - which % len(requests)], status, body=body), self.now)

    @precondition(lambda self: self.desk.sent)
    @rule(method=st.sampled_from(["BYE", "INVITE", "UPDATE", "OPTIONS"]), body=st.sampled_from(["", ANSWER]))
    def the_gateway_asks(self, method: str, body: str) -> None:
        self.desk.leg.received(asked(self.desk, method, body), self.now)

    @rule(sdp=st.sampled_from([None, ANSWER]))
    def the_media_answer(self, sdp: str | None) -> None:
        self.desk.leg.answer(sdp, self.now)

    @precondition(lambda self: Accept(ANSWER) in self.desk.done)
    @rule()
    def the_media_connect(self) -> None:
        self.desk.leg.connected(("opus",), self.now)

    @rule()
    def the_media_break(self) -> None:
        self.desk.leg.broken("broken", self.now)

    @rule(at_once=st.booleans())
    def the_user_hangs_up(self, *, at_once: bool) -> None:
        (self.desk.leg.abandon if at_once else self.desk.leg.hang_up)(self.now)
        assert not at_once or self.desk.leg.over

    @rule(seconds=st.sampled_from([0.1, 0.6, 3.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.desk.leg.tick(self.now)

    @invariant()
    def addresses_are_tried_in_order_and_once(self) -> None:
        self.desk.take()
        tried = [deed.url for deed in self.desk.done if isinstance(deed, Open)]
        assert tried == [FIRST, SECOND, THIRD][: len(tried)]
        assert tried == [event.address for event in self.desk.told if isinstance(event, MediaDialling)]

    @invariant()
    def media_connect_once_and_end_once(self) -> None:
        assert sum(isinstance(event, MediaConnected) for event in self.desk.told) <= 1
        quiet = self.desk.done.count(Quiet())
        assert quiet == 1 if self.desk.leg.over else quiet <= 1

    @invariant()
    def it_waits_for_something_until_it_is_over(self) -> None:
        leg = self.desk.leg
        calm = any(isinstance(event, MediaConnected) for event in self.desk.told)
        assert leg.over or calm or leg.wake_at is not None

    @invariant()
    def after_its_end_nothing_is_done(self) -> None:
        desk = self.desk
        if desk.leg.over:
            state = len(desk.told), len(desk.done), len(desk.sent)
            self.final = self.final or state
            assert state == self.final
            assert desk.done[-1] == Shut()
            assert desk.leg.wake_at is None
            assert desk.leg.last_word(STATISTICS).kind in ("media_failed", "media_ended")


TestAnyWorld = AnyWorld.TestCase
TestAnyWorld.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
