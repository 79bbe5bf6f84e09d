"""Media beside a call, in both manners of the client: one stream of events, one story."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from cec_client import (
    Connected,
    Media,
    MediaConnected,
    MediaEnded,
    MediaFailed,
    MediaRefused,
    Outcome,
    Policy,
    Released,
)
from cec_client.protocol import Endpoint

from tests.client import test_async_client, test_client
from tests.client import world as w
from tests.client.media.fake import Mood, header, running
from tests.client.platform import HELD, UNTIL_DROP, served
from tests.client.world import Reply, event

if TYPE_CHECKING:
    from collections.abc import Callable

    from cec_client import CallEvent
    from cec_client.outcome import Outcome as Ending

    Happened = Callable[[CallEvent], str | None]
    Place = Callable[..., tuple[list[CallEvent], Ending | None]]

POLICY = Policy(farewell=0.05)
CALLEE = "179080387420489"


def connected(url: str, callee: str = CALLEE) -> Reply:
    content = {"domain": "gw.example", "gwAddresses": [url], "accessCode": callee, "clickToCallCaller": "AnonymousCard"}
    return event(168101, content)


def place(url: str, then: Happened, **wishes: Any) -> tuple[list[CallEvent], Ending | None]:
    events = []
    with test_client.connected_to(url, policy=POLICY) as client, client.call(connect_media=True, **wishes) as call:
        for happened in call:
            events.append(happened)
            if action := then(happened):
                getattr(call, action)()
                if action != "hang_up":
                    break
    return events, call.outcome


def place_async(url: str, then: Happened, **wishes: Any) -> tuple[list[CallEvent], Ending | None]:
    async def work() -> tuple[list[CallEvent], Ending | None]:
        events = []
        async with (
            test_async_client.connected_to(url, policy=POLICY) as client,
            client.call(connect_media=True, **wishes) as call,
        ):
            async for happened in call:
                events.append(happened)
                if action := then(happened):
                    done = getattr(call, action)()
                    if done is not None:
                        await done
                    if action != "hang_up":
                        break
        return events, call.outcome

    return asyncio.run(work())


@pytest.fixture(params=[place, place_async], ids=["sync", "async"])
def placed(request: pytest.FixtureRequest) -> Place:
    found: Place = request.param
    return found


def on(kind: type[CallEvent], action: str) -> Happened:
    return lambda happened: action if isinstance(happened, kind) else None


def kinds(events: list[CallEvent]) -> list[str]:
    return [happened.kind for happened in events]


def test_one_stream_of_events(placed: Place) -> None:
    with (
        running(Mood()) as (gate,),
        served({Endpoint.EVENTS: [w.QUEUED, connected(gate.url), UNTIL_DROP]}) as (url, _, _),
    ):
        events, outcome = placed(url, on(MediaConnected, "hang_up"), media=Media.VIDEO)
    story = kinds(events)
    assert story[3:8] == ["queued", "connected", "media_dialling", "media_ringing", "media_connected"]
    assert {"hung_up", "released"} & set(story[8:])  # the release may cross the answer to the drop
    last = next(happened for happened in reversed(events) if isinstance(happened, MediaEnded))
    assert last.why == "the call is over"
    assert [stream.codec for stream in last.statistics.streams] == ["opus", "VP8"]
    assert outcome in (Outcome.HUNG_UP, Outcome.RELEASED)
    assert gate.methods == ["INVITE", "ACK", "BYE"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("cec-client")]


def test_the_platform_releases_the_call(placed: Place) -> None:
    with (
        running(Mood()) as (gate,),
        served({Endpoint.EVENTS: [connected(gate.url), UNTIL_DROP]}) as (url, platform, _),
    ):

        def then(happened: CallEvent) -> None:
            if isinstance(happened, MediaConnected):
                platform.dropped.set()

        events, outcome = placed(url, then)
    assert outcome is Outcome.RELEASED
    assert kinds(events)[-2:] == ["released", "media_ended"]
    assert gate.methods == ["INVITE", "ACK", "BYE"]


def test_media_that_fail_leave_the_call_alone(placed: Place) -> None:
    with (
        running(Mood(refuses="486 Busy Here")) as (gate,),
        served({Endpoint.EVENTS: [connected(gate.url), UNTIL_DROP]}) as (url, _, _),
    ):
        events, outcome = placed(url, on(MediaFailed, "hang_up"))
    failed = next(happened for happened in events if isinstance(happened, MediaFailed))
    assert isinstance(failed.failure, MediaRefused)
    assert outcome in (Outcome.HUNG_UP, Outcome.RELEASED)


def test_a_connected_that_names_nobody(placed: Place) -> None:
    with served({Endpoint.EVENTS: [event(168101), UNTIL_DROP]}) as (url, _, _):
        events, _ = placed(url, on(MediaFailed, "hang_up"))
    failed = next(happened for happened in events if isinstance(happened, MediaFailed))
    assert "no accessCode" in str(failed.failure)


def test_a_transfer_leads_to_another_callee(placed: Place) -> None:
    """A second "connected" with other data is dialled; the first leg ends with a BYE."""
    with running(Mood(), Mood()) as (first, second):
        later = Reply(body=w.EMPTY.body, after=UNTIL_DROP.after)
        script = [connected(first.url), later, w.TRANSFERRED, connected(second.url, "2"), HELD]
        with served({Endpoint.EVENTS: script}) as (url, played, _):
            counted = 0

            def then(happened: CallEvent) -> str | None:
                nonlocal counted
                if not isinstance(happened, MediaConnected):
                    return None
                counted += 1
                if counted == 1:
                    played.dropped.set()
                    return None
                return "hang_up"

            events, _ = placed(url, then)
    ends = [happened.why for happened in events if isinstance(happened, MediaEnded)]
    assert ends == ["the call goes on elsewhere", "the call is over"]
    assert first.methods == second.methods == ["INVITE", "ACK", "BYE"]
    assert header(second.received[0], "To") == "<sip:2@gw.example>"


def test_a_connected_that_repeats_itself_is_not_dialled_again(placed: Place) -> None:
    with running(Mood()) as (gate,):
        again = Reply(body=connected(gate.url).body, after=UNTIL_DROP.after)
        with served({Endpoint.EVENTS: [connected(gate.url), again, HELD]}) as (url, played, _):

            def then(happened: CallEvent) -> str | None:
                if isinstance(happened, MediaConnected):
                    played.dropped.set()
                seen.append(happened.kind)
                return "hang_up" if seen.count("connected") == 2 else None

            seen: list[str] = []
            placed(url, then)
    assert gate.methods == ["INVITE", "ACK", "BYE"]


@pytest.mark.parametrize("action", ["close", "abandon"])
def test_leaving_says_goodbye_to_the_gateway(placed: Place, action: str) -> None:
    with running(Mood()) as (gate,), served({Endpoint.EVENTS: [connected(gate.url), HELD]}) as (url, _, _):
        placed(url, on(MediaConnected, action))
        assert gate.methods == ["INVITE", "ACK", "BYE"]


def test_the_call_is_over_before_anybody_answers(placed: Place) -> None:
    with (
        running(Mood()) as (gate,),
        served({Endpoint.EVENTS: [w.QUEUE_TIMEOUT]}) as (url, _, _),
    ):
        events, outcome = placed(url, lambda _: None)
    assert outcome is Outcome.QUEUE_TIMEOUT
    assert kinds(events)[-1] == "queue_timeout"
    assert gate.received == []


def test_without_the_wish_nothing_is_dialled() -> None:
    with running(Mood()) as (gate,), served({Endpoint.EVENTS: [connected(gate.url), w.RELEASED]}) as (url, _, _):
        with test_client.connected_to(url) as client, client.call() as call:
            events = list(call)
        assert isinstance(events[-1], Released)
        assert isinstance(events[-2], Connected)
    assert gate.received == []
