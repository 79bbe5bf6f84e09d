"""The probe: a first, trivial case that shows whether a client keeps the contract at all (pure).

If it does not, one clear message takes the place of a hundred failures that would all mean the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.rules.contract import SKIP
from cec_conformance.targets.output import last_lines
from cec_conformance.targets.program import MOST_OUTPUT
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cec_client.protocol import Trace

    from cec_conformance.results import Ending
    from cec_conformance.targets.target import Played

PROBE: Final = Case(
    name="probe",
    title=Words("Connected, then released: does the client keep the contract?", "接通后释放：客户端是否遵守启动约定？"),
    scenario=scenario("Connected, then released", events=["100ms connected", "200ms released"]),
)
"""The case: as short as a call can be, and without anything odd."""

MOST_SHOWN: Final = 12
"""Lines of the standard error that are shown: Node, for one, says what happened some ten lines before its end."""

_BY_PROXIES: Final = ("via", "forwarded", "x-forwarded-for", "proxy-connection")
"""The headers that a proxy adds, or a client that speaks to one."""

_PROXIES: Final = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


def complaint(played: Played, environment: Mapping[str, str]) -> Words | None:
    """Say how a client failed to keep the contract, and what to do; `None` if it kept it.

    Args:
        played: What came of the probe.
        environment: The environment of this process, for the proxy that may be in it.
    """
    ending, trace = played.ending, played.trace
    if ending is None:
        return None
    found = _ended_badly(ending, trace) if trace.exchanges else _never_came(ending, environment)
    if found is None and not played.skipped and _by_proxy(trace):
        found = Words(
            "its requests came through a proxy, which changes what can be seen of them. NO_PROXY and no_proxy name the "
            "emulator: have your HTTP client honour them, or switch its proxy off",
            "请求经过了代理，所见因而不可靠。NO_PROXY 与 no_proxy 已包含模拟器地址："
            "请让 HTTP 客户端遵守它们，或关闭代理",
        )
    return None if found is None else _with_stderr(found, ending)


def _never_came(ending: Ending, environment: Mapping[str, str]) -> Words | None:
    if ending.outcome == SKIP:
        return None
    if _address_in_use(ending):
        return Words(
            "it tried to listen on an address that is taken. CEC_BASE_URL is where the platform is: a client sends its "
            "requests there and serves nothing",
            "它试图监听一个已被占用的地址。CEC_BASE_URL 是平台的地址：客户端向它发请求，而不是在那里提供服务",
        )
    proxy = next((name for name in _PROXIES if environment.get(name)), None)
    hint = (
        Words(
            f" ({proxy} is set: does it ask that proxy in spite of NO_PROXY?)",
            f"（设置了 {proxy}：是否无视 NO_PROXY？）",
        )
        if proxy
        else Words("", "")
    )
    how = _how(ending)
    return Words(
        f"{how.en} and never sent a request to the emulator{hint.en}. Take the address from CEC_BASE_URL in "
        "the environment, not from a configuration of your own; see docs/your-client.md",
        f"{how.zh}，从未向模拟器发送请求{hint.zh}。地址须取自环境变量 CEC_BASE_URL，而非自己的配置；"
        "参见 docs/your-client.md",
    )


def _ended_badly(ending: Ending, trace: Trace) -> Words | None:
    ended_well = ending.exit_status == 0 and bool(ending.outcome)
    if ended_well and (ending.outcome == SKIP or _placed_a_call(trace)):
        return None
    if all(exchange.endpoint is None for exchange in trace.exchanges):
        path = trace.exchanges[0].target.partition("?")[0]
        return Words(
            f"none of its requests had a path of the guide (the first: {path}). CEC_BASE_URL has no slash at its end; "
            "append the guide's paths to it as they are",
            f"所有请求的路径都不是文档中的路径（第一个：{path}）。CEC_BASE_URL 末尾没有斜杠；"
            "请直接在其后拼接文档中的路径",
        )
    if ended_well:
        return _placed_none(ending, trace)
    how = _how(ending)
    if ending.exit_status == 0:
        return Words(
            f'{how.en} but its last line on stdout was no outcome. Print {{"outcome": "released"}}, or whatever ended '
            "the call, as the last line",
            f'{how.zh}，但标准输出的最后一行不是结果。请在最后一行打印 {{"outcome": "released"}} 之类的结果',
        )
    return Words(
        f"{how.en} in a call that was connected and released without any trouble. A client ends by itself, with "
        "status 0, once its call is over",
        f"{how.zh}，而那次呼叫只是正常接通并释放。呼叫结束后，客户端应自行退出，退出状态为 0",
    )


def _placed_a_call(trace: Trace) -> bool:
    return any(exchange.endpoint is Endpoint.CREATE for exchange in trace.exchanges)


def _placed_none(ending: Ending, trace: Trace) -> Words:
    """Whoever gives up in the simplest call would break no rule, and look conformant."""
    sent = ", ".join(
        dict.fromkeys(one.endpoint.value if one.endpoint else one.target.partition("?")[0] for one in trace.exchanges)
    )
    return Words(
        f"it placed no call and said {ending.outcome}: it never sent createClickToCall, though whatever has a path of "
        f"the guide was granted. It sent: {sent}",
        f"它没有发起呼叫，输出的结果为 {ending.outcome}：凡路径属于文档的请求都已成功，它却从未发送 createClickToCall。"
        f"它发送了：{sent}",
    )


def _how(ending: Ending) -> Words:
    status = ending.exit_status
    if status is None and ending.written > MOST_OUTPUT:
        megabytes = ending.written >> 20
        return Words(f"it wrote {megabytes} MB of output without an end", f"它不停地输出，已写出 {megabytes} MB")
    if status is None:
        waited = ending.ended - ending.began
        return Words(f"it did not end within {waited:.0f} s", f"它在 {waited:.0f} 秒内没有结束")
    if status < 0:
        return Words(f"it was ended by signal {-status}", f"它被信号 {-status} 终止")
    return Words(f"it ended with status {status}", f"它以退出状态 {status} 结束")


def _address_in_use(ending: Ending) -> bool:
    told = ending.stderr.lower()
    return "eaddrinuse" in told or "address already in use" in told or "only one usage of each socket" in told


def _by_proxy(trace: Trace) -> bool:
    return any(exchange.request_header(name) is not None for exchange in trace.exchanges for name in _BY_PROXIES)


def _with_stderr(found: Words, ending: Ending) -> Words:
    said = last_lines(ending.stderr, MOST_SHOWN)
    if not said:
        return Words(f"{found.en}.", f"{found.zh}。")
    return Words(f"{found.en}. Its last words on stderr:\n{said}", f"{found.zh}。其标准错误的最后几行：\n{said}")
