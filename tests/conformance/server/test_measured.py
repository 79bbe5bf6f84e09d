"""The measured behaviour of servers: what the emulator does in both dialects, and what nobody saw."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Exchange, Trace
from cec_conformance import facts
from cec_conformance.measured import MIXED, UNSEEN
from cec_conformance.results import CaseResult
from cec_conformance.run import Run
from cec_conformance.server.measured import Behaviour, in_words, measure, server_behaviour
from cec_conformance.server.playing import pay
from cec_conformance.server.visits import VISITS

if TYPE_CHECKING:
    from mock_cec.scenario.dialect import DialectName

pytestmark = pytest.mark.usefixtures("silent_emulator")


@cache
def behaviour(dialect: DialectName) -> Behaviour:
    return measure(Run(pay(visit, dialect=dialect)) for visit in VISITS)


def said(found: Behaviour) -> dict[str, str]:
    return {line.about.en: line.found.en for line in in_words(found)}


@pytest.mark.parametrize(
    ("about", "guide", "reference"),
    [
        ("a token that is missing or nobody's", "HTTP 403", "HTTP 401"),
        ("a wrong secret or unknown key", "HTTP 401", "HTTP 401"),
        ("life of an AccessToken, if none is asked for", "600 s", "600 s"),
        ("168110 after a drop", "it follows", "it follows"),
        ("a drop without a live call", "resultCode 13", "resultCode 13"),
        ("type of eventId", "number", "string"),
        ("type of causeId", "number", "string"),
        ("type of accessCode", "string", "string"),
        ("resultDesc of a create that succeeds", '""', "null"),
    ],
)
def test_the_emulator_behaves_by_its_dialect(about: str, guide: str, reference: str) -> None:
    assert said(behaviour("guide"))[about] == guide
    assert said(behaviour("reference"))[about] == reference


def test_polls_are_held_as_long_as_they_were() -> None:
    holds = behaviour("guide").holds
    assert min(holds) > 0
    assert said(behaviour("guide"))["a poll without an event is held for"].endswith(" s")


def test_a_create_in_a_live_call_is_told_as_it_fared() -> None:
    assert behaviour("guide").second_create
    assert said(behaviour("guide"))["a create in a live call"] != UNSEEN.en


def test_what_departs_from_the_dialect_that_was_named_says_so() -> None:
    found = Behaviour(bad_token=frozenset({401}), expected=403)
    assert said(found)["a token that is missing or nobody's"] == "HTTP 401 (the dialect expects 403)"
    assert (
        said(Behaviour(bad_token=frozenset({403}), expected=403))["a token that is missing or nobody's"] == "HTTP 403"
    )


def test_what_nobody_saw_says_so() -> None:
    assert set(said(Behaviour()).values()) == {UNSEEN.en}
    assert server_behaviour([]) == []


def test_now_this_and_now_that_is_told_as_such() -> None:
    found = said(Behaviour(released=frozenset({True, False}), renews=frozenset({True}), holds=(1.0, 2.0)))
    assert found["168110 after a drop"] == MIXED.en
    assert found["a new ccmessaging-token in a header"] == "it comes"
    assert found["a poll without an event is held for"] == "1.0-2.0 s"
    assert said(Behaviour(released=frozenset({False})))["168110 after a drop"] == "none comes"


def exchange(serial: int, step: str, method: str = "POST", *, answer: bytes, **members: object) -> Exchange:
    given: dict[str, object] = {
        "serial": serial,
        "method": method,
        "target": f"/apiaccess/ccmessaging/v1/{step}",
        "request_complete": float(serial),
        "answer_begun": serial + 0.5,
        "answer_ended": serial + 0.5,
        "status": 200,
        "response_body": answer,
        "script": {"user": "alice"},
    }
    return Exchange(**given | members)  # type: ignore[arg-type]


def test_answers_of_every_kind_are_told() -> None:
    trace = Trace(
        exchanges=(
            exchange(1, "dropClickToCall", answer=b"", status=500),
            exchange(2, "dropClickToCall", answer=b"", status=None, answer_ended=None, connection_gone=2.5),
            exchange(3, "createClickToCall", answer=b'{"resultCode":"0"}'),
            exchange(4, "createClickToCall", answer=b'{"resultCode":"0","resultDesc":null}'),
            exchange(5, "getClickToCallEvents", "GET", answer=b'{"resultCode":"0","eventId":168110,"content":[]}'),
            exchange(6, "dropClickToCall", answer=b'{"resultCode":"0"}'),
            exchange(7, "createClickToCall", answer=b'{"resultCode":"0","resultDesc":"fine"}'),
            exchange(8, "dropClickToCall", answer=b'{"resultCode":"0"}'),
            exchange(9, "getClickToCallEvents", "GET", answer=b'{"resultCode":"0","eventId":{}}'),
        ),
        facts={facts.DIALECT: "guide"},
    )
    found = measure([Run(trace)])
    assert found.idle_drop == {"HTTP 500", "no answer", "success"}
    assert found.second_create == {"success"}
    assert found.created == {"absent", "null", '"fine"'}
    assert dict(found.types)["eventId"] == {"number", "object"}
    assert found.released == {False}
    assert found.expected == 403


def test_only_visits_that_were_judged_count() -> None:
    visit = VISITS[0]
    assert server_behaviour([CaseResult(visit, pay(visit), ())]) == []
    assert server_behaviour([CaseResult(visit, Trace(), (), searched=True)])
