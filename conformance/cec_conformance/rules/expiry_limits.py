"""Rules on expired tokens, continued: where logging in again stops, and what the guide leaves open (guide §6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.calls import calls, excused, goes_on, next_poll, polls_made_after, stopped, streaks
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Level, broken, kept, noted
from cec_conformance.rules.expiry import EXPIRY, STEPS, first_after, name
from cec_conformance.rules.retrying import TRIES
from cec_conformance.run import UNAUTHORIZED, Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

__all__ = ["EXPIRY"]

LOGINS: Final = 3
"""Logins in a row, each followed by another 403, that are enough."""

BESIDE_POLLS: Final = (Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE, Endpoint.DROP)


@EXPIRY.rule(
    "C-REAUTH-07",
    Level.SHOULD,
    Basis.HYGIENE,
    "§6.1",
    Words(
        "After three logins in a row, each followed by another 403 on the poll, the client stops.",
        "连续三次重新登录后轮询仍返回 403 时，应停止。",
    ),
    accepts=Words("stopping earlier", "更早停止"),
    needs=[Fact.TIMES, Fact.LOGIN],
    yields_to=["C-REAUTH-01"],
    twin=Words("logs in and polls without end", "无休止地登录和轮询"),
)
def stops_logging_in(run: Run) -> Iterator[Observation]:
    """Look at every row of four 403s on polls."""
    for polls in calls(run):
        for streak in streaks(polls, lambda poll: poll.kind is Kind.EXPIRED):
            if len(streak) <= LOGINS:
                continue
            further = polls_made_after(run, streak[LOGINS])
            if further:
                yield broken([*streak[: LOGINS + 1], further[0]], "it polled again", "之后又发起轮询")
            else:
                yield kept(*streak)


@EXPIRY.rule(
    "C-REAUTH-08",
    Level.SHOULD,
    Basis.DOCUMENTED,
    "§6.1",
    Words(
        "When send, checkClickToCallSupport, createClickToCall or dropClickToCall is answered 403, the client logs in "
        "and sends it again.",
        "send、checkClickToCallSupport、createClickToCall 或 dropClickToCall 返回 403 时，应重新登录并再次发起该请求。",
    ),
    needs=[Fact.TIMES, Fact.LOGIN],
    twin=Words("knows 403 in its polls only", "只在轮询中处理 403"),
)
def renews_for_every_request(run: Run) -> Iterator[Observation]:
    """Look at the first 403 of every row on such a request."""
    for endpoint in BESIDE_POLLS:
        requests = run.to(endpoint)
        for previous, request in zip((None, *requests), requests, strict=False):
            if request.kind is Kind.EXPIRED and (previous is None or previous.kind is not Kind.EXPIRED):
                yield from _renewed(run, request)


@EXPIRY.rule(
    "C-REAUTH-09",
    Level.INFO,
    Basis.REFERENCE,
    "",
    Words(
        "What a 401 on a poll means is open: it may be handled like a 403, or like any failure. Nobody polls on at it "
        "with the old tokens without end.",
        "轮询返回 401 的含义未定：可按 403 处理，也可按普通失败处理；但不应一直用旧令牌轮询。",
    ),
    accepts=Words("a new login, up to three retries, or stopping", "重新登录、最多重试 3 次或停止"),
    needs=[Fact.TIMES],
    twin=Words("polls on at 401 as if nothing had happened", "遇到 401 仍一直轮询"),
)
def handles_401(run: Run) -> Iterator[Observation]:
    """Look at every row of 401 on polls."""
    for polls in calls(run):
        for streak in streaks(polls, lambda poll: poll.status == UNAUTHORIZED):
            last, following = streak[-1], first_after(run, streak[0], Endpoint.TOKEN, *STEPS)
            logged_in = [token for token in run.tokens if streak[0].serial < token.serial < last.serial]
            if len(streak) > TRIES and not logged_in:
                yield broken(
                    streak,
                    f"it polled {len(streak)} times at 401 with the same tokens",
                    f"遇到 401 后用相同令牌轮询了 {len(streak)} 次",
                )
            elif following is None:
                if stopped(run, last):
                    yield noted(streak, "401 ends the call", "401 时结束通话")
            elif following.endpoint is Endpoint.TOKEN:
                yield noted([*streak, following], "401 leads to a new login", "401 时重新登录")
            else:
                yield noted([*streak, following], "401 is retried like any failure", "401 按普通失败重试")


@EXPIRY.rule(
    "C-REAUTH-10",
    Level.INFO,
    Basis.DOCUMENTED,
    "§5.4, §6.1",
    Words(
        "Whether a 403 counts toward the three retries, or ends a row of failures, is open; nobody stops before "
        "failures and 403s together have reached four in a call.",
        "403 是否计入 3 次重试、是否中断连续失败，文档未说明；但失败与 403 合计不足 4 次时不应停止。",
    ),
    accepts=Words("counting it or not", "计入或不计入均可"),
    needs=[Fact.TIMES],
    twin=Words("counts every 403 as two failures", "把每个 403 计为两次失败"),
)
def counts_403(run: Run) -> Iterator[Observation]:
    """Look at every failed poll that came after a 403, in calls in which nothing else went wrong."""
    for polls in calls(run):
        failing = [poll for poll in polls if poll.failed]
        if {poll.kind for poll in failing} != {Kind.EXPIRED, Kind.FAIL}:
            continue
        for total, poll in enumerate(failing, 1):
            earlier = {other.kind for other in failing[:total]}
            if poll.kind is not Kind.FAIL or Kind.EXPIRED not in earlier:
                continue
            if not stopped(run, poll):
                if total >= TRIES and next_poll(run, poll) is not None:
                    yield noted([poll], "a 403 does not count as a retry", "403 不计入重试次数")
            elif total >= TRIES:
                yield noted([poll], "a 403 counts as a retry", "403 计入重试次数")
            else:
                yield broken(
                    [poll],
                    f"the client stopped when failures and 403s came to {total}",
                    f"失败与 403 合计 {total} 次时客户端就停止了",
                )


@EXPIRY.rule(
    "C-REAUTH-11",
    Level.SHOULD,
    Basis.HYGIENE,
    "§6.1",
    Words(
        "When the login after a 403 fails, nothing else is asked for with the old tokens.",
        "403 之后重新登录失败时，不再用旧令牌发起其他请求。",
    ),
    accepts=Words("a dropClickToCall, so that no agent is kept", "为释放座席而发的 dropClickToCall"),
    needs=[Fact.TIMES, Fact.LOGIN],
    yields_to=["C-REAUTH-01"],
    twin=Words("falls back to the old tokens and polls on", "退回旧令牌继续轮询"),
)
def no_old_tokens_after_failed_login(run: Run) -> Iterator[Observation]:
    """Look at every token call that failed after a 403 on a poll."""
    for login in (*run.tokens, *run.applies):
        refused = any(poll.kind is Kind.EXPIRED and poll.before(login) for poll in run.polls)
        if not refused or login.ok or login.over is None:
            continue
        following = first_after(run, login, Endpoint.TOKEN, Endpoint.APPLY_TOKEN, *STEPS)
        if following is not None and following.endpoint in STEPS:
            yield broken([login, following], f"{name(following)} came next", f"接下来却是 {name(following)}")
        else:
            yield kept(login)


def _renewed(run: Run, request: Seen) -> Iterator[Observation]:
    again = first_after(run, request, request.endpoint)
    login = first_after(run, request, Endpoint.TOKEN)
    call_over = any(poll.terminal and (again is None or poll.before(again)) for poll in run.polls)
    if again is not None:
        beside = [token for token in run.tokens if not token.before(request) and token.serial < again.serial]
        if beside:
            yield kept(request, beside[0], again)
        else:
            yield broken([request, again], "it was sent again with the old tokens", "用旧令牌再次发送")
    elif not call_over and not _hung_up_or_ended(run, request, login):
        yield broken([request], "it was not sent again", "没有再次发送")


def _hung_up_or_ended(run: Run, request: Seen, login: Seen | None) -> bool:
    """Say whether the request need not be sent again; a drop is what a hang-up asks for."""
    if login is not None and not any(apply.ok for apply in run.made_after(login, Endpoint.APPLY_TOKEN)):
        return True
    if request.endpoint is Endpoint.DROP:
        return not goes_on(run, request)
    return excused(run, request)
