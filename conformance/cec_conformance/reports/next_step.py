"""What a correct client may do next, at each point of a call: the guide's flow as a table (pure).

It judges nothing: the rules do that, more leniently where the guide leaves things open. It tells a reader of a story
what would have been right, in a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from msgspec import Struct

from cec_conformance.run import LOGIN, Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from cec_conformance.run import Run, Seen

RETRIES: Final = 3
"""How often a failed poll is repeated (guide §5 step 4)."""


class Next(Struct, frozen=True):
    """What may come next.

    Attributes:
        words: In words.
        endpoints: The endpoints that may be called.
        end: Whether the client may end here.
    """

    words: Words
    endpoints: frozenset[Endpoint]
    end: bool = False


class Turn(Struct, frozen=True):
    """A place where a client did something else than was allowed.

    Attributes:
        after: What was over last; `None` at the very beginning.
        allowed: What was allowed next.
        came: What came; `None` if nothing did.
    """

    after: Seen | None
    allowed: Next
    came: Seen | None


def _next(en: str, zh: str, *endpoints: Endpoint, end: bool = False) -> Next:
    return Next(Words(en, zh), frozenset(endpoints), end)


_BEGIN: Final = _next("tokenByAkSk, to log in (§2.1)", "先登录：tokenByAkSk（§2.1）", Endpoint.TOKEN)
_APPLY: Final = _next(
    "applyToken, with the AccessToken just received (§2.2)",
    "用刚取得的 AccessToken 调用 applyToken（§2.2）",
    Endpoint.APPLY_TOKEN,
)
_AGAIN: Final = _next(
    "the same request again, at most three times, or the end of the client",
    "重发该请求（至多三次），或结束",
    Endpoint.TOKEN,
    Endpoint.APPLY_TOKEN,
    end=True,
)
_LOG_IN_AGAIN: Final = _next(
    "a new login: tokenByAkSk, then applyToken, then this request once more (§6.1)",
    "重新登录：tokenByAkSk、applyToken，然后重发该请求（§6.1）",
    Endpoint.TOKEN,
)
_SEND: Final = _next("send, to begin the text session (§5.1)", "send，进入文字会话（§5.1）", Endpoint.SEND)
_CHECK: Final = _next("checkClickToCallSupport (§5.2)", "checkClickToCallSupport（§5.2）", Endpoint.CHECK)
_CREATE: Final = _next("createClickToCall (§5.3)", "createClickToCall（§5.3）", Endpoint.CREATE)
_NO_CREATE: Final = _next(
    "no createClickToCall: the end of the client, or another check (§5.2)",
    "不得 createClickToCall：结束，或再次检查（§5.2）",
    Endpoint.CHECK,
    end=True,
)
_NO_POLL: Final = _next(
    "no poll: the end of the client, or another createClickToCall (§5.3)",
    "不得轮询：结束，或再次 createClickToCall（§5.3）",
    Endpoint.CREATE,
    end=True,
)
_STOP: Final = _next("the end of the client; no check, no call", "结束；不再检查，也不呼叫", Endpoint.SEND, end=True)
_POLL: Final = _next(
    "the next getClickToCallEvents; dropClickToCall once the user hangs up (§5.4, §5.5)",
    "继续 getClickToCallEvents；用户挂断时 dropClickToCall（§5.4、§5.5）",
    Endpoint.EVENTS,
    Endpoint.DROP,
    Endpoint.SEND,
)
_OVER: Final = _next(
    "the end of the client, after one dropClickToCall at most: the call is over (§5.4)",
    "呼叫已结束：客户端结束，之前至多一次 dropClickToCall（§5.4）",
    Endpoint.DROP,
    end=True,
)
_GIVE_UP: Final = _next(
    "no further poll: three retries have failed, and the client gives up (§5.4)",
    "不再轮询：重试三次后仍失败，客户端放弃（§5.4）",
    Endpoint.DROP,
    end=True,
)
_DROPPED: Final = _next(
    "the end of the client, perhaps after a few polls that fetch 168110",
    "客户端结束，之前可再轮询几次以取得 168110",
    Endpoint.EVENTS,
    end=True,
)
_DROP_AGAIN: Final = _next(
    "dropClickToCall again, at most three times, or the end of the client",
    "重发 dropClickToCall（至多三次），或结束",
    Endpoint.DROP,
    Endpoint.EVENTS,
    end=True,
)


def allowed_after(run: Run, seen: Seen | None) -> Next:
    """Say what may follow once a request is over; `None` asks for the beginning."""
    if seen is None:
        return _BEGIN
    if seen.endpoint in LOGIN:
        return _after_login(run, seen)
    if seen.kind is Kind.EXPIRED:
        return _LOG_IN_AGAIN
    if seen.endpoint is Endpoint.EVENTS:
        return _after_poll(run, seen)
    return _after_step(run, seen)


def turn(run: Run, decisive: Seen) -> Turn | None:
    """Find where, at a decisive request, the client left the flow; `None` if what it did is not a matter of order."""
    before = [seen for seen in run.calls if seen.before(decisive)]
    last = max(before, key=lambda seen: (seen.over or 0.0, seen.serial), default=None)
    allowed = allowed_after(run, last)
    if decisive.endpoint not in allowed.endpoints:
        return Turn(last, allowed, decisive)
    allowed = allowed_after(run, decisive)
    following = run.after(decisive)
    if following and following[0].endpoint not in allowed.endpoints:
        return Turn(decisive, allowed, following[0])
    if not following and not allowed.end:
        return Turn(decisive, allowed, None)
    return None


def _after_login(run: Run, seen: Seen) -> Next:
    if not seen.ok:
        return _AGAIN
    if seen.endpoint is Endpoint.TOKEN:
        return _APPLY
    earlier = [past for past in run.business if past.serial < seen.serial]
    if not earlier:
        return _SEND if run.flow == "text_then_call" else _CHECK
    refused = next((past for past in reversed(earlier) if past.kind is Kind.EXPIRED), None)
    if refused is None:
        return allowed_after(run, earlier[-1])
    return _next(
        f"{refused.endpoint.value} once more, with the new tokens (§6.1)",
        f"用新令牌重发 {refused.endpoint.value}（§6.1）",
        refused.endpoint,
        Endpoint.DROP,
    )


def _after_step(run: Run, seen: Seen) -> Next:
    created = run.created is not None and run.created.serial < seen.serial
    match seen.endpoint:
        case Endpoint.CHECK:
            flags = ("webRTCSupported", "clickToCallSupported")
            return _CREATE if seen.ok and all(seen.answer.get(flag) is True for flag in flags) else _NO_CREATE
        case Endpoint.CREATE:
            return _POLL if seen.ok else _NO_POLL
        case Endpoint.DROP:
            if not created:
                return _CHECK
            return _DROPPED if seen.ok else _DROP_AGAIN
        case _:
            if created:
                return _POLL
            return _CHECK if seen.ok else _STOP


def _after_poll(run: Run, seen: Seen) -> Next:
    if seen.terminal:
        return _OVER
    if not seen.failed:
        return _POLL
    streak = 0
    for poll in reversed([poll for poll in run.polls if poll.serial <= seen.serial]):
        if not poll.failed:
            break
        streak += poll.kind is not Kind.EXPIRED
    if streak > RETRIES:
        return _GIVE_UP
    return _next(
        f"getClickToCallEvents again, retry {streak} of {RETRIES} (§5.4)",
        f"再次 getClickToCallEvents，第 {streak} 次重试，共 {RETRIES} 次（§5.4）",
        Endpoint.EVENTS,
        Endpoint.DROP,
        Endpoint.SEND,
    )
