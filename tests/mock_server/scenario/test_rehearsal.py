"""The rehearsal: what a client of the simplest kind gets from a scenario."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.scenario.rehearsal import MOST_POLLS, Polled, rehearse


def polls(rest: str) -> list[tuple[int, float, str]]:
    """Rehearse: the number of each poll, when it was answered, and what it got."""
    return [(poll.ordinal, poll.at, gets(poll)) for poll in rehearse(plan(load(f"title: x\n{rest}", "f")))]


def gets(poll: Polled) -> str:
    if poll.event:
        return poll.event.step.partition(" ")[2]
    if poll.step:
        return str(poll.step.answer.status or poll.step.answer.code)
    return "nothing"


QUEUED = "{after: 300ms, event: queued}"
CONNECTED = "{after: 2s, event: connected}"
RELEASED = "{after: 1s, event: released}"


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("", [(1, 25, "nothing")]),
        (f"events: [{QUEUED}, {CONNECTED}]", [(1, 0.3, "queued"), (2, 2.3, "connected")]),
        (f"events: [{QUEUED}, {RELEASED}]", [(1, 0.3, "queued"), (2, 1.3, "released")]),
        (
            f"events: [{CONNECTED}, {RELEASED}]\nhold: 1500ms",
            [(1, 1.5, "nothing"), (2, 2, "connected"), (3, 3, "released")],
        ),
        (
            f"events: [{QUEUED}, {CONNECTED}]\nanswers: {{getClickToCallEvents: {{2: {{status: 403, delay: 5s}}}}}}",
            [(1, 0.3, "queued"), (2, 5.3, "403"), (3, 5.3, "connected")],
        ),
        (
            f"events: [{CONNECTED}]\nanswers: {{getClickToCallEvents: {{1: {{delay: 5s}}}}}}",
            [(1, 5, "connected")],
        ),
        (
            f"events: [{QUEUED}]\nanswers: {{getClickToCallEvents: {{2+: {{code: '1'}}}}}}",
            [(1, 0.3, "queued"), (2, 0.3, "1"), (3, 0.3, "1"), (4, 0.3, "1"), (5, 0.3, "1")],
        ),
        (
            f"events: [{QUEUED}]\nanswers: {{getClickToCallEvents: {{2: {{code: '0'}}}}}}",
            [(1, 0.3, "queued"), (2, 0.3, "0")],
        ),
    ],
)
def test_a_client_that_polls_on_gets(rest: str, expected: list[tuple[int, float, str]]) -> None:
    assert polls(rest) == expected


def test_a_rehearsal_ends_though_nothing_else_would_end_it() -> None:
    assert len(polls(f"events: [{CONNECTED}]\nhold: 0s")) == MOST_POLLS


@given(
    st.lists(st.sampled_from([QUEUED, CONNECTED, "{after: 0s, event: transferred}"]), max_size=6),
    st.booleans(),
    st.sets(st.integers(1, 8), max_size=3),
)
def test_no_event_is_lost_and_time_never_runs_backwards(events: list[str], ends: bool, faults: set[int]) -> None:  # noqa: FBT001
    script = f"events: [{', '.join(events + [RELEASED] * ends)}]\nanswers:\n  getClickToCallEvents:"
    script += "".join(f"\n    {ordinal}: {{code: '1', delay: 1s}}" for ordinal in faults) or " {}"
    answered = polls(script)
    brought = [what for _, _, what in answered if what.isalpha() and what != "nothing"]
    assert brought == [event.rpartition(" ")[2].removesuffix("}") for event in events] + ["released"] * ends
    assert [number for number, _, _ in answered] == list(range(1, len(answered) + 1))
    times = [at for _, at, _ in answered]
    assert times == sorted(times)


FAULTS = ["{close: within the body}", "{body: html, delay: 1s}", "{hang: true}", "{drip: 1s}", "{set: {eventId: x}}"]
LOSSES = ["{status: 502, loses: event}", "{reset: before the answer, delay: 500ms, loses: event}"]


@given(
    st.lists(st.sampled_from([QUEUED, CONNECTED, "{after: 0s, event: transferred}"]), max_size=6),
    st.dictionaries(st.integers(1, 8), st.sampled_from(FAULTS + LOSSES), max_size=3),
)
def test_events_come_in_order_and_only_what_says_so_loses_one(events: list[str], faults: dict[int, str]) -> None:
    script = f"title: x\nevents: [{', '.join([*events, RELEASED])}]\nanswers:\n  getClickToCallEvents:"
    script += "".join(f"\n    {ordinal}: {fault}" for ordinal, fault in faults.items()) or " {}"
    playing = plan(load(script, "f"))
    answered = rehearse(playing)
    happened = [poll.event or poll.lost for poll in answered if poll.event or poll.lost]
    assert happened == list(playing.timeline)[: len(happened)]
    assert len(happened) == len(playing.timeline) or answered[-1].failed
    lost = sum(poll.lost is not None for poll in answered)
    assert lost <= sum(fault in LOSSES for fault in faults.values())
    assert all(poll.step is not None and poll.step.answer.loses for poll in answered if poll.lost)
    times = [poll.at for poll in answered]
    assert times == sorted(times)
