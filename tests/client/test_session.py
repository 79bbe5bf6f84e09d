"""The session by itself: what the flow's tables cannot reach."""

from __future__ import annotations

import pytest
from cec_client import requests
from cec_client.account import Tokens
from cec_client.answers import Answer, Expired, NetworkFailed, Ok, Refused
from cec_client.protocol import Endpoint
from cec_client.session import Session

from tests.client.world import CREDENTIALS, CUSTOMER

OLD = Tokens("old", "older")


def answer_login(session: Session, access: str = "a", messaging: str = "m") -> None:
    session.answered(session.outstanding[0].serial, Ok(Endpoint.TOKEN, access), 0.0)
    session.answered(session.outstanding[0].serial, Ok(Endpoint.APPLY_TOKEN, messaging), 0.0)


def endpoints(session: Session) -> list[Endpoint]:
    return [request.endpoint for request in session.outstanding]


def test_tokens_that_are_there_are_used() -> None:
    session = Session(CREDENTIALS, CUSTOMER, tokens=OLD)
    session.ask(requests.check(), lambda *_: None, 0.0)
    (request,) = session.outstanding
    assert dict(request.headers)["authorization"] == "Bearer old"


def test_a_late_answer_to_a_withdrawn_errand_is_ignored() -> None:
    session = Session(CREDENTIALS, CUSTOMER, tokens=OLD)
    answers: list[Answer] = []
    ticket = session.ask(requests.check(), lambda answer, _: answers.append(answer), 0.0)
    session.ask(requests.events(), lambda answer, _: answers.append(answer), 0.0)
    serial = session.outstanding[0].serial
    session.withdraw(ticket)
    session.withdraw(ticket)
    session.answered(serial, Expired(Endpoint.CHECK), 0.0)
    assert answers == []
    assert session.tokens == OLD


def test_a_login_that_nobody_waits_for_is_given_up() -> None:
    session = Session(CREDENTIALS, CUSTOMER)
    ticket = session.ask(requests.check(), lambda *_: None, 0.0)
    assert endpoints(session) == [Endpoint.TOKEN]
    session.withdraw(ticket)
    assert endpoints(session) == []


def test_a_login_that_is_to_be_repeated_is_given_up_with_its_alarm() -> None:
    session = Session(CREDENTIALS, CUSTOMER)
    session.patient = True
    ticket = session.ask(requests.check(), lambda *_: None, 0.0)
    session.answered(session.outstanding[0].serial, NetworkFailed(Endpoint.TOKEN, OSError()), 0.0)
    assert session.wake_at == 1.0
    session.withdraw(ticket)
    assert session.wake_at is None


def test_nothing_new_starts_while_tokens_are_renewed() -> None:
    session = Session(CREDENTIALS, CUSTOMER, tokens=OLD)
    session.ask(requests.check(), lambda *_: None, 0.0)
    session.answered(session.outstanding[0].serial, Expired(Endpoint.CHECK), 0.0)
    session.ask(requests.drop(), lambda *_: None, 0.0)
    assert endpoints(session) == [Endpoint.TOKEN]
    answer_login(session)
    assert endpoints(session) == [Endpoint.CHECK, Endpoint.DROP]


def test_two_logins_asked_for_together_are_one() -> None:
    session = Session(CREDENTIALS, CUSTOMER, tokens=OLD)
    answers: list[Answer] = []
    for _ in range(2):
        session.log_in(lambda answer, _: answers.append(answer), 0.0)
    assert endpoints(session) == [Endpoint.TOKEN]
    answer_login(session)
    assert answers == [Ok(Endpoint.APPLY_TOKEN, Tokens("a", "m"))] * 2


@pytest.mark.parametrize("succeeds", [True, False])
def test_who_is_told_first_may_withdraw_the_others(*, succeeds: bool) -> None:
    session = Session(CREDENTIALS, CUSTOMER)
    answers: list[Answer] = []

    def told(answer: Answer, _now: float) -> None:
        answers.append(answer)
        session.withdraw(second)

    session.log_in(told, 0.0)
    second = session.log_in(told, 0.0)
    if succeeds:
        answer_login(session)
    else:
        session.answered(session.outstanding[0].serial, Refused(Endpoint.TOKEN, "1"), 0.0)
    assert len(answers) == 1
    assert session.outstanding == ()


def test_a_403_for_good_lets_the_others_log_in_for_themselves() -> None:
    session = Session(CREDENTIALS, CUSTOMER)
    answers: list[Answer] = []
    session.ask(requests.check(), lambda answer, _: answers.append(answer), 0.0)
    for _ in range(2):
        answer_login(session)
        session.answered(session.outstanding[0].serial, Expired(Endpoint.CHECK), 0.0)
    answer_login(session)
    check = session.outstanding[0].serial
    session.ask(requests.drop(), lambda answer, _: answers.append(answer), 0.0)
    session.answered(session.outstanding[1].serial, Expired(Endpoint.DROP), 0.0)
    session.answered(check, Expired(Endpoint.CHECK), 0.0)
    assert answers[0] == Expired(Endpoint.DROP)
    assert endpoints(session) == [Endpoint.TOKEN]


def test_alarms_ring_in_order_and_may_stop_each_other() -> None:
    session = Session(CREDENTIALS, CUSTOMER)
    rung: list[str] = []

    def first(_now: float) -> None:
        rung.append("first")
        session.drop_alarm(third)

    session.set_alarm(2.0, lambda _: rung.append("second"))
    third = session.set_alarm(3.0, lambda _: rung.append("third"))
    session.set_alarm(1.0, first)
    assert session.wake_at == 1.0
    session.tick(0.5)
    session.tick(5.0)
    assert rung == ["first", "second"]
    session.drop_alarm(None)
