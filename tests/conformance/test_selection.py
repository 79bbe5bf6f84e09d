"""Which cases are played."""

from __future__ import annotations

from typing import Any

import pytest
from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.selection import Extent, NothingSelected, longest_first, selected
from cec_conformance.words import Words


def case(name: str, events: str = "1s released", **more: Any) -> Case:
    return Case(name=name, title=Words(name, name), scenario=scenario(events=[events]), **more)


CASES = (
    case("first", smoke=True, aims=("C-DROP-02",)),
    case("second", "3s released"),
    case("slow", "60s released", slow=True, aims=("C-DROP-02",)),
)


@pytest.mark.parametrize(
    ("extent", "wishes", "names"),
    [
        ("smoke", {}, ["first"]),
        ("quick", {}, ["first", "second"]),
        ("thorough", {}, ["first", "second", "slow"]),
        ("smoke", {"names": ["slow", "second", "slow"]}, ["slow", "second"]),
        ("quick", {"rules": ["c-drop-02"]}, ["first"]),
        ("thorough", {"rules": ["C-DROP-02"]}, ["first", "slow"]),
    ],
)
def test_cases_are_chosen(extent: Extent, wishes: dict[str, list[str]], names: list[str]) -> None:
    assert [case.name for case in selected(CASES, CLIENT_RULES, extent, **wishes)] == names


@pytest.mark.parametrize(
    ("cases", "wishes", "told"),
    [
        (CASES, {"names": ["frist"]}, 'there is no case "frist"; did you mean first?; cec-conformance cases'),
        (CASES, {"rules": ["C-DROP-2"]}, 'there is no rule "C-DROP-2"; did you mean C-DROP-02?; cec-conformance rules'),
        (CASES, {"names": ["?"]}, 'there is no case "?"; cec-conformance cases'),
        (CASES[1:], {"rules": ["C-DROP-02"]}, "aims at C-DROP-02; these do: slow"),
        (CASES[1:2], {"rules": ["C-DROP-02"]}, "aims at C-DROP-02"),
    ],
)
def test_a_wish_that_cannot_be_met_is_told(cases: tuple[Case, ...], wishes: dict[str, list[str]], told: str) -> None:
    with pytest.raises(NothingSelected) as refused:
        selected(cases, CLIENT_RULES, "quick", **wishes)
    assert told in str(refused.value)


def test_long_cases_come_first() -> None:
    assert [case.name for case in longest_first(CASES)] == ["slow", "second", "first"]
