from __future__ import annotations

from typing import Any

import pytest
from cec_client.protocol import Endpoint

from tests.conformance.ends_traces import CAUSE, OK, Story, wishing

MORE: dict[str, Any] = {"traceId": "7f"}
BARE = b""
PAGE = b"<html>no</html>"
PIECES = "in 5 pieces, 60ms apart"


@pytest.mark.parametrize(
    ("story", "outcome", "state"),
    [
        # kept
        (Story().login(**MORE).check(), None, "passed"),
        (Story().login().check(**MORE).create(), None, "passed"),
        (Story().up().poll(168106, **MORE).poll(168110), None, "passed"),
        (Story().up().poll(168110, **MORE), "released", "passed"),
        (Story().up().poll(168110, content=CAUSE | MORE), "released", "passed"),
        (Story().login().check(possible=False, **MORE).poll(), None, "passed"),
        (Story(flow="text_then_call").login().send(**MORE).check(), None, "passed"),
        (Story(flow="call_then_text").up().send(**MORE).poll(), None, "passed"),
        (wishing().up().wait(0.5).ask(Endpoint.DROP, OK | MORE).poll(168110), None, "passed"),
        # broken
        (Story().ask(Endpoint.TOKEN, {"AccessToken": "a", **MORE}).ask(Endpoint.TOKEN, MORE), None, "failed"),
        (Story().login().check(**MORE), None, "failed"),
        (Story(flow="text_then_call").login().send(**MORE), None, "failed"),
        (Story().up().poll(168106, **MORE), None, "failed"),
        (Story().up().poll(168110, **MORE).poll(), None, "failed"),
        (Story().up().poll(168110, **MORE), "error", "failed"),
        (Story().up().poll(168110, content=CAUSE | MORE), "", "failed"),
        # no occasion
        (Story().up().poll(168110), "released", "not exercised"),
        (Story().login().check(possible=False, **MORE), None, "not exercised"),
        (Story().login().check(resultCode="1", **MORE), None, "not exercised"),
        (Story().up().ask(Endpoint.POLL_TEXT, OK | MORE), None, "not exercised"),
    ],
)
def test_unknown_members_change_nothing(story: Story, outcome: str | None, state: str) -> None:
    assert story.judged("C-ROB-01", outcome).state == state


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (Story().up().poll("168110"), "passed"),
        (Story().up().poll("168106").poll(), "passed"),
        (Story().up().poll("168110").poll(), "failed"),
        (Story().up().poll("168106"), "failed"),
        (Story().up().poll(168110), "not exercised"),
    ],
)
def test_event_ids_may_be_text(story: Story, state: str) -> None:
    assert story.judged("C-ROB-02").state == state


@pytest.mark.parametrize(
    ("story", "outcome", "state"),
    [
        (Story().up().poll(168110, content=None), "released", "passed"),
        (Story().up().poll(168105, content={"causeId": 1}), "call_failed", "passed"),
        (Story().up().poll(168110, content=None), None, "passed"),
        (Story().up().poll(168110, content=None), "", "failed"),
        (Story().up().poll(168110, content={}), "error", "failed"),
        (Story().up().poll(168110, content={}).poll(), None, "failed"),
        (Story().up().poll(168110), "released", "not exercised"),
        (Story().up().poll(168106).poll(), "error", "not exercised"),
    ],
)
def test_an_end_needs_no_content(story: Story, outcome: str | None, state: str) -> None:
    assert story.judged("C-ROB-03", outcome).state == state


def test_a_client_that_had_to_be_ended_is_charged_for_that_alone() -> None:
    assert Story().up().poll(168110, content=None).judged("C-ROB-03", "", "killed", 40).state == "passed"


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (Story().up().expired(body=BARE).login().poll(), "passed"),
        (Story().up().expired().login().poll().expired(body=PAGE).login().poll(), "passed"),
        (Story().up().expired(body=BARE).send().login().poll(), "passed"),  # a message that was due
        (Story().up().expired(body=BARE).poll(), "failed"),
        (Story().up().expired().login().poll().expired(body=PAGE).poll(), "failed"),
        (Story().up().expired(body=BARE), "failed"),
        (Story().up().expired().poll().expired(body=BARE).poll(), "not exercised"),  # it knows no 403 at all
        (Story().up().expired().login().poll(), "not exercised"),
    ],
)
def test_a_403_needs_no_body(story: Story, state: str) -> None:
    assert story.judged("C-ROB-04").state == state


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (Story().login().ask(Endpoint.CREATE, OK, fault=PIECES).poll(), "passed"),
        (Story().up().ask(Endpoint.EVENTS, OK | {"eventId": 168110}, fault=PIECES), "passed"),
        (Story().login().ask(Endpoint.CREATE, OK, fault=PIECES), "failed"),
        (Story().login().ask(Endpoint.CREATE, b'{"resu', left=True, fault=PIECES).create(), "failed"),
        (wishing().up().ask(Endpoint.EVENTS, b'{"resu', left=True, fault=PIECES).poll(), "failed"),
        (wishing().up().wait(1).ask(Endpoint.EVENTS, b'{"resu', left=True, fault=PIECES).drop(), "not exercised"),
        (Story().login().ask(Endpoint.CREATE, {"resultCode": "13"}, fault=PIECES), "not exercised"),
        (Story().up().poll(), "not exercised"),
    ],
)
def test_bodies_are_read_to_their_end(story: Story, state: str) -> None:
    assert story.judged("C-ROB-05").state == state


def test_whoever_stumbles_over_an_oddity_is_charged_for_that_alone() -> None:
    crashed = Story().up().poll(168110, content=None).verdicts("", "1")

    assert crashed["C-ROB-03"] == "failed"
    assert crashed["C-LIFE-02"] == "blocked"
    assert crashed["C-LIFE-03"] == "blocked"
