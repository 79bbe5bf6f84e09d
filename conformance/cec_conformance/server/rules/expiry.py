"""Rules on tokens that run out (guide §2.1, §6.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Level, broken, kept, noted
from cec_conformance.run import SUCCESS, Kind
from cec_conformance.server.calls import calls, refused_token, tells, took, unaccounted
from cec_conformance.server.lifetimes import lifetime, surely_alive, surely_dead
from cec_conformance.server.reading import good
from cec_conformance.server.rules.ending import ENDING
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen
    from cec_conformance.server.calls import Call

__all__ = ["ENDING"]

AT_ONCE: Final = 2.0
"""Seconds beyond the slowest other answer of the visit within which a dead token is refused."""


@ENDING.rule(
    "S-EXP-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.1, §6.1",
    Words(
        "When the life of its AccessToken is over, a check or a poll is answered 403.",
        "AccessToken 过期后，checkClickToCallSupport 与轮询返回 403。",
    ),
    accepts=Words(
        "401; two seconds of delay; a life that Expires says is longer than X-Token-Expire asked for",
        "401；最多迟两秒；Expires 所示的有效期长于 X-Token-Expire 所请求的",
    ),
    needs=[Fact.TIMES, Fact.AUTHORIZATION],
    twin=Words("answers 200 with resultCode 403", "返回 200 与 resultCode 403"),
)
def refuses_dead_tokens(run: Run) -> Iterator[Observation]:
    """Look at every check and poll that was sent with a token that was surely dead."""
    for seen in good(run, Endpoint.CHECK, Endpoint.EVENTS):
        if seen.status is None or not surely_dead(run, seen):
            continue
        if refused_token(seen):
            yield kept(seen)
        else:
            yield broken([seen], f"it was answered {_outcome(seen)}", f"返回 {_outcome(seen)}")


@ENDING.rule(
    "S-EXP-02",
    Level.MUST,
    Basis.INFERRED,
    "§2.1",
    Words(
        "Before the life of its AccessToken is over, no request is answered 403 that was not before.",
        "AccessToken 过期之前，原本可用的令牌不会被 403 拒绝。",
    ),
    accepts=Words(
        "one second too early; a life that Expires says is shorter than X-Token-Expire asked for",
        "最多早一秒；Expires 所示的有效期短于 X-Token-Expire 所请求的",
    ),
    needs=[Fact.TIMES, Fact.AUTHORIZATION],
    twin=Words("lets tokens die at half their life", "令牌在有效期过半时即失效"),
)
def lets_tokens_live(run: Run) -> Iterator[Observation]:
    """Look at every request whose token surely lived and had been taken before."""
    taken: set[str] = set()
    for seen in good(run, Endpoint.CHECK, Endpoint.CREATE, Endpoint.EVENTS, Endpoint.SEND, Endpoint.DROP):
        token = seen.access_token
        if token is None or lifetime(run, seen) is None or not surely_alive(run, seen):
            continue
        if seen.ok and token not in taken:
            taken.add(token)
        elif refused_token(seen) and token in taken:
            yield broken([seen], f"it was answered HTTP {seen.status}", f"返回 HTTP {seen.status}")
        elif seen.ok:
            yield kept(seen)


@ENDING.rule(
    "S-EXP-03",
    Level.MUST,
    Basis.INFERRED,
    "§6.1",
    Words(
        "After a new login of its user a call goes on: polls bring its next events, none lost, none twice.",
        "用户重新登录后通话继续：轮询返回后续事件，不丢失、不重复。",
    ),
    needs=[Fact.EVENTS, Fact.TIMES],
    yields_to=["S-POL-01", "S-POL-11", "S-ISO-01", "S-CHK-02"],
    twin=Words("ends the call with a new applyToken", "重新 applyToken 时结束通话"),
)
def keeps_calls_over_logins(run: Run) -> Iterator[Observation]:
    """Look at every call in which its user logged in anew."""
    for call in calls(run):
        cut = any(poll.kind in {Kind.NET_ERROR, Kind.LEFT, Kind.OPEN} for poll in call.live_polls)
        if not call.logins or cut or call.overlapping or call.doubtful:
            continue
        later = [poll for poll in call.live_polls if call.logins[0].before(poll)]
        fault = unaccounted(call) or _refused(run, call, later)
        if fault is not None:
            yield fault
        elif any(tells(poll) for poll in later):
            yield kept(call.logins[0], *later)


@ENDING.rule(
    "S-EXP-04",
    Level.SHOULD,
    Basis.HYGIENE,
    "§6.1",
    Words(
        "A poll with a dead token is refused at once, not after the hold.",
        "令牌已过期的轮询立即被拒绝，而不是等到保持时间结束。",
    ),
    accepts=Words("two seconds beyond the slowest other answer", "可比其他最慢的应答再慢两秒"),
    needs=[Fact.TIMES, Fact.AUTHORIZATION],
    twin=Words("holds the poll, then answers 403", "先保持轮询，再返回 403"),
)
def refuses_dead_tokens_at_once(run: Run) -> Iterator[Observation]:
    """Look at every poll that was sent with a token that was surely dead, and refused."""
    slowest = max((took(seen) for seen in run.calls if seen.endpoint is not Endpoint.EVENTS), default=0.0)
    for poll in good(run, Endpoint.EVENTS):
        if not refused_token(poll) or not surely_dead(run, poll):
            continue
        if took(poll) > slowest + AT_ONCE:
            yield broken([poll], f"the refusal came after {took(poll):.1f} s", f"{took(poll):.1f} 秒后才拒绝")
        else:
            yield kept(poll)


@ENDING.rule(
    "S-EXP-05",
    Level.INFO,
    Basis.HYGIENE,
    "§6.1",
    Words(
        "A poll that is held when its token runs out ends with its event, without an event, or with 403.",
        "轮询保持期间令牌过期，可以返回事件、返回无事件，或返回 403。",
    ),
    accepts=Words("All three: the guide does not say; 401 counts as 403.", "均可：文档没有规定；401 视同 403。"),
    needs=[Fact.TIMES, Fact.AUTHORIZATION],
    twin=Words("ends it with 500", "返回 500"),
)
def ends_held_polls(run: Run) -> Iterator[Observation]:
    """Look at every poll that was sent with a living token and answered when it was dead."""
    for poll in good(run, Endpoint.EVENTS):
        life = lifetime(run, poll)
        if life is None or poll.over is None or poll.status is None:
            continue
        if not poll.started < life.alive_until < poll.over:
            continue
        if refused_token(poll):
            yield noted([poll], f"refused with {poll.status}", f"以 {poll.status} 拒绝")
        elif poll.ok:
            came = Words("with its event", "返回事件") if tells(poll) else Words("without an event", "返回无事件")
            yield noted([poll], came.en, came.zh)
        else:
            yield broken([poll], f"it ended with {_outcome(poll)}", f"以 {_outcome(poll)} 结束")


def _refused(run: Run, call: Call, later: list[Seen]) -> Observation | None:
    """Find a poll after the login that failed though its token lived."""
    for poll in later:
        if not poll.ok and (not refused_token(poll) or surely_alive(run, poll)):
            return broken([*call.logins[:1], poll], f"it was answered {_outcome(poll)}", f"返回 {_outcome(poll)}")
    return None


def _outcome(seen: Seen) -> str:
    return f"HTTP {seen.status}" if seen.status != SUCCESS else f"HTTP 200, resultCode {seen.code}"
