"""Generated cases: a server may play every one of them, and each comes to an end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from cec_conformance.cases.generated import cases
from cec_conformance.judging import State, judge
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.run import Run
from cec_conformance.twins.original import place
from cec_conformance.virtual.playing import play
from hypothesis import HealthCheck, given, settings
from mock_cec.scenario.model import event_id

if TYPE_CHECKING:
    from cec_conformance.cases.case import Case

pytestmark = pytest.mark.uncovered

LETTERS = {168101: "C", 168102: "Q", 168103: "T", 168105: "F", 168106: "X", 168110: "R"}
LEGAL = re.compile(r"Q*(C(XQ*C?)*)?[RFT]")

many = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(cases())
def test_events_come_in_a_legal_order_and_the_last_one_ends_the_call(case: Case) -> None:
    order = "".join(LETTERS[event_id(event)] for event in case.scenario.events)

    assert LEGAL.fullmatch(order)
    assert not order.endswith("CT")  # whoever is connected does not wait in a queue


@many
@given(cases())
def test_a_correct_client_breaks_no_rule_and_ends(case: Case) -> None:
    run = Run(play(case, place))

    broken = [verdict for verdict in judge(run, CLIENT_RULES) if verdict.state is State.FAILED]
    assert broken == []
    assert run.fact("exit_status") == "0"


@given(cases(slow=False))
def test_without_slow_ones_nothing_is_later_than_three_seconds(case: Case) -> None:
    late = {event.after for event in case.scenario.events} | {
        answer.delay for answers in case.scenario.answers.values() for answer in answers.values()
    }

    assert "12s" not in late
