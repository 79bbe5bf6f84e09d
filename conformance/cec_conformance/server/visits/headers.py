"""Visits about errors and headers (guide §2.2, §4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cec_client.protocol import Endpoint

from cec_conformance.cases.writing import scenario
from cec_conformance.server.departures import (
    BAD_APP_KEY,
    BAD_AUTHORIZATION,
    BAD_CCMESSAGING_TOKEN,
    Occasion,
    in_capitals,
)
from cec_conformance.server.visit import Means, Visits

if TYPE_CHECKING:
    from cec_conformance.server.visitor import Visitor

VISITS: Final = Visits()


@VISITS.visit(
    "steps-with-bad-authorization",
    "Every step without Authorization, with a wrong one, and with another scheme",
    "各步骤的 Authorization 缺失、错误，以及使用其他方案",
    scenario=scenario(),
    aims=("S-HDR-01", "S-ERR-01", "S-ERR-02"),
    means=(Means.LICENCE,),
    calls=1,
)
async def bad_authorization(visitor: Visitor) -> None:
    """Try each; should a call come of it, hang up and stop."""
    user = visitor.user()
    if not await user.login():
        return
    for endpoint in (Endpoint.SEND, Endpoint.CHECK, Endpoint.CREATE, Endpoint.EVENTS, Endpoint.DROP):
        for departure in BAD_AUTHORIZATION:
            seen = await user.ask(endpoint, departure)
            if endpoint is Endpoint.CREATE and seen.ok:
                await user.drop()
                return


@VISITS.visit(
    "steps-with-bad-ccmessaging-token",
    "Every step but create without ccmessaging-token, and with a wrong one",
    "除 create 外各步骤的 ccmessaging-token 缺失或错误",
    scenario=scenario(),
    aims=("S-HDR-02", "S-ERR-01", "S-ERR-02"),
    means=(Means.LICENCE,),
)
async def bad_ccmessaging_token(visitor: Visitor) -> None:
    """Try each; create is exempt."""
    user = visitor.user()
    if await user.login():
        for endpoint in (Endpoint.SEND, Endpoint.CHECK, Endpoint.EVENTS, Endpoint.DROP):
            for departure in BAD_CCMESSAGING_TOKEN:
                await user.ask(endpoint, departure)


@VISITS.visit(
    "steps-with-bad-app-key",
    "send, check and drop without x-app-key, and with another one",
    "send、check、drop 的 x-app-key 缺失或不符",
    scenario=scenario(),
    aims=("S-HDR-03",),
    means=(Means.LICENCE,),
)
async def bad_app_key(visitor: Visitor) -> None:
    """Try each; a poll is left out, as whoever does not look at the key would hold it."""
    user = visitor.user()
    if await user.login():
        for endpoint in (Endpoint.SEND, Endpoint.CHECK, Endpoint.DROP):
            for departure in BAD_APP_KEY:
                await user.ask(endpoint, departure)


@VISITS.visit(
    "headers-in-capitals",
    "A check with the names of its headers in small letters, and one with them in capitals",
    "请求头名称小写与大写的 check 各一次",
    scenario=scenario(),
    aims=("S-HDR-04",),
)
async def capitals(visitor: Visitor) -> None:
    """Check in both ways."""
    user = visitor.user()
    if await user.login() and (await user.ask(Endpoint.CHECK)).ok:
        await user.post(in_capitals(user.letter(Endpoint.CHECK)), Occasion.IN_CAPITALS.value)
