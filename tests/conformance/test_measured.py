"""The measured policy: what a client does where the guide leaves it a choice."""

from __future__ import annotations

import pytest
from cec_conformance.cases.fixed import SIGNALLING
from cec_conformance.measured import Line, Policy, Span, in_words, measure
from cec_conformance.run import Run
from cec_conformance.twins import TWINS
from cec_conformance.twins.original import Original
from cec_conformance.virtual.playing import play

from tests.conformance.rules.polls_traces import LOGIN, Step, calling


def measured(client: type[Original], *names: str) -> Policy:
    return measure(
        Run(play(case, lambda environment, transport: client(environment, transport).place()))
        for case in SIGNALLING
        if not names or case.name in names
    )


def line(policy: Policy, about: str) -> Line:
    return next(line for line in in_words(policy) if line.about.en == about)


def test_the_policy_of_the_original_is_what_its_code_says() -> None:
    policy = measured(Original)

    assert policy.retries == {3}
    assert policy.fresh_count == {True}
    assert policy.counts_403 == {False}
    assert policy.time_limit is None
    assert policy.longest_wait == pytest.approx(55, abs=0.01)
    assert policy.pause is not None
    assert policy.pause.least == pytest.approx(0.2, abs=0.01)
    assert policy.on_401 == {"retries"}
    assert policy.goes_on_at_unknown == {True}
    assert policy.drops_after_release == {False}


def test_a_twin_with_another_policy_is_measured_so() -> None:
    assert measured(TWINS["C-POLL-10"], "very-slow-poll").time_limit == Span(30, 30)
    assert 4 in measured(TWINS["C-RETRY-03"], "poll-fails-5").retries
    assert measured(TWINS["C-POLL-11"], "unknown-event").goes_on_at_unknown == {False}


def test_a_client_that_shows_nothing_has_no_policy() -> None:
    policy = measure([calling()])

    assert policy == Policy()
    assert {line.found.en for line in in_words(policy)} == {"not seen"}
    assert {line.found.zh for line in in_words(policy)} == {"未观察到"}


@pytest.mark.parametrize(("polls", "retries"), [("F", 0), ("FFFF", 3), ("CFFF", 2), ("FF", 1)])
def test_the_retries_of_a_row_that_the_client_ended_are_counted(polls: str, retries: int) -> None:
    assert measure([calling(*polls)]).retries == {retries}


def test_retries_are_told_as_numbers() -> None:
    assert line(measure([calling("F"), calling(*"FFFF")]), "retries of a failing poll").found.en == "0, 3"
    assert measure([calling("F", "C", "F", "F")]).retries == frozenset()  # an earlier failure may have counted


@pytest.mark.parametrize(
    ("steps", "fresh", "words"),
    [("F-FFFR", {True}, "starts afresh"), ("F-FFF", {False}, "goes on"), ("FFFFR", set(), "not seen")],
)
def test_the_count_after_a_success(steps: str, fresh: set[bool], words: str) -> None:
    policy = measure([calling(*steps)])

    assert policy.fresh_count == fresh
    assert line(policy, "count after a success").found.en == words


@pytest.mark.parametrize(
    ("steps", "counts", "words"),
    [
        (("F", "E", *LOGIN, "F", "F", "R"), {False}, "no"),
        (("F", "E", *LOGIN, "F", "F"), {True}, "yes"),
        (("F", "E", *LOGIN, "F", "C", "F", "R"), set(), "not seen"),
        (("F", "F", "F", "E", *LOGIN, "R"), set(), "not seen"),
    ],
)
def test_whether_a_403_counts(steps: tuple[str, ...], counts: set[bool], words: str) -> None:
    policy = measure([calling(*steps)])

    assert policy.counts_403 == counts
    assert line(policy, "a 403 counts as a failed poll").found.en == words


def test_what_a_hang_up_ended_says_nothing_of_the_count() -> None:
    assert measure([calling("C", "F", "-", *"FFF", "DROP", hangup_after="0.5")]).fresh_count == frozenset()
    unknown = measure([calling("C", "?", "DROP", hangup_after="0.2")])
    assert unknown.goes_on_at_unknown == frozenset()


def test_the_time_limit_of_a_poll() -> None:
    impatient = measure([calling(Step("<", takes=30), Step("<", after=31, takes=20), Step("R", after=21))])
    patient = measure([calling(Step("C", takes=40), Step("R", after=40.1))])

    assert impatient.time_limit is not None
    assert (impatient.time_limit.least, impatient.time_limit.most) == pytest.approx((20, 30))
    assert line(impatient, "time limit of a poll").found.zh == "20.0-30.0 秒"
    assert line(patient, "time limit of a poll").found.en == "none seen; it waited 40.0 s"


def test_the_pause_before_a_retry() -> None:
    policy = measure([calling("F", Step("C", after=1), "5", Step("R", after=1)), calling("F", "TOKEN", "R")])

    assert line(policy, "pause before a retry").found.en == "1.0 s"


def test_a_choice_that_is_not_always_the_same_is_told_as_such() -> None:
    policy = measure([calling("401"), calling("401", *LOGIN, "R")])

    assert policy.on_401 == {"stops", "logs in"}
    assert line(policy, "at 401").found.en == "now this, now that"


def test_giving_up_after_retries_at_401_is_no_stop() -> None:
    assert measure([calling("401", "401")]).on_401 == {"retries"}


def test_a_drop_after_the_release() -> None:
    assert measure([calling("C", "R", "DROP")]).drops_after_release == {True}
    assert measure([calling("C", "R")]).drops_after_release == {False}
    assert measure([calling("C", "DROP", "R")]).drops_after_release == frozenset()
