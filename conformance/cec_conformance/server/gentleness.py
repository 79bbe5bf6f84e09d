"""Gentleness towards a platform that others live on: what may be asked of it, and when nothing more may be (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.run import FIRST_SERVER_ERROR
from cec_conformance.server.visit import Means
from cec_conformance.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cec_conformance.server.visit import Visit

TOO_MANY_REQUESTS: Final = 429
MOST_SERVER_ERRORS: Final = 3
"""How many 5xx in a row are taken for a platform that is in trouble."""
CALLS: Final = 3
"""How many calls a gentle run may create, where nobody says."""
PAUSE: Final = 1.0
"""Seconds that it waits before every request, where nobody says."""


class Guard:
    """Watches what is asked and answered, and says when to stop.

    Args:
        calls: How many calls may be created.
    """

    def __init__(self, calls: int) -> None:
        self._calls = calls
        self._asked = 0
        self._errors = 0

    def asking(self, endpoint: Endpoint | None) -> Words | None:
        """Say why a request must not go out; `None` if it may."""
        if endpoint is Endpoint.CREATE:
            self._asked += 1
        if self._asked > self._calls:
            return _no_more_calls(self._calls)
        return None

    def answered(self, status: int) -> Words | None:
        """Say why an answer is the last to be asked for; `None` if it is not."""
        self._errors = self._errors + 1 if status >= FIRST_SERVER_ERROR else 0
        if status == TOO_MANY_REQUESTS:
            return Words(
                "the platform answered 429, too many requests, and was left alone at once",
                "平台返回 429（请求过多），已立即停止",
            )
        if self._errors >= MOST_SERVER_ERRORS:
            return Words(
                f"the platform answered {self._errors} requests in a row with a 5xx, the last {status}, and was left "
                "alone",
                f"平台连续 {self._errors} 次返回 5xx（最后一次为 {status}），已停止",
            )
        return None


def missing(visits: Iterable[Visit], has: frozenset[Means], calls: int | None = None) -> dict[str, Words]:
    """Say of each visit that cannot be paid what it would take.

    Args:
        visits: The visits, in the order in which they are paid.
        has: The means that there are.
        calls: How many calls may be created together; `None` for as many as they like.
    """
    found: dict[str, Words] = {}
    left = calls
    for visit in visits:
        lacking = [means for means in Means if means in visit.means - has]
        if lacking:
            found[visit.name] = Words(
                "it would take " + ", and ".join(means.missing.en for means in lacking),
                "需要" + "，以及".join(means.missing.zh for means in lacking),
            )
        elif left is not None and visit.calls > left:
            found[visit.name] = _no_more_calls(calls or 0)
        elif left is not None:
            left -= visit.calls
    return found


def _no_more_calls(calls: int) -> Words:
    return Words(
        f"it would take more calls than the {calls} that may be created (--most-calls)",
        f"需要的呼叫多于允许创建的 {calls} 次（--most-calls）",
    )
