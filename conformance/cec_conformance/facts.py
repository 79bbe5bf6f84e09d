"""What a judge has to know beside the traffic: the facts of a trace, and which of them a rule needs.

The emulator that plays a case writes them into the trace (`Trace.facts`, texts all of them), so that a stored trace is
judged like the live run. A recording from a browser or a backend lacks some; a rule that needs such a one is not
exercised, and the report says what would bring it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Self

from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

APP_KEY: Final = "app_key"
APP_SECRET: Final = "app_secret"  # noqa: S105  (the name of a fact)
CHANNEL_ID: Final = "channel_id"
USER_ID: Final = "user_id"
FLOW: Final = "flow"
MEDIA: Final = "media"
CONNECT_MEDIA: Final = "connect_media"
HANGUP_AFTER: Final = "hangup_after"
HANGUP_WHEN: Final = "hangup_when"
"""The parameters of the launch, named like their `CEC_*` variables; an empty `hangup_after` means never."""

EXIT_STATUS: Final = "exit_status"
"""How the client ended: its exit status, negative for a signal; `KILLED` if the judge had to end it."""
KILLED: Final = "killed"
ENDED_AT: Final = "ended_at"
"""Seconds of the trace at which it had ended, or was killed."""
OUTCOME: Final = "outcome"
"""The outcome it printed; empty if its last line was none."""

BASE_URL: Final = "base_url"
TOKEN_BASE_URL: Final = "login_base_url"  # noqa: S105  (the name of a fact, which names no secret)
"""Where a server is that was visited, and where its `tokenByAkSk` is."""
CONTROL_URL: Final = "control_url"
CLOCK: Final = "clock"
"""Where its control channel made a tenant for the visit, and the clock of that tenant if it could be moved: `auto`."""

MEDIA_CALL: Final = "media_call"
"""What the client placed its media call with, as a JSON object with the members of “connected” (guide §5 step 4)."""

EVENTS: Final = "events"
"""What happens in every call of a visit, where the platform was told so (see `server.announced`)."""
DIALECT: Final = "dialect"
"""Whose word a platform's answers go by: `guide` or `reference`."""

_OF_LAUNCH: Final = {
    "CEC_APP_KEY": APP_KEY,
    "CEC_APP_SECRET": APP_SECRET,
    "CEC_CHANNEL_ID": CHANNEL_ID,
    "CEC_USER_ID": USER_ID,
    "CEC_FLOW": FLOW,
    "CEC_MEDIA_ABILITY": MEDIA,
    "CEC_CONNECT_MEDIA": CONNECT_MEDIA,
    "CEC_HANGUP_AFTER": HANGUP_AFTER,
    "CEC_HANGUP_WHEN": HANGUP_WHEN,
}


class Fact(Enum):
    """Something a rule may need to know.

    Attributes:
        missing: What is unknown without it, and what would tell it.
    """

    CREDENTIALS = (
        "the credentials that were given",
        "app_key 与 app_secret",
        "give them by --app-key and --app-secret",
        "用 --app-key 和 --app-secret 给出",
    )
    USER = (
        "the userId and channelId that were given",
        "userId 与 channelId",
        "give them by --user-id and --channel-id",
        "用 --user-id 和 --channel-id 给出",
    )
    FLOW = ("which of the three flows was wanted", "所要的流程（三种之一）", "give it by --flow", "用 --flow 给出")
    MEDIA = ("whether voice or video was wanted", "要的是语音还是视频", "give it by --media", "用 --media 给出")
    HANGUP = (
        "whether and when the user hung up",
        "用户是否、何时挂断",
        "give it by --hangup-after",
        "用 --hangup-after 给出",
    )
    LOGIN = (
        "the two token calls",
        "两次获取令牌的请求",
        "record them where they are made, as a HAR of the backend, and give both files",
        "在发出请求的一端（例如后端）另录一份 HAR，两个文件一并给出",
    )
    AUTHORIZATION = (
        "the header Authorization",
        "Authorization 请求头",
        'export "HAR (with sensitive data)"',
        "导出“包含敏感数据的 HAR”",
    )
    BODIES = (
        "the bodies of requests and answers",
        "请求体与响应体",
        'export "HAR with content"',
        "导出“含内容的 HAR”",
    )
    TIMES = (
        "the times of requests and answers",
        "请求与响应的时间",
        "record them with a tool that keeps times",
        "改用记录时间的工具",
    )
    ENDING = (
        "how and when the client ended",
        "客户端如何、何时结束",
        "let the judge start the client: cec-conformance client",
        "由本工具启动客户端：cec-conformance client",
    )
    MEDIA_CALL = (
        "what the client placed its media call with",
        "客户端发起媒体呼叫时所用的参数",
        "it is seen only where the client calls the gateway of the emulator (CEC_CONNECT_MEDIA=1)",
        "仅当客户端呼叫模拟器的网关时才能看到（CEC_CONNECT_MEDIA=1）",
    )
    EVENTS = (
        "which events the platform was to send",
        "平台应发送哪些事件",
        "let the judge set the scenario: --control-url",
        "由本工具设定场景：--control-url",
    )

    missing: Words
    advice: Words

    def __new__(cls, en: str, zh: str, advice_en: str, advice_zh: str) -> Self:
        """Make both languages one value each."""
        member = object.__new__(cls)
        member._value_ = en
        member.missing = Words(en, zh)
        member.advice = Words(advice_en, advice_zh)
        return member


def of_launch(variables: Mapping[str, str]) -> dict[str, str]:
    """Give the facts that the launch variables of a client hold (see `docs/driver-contract.md`)."""
    return {fact: variables.get(name, "") for name, fact in _OF_LAUNCH.items()}
