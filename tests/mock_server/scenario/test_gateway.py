"""What a scenario may say of the gateway, what it may not, and how it is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from mock_cec.scenario import catalogue
from mock_cec.scenario.explain import explain
from mock_cec.scenario.loading import ScenarioError, load
from mock_cec.scenario.model import Voice
from mock_cec.scenario.plan import plan

WAV = b"RIFF\x00\x00\x00\x00WAVEfmt "


def complaint(gateway: str, folder: Path | None = None) -> str:
    with pytest.raises(ScenarioError) as raised:
        load(f"title: x\ngateway: {{{gateway}}}", "f", folder)
    return str(raised.value)


@pytest.mark.parametrize(
    ("gateway", "message"),
    [
        (
            "answer: maybe",
            'gateway.answer: "maybe" is not known here; there is: busy, declines, never, ok',
        ),
        ("media: xxx", 'gateway.media: "xxx" is not known here; there is: echo, silence, tone, or a mapping with'),
        ("ring: 3", "gateway.ring: 3 does not fit; expected: a duration such as 300ms, 2s, 1m30s or 1h"),
        ("answer: busy, media: tone", 'gateway.media: with "answer: busy" there are no media; expected: "answer: ok"'),
        ("answer: never, stops: 1s", 'gateway.stops: with "answer: never" there are no media'),
        ("answer: never, ring: 1s", 'gateway.ring: with "answer: never" it rings for as long as the caller waits'),
        (
            "on_hangup: {after: 1s, event: queued}",
            "gateway.on_hangup.event: after the caller hung up only an event that ends the call can come",
        ),
        (
            "on_hangup: {after: 1s, event: released, gateway: {}}",
            'gateway.on_hangup.gateway: only "connected" hands out a gateway',
        ),
        ("media: {voice: a.wav}", 'gateway.media.voice: "a.wav" has no folder to count from, as this scenario is no'),
    ],
)
def test_what_cannot_be_meant_is_told(gateway: str, message: str) -> None:
    assert complaint(gateway).startswith(f"f:2: {message}")


def test_a_voice_counts_from_the_folder_of_its_scenario(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(WAV)
    file = tmp_path / "mine.yaml"
    file.write_text("title: x\ngateway: {media: {voice: a.wav}}", encoding="utf-8")
    assert catalogue.find(str(file)).gateway.media == Voice(voice=str(tmp_path / "a.wav"))
    assert 'a.wav" cannot be read: No such file' not in complaint("media: {voice: b}", tmp_path)
    assert 'b" cannot be read: No such file or directory; expected: a WAV file' in complaint(
        "media: {voice: b}", tmp_path
    )
    assert "cannot be read: embedded null byte" in complaint('media: {voice: "a\\0b"}', tmp_path)
    (tmp_path / "a.mp3").write_bytes(b"ID3")
    assert 'a.mp3" is not a WAV file; ffmpeg -i FILE voice.wav makes one' in complaint(
        "media: {voice: a.mp3}", tmp_path
    )


def test_the_voice_that_comes_with_the_package_is_there() -> None:
    media = catalogue.find("agent_voice").gateway.media
    assert isinstance(media, Voice)
    assert Path(media.voice).read_bytes()[:4] == b"RIFF"


def test_durations_are_seconds() -> None:
    planned = plan(load("title: x\ngateway: {ring: 3s, stops: 1m, drop_socket: 2s, dial_within: 500ms}", "f")).gateway
    assert (planned.ring, planned.stops, planned.drop_socket, planned.dial_within) == (3.0, 60.0, 2.0, 0.5)
    usual = plan(load("title: x", "f")).gateway
    assert (usual.ring, usual.stops, usual.drop_socket, usual.dial_within) == (0.0, None, None, None)
    assert usual.on_hangup is not None
    assert (usual.on_hangup.step, usual.on_hangup.after) == ("gateway.on_hangup released", 0.1)
    assert plan(load("title: x\ngateway: {on_hangup: silence}", "f")).gateway.on_hangup is None


@pytest.mark.parametrize(
    ("gateway", "lines"),
    [
        ("", []),
        ("caller: x", []),
        ("answer: busy", ["INVITE is refused: 486 Busy Here."]),
        ("answer: declines, ring: 2s", ["INVITE is refused: 603 Decline, after 2s of ringing."]),
        ("ring: 2s", ["It rings for 2s before INVITE is answered."]),
        ("media: tone, dtmf: none", ["The caller hears a tone.", "Keys do not come back."]),
        (
            "direction: to_agent, stops: 5s, ice: fails",
            [
                "One-way audio: nothing is sent to the caller.",
                "The gateway's packets stop 5s after media began to flow.",
                "The connection for media never comes up (ICE fails).",
            ],
        ),
        (
            "drop_socket: 3s, dial_within: 10s",
            [
                "The WebSocket is cut without a word 3s after the first INVITE.",
                "Whoever dials again keeps it.",
                "A caller who has not dialled within 10s of connected is released.",
            ],
        ),
        (
            "on_hangup: silence",
            ["When the caller hangs up, the call goes on as if nothing had happened (on_hangup: silence)."],
        ),
        (
            "on_hangup: {after: 2s, event: failed}",
            ["When the caller hangs up: 168105 Call failed, 2s later."],
        ),
    ],
)
def test_what_the_gateway_does_is_told(gateway: str, lines: list[str]) -> None:
    told = explain("f", load(f"title: x\ngateway: {{{gateway}}}", "f"))
    section = told.partition("\nAt the gateway\n")[2].partition("\n\n")[0]
    assert [line.strip() for line in section.splitlines()] == lines


def test_bare_addresses_and_the_agents_voice_are_told() -> None:
    assert "connected hands out gwAddresses as host:port, without a scheme" in explain(
        "f", load("title: x\ngateway: {addresses: bare}", "f")
    )
    assert "The caller hears an agent's voice: agent_voice.wav" in explain("f", catalogue.find("agent_voice"))
