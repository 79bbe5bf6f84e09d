"""Visits about sessions kept apart, and JSON always (guide §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.cases.writing import scenario
from cec_conformance.server.departures import Departure
from cec_conformance.server.visit import Means, Visits

if TYPE_CHECKING:
    from cec_conformance.server.visitor import Visitor

VISITS: Final = Visits()

NO_LONGER: Final = 3.0
"""Seconds for which a user without a call polls: the other's first event is due by then."""


@VISITS.visit(
    "two-users",
    "One user has a call, another polls without one; then the first polls",
    "一个用户有通话，另一个没有通话也轮询，随后前者轮询",
    scenario=scenario(events=("300ms queued", "1s connected")),
    aims=("S-ISO-01",),
    means=(Means.LICENCE,),
    calls=1,
)
async def two_users(visitor: Visitor) -> None:
    """Have the other user poll first."""
    alice, bob = visitor.user(), visitor.user("conformance-bob")
    if await alice.login() and await bob.login() and await alice.create():
        await bob.post(bob.letter(Endpoint.EVENTS), leave_after=NO_LONGER)
        await alice.poll()
        await alice.drop()


@VISITS.visit(
    "unknown-paths",
    "Requests to paths that no document knows",
    "请求文档未提及的路径",
    scenario=scenario(),
    aims=("S-GEN-02", "S-GEN-03", "S-ERR-03"),
    means=(Means.LICENCE,),
)
async def unknown_paths(visitor: Visitor) -> None:
    """Try one beside each kind of path."""
    user = visitor.user()
    if await user.login():
        for endpoint in (Endpoint.TOKEN, Endpoint.SEND, Endpoint.CHECK):
            await user.ask(endpoint, Departure.UNKNOWN_PATH)


@VISITS.visit(
    "bodies-that-are-no-json",
    "Half of a JSON object, wherever there is a body",
    "凡有请求体之处，发送半截 JSON",
    scenario=scenario(),
    aims=("S-GEN-04",),
    means=(Means.LICENCE,),
    calls=1,
)
async def bad_bodies(visitor: Visitor) -> None:
    """Try each; should a call come of it, the drop that follows ends it."""
    user = visitor.user()
    if not await user.login():
        return
    for endpoint in (Endpoint.TOKEN, Endpoint.APPLY_TOKEN, Endpoint.SEND, Endpoint.CREATE, Endpoint.DROP):
        if (await user.ask(endpoint, Departure.NOT_JSON)).ok and endpoint is Endpoint.CREATE:
            await user.drop()
