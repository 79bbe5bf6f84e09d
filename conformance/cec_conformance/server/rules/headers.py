"""Rules on errors and headers (guide §2.2, §4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint
from cec_client.protocol.codes import EXPIRED_TEXT

from cec_conformance.rule import Basis, Family, Level, broken, each, kept
from cec_conformance.rules.shapes import shown
from cec_conformance.run import FORBIDDEN, STEPS, SUCCESS
from cec_conformance.server.departures import BAD_APP_KEY, BAD_AUTHORIZATION, BAD_CCMESSAGING_TOKEN, Occasion
from cec_conformance.server.reading import answered, came, elsewhere, good, let_in, user, with_departure
from cec_conformance.server.rules.tokens import forbidden
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

HEADERS: Final = Family("errors and headers", "错误与请求头")


@HEADERS.rule(
    "S-ERR-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§2.2",
    Words(
        "Every 403 has a JSON object with the strings errorCode and exceptionInfo.",
        "每个 403 的响应体都是 JSON 对象，含字符串 errorCode 与 exceptionInfo。",
    ),
    twin=Words("answers 403 with an HTML page", "403 返回 HTML 页面"),
)
def shape_of_403(run: Run) -> Iterator[Observation]:
    """Look at every 403."""
    return each((seen for seen in answered(run) if seen.status == FORBIDDEN), _no_error)


@HEADERS.rule(
    "S-ERR-02",
    Level.SHOULD,
    Basis.DOCUMENTED,
    "§2.2",
    Words(
        "The exceptionInfo of a 403 about a token is the text of the guide.",
        "因令牌返回的 403，其 exceptionInfo 与文档给出的文本一致。",
    ),
    twin=Words('writes "forbidden"', "写成 “forbidden”"),
    yields_to=("S-ERR-01",),
)
def text_of_403(run: Run) -> Iterator[Observation]:
    """Look at every 403 about a token."""

    def fault(seen: Seen) -> Words | None:
        got = seen.answer.get("exceptionInfo")
        return None if got == EXPIRED_TEXT else Words(f"it was {shown(got)}", f"其值为 {shown(got)}")

    refused = with_departure(run, *BAD_AUTHORIZATION, *BAD_CCMESSAGING_TOKEN, Occasion.EXPIRED)
    return each((seen for seen in refused if seen.status == FORBIDDEN), fault)


@HEADERS.rule(
    "S-ERR-03",
    Level.SHOULD,
    Basis.DOCUMENTED,
    "§2.2",
    Words(
        "Every other answer than 200 has a JSON object with the strings errorCode and exceptionInfo, too.",
        "其他非 200 的响应同样是含字符串 errorCode 与 exceptionInfo 的 JSON 对象。",
    ),
    twin=Words("answers 404 in plain text", "404 返回纯文本"),
)
def shape_of_errors(run: Run) -> Iterator[Observation]:
    """Look at every other error, also where there is no endpoint."""
    errors = (seen for seen in (*answered(run), *elsewhere(run)) if seen.status not in {SUCCESS, FORBIDDEN})
    return each(errors, _no_error)


@HEADERS.rule(
    "S-HDR-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§4.1, §6.1",
    Words(
        "A step of the call without a good Authorization is answered 403.",
        "通话步骤缺少正确的 Authorization 时返回 403。",
    ),
    accepts=Words(
        "401, as in the API reference. An AccessToken without Bearer is not judged: the guide's samples pass a "
        "variable.",
        "401（见 API 参考）。不带 Bearer 的 AccessToken 不作判定：文档示例中只传入一个变量。",
    ),
    twin=Words("does not look at Authorization on dropClickToCall", "dropClickToCall 不检查 Authorization"),
)
def wants_authorization(run: Run) -> Iterator[Observation]:
    """Look at every step with a bad one."""
    for seen in with_departure(run, *BAD_AUTHORIZATION):
        if seen.endpoint in STEPS:
            yield forbidden(seen)


@HEADERS.rule(
    "S-HDR-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§4.1",
    Words(
        "A step of the call without a good ccmessaging-token does not succeed.",
        "通话步骤缺少正确的 ccmessaging-token 时不成功。",
    ),
    accepts=Words(
        'Any status but 200, or a resultCode other than "0". createClickToCall is exempt: the API reference calls its '
        "headers optional.",
        "状态码不是 200，或 resultCode 不是 “0” 均可。createClickToCall 除外：API 参考称其请求头可选。",
    ),
    twin=Words("takes any ccmessaging-token on send", "send 接受任意 ccmessaging-token"),
)
def wants_ccmessaging_token(run: Run) -> Iterator[Observation]:
    """Look at every step with a bad one, but create."""
    return each(_but_create(with_departure(run, *BAD_CCMESSAGING_TOKEN)), let_in)


@HEADERS.rule(
    "S-HDR-03",
    Level.SHOULD,
    Basis.DOCUMENTED,
    "§4.1",
    Words(
        "A step of the call without x-app-key, or with one that the tokens were not issued for, does not succeed.",
        "通话步骤缺少 x-app-key，或其值与令牌不符时不成功。",
    ),
    accepts=Words(
        "createClickToCall is exempt: the API reference calls its headers optional.",
        "createClickToCall 除外：API 参考称其请求头可选。",
    ),
    twin=Words("ignores x-app-key", "忽略 x-app-key"),
)
def wants_app_key(run: Run) -> Iterator[Observation]:
    """Look at every step with a bad one, but create."""
    return each(_but_create(with_departure(run, *BAD_APP_KEY)), let_in)


@HEADERS.rule(
    "S-HDR-04",
    Level.MUST,
    Basis.INFERRED,
    "§4.1",
    Words("Header names are matched without regard to case.", "请求头名称不区分大小写。"),
    twin=Words("knows only lower-case ccmessaging-token", "只认小写的 ccmessaging-token"),
)
def names_in_any_case(run: Run) -> Iterator[Observation]:
    """Look at every request with names in capitals whose like in small letters has succeeded."""
    for seen in with_departure(run, Occasion.IN_CAPITALS):
        alike = [other for other in good(run, seen.endpoint) if other.ok and user(other) == user(seen)]
        if not alike:
            continue
        if seen.ok:
            yield kept(alike[-1], seen)
        else:
            yield broken([alike[-1], seen], f"in capitals: {came(seen).en}", f"大写时：{came(seen).zh}")


def _but_create(requests: Iterator[Seen]) -> Iterator[Seen]:
    return (seen for seen in requests if seen.endpoint in STEPS and seen.endpoint is not Endpoint.CREATE)


def _no_error(seen: Seen) -> Words | None:
    """Find fault with the body of an error."""
    for name in ("errorCode", "exceptionInfo"):
        got = seen.answer.get(name)
        if not isinstance(got, str):
            said = "nothing" if got is None else shown(got)
            return Words(f"HTTP {seen.status}, and {name} is {said}", f"HTTP {seen.status}，{name} 为 {said}")
    return None
