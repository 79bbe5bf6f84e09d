"""The legal order of a call's events (guide §5 step 4)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import EventId
from cec_conformance.cases.generated import cases
from cec_conformance.event_order import ORDER, Stage, following
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.scenario.catalogue import find, names
from mock_cec.scenario.model import event_id

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_conformance.cases.case import Case

LETTERS = {168101: "C", 168102: "Q", 168103: "T", 168105: "L", 168106: "X", 168110: "R"}
CALL = re.compile(r"Q*(?:C(?:XQ*C?)*)?[RLT]?")
"""What the order is meant to be, but for 168103."""


def in_order(events: Iterable[int]) -> bool:
    """Say whether a call can have these events, in this order."""
    stage: Stage | None = Stage.WAITING
    for event in events:
        stage = following(stage, event) if stage is not None else None
    return stage is not None


@given(st.lists(st.sampled_from(list(EventId)), max_size=8))
def test_the_table_says_what_the_pattern_says(events: list[EventId]) -> None:
    text = "".join(LETTERS[event] for event in events)
    early = "T" in text and "C" in text and "X" not in text
    assert in_order(events) == (CALL.fullmatch(text) is not None and not early)


def test_an_event_that_the_guide_does_not_name_changes_nothing() -> None:
    for stage in Stage:
        assert following(stage, 168199) is stage


def test_nothing_follows_the_end() -> None:
    assert ORDER[Stage.OVER] == {}
    assert all(stage.value.en and stage.value.zh for stage in Stage)


@pytest.mark.parametrize("name", names())
def test_every_scenario_that_comes_with_the_emulator_is_a_call_that_can_be(name: str) -> None:
    assert in_order(map(event_id, find(name).events))


@given(cases(slow=False))
def test_every_generated_scenario_is_a_call_that_can_be(case: Case) -> None:
    assert in_order(map(event_id, case.scenario.events))
