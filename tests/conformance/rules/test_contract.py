from __future__ import annotations

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.rules.contract import outcomes
from cec_conformance.run import Run

from tests.conformance.ends_traces import RULES, Story, wishing

RELEASED = Story().up().poll(168110)


@pytest.mark.parametrize(
    ("story", "after", "state"),
    [
        (Story().up().poll(168110), 0.1, "passed"),
        (Story().up().poll(168110), 34.0, "passed"),
        (Story().up().poll(168110), 35.0, "failed"),
        (Story().login().check(possible=False), 60.0, "failed"),
        (wishing().up().wait(0.5).drop().poll(took=25).poll(took=25), 0.1, "passed"),
        (Story().up().ask(Endpoint.EVENTS, None), 90.0, "passed"),  # a poll is still open
        (Story(), 90.0, "not exercised"),
    ],
)
def test_a_client_ends_soon_after_its_last_request(story: Story, after: float, state: str) -> None:
    assert story.judged("C-LIFE-01", "released", after=after).state == state


@pytest.mark.parametrize(
    ("story", "after", "state"),
    [
        (Story().up().poll(168110), 36.0, "failed"),
        (Story().up().poll(168110).login().login(), 0.5, "failed"),
        (wishing().up().wait(0.5).drop().login().login(), 0.5, "failed"),
        (Story().up().poll().poll(), 0.5, "not exercised"),  # it goes on where the call did
    ],
)
def test_a_client_that_had_to_be_ended_went_on_too_long(story: Story, after: float, state: str) -> None:
    assert story.judged("C-LIFE-01", "", "killed", after).state == state


@pytest.mark.parametrize(
    ("status", "state"), [("0", "passed"), ("1", "failed"), ("-11", "failed"), ("killed", "not exercised")]
)
def test_the_exit_status_is_0(status: str, state: str) -> None:
    assert RELEASED.judged("C-LIFE-02", "released", status).state == state


def test_a_client_that_never_asked_for_anything_is_not_judged_by_its_exit() -> None:
    assert Story().judged("C-LIFE-02", "", "1").state == "not exercised"


def test_a_recording_says_nothing_of_a_clients_end() -> None:
    for rule in ("C-LIFE-01", "C-LIFE-02", "C-LIFE-03"):
        assert RELEASED.judged(rule).state == "not exercised"


NET = "closed after the head"

TELLING = [
    (RELEASED, {"released"}),
    (Story().login().check().create().poll(168103), {"queue_timeout"}),
    (Story().login().check().create().poll(168105), {"call_failed"}),
    (Story().login().check(possible=False), {"unsupported"}),
    (Story().login().check(resultCode="1"), {"unsupported", "error"}),
    (Story().login().check().create("13"), {"rejected"}),
    (Story().login().check().ask(Endpoint.CREATE, b"", status=503), {"rejected", "error"}),
    (wishing().up().wait(0.5).drop(), {"hung_up"}),
    (wishing().up().wait(0.5).drop().poll(168110), {"hung_up", "released"}),
    (wishing().up().poll_fails().wait(0.5).drop(), {"hung_up", "gave_up", "error"}),
    (wishing().up().wait(0.5).drop("13").poll(168110), {"released", "error"}),
    (wishing().up().wait(0.5).drop("13"), {"error"}),
    (Story().up().poll_fails(4), {"gave_up"}),
    (Story().up().expired().login().poll_fails(3), {"gave_up", "error"}),
    (Story().login().check().create().poll_fails(4).drop(), {"gave_up", "error", "hung_up"}),
    (Story().up().ask(Endpoint.EVENTS, None, fault=NET), {"gave_up", "error"}),
    (Story().up(), {"error"}),
    (Story().login().check().create(), {"error"}),
    (Story().login().check(), {"error"}),
    (Story().login(), {"error"}),
]


@pytest.mark.parametrize(("story", "fitting"), TELLING)
def test_the_outcome_is_what_the_traffic_shows(story: Story, fitting: set[str]) -> None:
    assert outcomes(Run(story.trace())) == fitting
    for said in ("released", "queue_timeout", "call_failed", "unsupported", "rejected", "hung_up", "gave_up", "error"):
        assert story.judged("C-LIFE-03", said).state == ("passed" if said in fitting else "failed")


def test_no_outcome_is_none() -> None:
    verdict = RELEASED.judged("C-LIFE-03", "")
    assert verdict.state == "failed"
    assert verdict.observations[0].got is not None
    assert verdict.observations[0].got.en == "it printed no outcome; the traffic shows released"


def test_a_client_that_skips_or_was_ended_is_not_judged_by_its_outcome() -> None:
    assert RELEASED.judged("C-LIFE-03", "skip").state == "not exercised"
    assert RELEASED.judged("C-LIFE-03", "", "killed").state == "not exercised"


@pytest.mark.parametrize("rule", ["C-LIFE-01", "C-LIFE-02", "C-LIFE-03"])
def test_how_a_run_ends_that_went_astray_is_not_charged_again(rule: str) -> None:
    assert "C-DROP-01" in RULES[rule].yields_to
    strayed = wishing().up().wait(1).verdicts("hung_up", "1", after=60)

    assert strayed["C-DROP-01"] == "failed"
    assert strayed[rule] == "blocked"
