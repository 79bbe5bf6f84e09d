"""Reading the trace of a visit: whose a request was, and whether it was meant to be good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cec_conformance.server.visitor import MEANT, USER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_client.protocol import Endpoint

    from cec_conformance.run import Run, Seen
    from cec_conformance.server.departures import Departure


def user(seen: Seen) -> str:
    """Give the user who sent a request."""
    return str(seen.exchange.script.get(USER, ""))


def meant(seen: Seen) -> str:
    """Say what was wrong with a request on purpose; an empty text if nothing was."""
    return str(seen.exchange.script.get(MEANT, ""))


def good(run: Run, *endpoints: Endpoint) -> Iterator[Seen]:
    """Give the requests with which nothing was wrong: to these endpoints, or to all."""
    return (seen for seen in run.calls if not meant(seen) and (not endpoints or seen.endpoint in endpoints))


def with_departure(run: Run, *departures: Departure) -> Iterator[Seen]:
    """Give the requests that departed in one of these ways."""
    values = {departure.value for departure in departures}
    return (seen for seen in run.calls if meant(seen) in values)
