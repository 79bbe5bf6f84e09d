"""Visits at the two token endpoints (guide §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from cec_client.protocol.headers import LONGEST_LIFE, X_TOKEN_EXPIRE

from cec_conformance.cases.writing import scenario
from cec_conformance.server.departures import (
    BAD_AUTHORIZATION,
    BAD_NAMES,
    OTHER_METHODS,
    Departure,
    Occasion,
    with_header,
    without_header,
)
from cec_conformance.server.letters import Tokens
from cec_conformance.server.visit import Means, Visits

if TYPE_CHECKING:
    from cec_conformance.run import Seen
    from cec_conformance.server.visitor import User, Visitor

VISITS: Final = Visits()

SOON: Final = 2.5
"""Seconds after which a life of one second is over for every clock."""

AFTER_AN_HOUR: Final = LONGEST_LIFE + 5.0


@VISITS.visit(
    "login",
    "A user logs in",
    "用户登录",
    scenario=scenario(),
    aims=("S-TOK-01", "S-TOK-04", "S-APP-01", "S-GEN-01", "S-GEN-02", "S-GEN-05"),
    smoke=True,
)
async def login(visitor: Visitor) -> None:
    """Fetch both tokens."""
    await visitor.user().login()


@VISITS.visit(
    "login-with-bad-credentials",
    "Logins with a wrong secret and an unknown key",
    "使用错误的 secret、未知的 key 登录",
    scenario=scenario(),
    aims=("S-TOK-02", "S-ERR-03"),
    means=(Means.LICENCE,),
)
async def bad_credentials(visitor: Visitor) -> None:
    """Try each."""
    for departure in (Departure.WRONG_SECRET, Departure.UNKNOWN_KEY):
        await visitor.user().ask(Endpoint.TOKEN, departure)


@VISITS.visit(
    "login-for-no-life-and-for-a-minute",
    "Logins without X-Token-Expire, and with one of 60",
    "不带 X-Token-Expire 登录，以及请求 60 秒",
    scenario=scenario(),
    aims=("S-TOK-04", "S-TOK-05"),
)
async def lives(visitor: Visitor) -> None:
    """Try each."""
    user = visitor.user()
    await user.post(without_header(user.letter(Endpoint.TOKEN), X_TOKEN_EXPIRE))
    await user.post(with_header(user.letter(Endpoint.TOKEN), X_TOKEN_EXPIRE, "60"))


@VISITS.visit(
    "login-for-two-hours",
    "A login that asks for 7200 s",
    "请求 7200 秒有效期的登录",
    scenario=scenario(),
    aims=("S-TOK-03",),
    means=(Means.LICENCE,),
)
async def two_hours(visitor: Visitor) -> None:
    """Ask for too much."""
    await visitor.user().ask(Endpoint.TOKEN, Departure.LONG_LIFE)


@VISITS.visit(
    "tokens-after-an-hour",
    "AccessTokens asked to live 3600 s and 7200 s are used after an hour",
    "一小时之后使用请求了 3600 秒与 7200 秒的 AccessToken",
    scenario=scenario(),
    aims=("S-TOK-03",),
    means=(Means.HOURS, Means.LICENCE),
)
async def after_an_hour(visitor: Visitor) -> None:
    """Use each when no token may live any more."""
    user = visitor.user()
    letter = user.letter(Endpoint.TOKEN)
    longest = await user.post(with_header(letter, X_TOKEN_EXPIRE, str(LONGEST_LIFE)))
    too_long = await user.ask(Endpoint.TOKEN, Departure.LONG_LIFE)
    await visitor.wait(AFTER_AN_HOUR)
    for grant in (longest, too_long):
        if grant.ok:
            await _apply(user, grant, Occasion.OLD)


@VISITS.visit(
    "apply-by-other-methods",
    "applyToken by GET, PUT and DELETE",
    "以 GET、PUT、DELETE 请求 applyToken",
    scenario=scenario(),
    aims=("S-APP-02", "S-ERR-03"),
    means=(Means.LICENCE,),
)
async def other_methods(visitor: Visitor) -> None:
    """Try each with a good AccessToken."""
    user = visitor.user()
    if await user.login():
        for departure in OTHER_METHODS:
            await user.ask(Endpoint.APPLY_TOKEN, departure)


@VISITS.visit(
    "apply-with-bad-members",
    "applyToken with each member missing, empty, and a userId that is too long",
    "applyToken 的各参数缺失、为空，以及 userId 过长",
    scenario=scenario(),
    aims=("S-APP-03", "S-APP-05"),
    means=(Means.LICENCE,),
)
async def bad_members(visitor: Visitor) -> None:
    """Try each with a good AccessToken."""
    user = visitor.user()
    if await user.login():
        for departure in (*BAD_NAMES, Departure.LONG_USER_ID):
            await user.ask(Endpoint.APPLY_TOKEN, departure)


@VISITS.visit(
    "apply-with-bad-access-tokens",
    "applyToken with a wrong AccessToken, with none, and with another scheme",
    "applyToken 的 AccessToken 错误、缺失，以及使用其他方案",
    scenario=scenario(),
    aims=("S-APP-04", "S-ERR-01", "S-ERR-02"),
    means=(Means.LICENCE,),
)
async def bad_access_tokens(visitor: Visitor) -> None:
    """Try each."""
    user = visitor.user()
    if await user.login():
        for departure in BAD_AUTHORIZATION:
            await user.ask(Endpoint.APPLY_TOKEN, departure)


@VISITS.visit(
    "apply-with-an-expired-access-token",
    "applyToken with an AccessToken that lived for a second",
    "使用有效期仅 1 秒的 AccessToken 请求 applyToken",
    scenario=scenario(),
    aims=("S-APP-04", "S-ERR-01", "S-ERR-02"),
    means=(Means.LICENCE,),
)
async def expired_access_token(visitor: Visitor) -> None:
    """Ask for a second, wait, and use it; a server that grants more is left alone."""
    user = visitor.user()
    short = with_header(user.letter(Endpoint.TOKEN), X_TOKEN_EXPIRE, "1")
    grant = await user.post(short, Occasion.SHORT_LIFE.value)
    if grant.ok and grant.answer.get("Expires") == "1":
        await visitor.wait(SOON)
        await _apply(user, grant, Occasion.EXPIRED)


async def _apply(user: User, grant: Seen, occasion: Occasion) -> None:
    user.tokens = Tokens(str(grant.answer["AccessToken"]))
    await user.post(user.letter(Endpoint.APPLY_TOKEN), occasion.value)
