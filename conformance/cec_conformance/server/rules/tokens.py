"""What a server does at the two token endpoints (guide §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from cec_client.protocol.headers import LONGEST_LIFE, X_TOKEN_EXPIRE

from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, each, kept, noted
from cec_conformance.rules.shapes import shown
from cec_conformance.run import FORBIDDEN, SUCCESS, UNAUTHORIZED
from cec_conformance.server.departures import BAD_AUTHORIZATION, BAD_NAMES, OTHER_METHODS, Departure, Occasion
from cec_conformance.server.letters import LIFE
from cec_conformance.server.reading import JSON_BROKEN, came, good, let_in, meaning, with_departure
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

TOKENS: Final = Family("tokens", "令牌")

LENIENCY: Final = 1.0
"""Seconds by which a server's clock and the visitor's may differ about the end of a token."""


@TOKENS.rule(
    "S-TOK-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.1",
    Words(
        "tokenByAkSk with good credentials answers 200 with a non-empty AccessToken.",
        "凭据正确时，tokenByAkSk 返回 200 及非空的 AccessToken。",
    ),
    twin=Words("names it access_token", "把它命名为 access_token"),
    yields_to=JSON_BROKEN,
)
def gives_access_token(run: Run) -> Iterator[Observation]:
    """Look at every login as in the guide's sample."""
    asked = (seen for seen in good(run, Endpoint.TOKEN) if seen.header(X_TOKEN_EXPIRE) == LIFE)
    for seen in asked:
        if seen.ok:
            yield kept(seen)
        elif seen.status == SUCCESS:
            yield broken([seen], "HTTP 200 came, without an AccessToken", "返回 HTTP 200，但没有 AccessToken")
        else:
            yield broken([seen], came(seen).en, came(seen).zh)


@TOKENS.rule(
    "S-TOK-02",
    Level.MUST,
    Basis.INFERRED,
    "§2.1",
    Words(
        "tokenByAkSk with a wrong app_secret or an unknown app_key gives no AccessToken, and another status than 200.",
        "app_secret 错误或 app_key 未知时，tokenByAkSk 不返回 AccessToken，状态码也不是 200。",
    ),
    accepts=Words(
        "Which status it is stays open: no paper names it.",
        "具体状态码不限：文档均未说明。",
    ),
    twin=Words("never compares the app_secret", "从不核对 app_secret"),
)
def refuses_bad_credentials(run: Run) -> Iterator[Observation]:
    """Look at every login with bad credentials."""

    def fault(seen: Seen) -> Words | None:
        if not seen.answer.get("AccessToken") and seen.status != SUCCESS:
            return None
        wrong = meaning(seen)
        return Words(f"{wrong.en} was answered {seen.status}", f"{wrong.zh}，返回 {seen.status}")

    return each(with_departure(run, Departure.WRONG_SECRET, Departure.UNKNOWN_KEY), fault)


@TOKENS.rule(
    "S-TOK-03",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.1",
    Words(
        "No AccessToken works for longer than 3600 s, whatever X-Token-Expire asked for.",
        "无论 X-Token-Expire 请求多长，AccessToken 的有效期都不超过 3600 秒。",
    ),
    accepts=Words(
        "A request for more may be refused, or granted with at most 3600 s.",
        "请求更长的有效期可以被拒绝，也可以按至多 3600 秒授予。",
    ),
    twin=Words("grants the 7200 s it was asked for", "按请求授予 7200 秒"),
    needs=(Fact.TIMES,),
)
def no_token_lives_too_long(run: Run) -> Iterator[Observation]:
    """Look at requests for too long a life, and at tokens that are older than an hour."""
    for seen in with_departure(run, Departure.LONG_LIFE):
        if not seen.ok:
            yield kept(seen)
    granted = {str(seen.answer["AccessToken"]): seen for seen in run.tokens if seen.ok}
    for seen in with_departure(run, Occasion.OLD):
        grant = granted.get(seen.access_token or "")
        if grant is None or (age := seen.started - (grant.over or 0.0)) <= LONGEST_LIFE + LENIENCY:
            continue
        if seen.ok:
            yield broken([grant, seen], f"it worked {age:.0f} s after it was given", f"颁发 {age:.0f} 秒后仍然有效")
        else:
            yield kept(grant, seen)


@TOKENS.rule(
    "S-TOK-04",
    Level.SHOULD,
    Basis.REFERENCE,
    "§2.1",
    Words(
        "Expires is a string of digits: the granted life in seconds, which is no longer than what was asked for.",
        "Expires 为数字字符串，即授予的有效期（秒），且不长于所请求的。",
    ),
    accepts=Words(
        "It may be missing: the guide shows no answer of tokenByAkSk.",
        "可以不返回：文档未给出 tokenByAkSk 的响应。",
    ),
    twin=Words('always says "600"', "总是返回 “600”"),
)
def says_the_life(run: Run) -> Iterator[Observation]:
    """Look at every login that asked for a life."""
    for seen in good(run, Endpoint.TOKEN):
        asked = seen.header(X_TOKEN_EXPIRE)
        if not seen.ok or asked is None:
            continue
        told = seen.answer.get("Expires")
        if told is None:
            yield noted([seen], "there is no Expires", "没有 Expires")
        elif not isinstance(told, str) or _seconds(told) is None:
            yield broken([seen], f"Expires was {shown(told)}", f"Expires 为 {shown(told)}")
        elif int(told) > int(asked):
            yield broken(
                [seen],
                f"{asked} s were asked for, Expires was {shown(told)}",
                f"请求 {asked} 秒，Expires 为 {shown(told)}",
            )
        else:
            yield kept(seen)


@TOKENS.rule(
    "S-TOK-05",
    Level.INFO,
    Basis.INFERRED,
    "§2.1",
    Words(
        "Without X-Token-Expire, tokenByAkSk is refused, or grants a life from 1 to 3600 s.",
        "不带 X-Token-Expire 时，tokenByAkSk 拒绝请求，或授予 1 到 3600 秒的有效期。",
    ),
    twin=Words('says Expires "0", and the token never expires', "Expires 为 “0”，令牌永不过期"),
)
def life_by_default(run: Run) -> Iterator[Observation]:
    """Look at every login that asked for no life."""
    for seen in good(run, Endpoint.TOKEN):
        if seen.header(X_TOKEN_EXPIRE) is not None or seen.status is None:
            continue
        told = seen.answer.get("Expires")
        if not seen.ok:
            yield noted([seen], f"refused: {came(seen).en}", f"被拒绝：{came(seen).zh}")
        elif told is None:
            yield noted([seen], "granted; there is no Expires", "已授予，没有 Expires")
        elif 1 <= (_seconds(str(told)) or 0) <= LONGEST_LIFE:
            yield noted([seen], f"{told} s by default", f"默认 {told} 秒")
        else:
            yield broken([seen], f"Expires was {shown(told)}", f"Expires 为 {shown(told)}")


@TOKENS.rule(
    "S-APP-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2",
    Words(
        'A good applyToken answers 200 with resultCode "0" and a non-empty token.',
        "正确的 applyToken 返回 200、resultCode “0” 及非空的 token。",
    ),
    twin=Words("names it ccmessagingToken", "把它命名为 ccmessagingToken"),
    yields_to=JSON_BROKEN,
)
def gives_ccmessaging_token(run: Run) -> Iterator[Observation]:
    """Look at every good applyToken."""
    for seen in good(run, Endpoint.APPLY_TOKEN):
        if seen.ok:
            yield kept(seen)
        elif seen.code == "0":
            yield broken([seen], 'resultCode "0" came, without a token', "resultCode 为 “0”，但没有 token")
        else:
            yield broken([seen], came(seen).en, came(seen).zh)


@TOKENS.rule(
    "S-APP-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2",
    Words(
        "GET, PUT and DELETE on the path of applyToken give no token, and another status than 200.",
        "对 applyToken 的路径使用 GET、PUT、DELETE 时不返回 token，状态码也不是 200。",
    ),
    twin=Words("takes a GET with a query", "接受带查询串的 GET"),
)
def posts_only(run: Run) -> Iterator[Observation]:
    """Look at every other method."""

    def fault(seen: Seen) -> Words | None:
        if seen.status != SUCCESS and not seen.answer.get("token"):
            return None
        method = seen.exchange.method
        return Words(f"{method} was answered {seen.status}", f"{method} 返回 {seen.status}")

    return each(with_departure(run, *OTHER_METHODS), fault)


@TOKENS.rule(
    "S-APP-03",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2",
    Words(
        "applyToken gives no token when userId, userName, channelId or locale is missing or empty.",
        "userId、userName、channelId、locale 缺失或为空时，applyToken 不返回 token。",
    ),
    accepts=Words(
        'Another status than 200 and a resultCode other than "0" are both a refusal.',
        "状态码不是 200，或 resultCode 不是 “0”，都算拒绝。",
    ),
    twin=Words("fills in a locale of its own", "自行填入默认 locale"),
)
def wants_four_members(run: Run) -> Iterator[Observation]:
    """Look at every applyToken that lacks one."""
    return each(with_departure(run, *BAD_NAMES), let_in)


@TOKENS.rule(
    "S-APP-04",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2",
    Words(
        "applyToken with a wrong or expired AccessToken answers 403.",
        "AccessToken 错误或已过期时，applyToken 返回 403。",
    ),
    accepts=Words("401, as in the API reference.", "401（见 API 参考）。"),
    twin=Words('answers 200 with resultCode "1"', "返回 200 与 resultCode “1”"),
)
def refuses_bad_access_token(run: Run) -> Iterator[Observation]:
    """Look at every applyToken with a bad AccessToken."""
    for seen in with_departure(run, *BAD_AUTHORIZATION, Occasion.EXPIRED):
        if seen.endpoint is Endpoint.APPLY_TOKEN:
            yield forbidden(seen)


@TOKENS.rule(
    "S-APP-05",
    Level.SHOULD,
    Basis.REFERENCE,
    "§2.2",
    Words("A userId of more than 32 characters is refused.", "超过 32 个字符的 userId 被拒绝。"),
    twin=Words("takes any length", "接受任意长度"),
)
def bounds_the_user_id(run: Run) -> Iterator[Observation]:
    """Look at every applyToken with one that is too long."""
    return each(with_departure(run, Departure.LONG_USER_ID), let_in)


def forbidden(seen: Seen) -> Observation:
    """Observe that a token was refused as documented: by 403, or by 401 as in the API reference."""
    if seen.status == FORBIDDEN:
        return kept(seen)
    if seen.status == UNAUTHORIZED:
        return noted([seen], "401, as in the API reference", "401，与 API 参考一致")
    wrong, got = meaning(seen), came(seen)
    return broken([seen], f"{wrong.en}: {got.en}", f"{wrong.zh}：{got.zh}")


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len("9" * 9) else None
