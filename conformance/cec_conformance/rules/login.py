"""Rules on logging in: what the two token calls look like (guide §2); when they come is in `tokens`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from cec_client.protocol.headers import LONGEST_LIFE, X_TOKEN_EXPIRE

from cec_conformance import facts
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, each, kept, noted
from cec_conformance.rules.shapes import not_posted, without
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

LOGIN: Final = Family("Logging in", "登录")

_DECIMAL: Final = re.compile(r"0*([0-9]{1,9})", re.ASCII)


@LOGIN.rule(
    "C-AUTH-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.1",
    Words(
        "tokenByAkSk is a POST whose JSON object holds the given app_key and app_secret as strings.",
        "tokenByAkSk 用 POST 请求，JSON 请求体以字符串形式携带给定的 app_key 与 app_secret。",
    ),
    twin=Words("names the pair appKey and appSecret", "把两个参数写成 appKey 与 appSecret"),
    needs=(Fact.LOGIN, Fact.CREDENTIALS, Fact.BODIES),
)
def token_call(run: Run) -> Iterator[Observation]:
    """Look at every tokenByAkSk."""
    wanted = {name: run.fact(name) for name in (facts.APP_KEY, facts.APP_SECRET)}
    return each(run.tokens, lambda seen: not_posted(seen) or without(seen, wanted))


@LOGIN.rule(
    "C-AUTH-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.1",
    Words(
        "X-Token-Expire, where it is sent, is a whole number of seconds from 1 to 3600.",
        "若发送 X-Token-Expire，其值为 1 到 3600 之间的整数（秒）。",
    ),
    twin=Words("asks for 7200 seconds", "请求 7200 秒的有效期"),
    needs=(Fact.LOGIN,),
)
def asked_life(run: Run) -> Iterator[Observation]:
    """Look at every tokenByAkSk that asks for a life."""
    for token in run.tokens:
        asked = token.header(X_TOKEN_EXPIRE)
        if asked is None:
            continue
        number = _DECIMAL.fullmatch(asked)
        if number and 1 <= int(number[1]) <= LONGEST_LIFE:
            yield kept(token)
        else:
            yield broken([token], f'it asked for "{asked[:40]}"', f"请求的有效期为“{asked[:40]}”")


@LOGIN.rule(
    "C-AUTH-03",
    Level.INFO,
    Basis.INFERRED,
    "§2.1",
    Words(
        "X-Token-Expire goes with tokenByAkSk, or is left out everywhere.",
        "X-Token-Expire 随 tokenByAkSk 发送，或者完全不发送。",
    ),
    accepts=Words(
        "It may be left out: the guide shows it without calling it mandatory, and the vendor's browser demo has none.",
        "可以省略：文档只在示例中给出，未说明必选；厂商的浏览器示例也不发送。",
    ),
    twin=Words("sends it with applyToken only", "只在 applyToken 中发送"),
    needs=(Fact.LOGIN,),
)
def place_of_the_asked_life(run: Run) -> Iterator[Observation]:
    """Look at every tokenByAkSk, and for the header in other requests."""
    strayed = [seen for seen in run.calls if seen.endpoint is not Endpoint.TOKEN and seen.header(X_TOKEN_EXPIRE)]
    for token in run.tokens:
        if token.header(X_TOKEN_EXPIRE) is not None:
            yield kept(token)
        elif strayed:
            where = strayed[0].endpoint.value
            yield broken([token, strayed[0]], f"it went with {where} only", f"只随 {where} 发送")
        else:
            yield noted([token], "left out; the platform chooses the life", "未发送，有效期由平台决定")


@LOGIN.rule(
    "C-AUTH-04",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2",
    Words(
        "applyToken is a POST whose JSON object has the strings userId, userName, channelId and locale, none of them "
        "empty; userId and channelId are the given ones.",
        "applyToken 用 POST 请求，JSON 请求体含非空字符串 userId、userName、channelId、locale，"
        "其中 userId 与 channelId 为给定值。",
    ),
    twin=Words("leaves out locale", "不发送 locale"),
    needs=(Fact.LOGIN, Fact.USER, Fact.BODIES),
)
def apply_call(run: Run) -> Iterator[Observation]:
    """Look at every applyToken."""
    wanted = {
        "userId": run.fact(facts.USER_ID),
        "userName": None,
        "channelId": run.fact(facts.CHANNEL_ID),
        "locale": None,
    }

    def fault(apply: Seen) -> Words | None:
        return not_posted(apply) or without(apply, wanted)

    return each(run.applies, fault)
