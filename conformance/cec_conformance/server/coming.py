"""What came back to a request, in the few words that the model of the document distinguishes (pure)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint, event_name
from msgspec import Struct

from cec_conformance.run import FIRST_SERVER_ERROR, FORBIDDEN, SUCCESS, UNAUTHORIZED, Kind
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cec_conformance.run import Seen

BAD_REQUEST: Final = 400


class Came(Enum):
    """What came back."""

    GRANTED = Words('success (200, resultCode "0")', '成功（200，resultCode 为 "0"）')
    EMPTY = Words('no event (200, resultCode "0", no eventId)', '无事件（200，resultCode 为 "0"，不带 eventId）')
    EVENT = Words("an event", "事件")
    REFUSED = Words('refusal (200, resultCode not "0")', '拒绝（200，resultCode 非 "0"）')
    FORBIDDEN = Words("403 or 401", "403 或 401")
    ERROR = Words("another 4xx", "其他 4xx")
    TROUBLE = Words("5xx", "5xx")
    UNREADABLE = Words("an answer that is not the protocol's", "不符合协议的响应")
    STRANGE = Words("a status that is neither 200 nor an error", "既非 200 也非错误的状态码")
    NOTHING = Words("no answer", "没有响应")


NO_SUCCESS: Final = frozenset({Came.REFUSED, Came.FORBIDDEN, Came.ERROR})
"""What a request may get that must not succeed."""


class Allowed(Struct, frozen=True):
    """What may come to a request, and the rule that anything else breaks.

    Attributes:
        answers: What may come.
        rule: The rule that is broken by anything else.
        instead: Another rule for some of it.
    """

    answers: frozenset[Came]
    rule: str
    instead: Mapping[Came, str] = {}

    def rule_for(self, came: Came) -> str:
        """Give the rule that something else breaks."""
        return "S-GEN-05" if came is Came.UNREADABLE else self.instead.get(came, self.rule)


def came_back(seen: Seen) -> Came:
    """Say in the model's words what came back."""
    status = seen.status
    if seen.kind is Kind.EVENT:
        return Came.EVENT
    if seen.kind is Kind.DONE:
        return Came.EMPTY if seen.endpoint is Endpoint.EVENTS else Came.GRANTED
    readable = status == SUCCESS and (seen.code is not None or seen.endpoint is Endpoint.TOKEN) and seen.answer
    return Came.REFUSED if readable else Came.UNREADABLE if status == SUCCESS else _of_status(status)


def _of_status(status: int | None) -> Came:
    if status is None:
        return Came.NOTHING
    if status in {FORBIDDEN, UNAUTHORIZED}:
        return Came.FORBIDDEN
    if status >= FIRST_SERVER_ERROR:
        return Came.TROUBLE
    return Came.ERROR if status >= BAD_REQUEST else Came.STRANGE


def told(seen: Seen) -> Words:
    """Say to people what came back."""
    if seen.event is not None:
        name = event_name(seen.event)
        return Words(f"{seen.event} {name}", f"{seen.event} {name}")
    came = came_back(seen)
    if came in {Came.REFUSED, Came.GRANTED, Came.EMPTY, Came.NOTHING}:
        code = f"resultCode {seen.code!r} {seen.answer.get('resultDesc') or ''}".strip()
        return Words(f"200, {code}", f"200，{code}") if came is Came.REFUSED else came.value
    return Words(f"HTTP {seen.status}: {came.value.en}", f"HTTP {seen.status}：{came.value.zh}")


def either(answers: Iterable[Came]) -> Words:
    """Name several things that may come."""
    chosen = [came.value for came in sorted(answers, key=list(Came).index)]
    return Words(" or ".join(words.en for words in chosen), "，或".join(words.zh for words in chosen))
