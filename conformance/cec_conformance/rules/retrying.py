"""Rules on failing polls, and on how often anything is tried (guide §5 step 4).

The guide's “retry 3 times” is read as one poll and three repetitions; other readings are accepted as far as they still
retry and still stop. Whether a success in between starts the count afresh is left to the client.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.calls import calls, next_poll, polls_made_after, stopped, streaks, with_previous
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, kept, noted
from cec_conformance.run import LOGIN, Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

RETRYING: Final = Family("Failing polls and retries", "轮询失败与重试")

TRIES: Final = 4
"""One request and three retries."""

RESEND: Final = 0.2
"""Seconds within which an HTTP library sends again what it lost with a connection, before any byte of an answer."""


@RETRYING.rule(
    "C-RETRY-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "When a poll fails for the first time (a resultCode other than “0”), it is tried again.",
        "轮询首次失败（resultCode 不为“0”）后，应重试。",
    ),
    needs=[Fact.TIMES],
    twin=Words("stops at the first poll that fails", "轮询一失败就停止"),
)
def retries_at_all(run: Run) -> Iterator[Observation]:
    """Look at the first poll of a call that failed, if it failed by its resultCode."""
    for polls in calls(run):
        first = next((poll for poll in polls if poll.failed), None)
        if first is not None and first.kind is Kind.FAIL:
            yield from _tried_again(run, first)


@RETRYING.rule(
    "C-RETRY-02",
    Level.SHOULD,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "Polls that fail from the first on are retried three times before the client stops: four polls in all.",
        "从第一次轮询起一直失败时，应重试 3 次（共 4 次请求）后才停止。",
    ),
    accepts=Words(
        "stopping after two or three polls is a warning, after one it breaks C-RETRY-01",
        "共轮询 2 或 3 次即停止只是警告；1 次即停止则违反 C-RETRY-01",
    ),
    needs=[Fact.TIMES],
    yields_to=["C-RETRY-01"],
    twin=Words("stops after three polls in all", "总共轮询 3 次就停止"),
)
def retries_three_times(run: Run) -> Iterator[Observation]:
    """Look at the polls that failed from the start of a call on."""
    for polls in calls(run):
        streak = next(streaks(polls, _fails), ())
        if not streak or streak[0] is not polls[0]:
            continue
        if len(streak) >= TRIES:
            yield kept(*streak)
        elif stopped(run, streak[-1]):
            yield broken(streak, f"the client stopped after {len(streak)}", f"客户端在第 {len(streak)} 次后就停止了")


@RETRYING.rule(
    "C-RETRY-03",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "After four polls in a row that fail (a resultCode other than “0”) no fifth is made.",
        "连续 4 次轮询失败（resultCode 不为“0”）后，不再发起第 5 次。",
    ),
    accepts=Words(
        "a new row after anything else, such as a success or a 403",
        "期间若有其他结果（例如成功或 403），则重新计数",
    ),
    needs=[Fact.TIMES],
    twin=Words("retries four times", "重试 4 次"),
)
def stops_after_three_retries(run: Run) -> Iterator[Observation]:
    """Look at every row of four polls that failed."""
    for polls in calls(run):
        for streak in streaks(polls, _fails):
            if len(streak) < TRIES:
                continue
            fourth = streak[TRIES - 1]
            further = [poll for poll in polls_made_after(run, fourth) if poll in polls]
            if further:
                yield broken([*streak[:TRIES], further[0]], "a fifth poll came", "又发起了第 5 次轮询")
            else:
                yield kept(*streak)


@RETRYING.rule(
    "C-RETRY-04",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "When a retry succeeds and the call is not over, polling goes on as after any other success.",
        "重试成功且通话未结束时，应像平常一样继续轮询。",
    ),
    needs=[Fact.TIMES],
    twin=Words("stops polling after a retry that succeeded", "重试成功后就停止轮询"),
)
def polls_on_after_retry(run: Run) -> Iterator[Observation]:
    """Look at every retry that succeeded; one that ends polling counts if the like did not end it without a failure."""
    gone_on: set[int | None] = set()
    for previous, poll in with_previous(run):
        retry = previous is not None and previous.failed and previous.kind is not Kind.EXPIRED
        if not poll.ok or poll.terminal:
            continue
        if retry and (next_poll(run, poll) is not None or poll.event in gone_on):
            yield from _tried_again(run, poll)
        if not retry:
            gone_on.add(poll.event)


@RETRYING.rule(
    "C-RETRY-05",
    Level.INFO,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "Whether the count of retries starts afresh after a success is open; nobody stops before the fourth failed "
        "poll of a call.",
        "重试次数在成功后是否重新计算，文档未说明；但不应在一次呼叫的第 4 次失败之前停止。",
    ),
    accepts=Words("a fresh count, or one over the whole call", "成功后重新计数，或整个通话累计"),
    needs=[Fact.TIMES],
    twin=Words("sets its count to two, not to zero, after a success", "成功后把计数置为 2 而不是 0"),
)
def counts_failures(run: Run) -> Iterator[Observation]:
    """Look at every row of failed polls that came after a success, in calls in which nothing else went wrong."""
    for polls in calls(run):
        if any(poll.failed and poll.kind is not Kind.FAIL for poll in polls):
            continue
        total = 0
        for number, streak in enumerate(streaks(polls, _fails)):
            total += len(streak)
            if number == 0 or len(streak) >= TRIES:
                continue
            if not stopped(run, streak[-1]):
                if total >= TRIES and next_poll(run, streak[-1]):
                    yield noted(streak, "the count starts afresh after a success", "成功后重新计数")
            elif total >= TRIES:
                yield noted(streak, "the count runs over the whole call", "整个通话累计计数")
            else:
                yield broken(
                    streak,
                    f"the client stopped at failed poll {total} of the call, {len(streak)} in this row",
                    f"客户端在通话的第 {total} 次失败（本轮连续第 {len(streak)} 次）时停止",
                )


@RETRYING.rule(
    "C-RETRY-06",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.4",
    Words(
        "When a poll first meets a 5xx, a broken connection or an answer that cannot be read, it is tried again.",
        "轮询首次遇到 5xx、连接中断或无法读取的应答时，应重试。",
    ),
    needs=[Fact.TIMES],
    twin=Words("gives up at the first 5xx", "遇到第一个 5xx 就放弃"),
)
def retries_broken_polls(run: Run) -> Iterator[Observation]:
    """Look at the first poll of a call that failed, if it failed so."""
    for polls in calls(run):
        first = next((poll for poll in polls if poll.failed), None)
        if first is not None and _breaks(first):
            yield from _tried_again(run, first)


@RETRYING.rule(
    "C-RETRY-07",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.4",
    Words(
        "After four polls in a row that met a 5xx, a broken connection or an answer that cannot be read, no fifth is "
        "made.",
        "连续 4 次轮询遇到 5xx、连接中断或无法读取的应答后，不再发起第 5 次。",
    ),
    accepts=Words(
        "polls that the client's own time limit ended do not count; nor does what an HTTP library sends again by "
        "itself when a connection closes before the first byte of an answer",
        "客户端自身超时的轮询不计；连接在应答首字节之前关闭时，HTTP 库自动重发的请求也不计",
    ),
    needs=[Fact.TIMES],
    twin=Words("retries broken connections and 5xx without end", "连接中断或 5xx 时无休止地重试"),
)
def stops_after_broken_polls(run: Run) -> Iterator[Observation]:
    """Look at every row of four such polls."""
    for polls in calls(run):
        for streak in streaks(polls, _breaks):
            tries = _without_resends(streak)
            if len(tries) < TRIES:
                continue
            resent = set(streak) - set(tries)
            further = [poll for poll in polls_made_after(run, tries[TRIES - 1]) if poll in polls and poll not in resent]
            if further:
                yield broken([*tries[:TRIES], further[0]], "a fifth poll came", "又发起了第 5 次轮询")
            else:
                yield kept(*streak)


@RETRYING.rule(
    "C-RETRY-08",
    Level.SHOULD,
    Basis.HYGIENE,
    "§2, §5.1-5.3",
    Words(
        "tokenByAkSk, applyToken, send, checkClickToCallSupport and createClickToCall are each tried at most four "
        "times in a row.",
        "tokenByAkSk、applyToken、send、checkClickToCallSupport、createClickToCall 各自连续失败时，最多尝试 4 次。",
    ),
    accepts=Words("a 403, which calls for a new login, does not count", "403 需要重新登录，不计入次数"),
    needs=[Fact.TIMES],
    twin=Words("repeats a create that is refused", "创建呼叫被拒绝后反复重试"),
)
def tries_four_times(run: Run) -> Iterator[Observation]:
    """Look at every row of failures of such a request."""
    for endpoint in (Endpoint.TOKEN, Endpoint.APPLY_TOKEN, Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE):
        for row in _rows_of_failures(run, endpoint):
            if len(row) > TRIES:
                yield broken(row, f"it was tried {len(row)} times", f"共尝试了 {len(row)} 次")
            else:
                yield kept(*row)


def _tried_again(run: Run, poll: Seen) -> Iterator[Observation]:
    following = next_poll(run, poll)
    if following is not None:
        yield kept(poll, following)
    elif stopped(run, poll):
        yield broken([poll], "no further getClickToCallEvents came", "此后再没有 getClickToCallEvents 请求")


def _fails(poll: Seen) -> bool:
    return poll.kind is Kind.FAIL


def _breaks(poll: Seen) -> bool:
    return poll.server_error or poll.kind is Kind.NET_ERROR


def _without_resends(streak: tuple[Seen, ...]) -> list[Seen]:
    """Leave out what an HTTP library sent again by itself: right after a close that came before any answer, once."""
    tries = [streak[0]]
    for previous, poll in pairwise(streak):
        lost = previous.exchange.answer_begun is None and previous.over is not None
        at_once = poll.started - (previous.over or 0.0) <= RESEND
        if not (previous is tries[-1] and lost and at_once):
            tries.append(poll)
    return tries


def _rows_of_failures(run: Run, endpoint: Endpoint) -> Iterator[list[Seen]]:
    """Give the rows of failures; a success ends a row, and for a login so does whatever it was needed for."""
    row: list[Seen] = []
    for seen in run.calls:
        ends = seen.ok if seen.endpoint is endpoint else endpoint in LOGIN and seen.endpoint not in LOGIN
        if ends and row:
            yield row
            row = []
        if seen.endpoint is endpoint and seen.failed and seen.kind is not Kind.EXPIRED:
            row.append(seen)
    if row:
        yield row
