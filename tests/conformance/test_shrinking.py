"""Smaller cases: each is lighter, legal, ends, and small things are reached in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from cec_conformance.cases.case import Case
from cec_conformance.cases.generated import cases
from cec_conformance.cases.writing import scenario
from cec_conformance.scenario_file import yaml_of
from cec_conformance.shrinking import length, smaller, weight
from cec_conformance.words import Words
from hypothesis import HealthCheck, given, settings
from mock_cec.scenario.loading import load
from mock_cec.scenario.model import event_word

if TYPE_CHECKING:
    from collections.abc import Callable

few = settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def case(events: list[str], **more: Any) -> Case:
    """Make a case."""
    wishes = {
        name: more.pop(name)
        for name in ("flow", "media", "connect_media", "hangup_after", "hangup_when")
        if name in more
    }
    return Case(name="case", title=Words("a case", "用例"), scenario=scenario(events=events, **more), **wishes)


def words(small: Case) -> list[str]:
    return [event_word(event) for event in small.scenario.events]


def smallest(big: Case, fails: Callable[[Case], bool]) -> Case:
    """Go down greedily, as the engine does."""
    while (found := next((small for small in smaller(big) if fails(small)), None)) is not None:
        big = found
    return big


@few
@given(cases())
def test_each_smaller_case_is_lighter(big: Case) -> None:
    assert all(weight(small) < weight(big) for small in smaller(big))


@few
@given(cases())
def test_each_smaller_case_is_a_scenario_file_of_a_call_that_ends(big: Case) -> None:
    for small in smaller(big):
        assert load(yaml_of(small.scenario), "test") == small.scenario
        ends = words(small)[-1:] in (["released"], ["failed"], ["queue_timeout"])
        assert ends or (small.hangup_after is not None and small.hangup_when in {*words(small), "created"})


@few
@given(cases())
def test_all_that_does_not_matter_goes(big: Case) -> None:
    small = smallest(big, lambda _: True)

    assert small.scenario.answers == {}
    assert (small.flow, small.media, small.hangup_after) == ("call", "0", None)
    assert len(small.scenario.events) == 1
    assert small.scenario.events[0].after == "100ms"


@pytest.mark.parametrize(
    ("big", "fails", "small"),
    [
        (
            case(["1s queued", "1s connected", "3s transferred", "1s connected", "1s released"]),
            lambda tried: "transferred" in words(tried),
            case(["100ms connected", "100ms transferred", "100ms released"]),
        ),
        (
            case(["1s connected", "5s released"], polls={"2": {"status": 403}, "4+": {"code": "1", "desc": "busy"}}),
            lambda tried: any(
                answer.code for answer in tried.scenario.answers.get("getClickToCallEvents", {}).values()
            ),
            case(["100ms released"], polls={"4": {"code": "1"}}),
        ),
        (
            case(["1s connected"], hangup_after=4.0, flow="text_then_call", sends={"1": {"delay": "10s"}}),
            lambda tried: tried.hangup_after is not None and "connected" in words(tried),
            case(["100ms connected"], hangup_after=0.1),
        ),
        (
            case(["1s released"], creates={"1-5": {"delay": "20s"}}),
            lambda tried: (
                "createClickToCall" in tried.scenario.answers
                and all(answer.delay for answer in tried.scenario.answers["createClickToCall"].values())
            ),
            case(["100ms released"], creates={"1": {"delay": "100ms"}}),
        ),
    ],
    ids=["events", "answers", "wishes", "times"],
)
def test_what_matters_stays(big: Case, fails: Callable[[Case], bool], small: Case) -> None:
    assert smallest(big, fails) == small


def test_nobody_who_is_connected_times_out_in_a_queue() -> None:
    big = case(["1s connected", "1s transferred", "1s queue_timeout"])
    assert ["connected", "queue_timeout"] not in [words(small) for small in smaller(big)]


def test_a_scenario_that_was_illegal_before_may_stay_so() -> None:
    big = case(["1s connected", "1s queued", "1s released"], flow="text_then_call")
    assert ["connected", "queued", "released"] in [words(small) for small in smaller(big)]


def test_a_call_without_an_end_may_stay_without() -> None:
    big = case(["1s queued", "1s connected"])
    assert ["queued"] in [words(small) for small in smaller(big)]


def test_the_length_of_a_case_is_what_it_waits() -> None:
    assert length(case(["1s queued", "500ms connected"], hangup_after=2.0, hold="3s", on_drop="silence")) == 6.5


def test_an_ordinal_of_every_few_requests_weighs_more_than_a_range() -> None:
    every = case(["1s released"], polls={"every 2": {"status": 403}})
    some = case(["1s released"], polls={"2-5": {"status": 403}})
    assert weight(some) < weight(every)


@pytest.mark.parametrize(
    ("ordinals", "fewer"),
    [
        (["2"], []),
        (["2-3"], [["2"]]),
        (["2-5"], [["2"], ["2-4"]]),
        (["7+"], [["7"], ["7-10"]]),
        (["1", "1-3"], [["1", "1-2"]]),  # as there is an answer for the first already
    ],
)
def test_answers_are_given_to_fewer_requests(ordinals: list[str], fewer: list[list[str]]) -> None:
    big = case(["100ms released"], polls={ordinal: {"status": 403} for ordinal in ordinals})
    found = [list(small.scenario.answers["getClickToCallEvents"]) for small in smaller(big) if small.scenario.answers]
    assert [lines for lines in found if len(lines) == len(ordinals)] == fewer


def test_media_stay_only_where_they_matter() -> None:
    big = case(["1s connected", "1s released"], media="1", connect_media=True)

    assert not smallest(big, lambda _: True).connect_media
    small = smallest(big, lambda one: one.connect_media)
    assert (small.connect_media, small.media) == (True, "0")
