"""Whether a request has the shape that the guide shows: its method, its query, the members of its body.

Each function says what is wrong with a request, or gives `None`. What is said never shows a secret.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cec_client.protocol import WEB
from mock_cec.scenario.words import one_line, short

from cec_conformance.run import NOTHING
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cec_conformance.run import Seen

NO_OBJECT: Final = Words("its body is no JSON object", "请求体不是 JSON 对象")

_UNSHOWN: Final = frozenset({"app_secret"})
"""Members whose values stay out of reports."""


def shown(value: object) -> str:
    """Write a value as JSON, on one line, not too long."""
    return one_line(short(json.dumps(value, ensure_ascii=False)))


def not_get(seen: Seen) -> Words | None:
    """Find a fault with a GET that has the channel in its query."""
    if seen.exchange.method != "GET":
        return _method(seen)
    got = seen.query.get("channel")
    if got is None:
        return Words("its query has no channel", "查询串没有 channel")
    return None if got == WEB else Words(f"its query has channel={short(got)}", f"查询串为 channel={short(got)}")


def not_posted(seen: Seen) -> Words | None:
    """Find a fault with a POST of a JSON object, whatever its members are."""
    if seen.exchange.method != "POST":
        return _method(seen)
    return None if isinstance(seen.sent, dict) else NO_OBJECT


def without(seen: Seen, wanted: Mapping[str, str | None]) -> Words | None:
    """Find a member of the body that is not there, or is not the text it should be.

    Args:
        seen: The request.
        wanted: What each member should be; `None` for any text that is not empty.
    """
    for name, value in wanted.items():
        got = seen.member(name)
        if got is NOTHING:
            return Words(f"its body has no {name}", f"请求体没有 {name}")
        if isinstance(got, str) and (got == value or (value is None and got)):
            continue
        if name in _UNSHOWN:
            return Words(f"{name} was not the given one", f"{name} 与给定的不同")
        expected = ("a text", "非空字符串") if value is None else (shown(value), shown(value))
        return Words(
            f"{name} was {shown(got)}, expected {expected[0]}",
            f"{name} 为 {shown(got)}，应为 {expected[1]}",
        )
    return None


def _method(seen: Seen) -> Words:
    method = short(seen.exchange.method)
    return Words(f"it was a {method}", f"请求方法为 {method}")
