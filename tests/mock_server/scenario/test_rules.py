"""Rules: what the types allow and the protocol does not."""

from __future__ import annotations

import pytest
from mock_cec.scenario.loading import ScenarioError, load

ENDING = '"released", "queue_timeout", "failed"'


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        (
            "create: {code: '0'}",
            'create.code: "0" means success, so nothing would be refused; expected: another code, or',
        ),
        (
            "events: [{after: 1s, event: released}, {after: 1s, event: queued}]",
            'events[1]: nothing can follow "released": the call is over',
        ),
        (
            "events: [{after: 1s, event: {id: 168103}}, {after: 1s, event: queued}]",
            'events[1]: nothing can follow "168103": the call is over',
        ),
        (
            "events: [{after: 1s, event: queued, gateway: {domain: x}}]",
            'events[0].gateway: only "connected" hands out a gateway',
        ),
        (
            "events: [{after: 1s, event: queued, cause: {id: 1}}]",
            f"events[0].cause: only the events that end a call have a cause: {ENDING}",
        ),
        (
            "on_drop: {after: 1s, event: queued}",
            "on_drop.event: after a drop only an event that ends the call can come",
        ),
        ("on_drop: {after: 1s, event: released, gateway: {}}", 'on_drop.gateway: only "connected" hands out a gateway'),
        (
            "answers: {poll: {1: {}}}",
            'answers.poll[1]: this answer says nothing; expected: "status", "code", "delay" or another',
        ),
        ("answers: {poll: {1: {status: 500, code: '1'}}}", 'answers.poll[1]: "status" and "code" exclude each other'),
        (
            "answers: {poll: {1: {desc: x, delay: 1s}}}",
            'answers.poll[1]: "desc" needs a "code" or a "status" to describe',
        ),
        ("agent: [{}]", 'agent[0]: a line has either "say" or "disconnect: true"'),
        ("agent: [{say: x, disconnect: true}]", 'agent[0]: a line has either "say" or "disconnect: true"'),
        (
            "agent: [{disconnect: true}, {say: x}]",
            "agent[1]: nothing can follow a disconnect: the text session is over",
        ),
    ],
)
def test_what_could_never_happen_is_refused(rest: str, message: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        load(f"title: x\n{rest}", "f.yaml")
    assert str(raised.value).startswith(f"f.yaml:2: {message}")


@pytest.mark.parametrize(
    "rest",
    [
        "create: {code: '12'}",
        "events: [{after: 1s, event: {id: 168101, desc: again}, gateway: {domain: x}}]",
        "events: [{after: 1s, event: {id: 168103}, cause: {}}]",
        "on_drop: {after: 1s, event: failed, cause: {id: 7}}",
        "on_drop: silence",
        "answers: {createClickToCall: {1: {code: '0'}}}",
        "answers: {poll: {1: {status: 599, desc: x}, every 2: {delay: 0s}}}",
        "agent: [{say: x}, {disconnect: true, by: system}]",
    ],
)
def test_what_can_happen_is_taken(rest: str) -> None:
    assert load(f"title: x\n{rest}", "f.yaml").title == "x"
