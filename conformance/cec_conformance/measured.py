"""The measured policy: what a client did where the guide leaves it a choice, read off many runs (pure).

Nothing here is a verdict. A reader of a report learns how often the client retries, how long it waits, what it takes a
401 for; and what could not be seen says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, EventId
from msgspec import Struct

from cec_conformance.calls import calls, given_up_after, next_poll, polls_made_after, stopped, streaks
from cec_conformance.run import UNAUTHORIZED, Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cec_conformance.run import Run, Seen

TRIES: Final = 4
"""From so many failures on it shows whether a success or a 403 counts: one poll and three retries (guide §5 step 4)."""

UNSEEN: Final = Words("not seen", "未观察到")
MIXED: Final = Words("now this, now that", "不一致")


class Span(Struct, frozen=True):
    """The least and the most of something, in seconds."""

    least: float
    most: float


class Policy(Struct, frozen=True, kw_only=True):
    """What a client does of its own will. Of a choice, both can have been seen; none, if no run gave the occasion.

    Attributes:
        retries: How often it repeated polls that failed in a row before it stopped (guide §5 step 4).
        fresh_count: Whether the count of retries starts afresh after a success.
        counts_403: Whether a 403 counts as a failed poll.
        time_limit: The limits at which it gave polls up by itself.
        longest_wait: The longest that a poll was seen to wait, in seconds; `None` without polls.
        pause: How long it waited before it repeated a failed poll.
        on_401: What it did when a poll was answered 401: `logs in`, `retries`, `stops`.
        goes_on_at_unknown: Whether it polled on after an event that the guide does not name.
        drops_after_release: Whether it sent a drop after the event that ended the call.
    """

    retries: frozenset[int] = frozenset()
    fresh_count: frozenset[bool] = frozenset()
    counts_403: frozenset[bool] = frozenset()
    time_limit: Span | None = None
    longest_wait: float | None = None
    pause: Span | None = None
    on_401: frozenset[str] = frozenset()
    goes_on_at_unknown: frozenset[bool] = frozenset()
    drops_after_release: frozenset[bool] = frozenset()


class Line(Struct, frozen=True):
    """One thing of the policy, in words.

    Attributes:
        about: What it is about.
        found: What was seen.
    """

    about: Words
    found: Words


def measure(runs: Iterable[Run]) -> Policy:
    """Read a client's policy off its runs."""
    runs = tuple(runs)
    waits = [poll.over - poll.started for run in runs for poll in run.polls if poll.over is not None]
    return Policy(
        retries=frozenset(retries for run in runs for retries in _retries(run)),
        fresh_count=frozenset(fresh for run in runs for fresh in _goes_on_past(run, {Kind.FAIL})),
        counts_403=frozenset(not on for run in runs for on in _goes_on_past(run, {Kind.FAIL, Kind.EXPIRED})),
        time_limit=_span(
            limit for run in runs for poll in run.polls if (limit := given_up_after(run, poll)) is not None
        ),
        longest_wait=max(waits, default=None),
        pause=_span(pause for run in runs for pause in _pauses(run)),
        on_401=frozenset(done for run in runs for done in _after_401(run)),
        goes_on_at_unknown=frozenset(on for run in runs for on in _after_unknown(run)),
        drops_after_release=frozenset(
            any(run.ended_call.before(drop) for drop in run.drops)
            for run in runs
            if run.ended_call is not None and not any(drop.ok and not run.ended_call.before(drop) for drop in run.drops)
        ),
    )


def in_words(policy: Policy) -> tuple[Line, ...]:
    """Tell a policy, a line for each thing."""
    return (
        Line(Words("retries of a failing poll", "轮询失败后的重试次数"), _numbers(policy.retries)),
        Line(
            Words("count after a success", "成功后的计数"),
            _either(policy.fresh_count, Words("starts afresh", "重新开始"), Words("goes on", "继续累计")),
        ),
        Line(
            Words("a 403 counts as a failed poll", "403 是否计为一次失败"),
            _either(policy.counts_403, Words("yes", "是"), Words("no", "否")),
        ),
        Line(Words("time limit of a poll", "轮询的超时时间"), _limit(policy)),
        Line(Words("pause before a retry", "重试前的间隔"), UNSEEN if policy.pause is None else _seconds(policy.pause)),
        Line(Words("at 401", "遇到 401"), _only([_ON_401[done] for done in sorted(policy.on_401)])),
        Line(
            Words("at an unknown event", "遇到未列出的事件"),
            _either(policy.goes_on_at_unknown, Words("polls on", "继续轮询"), Words("stops", "停止")),
        ),
        Line(
            Words("after the end of the call", "通话结束后"),
            _either(
                policy.drops_after_release,
                Words("sends a dropClickToCall", "发送 dropClickToCall"),
                Words("sends no dropClickToCall", "不发送 dropClickToCall"),
            ),
        ),
    )


_ON_401: Final = {
    "logs in": Words("logs in again", "重新登录"),
    "retries": Words("retries, as after any failure", "按普通失败重试"),
    "stops": Words("stops", "停止"),
}


def _retries(run: Run) -> Iterator[int]:
    for polls in calls(run):
        for streak in streaks(polls, lambda poll: poll.kind is Kind.FAIL):
            failures = [poll for poll in polls if poll.failed and poll.serial <= streak[-1].serial]
            if len(failures) == len(streak) and stopped(run, streak[-1]):
                yield len(streak) - 1


def _goes_on_past(run: Run, kinds: set[Kind]) -> Iterator[bool]:
    """Say whether the client polled on at the fourth failure of a call that has failures of just these kinds.

    If they are of one kind, a success stands among them; if of two, none does, and the fourth is a failed poll.
    """
    for polls in calls(run):
        failing = [poll for poll in polls if poll.failed]
        if {poll.kind for poll in failing} != kinds or len(failing) < TRIES:
            continue
        fourth = failing[TRIES - 1]
        row = next(row for row in streaks(polls, lambda poll: poll.failed) if fourth in row)
        broken_by_success = row.index(fourth) < TRIES - 1
        if fourth.kind is not Kind.FAIL or broken_by_success is (len(kinds) > 1):
            continue
        if next_poll(run, fourth) is not None:
            yield True
        elif stopped(run, fourth):
            yield False


def _pauses(run: Run) -> Iterator[float]:
    for polls in calls(run):
        for poll in polls:
            following = next_poll(run, poll)
            again = following is not None and following.serial == poll.serial + 1
            if (
                poll.failed
                and poll.kind is not Kind.EXPIRED
                and again
                and following is not None
                and poll.over is not None
            ):
                yield max(0.0, following.started - poll.over)


def _after_401(run: Run) -> Iterator[str]:
    for poll in run.polls:
        if poll.status != UNAUTHORIZED:
            continue
        following = next(iter(run.made_after(poll, Endpoint.TOKEN, Endpoint.EVENTS)), None)
        if following is not None:
            yield "logs in" if following.endpoint is Endpoint.TOKEN else "retries"
        elif stopped(run, poll) and not _retried_before(run, poll):
            yield "stops"


def _retried_before(run: Run, poll: Seen) -> bool:
    return any(other.status == UNAUTHORIZED and other.serial < poll.serial for other in run.polls)


def _after_unknown(run: Run) -> Iterator[bool]:
    for poll in run.polls:
        if poll.event is not None and poll.event not in set(EventId):
            if polls_made_after(run, poll):
                yield True
            elif stopped(run, poll):
                yield False


def _span(seconds: Iterable[float]) -> Span | None:
    seconds = tuple(seconds)
    return Span(min(seconds), max(seconds)) if seconds else None


def _numbers(numbers: frozenset[int]) -> Words:
    text = ", ".join(str(number) for number in sorted(numbers))
    return Words(text, text) if text else UNSEEN


def _either(seen: frozenset[bool], yes: Words, no: Words) -> Words:
    return _only([yes if value else no for value in seen])


def _only(found: list[Words]) -> Words:
    if not found:
        return UNSEEN
    return found[0] if len(found) == 1 else MIXED


def _seconds(span: Span) -> Words:
    least, most = f"{span.least:.1f}", f"{span.most:.1f}"
    text = least if least == most else f"{least}-{most}"
    return Words(f"{text} s", f"{text} 秒")


def _limit(policy: Policy) -> Words:
    if policy.time_limit is not None:
        return _seconds(policy.time_limit)
    if policy.longest_wait is None:
        return UNSEEN
    wait = f"{policy.longest_wait:.1f}"
    return Words(f"none seen; it waited {wait} s", f"未观察到超时；最长等待了 {wait} 秒")
