"""The plan: a scenario in numbers."""

from __future__ import annotations

from cec_client.protocol import Endpoint
from mock_cec.scenario.loading import load
from mock_cec.scenario.model import CauseSetting, GatewaySetting
from mock_cec.scenario.plan import PlannedEvent, plan

FULL = """\
title: x
tokens: {access: 600s, ccmessaging: 1h}
hold: 20s
events:
  - {after: 300ms, event: queued}
  - {after: 2s, event: connected, gateway: {domain: d}}
  - {after: 1m, event: {id: 168199, desc: Something new}}
  - {after: 1s, event: released, cause: {id: 7, desc: bye}}
answers:
  getClickToCallEvents:
    2: {status: 403}
    every 3: {delay: 1500ms}
on_drop: {after: 1s, event: failed}
agent:
  - {on: chat, after: 800ms, say: hi}
"""


def test_events_have_their_time_from_create_their_number_and_their_text() -> None:
    assert plan(load(FULL, "f")).timeline == (
        PlannedEvent("events[0] queued", 0.3, 168102, "Call in queue", terminal=False),
        PlannedEvent(
            "events[1] connected", 2.3, 168101, "Call connected", terminal=False, gateway=GatewaySetting(domain="d")
        ),
        PlannedEvent("events[2] 168199", 62.3, 168199, "Something new", terminal=False),
        PlannedEvent(
            "events[3] released", 63.3, 168110, "Call disconnected", terminal=True, cause=CauseSetting(id=7, desc="bye")
        ),
    )


def test_settings_are_seconds() -> None:
    it = plan(load(FULL, "f"))
    assert (it.hold, it.access_life, it.ccmessaging_life) == (20, 600, 3600)
    assert [(line.after, line.line.say) for line in it.lines] == [(0.8, "hi")]


def test_a_drop_has_its_event_or_silence() -> None:
    assert plan(load(FULL, "f")).on_drop == PlannedEvent("on_drop failed", 1, 168105, "Call failed", terminal=True)
    assert plan(load("title: x\non_drop: silence", "f")).on_drop is None


def test_answers_keep_the_order_of_the_file_and_know_their_line() -> None:
    steps = plan(load(FULL, "f")).answers[Endpoint.EVENTS]
    assert [(step.name, step.delay) for step in steps] == [
        ("answers.getClickToCallEvents[2]", 0),
        ("answers.getClickToCallEvents[every 3]", 1.5),
    ]
    assert 2 in steps[0].ordinals
    assert 6 in steps[1].ordinals
