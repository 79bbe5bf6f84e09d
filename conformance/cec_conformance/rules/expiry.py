"""Rules on expired tokens (guide §6.1): after a 403, both token calls again, then the request once more.

The rules that bound how often, and what the guide leaves open, stand in `expiry_limits`.

A login covers a 403 if it was under way together with the request that was refused: whoever learns of the expiry by one
request need not log in again for another that was refused for the same reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.calls import excused
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, kept
from cec_conformance.run import LOGIN, Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

EXPIRY: Final = Family("Expired tokens", "令牌过期")

STEPS: Final = frozenset({Endpoint.CHECK, Endpoint.CREATE, Endpoint.EVENTS})
"""Business requests that a client makes one after the other; send and drop may be under way beside them."""

RACE: Final = 1.0
"""Seconds in which a send or drop that was made with the old tokens may still arrive after a login."""

TOKEN_HEADER: Final = "ccmessaging-token"  # noqa: S105  (the name of a header)


def expired_polls(run: Run) -> Iterator[Seen]:
    """Give every poll that was answered 403 and that no login covers which was under way at that time."""
    for poll in run.polls:
        if poll.kind is Kind.EXPIRED and not any(_under_way(run, token, poll) for token in run.tokens):
            yield poll


def first_after(run: Run, seen: Seen, *endpoints: Endpoint) -> Seen | None:
    """Give the first request that was made when another was over."""
    return next(iter(run.made_after(seen, *endpoints)), None)


def login_after(run: Run, seen: Seen) -> tuple[Seen, Seen] | None:
    """Give the two token calls that succeeded after a request was over; `None` if there are none."""
    tokens = [token for token in run.made_after(seen, Endpoint.TOKEN) if token.ok]
    applies = [apply for apply in run.made_after(tokens[0], Endpoint.APPLY_TOKEN) if apply.ok] if tokens else []
    return (tokens[0], applies[0]) if applies else None


def name(seen: Seen) -> str:
    """Give the name of the interface that a request was for."""
    return str(seen.endpoint.value)


@EXPIRY.rule(
    "C-REAUTH-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§6.1",
    Words(
        "When a poll is answered 403, the next request is tokenByAkSk.",
        "轮询返回 403 后，下一个请求应为 tokenByAkSk。",
    ),
    accepts=Words(
        "a send or drop that was due just then; after a second 403 in a row also an end, or a plain retry",
        "恰在此时应发出的 send 或 dropClickToCall 不计；连续第二次 403 后也可结束，或按普通失败重试",
    ),
    needs=[Fact.TIMES, Fact.LOGIN],
    twin=Words(
        "counts 403 as a failed poll and polls again with the old tokens", "把 403 当作普通失败，用旧令牌继续轮询"
    ),
)
def logs_in_after_403(run: Run) -> Iterator[Observation]:
    """Look at what came next after every 403 on a poll."""
    for poll in expired_polls(run):
        following = first_after(run, poll, *LOGIN, *STEPS)
        earlier = [other for other in run.polls if other.serial < poll.serial]
        again = bool(earlier) and earlier[-1].kind is Kind.EXPIRED
        if following is None:
            if not again and not excused(run, poll):
                yield broken([poll], "no login followed", "之后没有重新登录")
        elif following.endpoint is Endpoint.TOKEN:
            yield kept(poll, following)
        elif not (again and following.endpoint is Endpoint.EVENTS):
            yield broken([poll, following], f"{name(following)} came next", f"接下来却是 {name(following)}")


@EXPIRY.rule(
    "C-REAUTH-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§6.1",
    Words(
        "After a 403 on a poll, once tokenByAkSk has succeeded, applyToken comes before any other request.",
        "轮询返回 403 后，tokenByAkSk 成功之后应先调用 applyToken，再发其他请求。",
    ),
    accepts=Words("a send or drop that was due just then", "恰在此时应发出的 send 或 dropClickToCall 不计"),
    needs=[Fact.TIMES, Fact.LOGIN],
    yields_to=["C-REAUTH-01"],
    twin=Words("renews the AccessToken alone", "只更新 AccessToken"),
)
def renews_both_tokens(run: Run) -> Iterator[Observation]:
    """Look at what came next after every first token call that followed a 403 and succeeded."""
    for poll in expired_polls(run):
        token = next((token for token in run.made_after(poll, Endpoint.TOKEN) if token.ok), None)
        if token is None or any(not token.before(apply) for apply in run.after(token, Endpoint.APPLY_TOKEN)):
            continue  # an applyToken that did not wait is C-REAUTH-03's
        following = first_after(run, token, *LOGIN, *STEPS)
        if following is None:
            if not excused(run, token):
                yield broken([poll, token], "no applyToken followed", "之后没有 applyToken")
        elif following.endpoint in LOGIN:
            yield kept(poll, token, following)
        else:
            yield broken([poll, token, following], f"{name(following)} came next", f"接下来却是 {name(following)}")


@EXPIRY.rule(
    "C-REAUTH-03",
    Level.MUST,
    Basis.DOCUMENTED,
    "§6.1, §2.2",
    Words(
        "The applyToken after a 403 is made when tokenByAkSk has answered, and carries the new AccessToken.",
        "403 之后的 applyToken 应在 tokenByAkSk 返回之后发出，并携带新的 AccessToken。",
    ),
    needs=[Fact.TIMES, Fact.LOGIN, Fact.AUTHORIZATION],
    yields_to=["C-REAUTH-01", "C-REAUTH-02"],
    twin=Words("sends applyToken with the old AccessToken", "applyToken 仍携带旧的 AccessToken"),
)
def applies_with_new_token(run: Run) -> Iterator[Observation]:
    """Look at every applyToken after the first 403 on a poll."""
    for apply in run.applies:
        refused = [poll for poll in run.polls if poll.kind is Kind.EXPIRED and poll.before(apply)]
        tokens = [token for token in run.tokens if refused and token.serial > refused[0].serial and token.ok]
        sent = bearer(apply)
        if not tokens or sent is None:
            continue
        ready = [token for token in tokens if token.before(apply)]
        if not ready:
            yield broken([tokens[0], apply], "it came before tokenByAkSk had answered", "发出时 tokenByAkSk 尚未返回")
        elif sent in {token.answer.get("AccessToken") for token in ready}:
            yield kept(ready[-1], apply)
        else:
            yield broken([ready[-1], apply], "it carried another AccessToken", "携带的不是新的 AccessToken")


@EXPIRY.rule(
    "C-REAUTH-04",
    Level.MUST,
    Basis.DOCUMENTED,
    "§6.1",
    Words(
        "Every request after the new login carries both new tokens.",
        "重新登录之后的每个请求都应携带两个新令牌。",
    ),
    accepts=Words(
        "a send or drop made just before the login was done; a ccmessaging-token that an answer brought",
        "登录完成前一刻发出的 send 或 dropClickToCall；应答中下发的 ccmessaging-token",
    ),
    needs=[Fact.TIMES, Fact.LOGIN, Fact.AUTHORIZATION],
    yields_to=["C-REAUTH-01", "C-REAUTH-02"],
    twin=Words("renews the tokens for polls only", "只更新轮询所用的令牌"),
)
def uses_new_tokens(run: Run) -> Iterator[Observation]:
    """Look at every business request after the first login that a 403 on a poll brought about."""
    poll = next(expired_polls(run), None)
    login = login_after(run, poll) if poll is not None else None
    if poll is None or login is None:
        return
    access = {token.answer["AccessToken"] for token in run.after(poll, Endpoint.TOKEN) if token.ok}
    given = {apply.answer["token"] for apply in run.after(poll, Endpoint.APPLY_TOKEN) if apply.ok}
    pushed = {seen.exchange.response_header(TOKEN_HEADER) for seen in run.calls}
    for request in run.made_after(login[1]):
        racing = request.endpoint not in STEPS and request.started <= (login[1].over or 0.0) + RACE
        if request.endpoint in LOGIN or racing:
            continue
        sent, ccmessaging = bearer(request), request.header(TOKEN_HEADER)
        if sent is not None and sent not in access:
            yield broken([login[0], request], "it carried an old AccessToken", "携带了旧的 AccessToken")
        elif ccmessaging and ccmessaging not in given | pushed:
            yield broken([login[1], request], "it carried an old ccmessaging-token", "携带了旧的 ccmessaging-token")
        else:
            yield kept(*login, request)


@EXPIRY.rule(
    "C-REAUTH-05",
    Level.MUST,
    Basis.DOCUMENTED,
    "§6.1",
    Words("After the new login the poll is sent again.", "重新登录之后，应再次发起轮询。"),
    needs=[Fact.TIMES, Fact.LOGIN],
    yields_to=["C-REAUTH-01", "C-REAUTH-02"],
    twin=Words("logs in again, then stops polling", "重新登录后停止轮询"),
)
def polls_after_login(run: Run) -> Iterator[Observation]:
    """Look at every login that followed a 403 on a poll."""
    for poll in expired_polls(run):
        login = login_after(run, poll)
        if login is None:
            continue
        following = first_after(run, login[1], Endpoint.EVENTS)
        if following is not None:
            yield kept(poll, *login, following)
        elif not excused(run, login[1]):
            yield broken([poll, *login], "no further getClickToCallEvents came", "此后再没有 getClickToCallEvents 请求")


@EXPIRY.rule(
    "C-REAUTH-06",
    Level.MUST,
    Basis.INFERRED,
    "§6.1",
    Words(
        "Between a 403 on a poll and the poll that is sent again there is no send, checkClickToCallSupport or "
        "createClickToCall.",
        "轮询返回 403 到再次轮询之间，没有 send、checkClickToCallSupport 或 createClickToCall。",
    ),
    accepts=Words(
        "a send where the text session comes after the call, or where it goes on by itself",
        "先呼叫后文本流程中的 send，以及文本会话自身的消息",
    ),
    needs=[Fact.TIMES, Fact.LOGIN],
    yields_to=["C-REAUTH-01", "C-REAUTH-02"],
    twin=Words("checks for support again after the login", "重新登录后又调用 checkClickToCallSupport"),
)
def nothing_else_before_the_poll(run: Run) -> Iterator[Observation]:
    """Look at what came between every 403 on a poll and the next poll."""
    for poll in expired_polls(run):
        following = first_after(run, poll, Endpoint.EVENTS)
        if following is None:
            continue
        between = [seen for seen in run.made_after(poll) if seen.serial < following.serial and _repeats(run, seen)]
        if between:
            yield broken(
                [poll, between[0], following], f"{name(between[0])} came between", f"其间发出了 {name(between[0])}"
            )
        else:
            yield kept(poll, following)


def bearer(seen: Seen) -> str | None:
    """Give the AccessToken of a request; `None` if the header is not of the documented form."""
    scheme, _, token = (seen.header("authorization") or "").partition(" ")
    return token if scheme == "Bearer" and token else None


def _repeats(run: Run, seen: Seen) -> bool:
    """Say whether a request repeats a step from before the polls."""
    if seen.endpoint is Endpoint.SEND:
        return run.flow in {"call", "text_then_call"} and seen.member("controlType") == "CONNECT"
    return seen.endpoint in {Endpoint.CHECK, Endpoint.CREATE}


def _under_way(run: Run, token: Seen, poll: Seen) -> bool:
    """Say whether the login that began with a token call overlapped a poll."""
    apply = next(iter(run.after(token, Endpoint.APPLY_TOKEN)), None)
    done = apply.over if apply is not None else token.over
    over = poll.over if poll.over is not None else poll.started
    return token.started < over and (done is None or done > poll.started)
