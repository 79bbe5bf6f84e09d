"""Generated cases for clients outside of this process."""

from __future__ import annotations

from cec_conformance.drawing import drawn


def test_the_same_seed_draws_the_same_cases_under_names_of_their_own() -> None:
    cases = drawn(20, 7)

    assert cases == drawn(20, 7)
    assert len({case.name for case in cases}) == len(cases)
    assert 5 < len(cases) <= 20


def test_another_seed_draws_others() -> None:
    scenarios = [{repr(case.scenario) for case in drawn(20, number)} for number in (1, 2)]
    assert scenarios[0] != scenarios[1]
