"""Whatever a client sends: each request has one final answer, each call one end, and nothing raises."""

from __future__ import annotations

from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule
from mock_cec.gateway.deeds import Close, Confirmed, Deed, Dialled, Digit, Ended, Offered, Send
from mock_cec.gateway.line import MOST_CALLS, MOST_PAST, Line
from mock_cec.gateway.sip.transactions import KEPT, MOST_KEPT
from msgspec import Struct

from tests.mock_server.gateway.phone import ANSWER, HOST, INVITES, OFFER, Phone, Said, heard, written

METHODS = ("BYE", "INFO", "UPDATE", "INVITE", "OPTIONS", "MESSAGE")
BODIES = {"UPDATE": ("", OFFER), "INVITE": (OFFER, ""), "INFO": ("Signal=5", "")}


class Party(Struct):
    """A call as the client sees it.

    Attributes:
        name: Its Call-ID.
        invite: The last INVITE's branch and number.
        tag: The line's tag.
        number: The last CSeq.
    """

    name: str
    invite: tuple[str, int]
    tag: str = ""
    number: int = 1


class AnyClient(RuleBasedStateMachine):
    """A client that keeps to no order, and a gateway that decides when it likes."""

    parties = Bundle("parties")
    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.tokens = 0
        self.line = Line(HOST, self.token)
        self.now = 0.0
        self.open: set[int] = set()
        self.gone: set[int] = set()
        self.offers: set[int] = set()
        self.unanswered: Counter[str] = Counter()
        self.finals: dict[str, tuple[float, str]] = {}
        self.asked: list[Said] = []
        self.closed = False

    def token(self) -> str:
        self.tokens += 1
        return f"t{self.tokens}"

    # What the line says is noted here, and held against what was said before.

    def note(self, deeds: list[Deed]) -> None:
        assert not (self.closed and deeds)
        for deed in deeds:
            if isinstance(deed, Send):
                self.hear(heard(deed.text))
            elif isinstance(deed, Close):
                self.closed = True
            elif isinstance(deed, Dialled):
                assert deed.call not in self.open | self.gone
                self.open.add(deed.call)
            else:
                assert deed.call in self.open
                self.follow(deed)

    def follow(self, deed: Offered | Confirmed | Digit | Ended) -> None:
        if isinstance(deed, Offered):
            assert deed.call not in self.offers
            self.offers.add(deed.call)
        elif isinstance(deed, Ended):
            self.open.remove(deed.call)
            self.offers.discard(deed.call)
            self.gone.add(deed.call)

    def hear(self, said: Said) -> None:
        if not said.start.startswith("SIP/2.0 "):
            self.asked.append(said)
            return
        request = said["Via"].partition("branch=")[2] + " " + said["CSeq"].partition(" ")[2]
        assert request in self.unanswered or request in self.finals
        if said.status < 200:
            assert request in self.unanswered
            return
        self.unanswered.pop(request, None)
        _, known = self.finals.setdefault(request, (self.now, said.start))
        assert known == said.start

    def say(self, text: str) -> None:
        said = heard(text)
        request = said["Via"].partition("branch=")[2] + " " + said.method
        if self.finals.get(request, (self.now, ""))[0] + KEPT <= self.now:
            del self.finals[request]  # forgotten: what comes again then is new
        if said.method != "ACK" and request not in self.finals and not self.closed:
            self.unanswered[request] += 1
        self.note(self.line.received(text, self.now))

    def write(self, method: str, party: Party, branch: str, body: str = "", **changes: str | None) -> str:
        number = party.invite[1] if method in ("ACK", "CANCEL") else party.number
        tag = f";tag={party.tag}" if party.tag and method != "CANCEL" else ""
        head = "\n".join(
            (
                f"{method} sip:1790@{HOST} SIP/2.0",
                f"Via: SIP/2.0/WS x.invalid;branch={branch}",
                f"To: <sip:1790@127.0.0.1>{tag}",
                "From: <sip:card@127.0.0.1>;tag=caller",
                f"Call-ID: {party.name}",
                f"CSeq: {number} {method}",
                "Contact: <sip:card@x.invalid>",
                f"Content-Type: {'application/dtmf-relay' if method == 'INFO' else 'application/sdp'}",
            )
        )
        return written(head, body, **changes)

    # The client.

    @rule(target=parties)
    def dial(self) -> Party:
        branch = f"z9hG4bK{self.token()}"
        party = Party(f"call-{branch}", (branch, 1))
        before = set(self.open)
        self.say(self.write("INVITE", party, branch, OFFER))
        if not self.closed and len(before) < MOST_CALLS:
            assert len(self.open) == len(before) + 1
            (ringing,) = self.line.ring(max(self.open), self.now)
            self.note([ringing])
            assert isinstance(ringing, Send)
            party.tag = heard(ringing.text)["To"].partition("tag=")[2]
        return party

    @rule(
        target=sent, party=parties, method=st.sampled_from(METHODS), data=st.data(), rise=st.sampled_from([1, 1, 1, 0])
    )
    def ask(self, party: Party, method: str, data: st.DataObject, rise: int) -> str:
        party.number += rise
        branch = f"z9hG4bK{self.token()}"
        if method == "INVITE":
            party.invite = (branch, party.number)
        text = self.write(method, party, branch, data.draw(st.sampled_from(BODIES.get(method, ("",)))))
        self.say(text)
        return text

    @rule(text=sent)
    def ask_again(self, text: str) -> None:
        self.say(text)

    @rule(party=parties)
    def acknowledge(self, party: Party) -> None:
        self.say(self.write("ACK", party, f"z9hG4bK{self.token()}"))

    @rule(party=parties)
    def cancel(self, party: Party) -> None:
        self.say(self.write("CANCEL", party, party.invite[0]))

    @rule(party=consumes(parties))
    def forget(self, party: Party) -> None:
        self.say(self.write("BYE", party, f"z9hG4bK{self.token()}", To="<sip:1790@127.0.0.1>;tag=none"))

    @rule(status=st.sampled_from([100, 200, 404, 408, 481]), data=st.data())
    def answer(self, status: int, data: st.DataObject) -> None:
        if self.asked:
            request = data.draw(st.sampled_from(self.asked))
            self.note(
                self.line.received(
                    written(f"SIP/2.0 {status} Words\nVia: {request['Via']}\nCSeq: {request['CSeq']}"), self.now
                )
            )

    @rule(frame=st.sampled_from(["\r\n\r\n", "\r\n"]))
    def keep_alive(self, frame: str) -> None:
        pong = [Send("\r\n")] if len(frame) == 4 and not self.closed else []
        assert self.line.received(frame, self.now) == pong

    # The gateway.

    @rule(call=st.integers(1, 12))
    def accept(self, call: int) -> None:
        self.offers.discard(call)
        self.note(self.line.accept(call, ANSWER, self.now))

    @rule(call=st.integers(1, 12), status=st.sampled_from([404, 486, 488, 603]))
    def refuse(self, call: int, status: int) -> None:
        self.offers.discard(call)
        self.note(self.line.refuse(call, status, self.now))

    @rule(call=st.integers(1, 12))
    def hang_up(self, call: int) -> None:
        live = call in self.open
        self.note(self.line.hang_up(call, self.now))
        assert not live or call in self.gone

    @rule(call=st.integers(1, 12))
    def digit(self, call: int) -> None:
        self.note(self.line.digit(call, "5", 100, self.now))

    # Time and the connection.

    @rule(seconds=st.sampled_from([0.1, 0.5, 2.0, 10.0]))
    def time_passes(self, seconds: float) -> None:
        until = self.now + seconds
        while (at := self.line.wake_at()) is not None and at <= until:
            assert at >= self.now
            self.now = at
            self.note(self.line.tick(at))
        self.now = until
        self.note(self.line.tick(until))

    @rule(rubbish=st.sampled_from(["rubbish", None, None, None]))
    def connection_ends(self, rubbish: str | None) -> None:
        if self.tokens < 15:  # or most runs would end before anything happens
            return
        self.note(self.line.received(rubbish, self.now) if rubbish else self.line.closed(self.now))
        self.closed = True
        self.unanswered.clear()

    @invariant()
    def what_is_open_is_known(self) -> None:
        """Only an INVITE of a live call, and an offer that is not decided over, may be without a final answer."""
        invites = {request for request in self.unanswered if request.endswith((" INVITE", " UPDATE"))}
        assert set(self.unanswered) == invites
        assert len(invites) <= len(self.open)

    @invariant()
    def what_is_remembered_is_bounded(self) -> None:
        assert self.line.remembered <= 2 * MOST_CALLS + MOST_PAST + MOST_KEPT

    def teardown(self) -> None:
        """Let everything end: then nothing is open and nothing is waited for."""
        for call in sorted(self.open):
            self.hang_up(call)
        self.time_passes(3 * KEPT)
        assert not self.unanswered
        assert self.line.wake_at() is None
        assert self.line.remembered == 0
        self.note(self.line.closed(self.now))


TestAnyClient = AnyClient.TestCase
TestAnyClient.settings = settings(max_examples=100, stateful_step_count=50)


def everything_is_quiet(line: Line, deeds: list[Deed]) -> None:
    """Check that what was said can be said, and that nothing is left when the connection goes."""
    for deed in deeds:
        if isinstance(deed, Send):
            deed.text.encode()
        if isinstance(deed, Close):
            assert len(deed.why.encode()) <= 123
    line.closed(1.0)
    assert line.remembered == 0
    assert line.wake_at() is None


@given(st.one_of(st.text(), st.binary()))
@example("\ud800INVITE sip:a@b SIP/2.0\r\n\r\n")
def test_arbitrary_frames_raise_nothing(frame: str | bytes) -> None:
    phone = Phone()
    phone.connected()
    everything_is_quiet(phone.line, phone.send(frame))


PIECES = st.text(max_size=8) | st.sampled_from('"<>;,:=@\\\r\n ')


@settings(max_examples=150)
@given(
    st.sampled_from(sorted(INVITES)),
    st.sampled_from(["dial", "INVITE", "UPDATE", "BYE", "INFO", "OPTIONS", "ACK"]),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), PIECES), max_size=3),
)
def test_mutated_messages_raise_nothing(library: str, method: str, changes: list[tuple[float, int, str]]) -> None:
    phone = Phone(INVITES[library])
    if method == "dial":
        text = written(phone.invite, OFFER)
    else:
        call = phone.connected()
        text = phone.request(method, OFFER)
    for place, length, put in changes:
        at = int(place * len(text))
        text = text[:at] + put + text[at + length :]
    deeds = phone.send(text)
    for number in range(1, 3):
        deeds += phone.line.accept(number, ANSWER, phone.now)
        deeds += phone.line.digit(number, "5", 100, phone.now)
        deeds += phone.line.hang_up(number, phone.now)
    if method != "dial":
        assert sum(isinstance(deed, Ended) and deed.call == call for deed in deeds) == 1
    everything_is_quiet(phone.line, deeds)


HEADERS = ("Via", "From", "To", "Contact", "Record_Route", "Require", "Session_Expires", "Reason", "CSeq", "Expires")
LETTERS = st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]) | st.sampled_from('"<>;,:=@\\ ')


@given(st.sampled_from(HEADERS), st.text(LETTERS))
def test_any_value_of_a_header_raises_nothing(name: str, value: str) -> None:
    phone = Phone()
    deeds = phone.dial(**{name: value})
    deeds += phone.line.accept(1, ANSWER, phone.now)
    deeds += phone.cancel(**{name: value})
    deeds += phone.line.hang_up(1, phone.now)
    everything_is_quiet(phone.line, deeds)
