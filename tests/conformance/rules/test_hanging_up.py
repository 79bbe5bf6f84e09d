from __future__ import annotations

import pytest
from cec_client.protocol import Endpoint

from tests.conformance.ends_traces import FAILURE, Story, wishing


def before_create() -> Story:
    return wishing("0.5", "created").login().check()


def failing(times: int) -> Story:
    story = wishing().up().wait(0.5)
    for _ in range(times):
        story.drop("13")
    return story


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (wishing().up().wait(0.5).drop(), "passed"),
        (wishing().up().wait(0.4).drop(), "passed"),  # a timer that runs ahead a little
        (wishing("0", "created").login().check().create().drop(), "passed"),
        (wishing("0.5", "queued").login().check().create().poll(168102).wait(0.5).drop(), "passed"),
        (wishing().up().wait(0.5).drop("13"), "passed"),
        # broken
        (wishing().up().poll(took=3), "failed"),
        (wishing().up().wait(1), "failed"),
        (wishing().up().ask(Endpoint.EVENTS, FAILURE, took=7), "failed"),
        (wishing().up().ask(Endpoint.EVENTS, None), "failed"),
        (wishing().up().ask(Endpoint.EVENTS, None, took=0.6, left=True), "failed"),
        (wishing("0", "created").login().check().create(), "failed"),
        (wishing().up().poll_fails().wait(1).poll(), "failed"),
        (wishing().up().poll().poll().wait(6.0).poll(168110), "failed"),
        # no occasion
        (Story().up().poll(168110), "not exercised"),
        (wishing().login().check().create().poll(168103), "not exercised"),
        (wishing().up().poll(168110), "not exercised"),
        (wishing().up().wait(1).poll(168110), "not exercised"),  # it ended right after the wish
        (wishing().up().poll_fails(4).wait(1), "not exercised"),  # polling was given up before
        (wishing().up().ask(Endpoint.EVENTS, FAILURE, took=1), "not exercised"),  # or at that very time
        (wishing().up().ask(Endpoint.EVENTS, None, took=0.2, left=True).wait(1), "not exercised"),
        (wishing("5").up().drop(), "not exercised"),  # dropped of its own accord: C-DROP-07
    ],
)
def test_a_drop_follows_the_users_wish(story: Story, state: str) -> None:
    assert story.judged("C-DROP-01").state == state


def test_a_client_that_had_ended_before_the_wish_left_for_another_reason() -> None:
    assert wishing("5").up().judged("C-DROP-01", "error").state == "not exercised"
    assert wishing("5").up().wait(6).judged("C-DROP-01", "error").state == "failed"


def test_without_knowing_the_wish_no_rule_on_it_is_judged() -> None:
    story = Story().up()
    del story.facts["hangup_after"]
    for rule in ("C-DROP-01", "C-DROP-03", "C-DROP-07"):
        verdict = story.judged(rule)
        assert verdict.state == "not exercised"
        assert verdict.because is not None
        assert "--hangup-after" in verdict.because.en


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (Story().login().check().create().drop(), "passed"),
        (Story().login().check().create("13").create().drop(), "passed"),
        (Story().login().drop(), "failed"),
        (Story().login().check().drop().create(), "failed"),
        (Story().login().check().create("13").drop(), "failed"),
        (Story().login().check().expired(Endpoint.CREATE).drop(), "failed"),
        (Story().login().check().create(), "not exercised"),
        # whoever cannot know if there is a call may clean up
        (Story().login().check().ask(Endpoint.CREATE, b"", status=503).drop(), "not exercised"),
        (Story().login().check().ask(Endpoint.CREATE, None, fault="closed after the head").drop(), "not exercised"),
        (Story().login().check().ask(Endpoint.CREATE, None, took=60, left=True).drop(), "not exercised"),
    ],
)
def test_no_drop_comes_before_a_create_has_succeeded(story: Story, state: str) -> None:
    assert story.judged("C-DROP-02").state == state


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (wishing().up().wait(0.5).drop(), "passed"),
        (wishing().up().wait(5.5).drop(), "passed"),
        (wishing().up().wait(5.6).drop(), "failed"),
        (wishing().up().poll(took=8).drop(), "failed"),
        (wishing().up().wait(1), "not exercised"),
        (Story().up().drop(), "not exercised"),
    ],
)
def test_the_drop_comes_within_five_seconds(story: Story, state: str) -> None:
    assert story.judged("C-DROP-03").state == state


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (wishing().up().wait(0.5).drop(), "passed"),
        (wishing().up().wait(0.5).drop("13").drop(), "passed"),
        (wishing().up().wait(0.5).drop().create().drop(), "passed"),  # the next call has a drop of its own
        (wishing().up().wait(0.5).drop().drop(), "failed"),
        (wishing().up().wait(0.5).drop().poll().drop("13"), "failed"),
        (wishing().up().wait(0.5).drop("13"), "not exercised"),
        (Story().up().poll(168110).drop().drop(), "not exercised"),  # C-DROP-05
    ],
)
def test_a_drop_that_succeeded_is_not_repeated(story: Story, state: str) -> None:
    assert story.judged("C-DROP-04").state == state


@pytest.mark.parametrize(
    ("story", "state", "words"),
    [
        (Story().up().poll(168110), "passed", None),
        (Story().up().poll(168110).create().drop(), "passed", None),  # another call
        (Story().up().poll(168110).drop(), "noted", "one drop after the end"),
        (Story().up().poll(168110).drop().drop("13").drop("13"), "noted", "3 drops after the end"),
        (wishing().up().wait(0.5).drop().poll(168110), "not exercised", None),
        (Story().up().drop("13").poll(168110).drop("13"), "not exercised", None),  # repeated from before
        (Story().up(), "not exercised", None),
    ],
)
def test_drops_after_the_end_are_noted(story: Story, state: str, words: str | None) -> None:
    verdict = story.judged("C-DROP-05")
    assert verdict.state == state
    got = verdict.observations[0].got if verdict.observations else None
    assert (got.en if got else None) == words


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (failing(1).drop(), "passed"),
        (failing(4), "passed"),
        (failing(3).drop().drop("13"), "passed"),
        (failing(4).expired(Endpoint.DROP), "passed"),
        (failing(5), "failed"),
        (failing(2).ask(Endpoint.DROP, b"", status=503).drop("1").drop("1"), "failed"),
        (failing(0).drop(), "not exercised"),
        (failing(0).expired(Endpoint.DROP).login().drop(), "not exercised"),
        (before_create().drop("13"), "not exercised"),
    ],
)
def test_a_failing_drop_is_tried_four_times_at_most(story: Story, state: str) -> None:
    assert story.judged("C-DROP-06").state == state


@pytest.mark.parametrize(
    ("story", "state"),
    [
        (Story().up().poll(168110), "passed"),
        (Story().up().poll(168110).drop(), "passed"),
        (wishing().up().wait(0.5).drop(), "passed"),
        (wishing("0").up().poll(168110, took=0, held=True).drop(), "passed"),  # it crosses the end
        (wishing("0").up().drop().poll(168110, took=0), "passed"),
        (Story().up().poll_fails(4).drop(), "passed"),  # gives up, and sets the agent free
        (Story().up().ask(Endpoint.EVENTS, None, took=60, left=True).drop(), "passed"),
        (Story().login().drop().check().create().poll(168110), "passed"),  # C-DROP-02
        (Story().up().poll(168106).drop(), "failed"),
        (Story().login().check().create().drop(), "failed"),
        (Story().up().poll(took=5, held=True).wait(1).drop(), "failed"),
        (Story().up().ask(Endpoint.EVENTS, None, took=1, left=True).drop(), "failed"),
        (wishing("5").up().drop(), "failed"),
        (Story().login().check().create("13"), "not exercised"),
    ],
)
def test_nobody_drops_a_call_unasked(story: Story, state: str) -> None:
    assert story.judged("C-DROP-07").state == state
