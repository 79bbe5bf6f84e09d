"""A permissive tenant answers whatever comes on a known path as if it had been right; a judge looks on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from cec_client.protocol import Endpoint
from mock_cec.app import app
from mock_cec.clock import SteppedClock
from mock_cec.platform import Platform
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Tenant

if TYPE_CHECKING:
    Answers = list[httpx.Response]

AT_ONCE = "title: t\nhold: 1s\nevents: [{after: 0s, event: queued}, {after: 0s, event: connected}]\n"


def ask(scenario: str, *requests: tuple[Endpoint, dict[str, Any]], permissive: bool = True) -> Answers:
    """Send requests one after the other, and give their answers."""
    tenant = Tenant(plan(load(scenario, "test")), SteppedClock(), permissive=permissive)
    transport = httpx.ASGITransport(app(Platform(tenant)))

    async def talk() -> Answers:
        async with httpx.AsyncClient(transport=transport, base_url="http://cec.test") as client:
            return [await client.request(url=endpoint.path, **how) for endpoint, how in requests]

    return asyncio.run(talk())


BARE = {"method": "POST"}


@pytest.mark.parametrize("endpoint", [endpoint for endpoint in Endpoint if endpoint is not Endpoint.EVENTS])
@pytest.mark.parametrize(
    "how",
    [
        {"method": "DELETE"},
        {"method": "GET", "headers": {"Authorization": "nonsense", "X-Token-Expire": "7200"}},
        {"method": "POST", "content": b"\xff{", "headers": {"Content-Type": "text/plain"}},
        {"method": "POST", "json": {"controlType": "SHOUT", "channel": "web"}},
        {"method": "POST", "json": [[[]]]},
    ],
)
def test_every_known_path_answers_as_if_all_were_right(endpoint: Endpoint, how: dict[str, Any]) -> None:
    (answer,) = ask(AT_ONCE, (endpoint, how))
    assert answer.status_code == 200
    body = answer.json()
    assert body["AccessToken"] if endpoint is Endpoint.TOKEN else body["resultCode"] == "0"


def test_events_come_in_their_order_whoever_asks() -> None:
    polls = [(Endpoint.EVENTS, {"method": "GET", "headers": {"x-app-key": str(number)}}) for number in range(2)]
    _, *answers = ask(AT_ONCE, (Endpoint.CREATE, BARE), *polls)
    assert [answer.json()["eventId"] for answer in answers] == [168102, 168101]


def test_a_second_create_and_a_drop_without_a_call_change_nothing() -> None:
    answers = ask(
        AT_ONCE,
        (Endpoint.DROP, BARE),
        (Endpoint.CREATE, BARE),
        (Endpoint.EVENTS, BARE),
        (Endpoint.CREATE, BARE),
        (Endpoint.EVENTS, BARE),
    )
    assert [answer.json()["resultCode"] for answer in answers] == ["0"] * 5
    assert [answer.json()["eventId"] for answer in answers[2::2]] == [168102, 168101]


def test_the_commands_of_a_text_session_are_read_where_they_can_be() -> None:
    commands = [{"controlType": name} for name in ("CONNECT", "CHAT", "DISCONNECT", "CHAT")]
    answers = ask(AT_ONCE, *((Endpoint.SEND, {"method": "POST", "json": command}) for command in commands))
    assert [answer.json()["resultCode"] == "0" for answer in answers] == [True, True, True, False]


def test_the_script_goes_by_the_order_of_requests_alone() -> None:
    scripted = AT_ONCE + "answers: {checkClickToCallSupport: {2: {status: 403}}}\n"
    answers = ask(scripted, *[(Endpoint.CHECK, {"method": "GET"})] * 3)
    assert [answer.status_code for answer in answers] == [200, 403, 200]


def test_an_unknown_path_is_unknown_all_the_same() -> None:
    tenant = Tenant(plan(load(AT_ONCE, "test")), SteppedClock(), permissive=True)

    async def talk() -> int:
        transport = httpx.ASGITransport(app(Platform(tenant)))
        async with httpx.AsyncClient(transport=transport, base_url="http://cec.test") as client:
            return (await client.get("/apiaccess/ccmessaging/v2/send")).status_code

    assert asyncio.run(talk()) == 404


def test_everybody_else_is_refused_what_is_wrong() -> None:
    (answer,) = ask(AT_ONCE, (Endpoint.CHECK, {"method": "GET"}), permissive=False)
    assert answer.status_code == 403
