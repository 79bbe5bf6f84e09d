"""Rules on the shape of requests (guide §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import WEB

from cec_conformance import facts
from cec_conformance.facts import Fact
from cec_conformance.rule import Basis, Family, Level, each
from cec_conformance.rules.shapes import not_get, not_posted, shown, without
from cec_conformance.run import NOTHING
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen

REQUESTS: Final = Family("Shape of requests", "请求的形式")

CONNECT: Final = "CONNECT"


@REQUESTS.rule(
    "C-REQ-01",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.2",
    Words(
        "checkClickToCallSupport is a GET with channel=WEB in its query.",
        "checkClickToCallSupport 用 GET 请求，查询串含 channel=WEB。",
    ),
    twin=Words("leaves out the query", "不带查询串"),
)
def check_call(run: Run) -> Iterator[Observation]:
    """Look at every check."""
    return each(run.checks, not_get)


@REQUESTS.rule(
    "C-REQ-02",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.3",
    Words(
        'createClickToCall is a POST whose JSON has channel "WEB".',
        "createClickToCall 用 POST 请求，JSON 请求体中 channel 为 WEB。",
    ),
    twin=Words('sends channel "web"', "channel 写成 web"),
    needs=(Fact.BODIES,),
)
def create_call(run: Run) -> Iterator[Observation]:
    """Look at every create."""
    return each(run.creates, _posted_with_channel)


@REQUESTS.rule(
    "C-REQ-03",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.3",
    Words(
        "mediaAbility of createClickToCall is what was wanted: 0 for voice, 1 for video.",
        "createClickToCall 的 mediaAbility 与所要的一致：语音为 0，视频为 1。",
    ),
    accepts=Words("The number is understood like the string here.", "此处数字与字符串同样对待。"),
    twin=Words("always asks for voice", "始终请求语音"),
    needs=(Fact.MEDIA, Fact.BODIES),
)
def wanted_media(run: Run) -> Iterator[Observation]:
    """Look at every create."""

    def fault(create: Seen) -> Words | None:
        got = create.member("mediaAbility")
        if got is NOTHING:
            return Words("its body has no mediaAbility", "请求体没有 mediaAbility")
        wanted = run.fact(facts.MEDIA)
        if not isinstance(got, bool) and str(got) == wanted:
            return None
        return Words(
            f"mediaAbility was {shown(got)}, expected {wanted}", f"mediaAbility 为 {shown(got)}，应为 {wanted}"
        )

    return each((create for create in run.creates if isinstance(create.sent, dict)), fault)


@REQUESTS.rule(
    "C-REQ-04",
    Level.SHOULD,
    Basis.INFERRED,
    "§5.3",
    Words("mediaAbility is a string.", "mediaAbility 为字符串。"),
    twin=Words("sends a number", "发送数字"),
    needs=(Fact.BODIES,),
)
def type_of_media(run: Run) -> Iterator[Observation]:
    """Look at every create that names the media."""

    def fault(create: Seen) -> Words | None:
        got = create.member("mediaAbility")
        return None if isinstance(got, str) else Words(f"it was {shown(got)}", f"其值为 {shown(got)}")

    return each((create for create in run.creates if create.member("mediaAbility") is not NOTHING), fault)


@REQUESTS.rule(
    "C-REQ-05",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.4",
    Words(
        "getClickToCallEvents is a GET with channel=WEB in its query.",
        "getClickToCallEvents 用 GET 请求，查询串含 channel=WEB。",
    ),
    twin=Words("polls by POST", "用 POST 轮询"),
)
def poll_call(run: Run) -> Iterator[Observation]:
    """Look at every poll."""
    return each(run.polls, not_get)


@REQUESTS.rule(
    "C-REQ-06",
    Level.MUST,
    Basis.DOCUMENTED,
    "§5.5",
    Words(
        'dropClickToCall is a POST whose JSON has channel "WEB".',
        "dropClickToCall 用 POST 请求，JSON 请求体中 channel 为 WEB。",
    ),
    twin=Words("sends an empty object", "发送空对象"),
    needs=(Fact.BODIES,),
)
def drop_call(run: Run) -> Iterator[Observation]:
    """Look at every drop."""
    return each(run.drops, _posted_with_channel)


@REQUESTS.rule(
    "C-REQ-07",
    Level.MUST,
    Basis.INFERRED,
    "§5.1",
    Words(
        'send enters the text session by a POST whose JSON has channel "WEB", controlType "CONNECT", mediaType "TEXT", '
        'sourceType "CUSTOMER", from the given userId, to the given channelId, and any string as content.',
        "send 用 POST 请求接入文本会话，JSON 请求体中 channel 为 WEB、controlType 为 CONNECT、mediaType 为 TEXT、"
        "sourceType 为 CUSTOMER、from 为给定的 userId、to 为给定的 channelId，content 为任意字符串。",
    ),
    accepts=Words(
        "content may be left out: the API reference calls it optional for CONNECT. What is sent in the text session "
        "after it was entered is not judged.",
        "content 可以省略：API 参考称 CONNECT 时可选。接入之后在文本会话中发送的消息不作判定。",
    ),
    twin=Words("swaps from and to", "from 与 to 互换"),
    needs=(Fact.USER, Fact.BODIES),
)
def send_call(run: Run) -> Iterator[Observation]:
    """Look at every send that enters the text session, and at those before it was entered."""
    wanted = {
        "channel": WEB,
        "controlType": CONNECT,
        "from": run.fact(facts.USER_ID),
        "mediaType": "TEXT",
        "sourceType": "CUSTOMER",
        "to": run.fact(facts.CHANNEL_ID),
    }

    def fault(send: Seen) -> Words | None:
        found = not_posted(send) or without(send, wanted)
        content = send.member("content")
        if found is None and content is not NOTHING and content is not None and not isinstance(content, str):
            return Words(f"content was {shown(content)}, expected a string", f"content 为 {shown(content)}，应为字符串")
        return found

    entered = next((send.serial for send in run.sends if _connects(send)), None)
    return each((send for send in run.sends if entered is None or send.serial <= entered or _connects(send)), fault)


def _connects(send: Seen) -> bool:
    return bool(send.member("controlType") == CONNECT)


def _posted_with_channel(seen: Seen) -> Words | None:
    return not_posted(seen) or without(seen, {"channel": WEB})
