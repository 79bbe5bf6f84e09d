"""The reference client's media at the emulator's own gateway, over real sockets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cec_client import (
    Client,
    Connected,
    Media,
    MediaConnected,
    MediaEnded,
    MediaFailed,
    MediaRefused,
    Outcome,
)
from cec_client.media import MediaCall
from mock_cec import MockCec

from tests.client.test_client import eventually

if TYPE_CHECKING:
    from cec_client import CallEvent
    from cec_client.media import MediaStatistics

ANSWERED = """
title: Answered at once; a minute later the agent hangs up
events:
  - {after: 0s, event: connected}
  - {after: 60s, event: released, cause: {id: -1, desc: the agent hung up}}
"""


def client_of(cec: MockCec) -> Client:
    return Client(
        cec.base_url,
        app_key=cec.app_key,
        app_secret=cec.app_secret,
        channel_id=cec.channel_id,
        user_id="alice",
        trust_env=False,
    )


def all_is_back(statistics: MediaStatistics) -> bool:
    """Tell whether all that is sent has come back, and a report of the gateway has come."""
    return all(stream.echo and stream.round_trip_time is not None for stream in statistics.streams)


@pytest.mark.parametrize("video", [False, True], ids=["audio", "video"])
def test_it_hears_itself_until_the_agent_hangs_up(*, video: bool) -> None:
    with (
        MockCec(scenario=ANSWERED, clock="stepped") as cec,
        client_of(cec) as client,
        client.call(media=Media.VIDEO if video else Media.AUDIO) as call,
    ):
        gateway = next(event.gateway for event in call if isinstance(event, Connected))
        with MediaCall(gateway, video=video, trust_env=False) as media:
            assert any(isinstance(event, MediaConnected) for event in media)
            eventually(lambda: all_is_back(media.statistics()))
            before = media.statistics()
            cec.clock.advance("60s")
            ended = list(media)[-1]
        list(call)
    assert isinstance(ended, MediaEnded)
    assert ended.why.startswith("the gateway hung up")
    assert [stream.kind for stream in ended.statistics.streams] == (["audio", "video"] if video else ["audio"])
    for stream, earlier in zip(ended.statistics.streams, before.streams, strict=True):
        assert stream.echo
        assert stream.packets_received >= earlier.packets_received > 0
        assert stream.loss < 0.5
    assert call.outcome is Outcome.RELEASED


def story(scenario: str, then: type[CallEvent], **wishes: Any) -> tuple[list[CallEvent], Outcome | None]:
    """Place a call with media, hang up after the first event of a kind, and tell what happened."""
    with MockCec(scenario=scenario) as cec, client_of(cec) as client, client.call(connect_media=True, **wishes) as call:
        events = []
        for event in call:
            events.append(event)
            if isinstance(event, then):
                call.hang_up()
    return events, call.outcome


def test_it_hangs_up_itself() -> None:
    events, outcome = story(ANSWERED, MediaConnected)
    assert outcome in (Outcome.HUNG_UP, Outcome.RELEASED)
    assert [event.kind for event in events if event.kind.startswith("media")] == [
        "media_dialling",
        "media_ringing",
        "media_connected",
        "media_ended",
    ]


@pytest.mark.parametrize(("answer", "status"), [("busy", 486), ("unavailable", 480), ("declines", 603)])
def test_a_refusal_leaves_the_call_alone(answer: str, status: int) -> None:
    events, outcome = story(f"{ANSWERED}gateway: {{answer: {answer}}}\n", MediaFailed)
    failed = next(event for event in events if isinstance(event, MediaFailed))
    assert isinstance(failed.failure, MediaRefused)
    assert failed.failure.status == status
    assert outcome in (Outcome.HUNG_UP, Outcome.RELEASED)


def test_a_socket_that_is_lost_ends_the_media() -> None:
    with (
        MockCec(scenario=f"{ANSWERED}gateway: {{drop_socket: 1s}}\n", clock="stepped") as cec,
        client_of(cec) as client,
        client.call(connect_media=True) as call,
    ):
        for event in call:
            if isinstance(event, MediaConnected):
                cec.clock.advance("1s")
            if isinstance(event, MediaEnded):
                break
    assert isinstance(event, MediaEnded)
    assert event.why == "the gateway's WebSocket closed (1006)"
