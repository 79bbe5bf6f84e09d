"""Rules on the common headers (guide §4.1): their form. Whether the tokens in them are the right ones is for others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from cec_client.protocol.headers import AUTHORIZATION, CCMESSAGING_TOKEN, CONTENT_TYPE, JSON, X_APP_KEY

from cec_conformance import facts
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, broken, each, kept, noted
from cec_conformance.rules.shapes import shown
from cec_conformance.run import STEPS
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

HEADERS: Final = Family("Common headers", "公共头域")


@HEADERS.rule(
    "C-HDR-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2, §4.1",
    Words(
        "applyToken and every step of the call carry x-app-key with the given app_key.",
        "applyToken 及通话的每个步骤都携带 x-app-key，其值为给定的 app_key。",
    ),
    twin=Words("leaves it out of dropClickToCall", "dropClickToCall 中不携带"),
    needs=(Fact.CREDENTIALS,),
)
def app_key(run: Run) -> Iterator[Observation]:
    """Look at applyToken and the steps."""

    def fault(seen: Seen) -> Words | None:
        got = seen.header(X_APP_KEY)
        if got is None:
            return Words("there was no x-app-key", "没有 x-app-key")
        if got != run.fact(facts.APP_KEY):
            return Words(f"x-app-key was {shown(got)}", f"x-app-key 为 {shown(got)}")
        return None

    return each(run.to(Endpoint.APPLY_TOKEN, *STEPS), fault)


@HEADERS.rule(
    "C-HDR-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2, §4.1",
    Words(
        "applyToken and every step of the call carry an Authorization of the word Bearer, one space, and a token.",
        "applyToken 及通话的每个步骤都携带 Authorization，由 Bearer、一个空格和令牌组成。",
    ),
    twin=Words("sends the AccessToken without Bearer", "只发送 AccessToken，不加 Bearer"),
    needs=(Fact.AUTHORIZATION,),
)
def authorization(run: Run) -> Iterator[Observation]:
    """Look at applyToken and the steps."""

    def fault(seen: Seen) -> Words | None:
        got = seen.header(AUTHORIZATION)
        if got is None:
            return Words("there was no Authorization", "没有 Authorization")
        if seen.access_token is None:
            return Words('Authorization did not have the form "Bearer TOKEN"', "Authorization 的形式不是“Bearer 令牌”")
        return None

    return each(run.to(Endpoint.APPLY_TOKEN, *STEPS), fault)


@HEADERS.rule(
    "C-HDR-03",
    Level.MUST,
    Basis.DOCUMENTED,
    "§4.1",
    Words(
        "Every step of the call carries a ccmessaging-token that is not empty.",
        "通话的每个步骤都携带非空的 ccmessaging-token。",
    ),
    twin=Words(
        "names the header ccmessagingToken in createClickToCall", "createClickToCall 中把该头写成 ccmessagingToken"
    ),
)
def ccmessaging_token(run: Run) -> Iterator[Observation]:
    """Look at the steps."""

    def fault(seen: Seen) -> Words | None:
        if seen.ccmessaging_token is not None:
            return None
        if seen.header(CCMESSAGING_TOKEN) is None:
            return Words("there was no ccmessaging-token", "没有 ccmessaging-token")
        return Words("ccmessaging-token was empty", "ccmessaging-token 为空")

    return each(run.to(*STEPS), fault)


@HEADERS.rule(
    "C-HDR-04",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.1, §2.2, §4.1",
    Words(
        "Every POST says that its body is application/json.", "每个 POST 请求的 Content-Type 都是 application/json。"
    ),
    accepts=Words("Parameters such as charset may follow.", "可以附带 charset 等参数。"),
    twin=Words("posts its JSON as text/plain", "以 text/plain 发送 JSON"),
)
def type_of_posts(run: Run) -> Iterator[Observation]:
    """Look at every POST to what the guide asks by POST."""

    def fault(seen: Seen) -> Words | None:
        got = seen.header(CONTENT_TYPE)
        if got is None:
            return Words("there was no Content-Type", "没有 Content-Type")
        if not _is_json(got):
            return Words(f"Content-Type was {shown(got)}", f"Content-Type 为 {shown(got)}")
        return None

    posts = (seen for seen in run.to(Endpoint.TOKEN, Endpoint.APPLY_TOKEN, *STEPS) if seen.endpoint.method == "POST")
    return each((seen for seen in posts if seen.exchange.method == "POST"), fault)


@HEADERS.rule(
    "C-HDR-05",
    Level.INFO,
    Basis.INFERRED,
    "§4.1, §5.2, §5.4",
    Words("A GET says application/json or nothing at all.", "GET 请求的 Content-Type 为 application/json，或不携带。"),
    accepts=Words(
        "It may be left out: a GET has no body, and the library of the guide's samples takes the header away.",
        "可以不携带：GET 没有请求体，文档示例所用的库也会去掉该头。",
    ),
    twin=Words("sends application/x-www-form-urlencoded", "发送 application/x-www-form-urlencoded"),
)
def type_of_gets(run: Run) -> Iterator[Observation]:
    """Look at every GET of what the guide asks by GET."""
    for seen in run.to(Endpoint.CHECK, Endpoint.EVENTS):
        got = seen.header(CONTENT_TYPE)
        if seen.exchange.method != "GET":
            continue
        if got is None:
            yield noted([seen], "left out", "未携带")
        elif _is_json(got):
            yield kept(seen)
        else:
            yield broken([seen], f"it was {shown(got)}", f"其值为 {shown(got)}")


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == JSON
