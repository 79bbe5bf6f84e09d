"""The dialects: the guide's word or the API reference's, point by point (facts §13)."""

from __future__ import annotations

import pytest
from cec_client.protocol import EVENT_TEXT, EventId
from mock_cec.scenario.dialect import DIALECTS, NAMES, DialectName
from mock_cec.scenario.explain import explain
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan

EVERY_KIND = """\
title: t
events:
  - {after: 1s, event: queued}
  - {after: 1s, event: connected}
  - {after: 1s, event: transferred}
  - {after: 1s, event: {id: 168199}}
  - {after: 1s, event: {id: 168198, desc: mine}}
  - {after: 1s, event: {id: 168102}}
  - {after: 1s, event: queue_timeout}
on_drop: {after: 0s, event: queue_timeout}
answers:
  getClickToCallEvents:
    1: {expire: both}
    2: {expire: both, status: 403}
    3: {status: 401}
    4: {status: 403}
"""


def test_the_names_are_those_of_the_dialects_and_the_guide_is_the_usual() -> None:
    assert set(NAMES) == set(DIALECTS)
    assert load("title: t", "f").dialect == NAMES[0] == "guide"


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        (
            "guide",
            ["Call in queue", "Call connected", "Call transfered", "", "mine", "", "Call queue timeout"],
        ),
        (
            "reference",
            [
                "Call in queue",
                "Call connected",
                "Call transferred",
                "Call continue to poll events with unknown events",
                "mine",
                "",
                "Call queued timeout",
            ],
        ),
    ],
)
def test_each_has_its_texts(name: DialectName, texts: list[str]) -> None:
    playing = plan(load(EVERY_KIND, "f"), name)
    assert [event.text for event in playing.timeline] == texts
    assert playing.on_drop is not None
    assert playing.on_drop.text == texts[-1]


def test_the_guides_texts_are_the_vocabularys() -> None:
    assert DIALECTS["guide"].texts == EVENT_TEXT
    differing = {event for event in EventId if DIALECTS["reference"].texts[event] != EVENT_TEXT[event]}
    assert differing == {EventId.QUEUE_TIMEOUT, EventId.TRANSFERRED}


def test_a_dialect_that_is_chosen_stands_over_the_scenarios_own() -> None:
    scenario = load("title: t\ndialect: reference", "f")
    assert plan(scenario).dialect == DIALECTS["reference"]
    assert plan(scenario, "guide").dialect == DIALECTS["guide"]
    assert plan(scenario, "guide").scenario.dialect == "guide"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("guide", ["HTTP 403", "HTTP 403", "HTTP 401  the request fails", "HTTP 403  the token has expired"]),
        ("reference", ["HTTP 401", "HTTP 403", "HTTP 401  the token has expired", "HTTP 403  the request fails"]),
    ],
)
def test_an_explanation_speaks_the_dialect(name: DialectName, words: list[str]) -> None:
    text = explain("mine", load(EVERY_KIND, "f"), name)
    told = [line.partition("  HTTP")[2] for line in text.partition("Answers of their own")[2].splitlines()]
    assert [line for line in told if line] != []
    for line, expected in zip(filter(None, told), words, strict=True):
        assert f"HTTP{line}".startswith(expected)
    right = "Where the guide and the API reference disagree, the reference is right."
    assert (right in text) == (name == "reference")
