"""Ordinals: which requests of an endpoint a scripted answer is for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.scenario.ordinals import ordinals


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("1", [1]),
        ("2", [2]),
        ("3-5", [3, 4, 5]),
        ("4-4", [4]),
        ("7+", [7, 8, 9, 10, 11, 12]),
        ("every 4", [4, 8, 12]),
        ("every 1", list(range(1, 13))),
    ],
)
def test_ordinals_name_requests_counted_from_1(text: str, members: list[int]) -> None:
    assert [number for number in range(13) if number in ordinals(text)] == members


@pytest.mark.parametrize("text", ["", "0", "-3", "3-", "two", "every", "every 0", "2\n", "1,2", "２", "9" * 10])
def test_anything_else_is_not_an_ordinal(text: str) -> None:
    with pytest.raises(ValueError, match="expected: the number of a request: 2, 3-5, 7"):
        ordinals(text)


def test_a_range_upside_down_is_turned_round_by_the_message() -> None:
    with pytest.raises(ValueError, match=r'"5-3" counts backwards; did you mean 3-5\?'):
        ordinals("5-3")


@given(st.integers(1, 10**8), st.integers(0, 100))
def test_a_range_ends_where_it_says(first: int, more: int) -> None:
    them = ordinals(f"{first}-{first + more}")
    assert first in them
    assert first + more in them
    assert first - 1 not in them
    assert first + more + 1 not in them
