"""What happens in every call of a visit, as a fact of its trace."""

from __future__ import annotations

from cec_client.protocol import Trace
from cec_conformance.cases.writing import scenario
from cec_conformance.facts import Fact
from cec_conformance.run import Run
from cec_conformance.server.announced import Announced, announced, events


def test_events_are_counted_from_the_create() -> None:
    run = Run(Trace(facts=announced(scenario(events=["300ms queued", "2s connected"]))))

    assert run.knows(Fact.EVENTS)
    assert events(run) == (Announced(168102, 0.3), Announced(168101, 2.3))


def test_a_scenario_without_events_says_so() -> None:
    assert Run(Trace(facts=announced(scenario()))).knows(Fact.EVENTS)


def test_a_scenario_with_answers_of_its_own_says_nothing_of_events() -> None:
    run = Run(Trace(facts=announced(scenario(events=["300ms queued"], polls={"1": {"status": 503}}))))

    assert not run.knows(Fact.EVENTS)
    assert events(run) == ()


def test_the_dialect_is_the_one_that_was_chosen_or_the_scenario_s() -> None:
    assert announced(scenario())["dialect"] == "guide"
    assert announced(scenario(), "reference")["dialect"] == "reference"
