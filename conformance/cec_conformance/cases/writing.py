"""Writing scenarios for cases, shorter than in YAML: `scenario(events=["300ms queued"], polls={"2": {"status": 403}})`.

What comes out is read by the scenario format's own loader, so nothing stands here that a scenario file could not say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from cec_client.protocol import Endpoint
from mock_cec.scenario.loading import load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_cec.scenario.model import Scenario

Answers = dict[str, dict[str, Any]]
"""Ordinal, then what the request gets: `{"2": {"status": 403}, "4-5": {"code": "1"}}`."""

_ENDPOINTS: Final = {
    "logins": Endpoint.TOKEN,
    "applies": Endpoint.APPLY_TOKEN,
    "sends": Endpoint.SEND,
    "checks": Endpoint.CHECK,
    "creates": Endpoint.CREATE,
    "polls": Endpoint.EVENTS,
    "drops": Endpoint.DROP,
}

AT_LAST: Final = "12s released"
"""The end of a call whose user hangs up, for clients that never do: else they would poll until the judge ends them."""


def scenario(
    title: str = "A case of the judge",
    *,
    events: Iterable[str | Mapping[str, Any]] = (),
    **settings: Any,  # noqa: ANN401  (the format's)
) -> Scenario:
    """Write a scenario.

    Args:
        title: Its title.
        events: Its events: `"300ms queued"`, or an object of the format.
        settings: `logins`, `applies`, `sends`, `checks`, `creates`, `polls`, `drops` are answers by ordinal; everything
            else is a key of the format.
    """
    answers = {_ENDPOINTS[name].value: settings.pop(name) for name in tuple(settings) if name in _ENDPOINTS}
    text: dict[str, Any] = {"title": title, "events": [_event(event) for event in events], **settings}
    if answers:
        text["answers"] = answers
    return load(msgspec.json.encode(text).decode(), title)


def first(times: int) -> str:
    """Give the ordinals of the first so many requests."""
    return "1" if times == 1 else f"1-{times}"


def _event(event: str | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(event, str):
        return event
    after, _, name = event.partition(" ")
    return {"after": after, "event": {"id": int(name)} if name.isdecimal() else name}
