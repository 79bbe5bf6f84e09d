"""Fairness: what was measured decides whether a case says anything against a client."""

from __future__ import annotations

import pytest
from cec_client.protocol import Exchange, Trace
from cec_conformance.fairness import MOST_LAG, MOST_START, Measured, unfair


def delivered(due: float, asked: float, begun: float | None, **script: str) -> Trace:
    """Make the trace of one poll that took an event."""
    poll = Exchange(
        serial=1,
        method="GET",
        target="/",
        request_complete=asked,
        answer_begun=begun,
        script={"due": due, **script},
    )
    return Trace(exchanges=(poll,))


@pytest.mark.parametrize(
    ("measured", "trace", "fair"),
    [
        (Measured(), Trace(), True),
        (Measured(lag=MOST_LAG), Trace(), True),
        (Measured(lag=MOST_LAG + 0.01), Trace(), False),
        (Measured(start=MOST_START), Trace(), True),
        (Measured(start=MOST_START + 0.01), Trace(), False),
        (Measured(), delivered(1.0, 0.0, 1.4), True),
        (Measured(), delivered(1.0, 0.0, 1.6), False),
        (Measured(), delivered(1.0, 5.0, 5.1), True),  # the client came late
        (Measured(), delivered(1.0, 0.0, None), True),  # the client was gone
        (Measured(), delivered(1.0, 0.0, 2.0, altered="answers.poll[1]"), True),  # late on purpose
    ],
)
def test_lateness_of_ours_makes_a_case_unfair(measured: Measured, trace: Trace, *, fair: bool) -> None:
    assert (unfair(measured, trace) is None) == fair


def test_it_says_how_late_it_was_and_what_helps() -> None:
    told = unfair(Measured(lag=2.0), Trace())
    assert told is not None
    assert "2.0 s late" in told.en
    assert "--jobs" in told.en
    assert "--jobs" in told.zh
