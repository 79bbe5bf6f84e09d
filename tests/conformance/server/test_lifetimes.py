"""How long the tokens of a visit live, as far as a visitor can know (guide §2.1)."""

from __future__ import annotations

import pytest
from cec_conformance.server.lifetimes import lifetime, surely_alive, surely_dead

from tests.conformance.server.visit_traces import Step, visiting


def at(seconds: float, life: int | None, expires: str | None = None) -> tuple[bool, bool]:
    """Say whether a token is surely alive, and surely dead, so many seconds after it was issued."""
    token = Step("TOKEN", life=life, expires=expires, after=0)
    run = visiting(Step("CHECK", after=seconds), before=[token])
    return surely_alive(run, run.checks[0]), surely_dead(run, run.checks[0])


@pytest.mark.parametrize(
    ("seconds", "known"), [(4.9, (True, False)), (5.1, (False, False)), (7.9, (False, False)), (8.1, (False, True))]
)
def test_a_life_has_margins_at_its_end(seconds: float, known: tuple[bool, bool]) -> None:
    assert at(seconds, 6) == known


def test_where_expires_and_the_request_differ_both_are_believed() -> None:
    assert at(100, 6, "600") == (False, False)
    assert at(3, 600, "6") == (True, False)
    assert at(30, 600, "6") == (False, False)
    assert at(700, 6, "600") == (False, True)
    assert at(3, 6, "soon") == (True, False)


def test_nobody_lives_longer_than_an_hour() -> None:
    assert at(3603, 7200) == (False, True)


def test_a_life_that_nobody_asked_for_is_not_known() -> None:
    assert at(100_000, None, "600") == (True, False)


def test_a_token_that_was_not_issued_here_is_not_known() -> None:
    run = visiting("CHECK", before=[])

    assert lifetime(run, run.checks[0]) is None
    assert surely_alive(run, run.checks[0])
    assert not surely_dead(run, run.checks[0])


def test_a_request_without_an_answer_may_have_come_late() -> None:
    run = visiting("~", before=[Step("TOKEN", life=6)])

    assert not surely_alive(run, run.polls[0])
