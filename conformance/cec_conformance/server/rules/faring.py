"""Comparing users of one visit: what one of them fared, who did something more, with how the others fared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_client.protocol import Endpoint

from cec_conformance.rule import broken, kept
from cec_conformance.server.reading import good, user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.rule import Observation
    from cec_conformance.run import Run, Seen


def events(run: Run, name: str, since: Seen | None = None) -> list[int]:
    """Give the events that a user's polls brought: all of them, or those after a request."""
    first = 0 if since is None else since.serial
    return [poll.event for poll in run.polls if user(poll) == name and poll.serial > first and poll.event is not None]


def as_others_fared(run: Run, seen: Seen, got: list[int]) -> Iterator[Observation]:
    """Compare a user's events with those of every other user who created one call and had the same scenario."""
    for create in good(run, Endpoint.CREATE):
        if user(create) == user(seen) or not create.ok:
            continue
        wanted = events(run, user(create))
        if got == wanted:
            yield kept(create, seen)
        else:
            yield broken(
                [create, seen],
                f"the events were {_listed(got)}; without it they were {_listed(wanted)}",
                f"事件为 {_listed(got)}；没有该请求时为 {_listed(wanted)}",
            )


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"
