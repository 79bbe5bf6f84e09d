"""Hunting: what breaks a rule is found and told by the smallest case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_conformance.hunting import hunt
from cec_conformance.twins import TWINS
from cec_conformance.twins.original import place

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

pytestmark = pytest.mark.uncovered


async def cleans_up(environment: Mapping[str, str], transport: httpx.AsyncBaseTransport) -> str:
    return await TWINS["C-DROP-02"](environment, transport).place()


def test_a_client_that_breaks_a_rule_is_shown_by_the_smallest_case() -> None:
    found = dict(hunt(cleans_up, examples=50, number=1))

    case = found["C-DROP-02"]
    assert case.scenario.answers == {}
    assert len(case.scenario.events) == 1
    assert case.hangup_after is None


def test_the_same_seed_finds_the_same() -> None:
    assert list(hunt(cleans_up, examples=20, number=7)) == list(hunt(cleans_up, examples=20, number=7))


def test_a_correct_client_is_not_hunted_down() -> None:
    assert list(hunt(place, examples=50, number=1)) == []
