"""The call flow against any platform whatever: the rules of conformance as invariants, over random scripts.

The platform answers every request with anything it likes; the user hangs up whenever she likes. What the client then
put on the wire is judged by rules that are written here once more, independently of the flow.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Final

import pytest
from cec_client.account import Sequence
from cec_client.answers import Expired, HttpFailed, Ok
from cec_client.events import CallEvent, NothingYet
from cec_client.outcome import Outcome
from cec_client.protocol import Endpoint
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.client import world as w
from tests.client.world import Line, Reply, World

TOKEN, APPLY = Endpoint.TOKEN, Endpoint.APPLY_TOKEN
SEND, CHECK, CREATE = Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE
POLL, DROP = Endpoint.EVENTS, Endpoint.DROP
LOGIN: Final = (TOKEN, APPLY)

LAST: Final = Reply(body=w.RELEASED.body, after=0.5)
"""Ends what the random script leaves alive."""
delays = st.sampled_from([0.0, 0.01, 0.3, 1.0, 1.7, 12.0])
bodies = st.sampled_from(
    [
        w.DONE,
        w.FAIL,
        w.BROKEN,
        w.EXPIRED,
        Reply(503, headers={"retry-after": "3"}),
        Reply(429, headers={"retry-after": "7200"}),
        Reply(401),
        Reply(404),
        Reply(body=b"<html>"),
    ]
)
poll_bodies = st.one_of(
    st.sampled_from([w.QUEUED, w.CONNECTED, w.TRANSFERRED, w.EMPTY, w.event("168102"), w.event(168199)]),
    bodies,
    st.sampled_from([w.RELEASED, w.QUEUE_TIMEOUT, w.CALL_FAILED]),
)


def late(replies: st.SearchStrategy[Reply]) -> st.SearchStrategy[list[Reply]]:
    """Runs of equal answers, for the bounds are on runs."""
    run = st.builds(
        lambda reply, after, times: [Reply(reply.status, reply.body, after, reply.headers)] * times,
        replies,
        delays,
        st.sampled_from([1, 1, 2, 4, 6]),
    )
    return st.lists(run, max_size=5).map(lambda runs: list(chain.from_iterable(runs)))


Replies = st.SearchStrategy[list[Reply]]
failing_drops: Replies = st.sampled_from([[w.FAIL] * 6, [w.BROKEN] * 6])
good_then_any: Replies = st.one_of(st.just([]), late(bodies))
mostly_good: Replies = st.one_of(st.just([]), st.just([]), late(bodies))
checks = st.sampled_from([w.support(), w.support(webrtc=False), w.support(click_to_call=False), w.EXPIRED, w.FAIL])
scripts = st.fixed_dictionaries(
    {
        TOKEN: st.one_of(st.just([]), late(st.sampled_from([w.BROKEN, Reply(500), Reply(429), w.FAIL]))),
        APPLY: st.one_of(st.just([]), late(st.sampled_from([w.BROKEN, w.FAIL, w.EXPIRED, Reply(408)]))),
        SEND: mostly_good,
        CHECK: st.one_of(st.just([]), st.just([]), late(checks)),
        CREATE: mostly_good,
        POLL: late(poll_bodies),
        DROP: good_then_any | failing_drops,
    }
)
hang_ups = st.one_of(st.none(), st.sampled_from([0.0, 0.005, 0.035, 0.05, 0.5, 1.0]), st.floats(0, 40, allow_nan=False))


def play(script: w.Script, sequence: Sequence, hang_up_at: float | None) -> World:
    # The first login is let through, or most calls would never come to life.
    opened = script | {
        TOKEN: [Reply(body={"AccessToken": "access-0"}), *script[TOKEN]],
        APPLY: [Reply(body={"resultCode": "0", "token": "messaging-0"}), *script[APPLY]],
        POLL: [*script[POLL], LAST, LAST, LAST, LAST],
    }
    world = World(opened, sequence)
    if hang_up_at is not None:
        world.at(hang_up_at, world.hang_up)
    return world.run(100_000)


@pytest.mark.uncovered
@given(scripts, st.sampled_from(list(Sequence)), hang_ups)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_rule_holds_whatever_the_platform_does(
    script: w.Script, sequence: Sequence, hang_up_at: float | None
) -> None:
    world = play(script, sequence, hang_up_at)
    assert world.flow.over, "every call ends"
    assert not world.session.outstanding
    assert world.session.wake_at is None
    assert world.flow.outcome is not None
    event(world.flow.outcome)
    log = world.log
    never_two_polls(log)
    steps_in_order(log, sequence)
    bounded(log)
    fresh_tokens_only(log)
    logs_in_for_a_reason(log)
    drops_with_reason(log, hang_up_at)
    stops_when_over(log)
    pauses(log)
    asked_pauses(log)
    outcome_agrees(world)


def lines(log: list[Line], what: str, *endpoints: Endpoint) -> list[Line]:
    return [line for line in log if line.what == what and (not endpoints or line.endpoint in endpoints)]


def never_two_polls(log: list[Line]) -> None:
    under_way: dict[Endpoint, int] = {}
    for line in log:
        under_way[line.endpoint] = under_way.get(line.endpoint, 0) + (1 if line.what == "start" else -1)
        assert under_way[line.endpoint] in (0, 1), f"two of {line.endpoint}"


def succeeded(line: Line) -> bool:
    return line.what == "answer" and isinstance(line.answer, Ok)


def steps_in_order(log: list[Line], sequence: Sequence) -> None:
    done: set[Endpoint] = set()
    polled = False
    for line in log:
        if line.what == "start":
            if line.endpoint not in LOGIN:
                assert APPLY in done, "no business before the login"
            needs = {CREATE: CHECK, POLL: CREATE, DROP: CREATE, APPLY: TOKEN}.get(line.endpoint)
            assert needs is None or needs in done, f"{line.endpoint} without {needs}"
            if line.endpoint is CHECK and sequence is Sequence.TEXT_THEN_CALL:
                assert SEND in done
            if line.endpoint is SEND:
                assert sequence is not Sequence.CALL
                assert sequence is Sequence.TEXT_THEN_CALL or polled
                assert not lines(log[: log.index(line)], "start", DROP)
            if line.endpoint is CREATE:
                assert CREATE not in done, "one call is enough"
            polled = polled or line.endpoint is POLL
        elif succeeded(line):
            flags = getattr(line.answer, "value", None)
            if line.endpoint is not CHECK or getattr(flags, "both", False):
                done.add(line.endpoint)


def bounded(log: list[Line]) -> None:
    streak = 0
    for line in lines(log, "answer", POLL):
        streak = 0 if succeeded(line) else streak + (0 if isinstance(line.answer, Expired) else 1)
        assert streak <= 4
    for endpoint in (SEND, CHECK, CREATE):
        assert len(lines(log, "start", endpoint)) <= 4
        failures = [line for line in lines(log, "answer", endpoint) if not isinstance(line.answer, Ok | Expired)]
        assert len(failures) <= 1, "steps are not repeated but for a 403"
    failing_drops = [line for line in lines(log, "answer", DROP) if not isinstance(line.answer, Ok | Expired)]
    assert len(failing_drops) <= 4
    assert len([line for line in lines(log, "answer", DROP) if succeeded(line)]) <= 1
    row = 0
    for line in lines(log, "answer", *LOGIN):
        row = row + 1 if not succeeded(line) else 0 if line.endpoint is APPLY else row
        assert row <= 4, "a failing login is tried four times"
    expiries = 0
    for line in log:
        if line.what == "answer" and line.endpoint not in LOGIN:
            expiries = expiries + 1 if isinstance(line.answer, Expired) else 0
        assert expiries <= 8, "at most four of each of two requests"


def fresh_tokens_only(log: list[Line]) -> None:
    """After a 403 to a request, nothing is sent with its tokens any more."""
    dead: set[tuple[str | None, str | None]] = set()
    for line in log:
        if line.endpoint in LOGIN:
            continue
        tokens = (line.header("authorization"), line.header("ccmessaging-token"))
        if line.what == "start":
            assert tokens not in dead
        elif line.what == "answer" and isinstance(line.answer, Expired):
            dead.add(tokens)


def logs_in_for_a_reason(log: list[Line]) -> None:
    """A TOKEN is the first request, follows a 403, or repeats a failed login; nothing new starts between."""
    logging_in = True
    for line in log:
        if line.what == "start":
            assert logging_in == (line.endpoint in LOGIN), f"{line.endpoint} while logging_in={logging_in}"
        elif line.what == "answer":
            if line.endpoint is APPLY and succeeded(line):
                logging_in = False
                current = line
            elif line.endpoint not in LOGIN and isinstance(line.answer, Expired) and not logging_in:
                logging_in = line.header("authorization") == f"Bearer {_access(current)}"


def _access(apply: Line) -> str:
    return (apply.header("authorization") or "").removeprefix("Bearer ")


def drops_with_reason(log: list[Line], hang_up_at: float | None) -> None:
    starts = lines(log, "start", DROP)
    assert not starts or hang_up_at is not None
    created = [line for line in lines(log, "answer", CREATE) if succeeded(line)]
    terminal = [line for line in lines(log, "answer", POLL) if _terminal(line)]
    over_at = log[-1].at
    for line in lines(log, "start", CREATE):
        assert hang_up_at is None or line.at <= hang_up_at, "no call is made for a user who hung up"
    if hang_up_at is not None and created and hang_up_at < over_at and not lines(log, "start", *LOGIN)[2:]:
        assert starts, "a hang-up of a live call is a drop"
        assert starts[0].at == max(hang_up_at, created[0].at), "at once"
    for line in starts:
        assert not any(log.index(end) < log.index(line) for end in terminal), "no drop after the end"


def _terminal(line: Line) -> bool:
    value = line.answer.value if isinstance(line.answer, Ok) else None
    return isinstance(value, CallEvent) and value.terminal


def stops_when_over(log: list[Line]) -> None:
    over = False
    for line in log:
        assert not (over and line.what == "start"), f"{line.endpoint} after the end"
        if line.endpoint is DROP and succeeded(line):
            over = True
        if line.endpoint is POLL and line.what == "answer" and _terminal(line):
            over = True


def pauses(log: list[Line]) -> None:
    polls = [line for line in log if line.endpoint is POLL and line.what != "abort"]
    for earlier, answer, later in zip(polls, polls[1:], polls[2:], strict=False):
        if answer.what == "answer" and later.what == "start" and isinstance(answer.answer, Ok):
            assert later.at - answer.at <= 5, "the next poll is soon"
            if isinstance(answer.answer.value, NothingYet):
                assert later.at - earlier.at >= 0.1 - 1e-9, "but not a flood"


def asked_pauses(log: list[Line]) -> None:
    """What is sent again keeps the pause that the platform asked for, up to half a minute."""
    for endpoint in (TOKEN, POLL, DROP):
        own = [line for line in log if line.endpoint is endpoint and line.what != "abort"]
        for answer, again in pairwise(own):
            if answer.what == "answer" and isinstance(answer.answer, HttpFailed):
                assert again.at - answer.at >= min(answer.answer.retry_after or 1.0, 30.0) - 1e-9


def outcome_agrees(world: World) -> None:
    ends = [line for line in lines(world.log, "answer", POLL) if _terminal(line)]
    dropped = any(succeeded(line) for line in lines(world.log, "answer", DROP))
    outcome = world.flow.outcome
    if dropped:
        assert outcome is Outcome.HUNG_UP
    elif ends:
        assert outcome is not None
        assert outcome.value == world.events[-1].kind
    else:
        assert outcome not in (Outcome.RELEASED, Outcome.QUEUE_TIMEOUT, Outcome.CALL_FAILED)
    in_order = (Outcome.RELEASED, Outcome.QUEUE_TIMEOUT, Outcome.CALL_FAILED, Outcome.HUNG_UP)
    assert (world.flow.error is None) == (outcome in in_order)
