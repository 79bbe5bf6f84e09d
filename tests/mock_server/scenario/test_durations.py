"""Durations: how people write them, and what they are in seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.scenario.durations import duration, seconds


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0s", 0),
        ("300ms", 0.3),
        ("2s", 2),
        ("1.5s", 1.5),
        ("1m30s", 90),
        ("90s", 90),
        ("5m", 300),
        ("1h", 3600),
        ("1h2m3s4ms", 3723.004),
        ("999999999h", 3599999996400),
    ],
)
def test_a_duration_is_a_sum_of_parts(text: str, value: float) -> None:
    assert seconds(text) == value


@pytest.mark.parametrize(
    "text", ["", "s", "3", "3 s", "-1s", "1s1m", "2S", "1e3s", "２s", "1m1m", "0.5m", "9" * 10 + "s"]
)
def test_anything_else_is_not_a_duration(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration such as 300ms"):
        seconds(text)


@pytest.mark.parametrize(("value", "text"), [(0, "0s"), (0.3, "300ms"), (90, "1m30s"), (3600, "1h"), (0.0004, "0s")])
def test_seconds_are_written_the_way_a_scenario_does(value: float, text: str) -> None:
    assert duration(value) == text


@given(st.integers(0, 10**9))
def test_what_was_written_reads_the_same(milliseconds: int) -> None:
    assert seconds(duration(milliseconds / 1000)) == milliseconds / 1000
