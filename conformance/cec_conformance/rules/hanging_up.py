"""Rules on hanging up (guide §4.2, §5 step 5)."""

from __future__ import annotations

from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, kept, noted
from cec_conformance.rules.astray import ASTRAY
from cec_conformance.run import Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

HANGING_UP: Final = Family("Hanging up", "挂断")

AT_ONCE: Final = 5.0
"""Seconds after the user's wish within which a drop is sent at once."""

EARLY: Final = 0.2
"""Seconds by which a client's timer may run ahead of the server's clock."""

MOST_TRIES: Final = 4
"""How often a failing drop may be sent."""

LONG_WAIT: Final = 10.0
"""Seconds after which a client that leaves a poll has timed out, rather than changed its mind (guide §5 step 4)."""


@HANGING_UP.rule(
    "C-DROP-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§4.2, §5.5",
    Words(
        "When the user hangs up on a call that exists and is not over, dropClickToCall is sent.",
        "呼叫已创建且尚未结束时，用户挂断，客户端应发送 dropClickToCall。",
    ),
    accepts=Words(
        "None is needed when the call has ended, or polling was given up, before the wish or within 5 s of it.",
        "若在挂断之前或之后 5 秒内呼叫已结束，或客户端已放弃轮询，则不必发送。",
    ),
    twin=Words("stops polling and leaves, without a word to the platform", "停止轮询后直接退出，不通知平台"),
    needs=[Fact.HANGUP, Fact.TIMES],
    yields_to=ASTRAY - {"C-DROP-01"},
)
def drop_when_the_user_hangs_up(run: Run) -> Iterator[Observation]:
    """Look for the drop that answers the user's wish."""
    wish = run.hung_up
    if wish is None or any(drop.ok and drop.started < wish - EARLY for drop in run.drops):
        return
    if drops := _drops_since(run, wish):
        yield kept(drops[0])
    elif _in_the_call(run, wish):
        yield broken(
            run.calls[-1:],
            f"the user hung up at {wish:.1f} s, and no dropClickToCall came",
            f"用户在 {wish:.1f} 秒挂断，却没有收到 dropClickToCall",
        )


@HANGING_UP.rule(
    "C-DROP-02",
    Level.MUST,
    Basis.INFERRED,
    "§4.2",
    Words("There is no dropClickToCall before a create has succeeded.", "创建呼叫成功之前，不发送 dropClickToCall。"),
    accepts=Words(
        "After a create whose outcome the client cannot know (connection lost, time-out, 5xx) a drop may clean up.",
        "若创建请求结果不明（连接中断、超时、5xx），可发送 dropClickToCall 以清理。",
    ),
    twin=Words("drops right after the login, to clean up", "登录后先发送一次 dropClickToCall 作“清理”"),
)
def no_drop_before_create(run: Run) -> Iterator[Observation]:
    """Look at every drop."""
    for drop in run.drops:
        earlier = [create for create in run.creates if create.serial < drop.serial]
        if done := next((create for create in earlier if create.ok), None):
            yield kept(done, drop)
        elif not any(_unknown(create) for create in earlier):
            yield broken([drop], "it came before any create had succeeded", "此前没有成功的创建呼叫")


@HANGING_UP.rule(
    "C-DROP-03",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.5",
    Words(
        "dropClickToCall is sent within 5 s of the user's wish, also while a poll waits for its answer.",
        "用户挂断后 5 秒内发送 dropClickToCall，轮询尚未返回时也不例外。",
    ),
    twin=Words("waits for the poll to return before it drops", "等轮询返回后才发送 dropClickToCall"),
    needs=[Fact.HANGUP, Fact.TIMES],
)
def drop_at_once(run: Run) -> Iterator[Observation]:
    """Look at when the first drop came."""
    wish = run.hung_up
    drops = [] if wish is None else _drops_since(run, wish)
    if wish is None or not drops:
        return
    waited = drops[0].started - wish
    if waited <= AT_ONCE:
        yield kept(drops[0])
    else:
        yield broken(
            drops[:1],
            f"it came {waited:.1f} s after the user had hung up",
            f"用户挂断 {waited:.1f} 秒之后才发送",
        )


@HANGING_UP.rule(
    "C-DROP-04",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.5",
    Words(
        "Once dropClickToCall has succeeded in a call, it is not sent again for that call.",
        "通话中 dropClickToCall 成功之后，不再对同一呼叫重复发送。",
    ),
    twin=Words("drops twice to be on the safe side", "为保险起见连续发送两次"),
)
def no_second_drop(run: Run) -> Iterator[Observation]:
    """Look behind every drop that succeeded."""
    for drop in run.drops:
        over = run.ended_call is not None and run.ended_call.before(drop)
        if over or not drop.ok:
            continue
        if again := _of_this_call(run.made_after(drop, Endpoint.DROP, Endpoint.CREATE)):
            yield broken([drop, again[0]], "the first one had succeeded already", "第一次发送已经成功")
        else:
            yield kept(drop)


@HANGING_UP.rule(
    "C-DROP-05",
    Level.INFO,
    Basis.HYGIENE,
    "§5.5",
    Words(
        "After the event that ends the call there is no dropClickToCall, or one.",
        "收到结束呼叫的事件之后，不发送 dropClickToCall，或只发送一次。",
    ),
    accepts=Words("Both: the guide does not say.", "两种做法都可以：文档没有规定。"),
    twin=Words("drops three times after the release", "呼叫释放之后发送三次 dropClickToCall"),
)
def one_drop_after_the_end(run: Run) -> Iterator[Observation]:
    """Count the drops that came because of the end."""
    end = run.ended_call
    if end is None or not all(end.before(drop) for drop in run.drops):
        return
    drops = _of_this_call(run.made_after(end, Endpoint.DROP, Endpoint.CREATE))
    if not drops:
        yield kept(end)
    elif len(drops) == 1:
        yield noted([end, drops[0]], "one drop after the end", "呼叫结束后发送了一次")
    else:
        yield broken([end, *drops], f"{len(drops)} drops after the end", f"呼叫结束后发送了 {len(drops)} 次")


@HANGING_UP.rule(
    "C-DROP-06",
    Level.SHOULD,
    Basis.HYGIENE,
    "§5.5",
    Words("A dropClickToCall that fails is sent 4 times at most.", "dropClickToCall 失败时最多发送 4 次。"),
    accepts=Words("A 403, which calls for a login, does not count.", "403 须重新登录，不计入次数。"),
    twin=Words("repeats a failing drop for ever", "失败后无限重发 dropClickToCall"),
)
def a_failing_drop_has_an_end(run: Run) -> Iterator[Observation]:
    """Count the failures in a row."""
    created = run.created
    tries = [
        drop
        for drop in run.drops
        if created is not None and created.before(drop) and drop.kind not in {Kind.EXPIRED, Kind.OPEN}
    ]
    rows = [list(row) for ok, row in groupby(tries, key=lambda drop: drop.ok) if not ok]
    for row in rows:
        if len(row) > MOST_TRIES:
            yield broken(row, f"it was sent {len(row)} times", f"已发送 {len(row)} 次")
        else:
            yield kept(*row)


@HANGING_UP.rule(
    "C-DROP-07",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.5",
    Words(
        "As long as the user has not hung up, the call lives and polling goes on, dropClickToCall is not sent.",
        "用户未挂断、呼叫仍在进行且仍在轮询时，不发送 dropClickToCall。",
    ),
    accepts=Words(
        "A drop after polling was given up, which sets the agent free.",
        "放弃轮询之后，可发送一次以释放座席。",
    ),
    twin=Words("drops the call when it is transferred", "收到呼叫转移事件时发送 dropClickToCall"),
    needs=[Fact.HANGUP, Fact.TIMES],
    yields_to=[*(f"C-POLL-{number:02}" for number in (1, 2, 3, 4, 9)), "C-RETRY-04"],
)
def no_drop_on_its_own(run: Run) -> Iterator[Observation]:
    """Look at every drop in a call, and at calls that ended without one."""
    wish, created, end = run.wish, run.created, run.ended_call
    if created is None:
        return
    unwished = [drop for drop in run.drops if created.before(drop) and (wish is None or drop.started < wish - EARLY)]
    for drop in unwished:
        over = end is not None and end.before(drop)
        if not over and not _given_up(run, drop):
            yield broken([drop], "the user had not hung up", "用户并未挂断")
            return
    yield kept(created, *unwished)


def _drops_since(run: Run, wish: float) -> list[Seen]:
    return [drop for drop in run.drops if drop.started >= wish - EARLY]


def _of_this_call(later: tuple[Seen, ...]) -> list[Seen]:
    """Give the drops among drops and creates that came before the next call was created."""
    return list(takewhile(lambda seen: seen.endpoint is Endpoint.DROP, later))


def _in_the_call(run: Run, wish: float) -> bool:
    """Say whether the client was in the call when the user hung up, and had time to drop it."""
    left = run.ended_at is not None and run.ended_at < wish
    end = run.ended_call.over if run.ended_call else None
    if left or (end is not None and end <= wish + AT_ONCE):
        return False
    if any(poll.started >= wish for poll in run.polls):
        return True
    last = run.polls[-1] if run.polls else None
    if last is None or last.over is None or last.ok:
        return True
    return last.over > wish + AT_ONCE if last.failed else last.over >= wish


def _given_up(run: Run, drop: Seen) -> bool:
    """Say whether polling had come to nothing before a drop, so that it may clean up."""
    earlier = [poll for poll in run.polls if poll.serial < drop.serial]
    if not earlier or not earlier[-1].before(drop):
        return False
    last = earlier[-1]
    timed_out = last.kind is Kind.LEFT and (last.over or 0.0) - last.started >= LONG_WAIT
    return last.failed or timed_out


def _unknown(create: Seen) -> bool:
    """Say whether a client cannot know if its create made a call."""
    return create.kind in {Kind.NET_ERROR, Kind.LEFT, Kind.OPEN} or create.server_error
