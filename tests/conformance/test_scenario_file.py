"""Scenario files of cases: they load back as what they were, and say how to play and judge them."""

from __future__ import annotations

import pytest
from cec_conformance.cases.case import Case
from cec_conformance.cases.fixed import FIXED
from cec_conformance.cases.generated import cases
from cec_conformance.cases.writing import scenario
from cec_conformance.scenario_file import options_of, written, yaml_of
from cec_conformance.words import Words
from hypothesis import HealthCheck, given, settings
from mock_cec.scenario.loading import load

TITLE = Words("a case", "用例")


@given(cases())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_a_generated_scenario_loads_back_equal(case: Case) -> None:
    assert load(yaml_of(case.scenario), "test") == case.scenario


@pytest.mark.parametrize("case", FIXED, ids=lambda case: case.name)
def test_a_fixed_scenario_loads_back_equal(case: Case) -> None:
    assert load(yaml_of(case.scenario), "test") == case.scenario


def test_chinese_stays_readable() -> None:
    said = scenario(
        "排队超时", agent=[{"after": "1s", "say": "您好，请稍候"}], polls={"2": {"code": "1", "desc": "on"}}
    )
    text = yaml_of(said)
    assert "您好，请稍候" in text
    assert load(text, "test") == said


@pytest.mark.parametrize(
    ("wishes", "options"),
    [
        ({}, ()),
        ({"flow": "call_then_text", "media": "1"}, ("--flow", "call_then_text", "--media", "video")),
        ({"connect_media": True}, ("--connect-media",)),
        ({"hangup_after": 0.5}, ("--hangup-after", "0.5")),
        ({"hangup_after": 0.0, "hangup_when": "queued"}, ("--hangup-after", "0", "--hangup-when", "queued")),
    ],
)
def test_what_the_user_wants_is_given_by_options(wishes: dict[str, object], options: tuple[str, ...]) -> None:
    case = Case(name="case", title=TITLE, scenario=scenario(), **wishes)  # type: ignore[arg-type]
    assert options_of(case) == options


def test_a_counter_example_says_how_to_play_and_judge_it() -> None:
    case = Case(name="case", title=TITLE, scenario=scenario(events=["1s released"]), hangup_after=0.5)
    text = written(case, "C-DROP-02")
    assert "mock-cec --scenario FILE\n" in text
    assert "cec-conformance client --scenario FILE --hangup-after 0.5 -- COMMAND" in text
    assert load(text, "test").title == "The smallest case that was found to break C-DROP-02"
