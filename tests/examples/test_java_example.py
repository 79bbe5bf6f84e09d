"""Java's own HTTP client against the emulator: it offers `Upgrade: h2c` with its requests, bodies and all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import Endpoint
from mock_cec.serving import Protocol

from tests.examples.emulation import LOGIN, body, place_call

if TYPE_CHECKING:
    import pytest

    from tests.examples.programs import Program

ANSWERED = "events: [{after: 50ms, event: queued}, {after: 50ms, event: connected}]"


def test_bodies_arrive_though_an_upgrade_was_offered(java_call: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    received = b""
    feed = Protocol.data_received

    def note(protocol: Protocol, data: bytes) -> None:
        nonlocal received
        received += data
        feed(protocol, data)

    monkeypatch.setattr(Protocol, "data_received", note)
    story = place_call(java_call, ANSWERED, USER_NAME='Li "Lei"', HANGUP_AFTER="0")
    assert b"Upgrade: h2c" in received
    assert story.outcome == "hung_up"
    assert story.steps[:6] == [*LOGIN, Endpoint.CHECK, Endpoint.CREATE, Endpoint.EVENTS, Endpoint.EVENTS]
    assert body(story.one(Endpoint.APPLY_TOKEN))["userName"] == 'Li "Lei"'
    assert body(story.one(Endpoint.CREATE)) == {"channel": "WEB", "mediaAbility": "0"}
    assert body(story.one(Endpoint.DROP)) == {"channel": "WEB"}
    one_after_the_other = story.exchanges[:6]
    assert len({exchange.connection for exchange in one_after_the_other}) == 1, "all on one connection, kept alive"


def test_a_refused_call_is_said_to_be_refused(java_call: Program) -> None:
    story = place_call(java_call, 'create: {code: "13", desc: No agents available currently}')
    assert story.outcome == "rejected"
