"""A session's scripted answers, and what becomes of their counts when the scenario is swapped."""

from __future__ import annotations

from cec_client.protocol import Endpoint
from mock_cec.clock import SteppedClock
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import Plan, plan
from mock_cec.session import Session


def refusing(status: int, ordinal: str = "1") -> Plan:
    text = f"title: t\nanswers: {{dropClickToCall: {{{ordinal}: {{status: {status}}}}}}}\n"
    return plan(load(text, "test"))


def status(session: Session, now: float = 0.0) -> int | None:
    step = session.step(Endpoint.DROP, now)
    return step.answer.status if step else None


def test_without_a_call_the_new_answers_count_at_once_and_from_one() -> None:
    session = Session("alice", refusing(500), SteppedClock())
    assert status(session) == 500
    session.swap(refusing(503), 0.0)
    assert [status(session), status(session)] == [503, None]


def test_a_live_call_keeps_its_answers_and_the_next_has_the_new_ones() -> None:
    session = Session("alice", refusing(500, "1+"), SteppedClock())
    session.script.create(0.0)
    session.swap(refusing(503), 0.0)
    assert status(session) == 500
    session.script.drop(1.0)
    assert status(session, 1.0) == 500
    session.step(Endpoint.CREATE, 1.0)
    assert status(session, 1.0) == 503


def test_new_answers_are_found_where_there_were_none() -> None:
    session = Session("alice", plan(load("title: t", "test")), SteppedClock())
    session.script.create(0.0)
    session.swap(refusing(503), 0.0)
    assert status(session) is None
    session.script.drop(1.0)
    session.step(Endpoint.CHECK, 1.0)
    assert status(session, 1.0) == 503
