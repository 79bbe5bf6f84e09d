"""A masked trace gets the same verdicts: labels stand for values, and a label may have a space in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.cases.fixed import SIGNALLING
from cec_conformance.judging import State, judge
from cec_conformance.rules.calling import ORDER
from cec_conformance.rules.headers import HEADERS
from cec_conformance.rules.requests import REQUESTS
from cec_conformance.rules.tokens import LOGIN
from cec_conformance.run import Run
from cec_conformance.twins import TWINS
from cec_conformance.twins.original import place
from cec_conformance.virtual.playing import play
from mock_cec.trace.masking import mask

from tests.conformance.rules.step_traces import BODIES, Talk

if TYPE_CHECKING:
    from cec_client.protocol import Trace
    from cec_conformance.cases.case import Case
    from cec_conformance.twins.original import Original

pytestmark = pytest.mark.uncovered

STEPS = [rule for family in (LOGIN, HEADERS, REQUESTS, ORDER) for rule in family.rules]


def verdicts(trace: Trace) -> dict[str, State]:
    return {verdict.rule: verdict.state for verdict in judge(Run(trace), STEPS)}


@cache
def exposing(rule: str) -> Trace:
    """Give the trace of the rule's twin in the first case in which the rule catches it."""
    twin: type[Original] = TWINS[rule]
    traces = (play(case, lambda environment, transport: twin(environment, transport).place()) for case in SIGNALLING)
    return next(trace for trace in traces if verdicts(trace)[rule] in {State.FAILED, State.NOTED})


@pytest.mark.parametrize("personal", [False, True])
@pytest.mark.parametrize("rule", [rule.id for rule in STEPS])
def test_a_fault_is_seen_through_the_mask(rule: str, *, personal: bool) -> None:
    trace = exposing(rule)
    masked = mask(trace, personal=personal)

    assert masked != trace
    assert verdicts(masked) == verdicts(trace)


@pytest.mark.parametrize("case", SIGNALLING, ids=lambda case: case.name)
def test_a_correct_client_stays_correct_behind_the_mask(case: Case) -> None:
    trace = play(case, place)

    assert verdicts(mask(trace, personal=True)) == verdicts(trace)
    assert State.FAILED not in verdicts(trace).values()


@pytest.mark.parametrize("secret", ["s3", "Basic abc", "token 7", "the-app-secret", "schlüssel", 'quo"te\\'])
@pytest.mark.parametrize("user", ["u1", "the-channel", "Bearer", "the user"])
def test_given_values_are_masked_like_those_in_requests(secret: str, user: str) -> None:
    talk = Talk(app_secret=secret, user_id=user)
    talk.ask(Endpoint.TOKEN, body={"app_key": "the-app-key", "app_secret": secret})
    talk.ask(Endpoint.APPLY_TOKEN, body=BODIES[Endpoint.APPLY_TOKEN] | {"userId": user})
    talk.ask(Endpoint.SEND, body=BODIES[Endpoint.SEND] | {"from": user})
    talk.steps(Endpoint.CHECK, Endpoint.CREATE, Endpoint.EVENTS)
    trace = talk.trace()

    for personal in (False, True):
        masked = mask(trace, personal=personal)
        assert verdicts(masked) == verdicts(trace)
        assert masked.facts["app_secret"] != secret


def test_the_channel_stays_readable_even_if_no_login_names_it() -> None:
    talk = Talk().steps(Endpoint.SEND)
    masked = mask(talk.trace(), personal=True)

    assert masked.facts["channel_id"] == "the-channel"
    assert masked.facts["user_id"] == "<user 1>"
    assert verdicts(masked)["C-REQ-07"] is State.PASSED
