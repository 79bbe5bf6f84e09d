"""Visits at the two token endpoints (guide §2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.cases.writing import scenario
from cec_conformance.server.departures import Departure
from cec_conformance.server.visit import Means, Visits

if TYPE_CHECKING:
    from cec_conformance.server.visitor import Visitor

VISITS: Final = Visits()


@VISITS.visit("login", "A user logs in", "用户登录", scenario=scenario(), aims=("S-TOK-01",), smoke=True)
async def login(visitor: Visitor) -> None:
    """Fetch both tokens."""
    await visitor.user().login()


@VISITS.visit(
    "login-with-bad-credentials",
    "Logins with a wrong secret and an unknown key",
    "使用错误的 secret、未知的 key 登录",
    scenario=scenario(),
    aims=("S-TOK-02",),
    means=(Means.LICENCE,),
)
async def bad_credentials(visitor: Visitor) -> None:
    """Try each."""
    for departure in (Departure.WRONG_SECRET, Departure.UNKNOWN_KEY):
        await visitor.user().ask(Endpoint.TOKEN, departure)
