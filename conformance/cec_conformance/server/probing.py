"""The probe of a server: a login, which shows whether there is a CEC at all that lets the judge in (pure).

Whatever stands where CEC is expected, one readable reason takes the place of a hundred failures. A server that is a CEC
with a fault in its login is another matter: it is judged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import msgspec
from cec_client.protocol import Endpoint

from cec_conformance import facts
from cec_conformance.cases.writing import scenario
from cec_conformance.probing import PROBE
from cec_conformance.run import SUCCESS
from cec_conformance.server.visit import Visit
from cec_conformance.server.visitor import CUT_OFF, Visitor
from cec_conformance.words import Words

if TYPE_CHECKING:
    from cec_client.protocol import Exchange, Trace

    from cec_conformance.targets.target import Played

_MOST_SHOWN: Final = 120
"""Letters of an answer that are shown."""

_REDIRECTS: Final = range(300, 400)
_NOT_FOUND: Final = 404

_OF_CEC: Final = frozenset(
    {"accesstoken", "applytype", "createtime", "expires", "errorcode", "exceptioninfo", "resultcode", "token"}
)
"""Members by which an answer of CEC is known, whatever is wrong with it; in small letters, without `_` and `-`."""


async def _log_in(visitor: Visitor) -> None:
    await visitor.user().login()


SERVER_PROBE: Final = Visit(
    name=PROBE.name,
    title=Words("A login: is there a CEC that lets the judge in?", "登录：是否有 CEC，能否登录？"),
    scenario=scenario("Nothing happens"),
    course=_log_in,
)
"""The visit."""


def complaint(played: Played) -> Words | None:
    """Say why a server cannot be judged; `None` if it can."""
    trace = played.trace
    if not trace.exchanges:
        return None
    last = trace.exchanges[-1]
    if last.status is None:
        return _no_answer(last, _base(trace, last), trace)
    return _wrong_answer(last, _base(trace, last))


def _no_answer(last: Exchange, base: str, trace: Trace) -> Words:
    error = str(last.script.get("error", ""))
    waited = (last.connection_gone or 0.0) - (last.request_complete or 0.0)
    for pattern, (en, zh) in _FAILURES.items():
        if re.search(pattern, error):
            said = _cause(error)
            other = base.replace("https://", "http://", 1) if base.startswith("https") else f"https{base[4:]}"
            return Words(en.format(base=base, said=said, other=other), zh.format(base=base, said=said, other=other))
    if error:
        return Words(f"{base} cannot be used: {_cause(error)}", f"{base} 无法使用：{_cause(error)}")
    where = "" if last is trace.exchanges[0] else " (tokenByAkSk was answered)"
    return Words(
        f"{base} did not answer {_name(last)} within {waited:.0f} s{where}; is it CEC, and does it live?",
        f"{base} 在 {waited:.0f} 秒内没有应答 {_name(last)}；它是 CEC 吗，是否在运行？",
    )


_FAILURES: Final = {
    "CERTIFICATE_VERIFY_FAILED": (
        "the certificate of {base} does not verify: {said}. Give its authority by --ca FILE, or --insecure to do "
        "without",
        "{base} 的证书未通过验证：{said}。请用 --ca FILE 给出其 CA，或用 --insecure 跳过验证",
    ),
    "WRONG_VERSION_NUMBER|HTTP_REQUEST|record layer failure": (
        "{base} does not speak TLS; its address is probably {other}",
        "{base} 不是 TLS 端口，地址可能是 {other}",
    ),
    "(?i)refused|ConnectionRefused": (
        "nobody listens at {base}: the connection was refused",
        "{base} 没有服务在监听：连接被拒绝",
    ),
    "(?i)name or service|nodename|getaddrinfo|name resolution|no address": (
        "there is no host of that name: {base} ({said})",
        "找不到主机：{base}（{said}）",
    ),
    "ConnectError|ConnectTimeout|All connection attempts failed": (
        "{base} cannot be reached: {said}",
        "无法连接 {base}：{said}",
    ),
    "ProxyError": ("the proxy on the way to {base} refuses: {said}", "通往 {base} 的代理拒绝：{said}"),
    "(?i)invalid|illegal|malformed": (
        "{base} does not speak HTTP as one can read it: {said}",
        "{base} 返回的不是可读的 HTTP：{said}",
    ),
    "ReadError|RemoteProtocolError|WriteError": (
        "{base} closed the connection without an answer ({said}); if it expects TLS, its address is {other}",
        "{base} 未应答便关闭了连接（{said}）；若它要求 TLS，地址应为 {other}",
    ),
}
"""What the HTTP library says, and what that means; the first that fits counts."""


def _wrong_answer(last: Exchange, base: str) -> Words | None:
    status, name = last.status or 0, _name(last)
    if status in _REDIRECTS:
        to = urljoin(base + last.target, last.response_header("location") or "")
        whole = to.removesuffix(last.target)
        return Words(
            f"{base} redirects {name} to {to} ({status}); the judge does not follow: give --base-url {whole}",
            f"{base} 把 {name} 重定向到 {to}（{status}）；本工具不跟随重定向，请改用 --base-url {whole}",
        )
    if CUT_OFF in last.script:
        return Words(
            f"{base} answered {name} without an end, {last.script[CUT_OFF]}; that is no CEC",
            f"{base} 对 {name} 的应答没有尽头（已截断）；这不是 CEC",
        )
    members = _members(last.response_body)
    if "plain http" in last.response_body[:2000].decode("utf-8", "replace").lower():
        return Words(f"{base} expects TLS: give https{base[4:]}", f"{base} 要求 TLS：请改用 https{base[4:]}")
    if not members & _OF_CEC:
        said = _shown(last)
        hint_en = ", or is it behind a path, such as /cec?" if status == _NOT_FOUND else "?"
        hint_zh = "，或者前面还有路径（如 /cec）？" if status == _NOT_FOUND else "？"
        return Words(
            f"{base} answers, but not as CEC does: {name} got {said}. Is the address right{hint_en}",
            f"{base} 有应答，但不像 CEC：{name} 得到 {said}。地址是否正确{hint_zh}",
        )
    return _refused(last, base)


def _refused(last: Exchange, base: str) -> Words | None:
    """Say that the login was refused; a login that merely looks odd is judged."""
    if last.endpoint is Endpoint.TOKEN and last.status != SUCCESS and not _granted(last):
        return Words(
            f"{base} refused the credentials: tokenByAkSk got {_shown(last)}. Check --app-key and --app-secret",
            f"{base} 拒绝了凭据：tokenByAkSk 得到 {_shown(last)}。请检查 --app-key 与 --app-secret",
        )
    if last.endpoint is Endpoint.APPLY_TOKEN and not _granted(last):
        return Words(
            f"{base} granted an AccessToken, but applyToken got {_shown(last)}. Check --channel-id, and that the "
            "app key may use it",
            f"{base} 给出了 AccessToken，但 applyToken 得到 {_shown(last)}。请检查 --channel-id 及该 app_key 的权限",
        )
    return None


def _granted(last: Exchange) -> bool:
    """Say whether an answer brings a token, under whatever name and status."""
    return any("token" in member for member in _members(last.response_body))


def _members(body: bytes) -> frozenset[str]:
    try:
        read = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return frozenset()
    return frozenset(re.sub("[-_]", "", name).lower() for name in read) if isinstance(read, dict) else frozenset()


def _shown(last: Exchange) -> str:
    kind = (last.response_header("content-type") or "").partition(";")[0]
    text = " ".join(last.response_body[:2000].decode("utf-8", "replace").split())
    more = "…" if len(text) > _MOST_SHOWN else ""
    return " ".join(filter(None, (f"HTTP {last.status}", kind, text[:_MOST_SHOWN] + more)))


def _name(exchange: Exchange) -> str:
    return exchange.endpoint.value if exchange.endpoint else exchange.target


def _base(trace: Trace, last: Exchange) -> str:
    where = facts.TOKEN_BASE_URL if last.endpoint is Endpoint.TOKEN else facts.BASE_URL
    return trace.facts.get(where, "")


def _cause(error: str) -> str:
    """Give the words of an error without the frame that the trace puts around them."""
    inner = error.removeprefix("connection closed (").removesuffix(")")
    name, _, said = inner.partition(": ")
    return said or name
