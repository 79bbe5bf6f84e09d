"""What people and programs see of a call."""

from __future__ import annotations

import io
import json
import re

import pytest
from cec_client import events, wording
from cec_client.answers import TextMessage
from cec_client.errors import CecError, GaveUp, MediaRefused
from cec_client.media import events as media
from cec_client.media.statistics import MediaStatistics, StreamStatistics
from cec_client.outcome import Outcome
from cec_client.protocol import Endpoint
from cec_client.timeline import JsonTimeline, PlainTimeline, TerminalTimeline
from cec_client.wording import ENDINGS, ChatFailed, HangingUp, Heard, Said, as_data, sentence
from rich.cells import cell_len
from rich.console import Console

FAILURE = CecError("it broke")
HEARD = StreamStatistics(
    kind="audio",
    codec="opus",
    packets_sent=100,
    packets_received=99,
    packets_lost=1,
    jitter=0.0015,
    round_trip_time=0.03,
    echo=True,
    echo_delay=0.205,
)
UNHEARD = StreamStatistics(kind="audio", codec="PCMU", packets_sent=5)
REFUSED = StreamStatistics(kind="video")
LONG = "您好，请问有什么可以帮您？" * 12


def heard(content: str | None, control: str = "CHAT", media: str = "TEXT", nickname: str | None = None) -> Heard:
    return Heard(TextMessage("AGENT", control, media, content, nickname, None))


SAMPLES: list[tuple[events.CallEvent, str]] = [
    (events.LoggedIn(renewed=False), "logged in: both tokens"),
    (events.LoggedIn(renewed=True), "logged in again"),
    (events.TokensExpired(Endpoint.DROP), "dropClickToCall refused the tokens"),
    (events.LoginFailed(FAILURE, 2), "login failed (attempt 2): it broke"),
    (events.TextConnected(), "text session connected"),
    (events.TextFailed(FAILURE), "text session: it broke"),
    (events.SupportChecked(webrtc=True, click_to_call=False), "WebRTC yes, click-to-call no"),
    (events.CallCreated(), "call created"),
    (events.PollFailed(FAILURE, 3), "poll failed (3 in a row)"),
    (events.HangUpFailed(FAILURE, 1), "hang-up failed (attempt 1)"),
    (events.HungUp(), "accepted"),
    (events.Queued(), "in queue"),
    (
        events.Connected(events.Gateway("d", ("wss://a", "wss://b"), "179", "me")),
        "call 179 as me at wss://a, wss://b (d)",
    ),
    (events.Connected(events.Gateway()), "call ? as ? at no address (no domain)"),
    (events.Transferred(), "transferred"),
    (events.NothingYet(), "without an event"),
    (events.UnknownEvent(168199, "new", None), "undocumented event 168199 new"),
    (events.Released(events.Cause(-1, "xxxx")), "released: xxxx (-1)"),
    (events.QueueTimeout(events.Cause(None, "late")), "queue time-out: late (?)"),
    (events.CallFailed(events.Cause()), "call failed"),
    (Said("你好"), "you: 你好"),
    (heard("您好"), "agent: 您好"),
    (heard("pic.jpg", media="IMAGE", nickname="Lin"), "Lin: [image] pic.jpg"),
    (heard(None, control="DISCONNECT"), "agent left the text session"),
    (heard(None), "agent: [chat]"),
    (media.MediaDialling("wss://gw.test/sip", "179"), "media: dialling 179 at wss://gw.test/sip"),
    (media.MediaAddressFailed("wss://gw.test", "nothing listens there"), "media: wss://gw.test: nothing listens there"),
    (media.MediaRinging(180, "Ringing"), "media: 180 ringing"),
    (media.MediaConnected("wss://gw.test", ("opus", "VP8")), "media connected: opus, VP8"),
    (media.MediaFailed(MediaRefused("the gateway answered 486 Busy Here", 486)), "no media: the gateway answered 486"),
    (
        media.MediaEnded("the call is over", MediaStatistics(seconds=2.0, streams=(HEARD, UNHEARD, REFUSED))),
        "media ended: the call is over; audio opus: 100 packets sent, 99 received, 1 lost (1.0%), jitter 1.5 ms, "
        "round trip 30.0 ms, own tone came back after 205 ms; audio PCMU: 5 packets sent, 0 received, 0 lost (0.0%), "
        "own tone did not come back; video was refused",
    ),
    (media.MediaEnded("you hung up", MediaStatistics()), "media ended: you hung up, before they were connected"),
    (ChatFailed(FAILURE), "text session: it broke"),
    (HangingUp("as wished"), "hanging up: as wished"),
]


@pytest.mark.parametrize(("event", "words"), SAMPLES)
def test_every_event_has_words(event: events.CallEvent, words: str) -> None:
    side, text = sentence(event)
    assert words in text
    stream = io.StringIO()
    PlainTimeline(stream).show(1.234, event)
    assert stream.getvalue() == f"    1.23s {side.plain} {text}\n"


@pytest.mark.parametrize(("event", "words"), SAMPLES)
def test_every_event_is_data(event: events.CallEvent, words: str) -> None:
    del words
    stream = io.StringIO()
    JsonTimeline(stream).show(1.23456, event)
    line = json.loads(stream.getvalue())
    assert line == json.loads(json.dumps({"elapsed": 1.235} | as_data(event)))
    assert line["event"] == event.kind


def test_no_event_was_forgotten() -> None:
    kinds = {kind.kind for kind in events.CallEvent.__subclasses__()}
    assert {event.kind for event, _ in SAMPLES} == kinds
    assert set(ENDINGS) == set(Outcome)
    assert wording.Side.OUT.sign == "→"


@pytest.mark.parametrize("width", [80, 40])
def test_a_terminal_is_never_overrun(width: int) -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system="standard", legacy_windows=False)
    timeline = TerminalTimeline(console)
    timeline.begin("Calling channel 渠道")
    for event, _ in SAMPLES:
        timeline.show(12.3, event)
    timeline.show(123.4, Said(LONG))
    timeline.end(130.0, Outcome.GAVE_UP, GaveUp(4, FAILURE))
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    lines = [line for whole in plain.split("\n") for line in whole.split("\r")]
    assert max(cell_len(line.rstrip()) for line in lines) <= width
    assert "gave_up after 130.0 s" in plain.replace("\n", " ")


def test_summaries() -> None:
    stream = io.StringIO()
    timeline = PlainTimeline(stream)
    timeline.begin("Calling")
    timeline.end(2.0, Outcome.RELEASED, None)
    JsonTimeline(stream).begin("Calling")
    JsonTimeline(stream).end(2.0, Outcome.ERROR, FAILURE)
    plain, summary, data = stream.getvalue().splitlines()
    assert plain == "Calling"
    assert summary == "    2.00s = released after 2.0 s: the call was released"
    assert json.loads(data)["failure"] == {"error": "CecError", "message": "it broke"}
