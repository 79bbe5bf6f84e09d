"""Rules on logging in, continued: when the token calls come, and what becomes of the tokens (guide §2, §4.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from cec_client.protocol import Endpoint
from cec_client.protocol.headers import X_TOKEN_EXPIRE

from cec_conformance import facts
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Level, broken, each, kept
from cec_conformance.rules.login import LOGIN
from cec_conformance.run import FORBIDDEN, STEPS, UNAUTHORIZED
from cec_conformance.run import LOGIN as LOGIN_CALLS
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

__all__ = ["LOGIN"]

_SHARE: Final = 5
"""A new login is in time while this part of the token's life is left: a fifth."""


class Login(NamedTuple):
    """Both token calls, each of which succeeded: the second came when the first was over."""

    token: Seen
    apply: Seen


def logins(run: Run) -> list[Login]:
    """Find the complete logins, in the order of their applyToken."""
    found = []
    for apply in run.applies:
        earlier = [token for token in run.tokens if token.ok and token.before(apply)]
        if apply.ok and earlier:
            found.append(Login(earlier[-1], apply))
    return found


@LOGIN.rule(
    "C-AUTH-05",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2",
    Words(
        "The first applyToken waits for an AccessToken and carries it.",
        "先取得 AccessToken，首次 applyToken 才开始，并携带该 AccessToken。",
    ),
    twin=Words(
        "makes both token calls at once, the second with a token of an earlier run",
        "两个取令牌的请求同时发出，后者使用以前保存的令牌",
    ),
    needs=(Fact.LOGIN, Fact.AUTHORIZATION, Fact.BODIES, Fact.TIMES),
)
def token_first(run: Run) -> Iterator[Observation]:
    """Look at the first applyToken."""
    for apply in run.applies[:1]:
        issued = {token.answer["AccessToken"]: token for token in run.tokens if token.ok and token.before(apply)}
        if not issued:
            yield broken([apply], "no AccessToken had come yet", "此时尚未取得 AccessToken")
        elif apply.access_token is None or apply.access_token in issued:
            yield kept(*issued.values(), apply)
        else:
            yield broken(
                [*issued.values(), apply],
                "it carried another token than the AccessToken that had come",
                "携带的不是刚取得的 AccessToken",
            )


@LOGIN.rule(
    "C-AUTH-06",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2, §4.1",
    Words(
        'No step of the call starts before applyToken has given a token: HTTP 200, resultCode "0" and a token.',
        "applyToken 成功（HTTP 200、resultCode 为 0 且返回 token）之前，不开始通话的任何步骤。",
    ),
    twin=Words(
        'goes on with the token "undefined" when applyToken has failed', "applyToken 失败后以“undefined”为令牌继续"
    ),
    needs=(Fact.LOGIN, Fact.BODIES, Fact.TIMES),
)
def login_first(run: Run) -> Iterator[Observation]:
    """Look at every request of guide §5."""

    def fault(step: Seen) -> Words | None:
        if any(apply.ok and apply.before(step) for apply in run.applies):
            return None
        return Words("no applyToken had succeeded yet", "此前没有成功的 applyToken")

    return each(run.to(*STEPS), fault)


@LOGIN.rule(
    "C-AUTH-07",
    Level.SHOULD,
    Basis.HYGIENE,
    "§2.1",
    Words("The app_secret goes to tokenByAkSk and nowhere else.", "app_secret 只发送给 tokenByAkSk。"),
    twin=Words("sends a header x-app-secret with every request", "每个请求都携带 x-app-secret 头"),
    needs=(Fact.CREDENTIALS,),
)
def secret_kept(run: Run) -> Iterator[Observation]:
    """Look at path, query, headers and body of every other request; a secret equal to the app_key cannot be told."""
    secret = run.fact(facts.APP_SECRET)
    if not secret or secret == run.fact(facts.APP_KEY):
        return iter(())
    word = re.compile(rf"(?<!\w){re.escape(secret)}(?!\w)")

    def fault(seen: Seen) -> Words | None:
        exchange = seen.exchange
        headers = [f"{name}: {value}" for name, value in exchange.request_headers]
        body = exchange.request_body.decode("utf-8", "replace")
        if any(word.search(text) for text in (unquote(exchange.target), *headers, body)):
            return Words("the app_secret stands in it", "其中出现 app_secret")
        return None

    return each((seen for seen in run.calls if seen.endpoint is not Endpoint.TOKEN), fault)


@LOGIN.rule(
    "C-AUTH-08",
    Level.SHOULD,
    Basis.HYGIENE,
    "§2, §6.1",
    Words(
        "There is no new login while more than a fifth of the AccessToken's life is left and no answer was 401 or 403.",
        "AccessToken 剩余有效期超过五分之一、又未收到 401 或 403 时，不重新登录。",
    ),
    accepts=Words(
        "A login ahead of time is fine once four fifths of the life are over.",
        "有效期过去五分之四后，可以提前重新登录。",
    ),
    twin=Words("logs in before every poll", "每次轮询前都重新登录"),
    needs=(Fact.LOGIN, Fact.BODIES, Fact.TIMES),
)
def no_needless_login(run: Run) -> Iterator[Observation]:
    """Look at the first login, and at every tokenByAkSk that came after a complete one."""
    complete = logins(run)
    for first in complete[:1]:
        yield kept(first.token, first.apply)
    for token in run.tokens:
        earlier = [login for login in complete if login.apply.before(token)]
        if not earlier:
            continue
        last = earlier[-1].token
        life, age = _life(last), token.started - (last.over or 0.0)
        if _refused(run, last, token) or life is None or (life - age) * _SHARE <= life:
            yield kept(last, token)
        else:
            yield broken(
                [last, token],
                f"it came {age:.1f} s after the last one, whose token lives {life:g} s, and nothing had been refused",
                f"距上次登录仅 {age:.1f} 秒，令牌有效期 {life:g} 秒，其间也没有请求被拒绝",
            )


@LOGIN.rule(
    "C-AUTH-09",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2, §4.1",
    Words(
        "Until the next login, Authorization carries the AccessToken of the first one and ccmessaging-token the token "
        "of its applyToken.",
        "再次登录之前，Authorization 携带首次登录所得的 AccessToken，ccmessaging-token 携带 applyToken 返回的 token。",
    ),
    twin=Words("puts the AccessToken into ccmessaging-token", "把 AccessToken 放进 ccmessaging-token"),
    needs=(Fact.LOGIN, Fact.AUTHORIZATION, Fact.BODIES, Fact.TIMES),
    yields_to=("C-AUTH-06",),
)
def tokens_of_the_login(run: Run) -> Iterator[Observation]:
    """Look at the steps between the first login and the next, as far as their headers have the right form."""
    first = next(iter(logins(run)), None)
    if first is None:
        return iter(())
    again = next(iter(run.after(first.apply, *LOGIN_CALLS)), None)
    access = {token.answer["AccessToken"] for token in run.tokens if token.ok and token.before(first.apply)}
    token = first.apply.answer["token"]

    def fault(step: Seen) -> Words | None:
        if step.access_token is not None and step.access_token not in access:
            return Words("Authorization carried another token", "Authorization 携带的不是该 AccessToken")
        if step.ccmessaging_token not in {None, token}:
            return Words("ccmessaging-token carried another token", "ccmessaging-token 携带的不是该 token")
        return None

    steps = run.made_after(first.apply, *STEPS)
    return each((step for step in steps if again is None or step.serial < again.serial), fault)


def _refused(run: Run, last: Seen, token: Seen) -> bool:
    """Say whether anything was refused since the last login began."""
    refused = (seen for seen in run.calls if seen.status in {UNAUTHORIZED, FORBIDDEN} and seen.before(token))
    return any((seen.over or 0.0) >= last.started for seen in refused)


def _life(token: Seen) -> float | None:
    """Give the life of an AccessToken in seconds: what was granted, else what was asked for; `None` if unknown."""
    for text in (token.answer.get("Expires"), token.header(X_TOKEN_EXPIRE)):
        if text is not None and str(text).isdecimal():
            return float(str(text))
    return None
