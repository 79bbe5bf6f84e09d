"""Complaints: what msgspec takes, the walk along the types takes as well."""

from __future__ import annotations

import pytest
from mock_cec.scenario import catalogue
from mock_cec.scenario.complaints import complaint
from mock_cec.scenario.yaml_tree import YamlTree


@pytest.mark.parametrize("name", catalogue.names())
def test_nothing_is_wrong_with_a_scenario(name: str) -> None:
    text = (catalogue.folder() / f"{name}.yaml").read_text(encoding="utf-8")
    assert complaint(YamlTree(text).value) is None


def test_the_first_thing_that_does_not_fit_is_told_in_the_order_of_the_file() -> None:
    assert complaint({"title": "x", "hold": 3, "evnets": []}) == (
        ("hold",),
        "3 does not fit; expected: a duration such as 300ms, 2s, 1m30s or 1h",
    )
