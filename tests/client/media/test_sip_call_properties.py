"""Whatever a gateway does, in whatever order, a call keeps to a few laws."""

from __future__ import annotations

from collections import Counter

from cec_client.media.messages import read
from cec_client.media.sip_call import Phase
from cec_client.media.sip_deeds import Ended
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sipmessage import Request

from tests.client.media.fake import header
from tests.client.media.table import ANSWER, HOLD, Table, starts

STATUSES = ["100 Trying", "180 Ringing", "200 OK", "302 Moved", "486 Busy Here", "487 Request Terminated", "503 Full"]
METHODS = ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "UPDATE", "INFO", "MESSAGE"]


class AnyGateway(RuleBasedStateMachine):
    """A gateway of any mood."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self.table.dial()
        self.wished_at: float | None = None
        self.ended_at: int | None = None

    @rule(
        status=st.sampled_from(STATUSES), tag=st.sampled_from(["gw", "other", ""]), body=st.sampled_from(["", ANSWER])
    )
    def answers_the_invite(self, status: str, tag: str, body: str) -> None:
        self.table.reply(status, tag=tag, body=body)

    @rule(status=st.sampled_from(STATUSES), which=st.integers(0, 20))
    def answers_something(self, status: str, which: int) -> None:
        asked = [message for message in self.table.sent if message[:4] in ("INVI", "BYE ", "CANC")]
        self.table.reply(status, to=asked[which % len(asked)])

    @rule(
        method=st.sampled_from(METHODS),
        sequence=st.integers(0, 5),
        branch=st.sampled_from(["", "z9hG4bKsame"]),
        tag=st.sampled_from([None, "", "other"]),
        body=st.sampled_from(["", HOLD]),
    )
    def asks(self, method: str, sequence: int, branch: str, tag: str | None, body: str) -> None:
        sent = self.table.ask(method, sequence, branch=branch, our_tag=tag, body=body)
        assert method != "ACK" or sent == []

    @rule(frame=st.one_of(st.text(max_size=20), st.binary(max_size=20), st.sampled_from(["\r\n", "\r\n\r\n"])))
    def talks_rubbish(self, frame: str | bytes) -> None:
        assert self.table.get(frame) in ([], ["\r\n"])

    @rule(sdp=st.sampled_from([None, ANSWER]))
    def media_answer(self, sdp: str | None) -> None:
        self.table.call.answer(sdp, self.table.now)
        self.table.take()

    @rule()
    def user_hangs_up(self) -> None:
        self.table.call.hang_up(self.table.now)
        if self.wished_at is None:
            self.wished_at = self.table.now
        self.table.take()

    @rule(seconds=st.sampled_from([0.1, 2.0, 40.0, 70.0]))
    def time_passes(self, seconds: float) -> None:
        self.table.now += seconds
        self.table.call.tick(self.table.now)
        self.table.take()

    @precondition(lambda self: len(self.table.sent) > 3)
    @rule()
    def socket_closes(self) -> None:
        self.table.call.lost("closed")
        self.table.take()

    @invariant()
    def it_ends_once_and_is_silent_then(self) -> None:
        ends = [deed for deed in self.table.deeds if isinstance(deed, Ended)]
        over = self.table.call.phase is Phase.OVER
        assert len(ends) == over
        if over:
            assert isinstance(self.table.deeds[-1], Ended)
            self.ended_at = len(self.table.sent) if self.ended_at is None else self.ended_at
            assert len(self.table.sent) == self.ended_at

    @invariant()
    def it_says_goodbye_once(self) -> None:
        methods = Counter(starts(self.table.sent))
        assert methods["INVITE"] == 1
        assert methods["CANCEL"] <= 1
        partners = [header(text, "To") for text in self.table.sent if text.startswith("ACK")]
        goodbyes = [header(text, "To") for text in self.table.sent if text.startswith("BYE")]
        assert set(goodbyes) <= set(partners)
        assert goodbyes.count(partners[0]) <= 1 if partners else not goodbyes

    @invariant()
    def a_wish_to_leave_is_granted_in_time(self) -> None:
        waits = self.table.call.wake_at is not None
        if self.wished_at is not None and self.table.call.phase is not Phase.OVER:
            assert waits
            assert self.table.now < self.wished_at + 2.0 + 2.0  # a CANCEL that is answered by 200 becomes a BYE
        if self.table.call.phase in (Phase.CALLING, Phase.RINGING, Phase.CANCELLING, Phase.LEAVING):
            assert waits

    @invariant()
    def what_it_says_can_be_read(self) -> None:
        for text in self.table.sent:
            if text != "\r\n":
                message = read(text)
                assert message.content_length == len(message.body)
                assert (message.call_id == "t3") or not isinstance(message, Request)


TestAnyGateway = AnyGateway.TestCase
TestAnyGateway.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
