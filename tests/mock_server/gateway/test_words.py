"""What a signal says in a few words, and how the log tells it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from cec_client.protocol import Signal, SignalKind
from mock_cec.clock import SteppedClock
from mock_cec.gateway.media.leg import Wish
from mock_cec.gateway.wishes import wish_of
from mock_cec.gateway.words import call_id, junk, said
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.story import signal_level, signal_line
from mock_cec.tenant import Tenant

from tests.mock_server.gateway.phone import JSSIP, OFFER, written


def message(first: str, *lines: str, body: str = "") -> str:
    return "\r\n".join([first, *lines, "", body])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (written(JSSIP, OFFER), "INVITE 179080387420489"),
        (written(JSSIP, OFFER + "a=sendonly\r\n"), "INVITE 179080387420489 sendonly"),
        (written(JSSIP, OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"), "INVITE 179080387420489 with video"),
        (written(JSSIP, OFFER + "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"), "INVITE 179080387420489"),
        (message("UPDATE sips:5@x SIP/2.0"), "UPDATE 5"),
        (message("BYE sip:a@x SIP/2.0", 'Reason: Q.850;cause=16;text="call released"'), "BYE (call released)"),
        (message("BYE sip:a@x SIP/2.0", "Reason: Q.850;cause=16"), "BYE"),
        (message("INFO sip:a@x SIP/2.0", "CSeq: 2 INFO", body="Signal=5\r\nDuration=100"), "INFO key 5"),
        (message("INFO sip:a@x SIP/2.0", body="hello"), "INFO"),
        (message("REGISTER sip:x SIP/2.0"), "REGISTER"),
        (message("SIP/2.0 200 OK", "CSeq: 1 INVITE"), "200 OK to INVITE"),
        (message("SIP/2.0 404 Not Found", "cseq:1 INVITE"), "404 Not Found to INVITE"),
        (message("SIP/2.0 603"), "603"),
        ("\r\n\r\n", "keep-alive"),
        ("hello\r\n", "no SIP: 'hello\\r\\n'"),
    ],
)
def test_a_message_in_words(text: str, words: str) -> None:
    assert said(text).text == words
    assert junk(said(text)) == words.startswith("no SIP")


def test_the_call_id_is_that_of_the_head() -> None:
    assert call_id(written(JSSIP, OFFER)) == "t3mtc5mkgqra3158ihq2"
    assert call_id("OPTIONS sip:x SIP/2.0\ni : 7\n\n") == "7"
    assert call_id("OPTIONS sip:x SIP/2.0\r\n\r\nCall-ID: 7") is None


@pytest.mark.parametrize(
    ("kind", "text", "level", "line"),
    [
        (
            "received",
            written(JSSIP),
            logging.INFO,
            "    1.500s  gateway                  > INVITE 179080387420489  (al)",
        ),
        ("sent", "SIP/2.0 100 Trying\nCSeq: 1 INVITE\n\n", logging.DEBUG, "< 100 Trying to INVITE"),
        ("sent", "SIP/2.0 486 Busy Here\nCSeq: 1 INVITE\n\n", logging.INFO, "< 486 Busy Here to INVITE"),
        ("received", "ACK sip:x SIP/2.0\nCSeq: 1 ACK\n\n", logging.DEBUG, "> ACK"),
        ("received", "\r\n\r\n", logging.DEBUG, "> keep-alive"),
        ("received", "\x1b[31m", logging.WARNING, "> no SIP: '\\x1b[31m'"),
        ("state", "media connected", logging.INFO, "- media connected"),
        ("state", "problem: 404: \x07", logging.WARNING, "- problem: 404: �"),
    ],
)
def test_the_log_tells_what_matters_and_the_rest_to_those_who_want_all(
    kind: str, text: str, level: int, line: str
) -> None:
    signal = Signal(serial=1, at=1.5, kind=SignalKind(kind), text=text, user="al")
    assert signal_level(signal) == level
    assert line in signal_line(signal)


def test_a_signal_of_nobody_names_nobody() -> None:
    assert signal_line(Signal(serial=1, at=0.0, kind=SignalKind.STATE, text="x")).endswith("- x")


@pytest.mark.parametrize(
    ("gateway", "wish"),
    [
        ("{}", Wish()),
        ("{media: tone, direction: to_caller}", Wish("tone", direction="to_caller")),
        ("{stops: 5s, ice: fails}", Wish(stops=5.0, ice="fails")),
        ("{media: {voice: FILE}}", Wish("voice", voice=Path("FILE"))),
    ],
)
def test_a_scenario_is_a_wish_to_the_media(gateway: str, wish: Wish, tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"RIFF....WAVE")
    scenario = load(f"title: x\ngateway: {gateway}".replace("FILE", str(file)), "t")
    expected = wish if wish.voice is None else Wish("voice", voice=file)
    assert wish_of(Tenant(plan(scenario), SteppedClock())) == expected


def test_where_time_runs_faster_media_stop_earlier() -> None:
    from mock_cec.clock import RealClock  # noqa: PLC0415

    tenant = Tenant(plan(load("title: x\ngateway: {stops: 5s}", "t")), RealClock(10.0))
    assert wish_of(tenant).stops == 0.5
