"""When stepped time may step by itself, and to when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.stepping import QUIET, Advance, LookAgain, Situation, decide


@pytest.mark.parametrize(
    ("open_", "waiting", "quiet", "due", "decision"),
    [
        pytest.param(1, 1, 0.05, 2.3, Advance(2.3), id="one held poll: to its event, or to the end of its hold"),
        pytest.param(1, 1, 9.0, 2.3, Advance(2.3), id="the same later"),
        pytest.param(1, 1, 0.02, 2.3, LookAgain(0.03), id="the poll has just come"),
        pytest.param(2, 2, 0.05, 0.7, Advance(0.7), id="a poll and a delayed answer: to what is due first"),
        pytest.param(2, 1, 0.05, 0.7, LookAgain(0.05), id="another request is being answered"),
        pytest.param(2, 1, 0.02, None, LookAgain(0.03), id="another request has just come, and may be held as well"),
        pytest.param(1, 1, 0.05, None, None, id="an answer that never comes"),
        pytest.param(0, 0, 0.05, 2.3, None, id="nobody is there"),
        pytest.param(0, 0, 0.02, None, None, id="nobody is there any more"),
    ],
)
def test_time_steps_when_everybody_waits_for_it(
    open_: int, waiting: int, quiet: float, due: float | None, decision: Advance | LookAgain | None
) -> None:
    decided = decide(Situation(open_, waiting, quiet, due))
    if isinstance(decision, LookAgain):
        assert isinstance(decided, LookAgain)
        assert decided.after == pytest.approx(decision.after)
    else:
        assert decided == decision


situations = st.integers(0, 9).flatmap(
    lambda open_: st.builds(
        Situation, st.just(open_), st.integers(0, open_), st.floats(0.0, 100.0), st.none() | st.floats(0.0, 1e6)
    )
)


@given(situations)
def test_it_steps_to_what_is_due_and_only_while_nobody_is_at_work(situation: Situation) -> None:
    decision = decide(situation)
    everybody_waits = situation.waiting == situation.open > 0 and situation.quiet >= QUIET
    assert isinstance(decision, Advance) == (everybody_waits and situation.due is not None)
    if isinstance(decision, Advance):
        assert decision.to == situation.due


@given(situations)
def test_whoever_waits_for_something_that_is_due_is_not_left_to_wait_for_ever(situation: Situation) -> None:
    decision = decide(situation)
    if situation.open and (situation.due is not None or situation.waiting < situation.open):
        assert decision is not None
    if isinstance(decision, LookAgain):
        assert 0.001 <= decision.after <= QUIET
