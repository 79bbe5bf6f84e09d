"""The OpenAPI document of the emulated API: it is written out, and holds for the guide's samples and every answer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import pytest
import yaml
from cec_client.protocol import Endpoint
from cec_conformance.server.departures import Departure
from cec_conformance.server.playing import ACCESS
from cec_conformance.server.visitor import Visitor
from cec_conformance.virtual.loop import LoopClock, run
from cec_conformance.virtual.network import VirtualNetwork
from jsonschema import Draft202012Validator
from mock_cec.app import app
from mock_cec.clock import STEPPED_START
from mock_cec.openapi import MEMBERS, document, written
from mock_cec.platform import Platform
from mock_cec.scenario import catalogue
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Tenant
from msgspec.structs import replace

if TYPE_CHECKING:
    from cec_client.protocol import Exchange
    from mock_cec.scenario.dialect import DialectName

DOCS = Path(__file__).parents[2] / "docs"
CONTENT = {"domain": "xxx", "gwAddresses": ["xx1", "xx2"], "accessCode": "179080000537636"}
CAUSE = {"causeId": -1, "causeDesc": "xxxx"}

SENT: dict[Endpoint, dict[str, Any]] = {
    Endpoint.TOKEN: {"app_key": "xxxxxxxxxxxxxxxxxxxx", "app_secret": "yyyyyyyyyyyyyyyyyyyy"},
    Endpoint.APPLY_TOKEN: {"userId": "xxx", "userName": "xxx", "channelId": "xxx", "locale": "zh"},
    Endpoint.SEND: {
        "channel": "WEB",
        "content": "start",
        "controlType": "CONNECT",
        "from": "alice",
        "mediaType": "TEXT",
        "sourceType": "CUSTOMER",
        "to": "202102193196869708",
    },
    Endpoint.CREATE: {"channel": "WEB", "mediaAbility": "0"},
    Endpoint.DROP: {"channel": "WEB"},
}
"""The requests of the guide's samples (§2.1, §2.2, §5)."""

ANSWERED: list[tuple[Endpoint, str, dict[str, Any]]] = [
    (Endpoint.APPLY_TOKEN, "200", {"resultCode": "0", "token": "xxx"}),
    (Endpoint.APPLY_TOKEN, "403", {"errorCode": "0", "exceptionInfo": "xxx"}),
    (
        Endpoint.CHECK,
        "200",
        {"resultCode": "0", "resultDesc": "", "webRTCSupported": True, "clickToCallSupported": True},
    ),
    (Endpoint.CREATE, "200", {"resultCode": "0", "resultDesc": ""}),
    (
        Endpoint.EVENTS,
        "200",
        {
            "resultCode": "0",
            "resultDesc": "Call connected",
            "eventId": 168101,
            "content": {**CONTENT, "clickToCallCaller": "AnonymousCard"},
        },
    ),
    (Endpoint.EVENTS, "200", {"resultCode": "0", "resultDesc": "Call in queue", "eventId": 168102}),
    (Endpoint.EVENTS, "200", {"resultCode": "0", "resultDesc": "Call transfered", "eventId": 168106}),
    (
        Endpoint.EVENTS,
        "200",
        {"resultCode": "0", "resultDesc": "Call disconnected", "eventId": 168110, "content": CAUSE},
    ),
    (
        Endpoint.EVENTS,
        "200",
        {"resultCode": "0", "resultDesc": "Call queue timeout", "eventId": 168103, "content": CAUSE},
    ),
    (Endpoint.EVENTS, "200", {"resultCode": "0", "resultDesc": "Call failed", "eventId": 168105, "content": CAUSE}),
    (Endpoint.EVENTS, "200", {"resultCode": "0", "resultDesc": "ClickToCall polled without any events"}),
    (Endpoint.DROP, "200", {"resultCode": "0", "resultDesc": ""}),
]
"""The answers of the guide's samples, made JSON where they are none (§2.2, §5)."""

WRONG: list[tuple[Endpoint, str, dict[str, Any]]] = [
    (Endpoint.APPLY_TOKEN, "200", {"resultCode": "0"}),
    (Endpoint.CHECK, "200", {"resultCode": "0", "webRTCSupported": "true", "clickToCallSupported": True}),
    (Endpoint.CREATE, "200", {"resultCode": 0, "resultDesc": ""}),
    (Endpoint.EVENTS, "200", {"resultCode": "0", "eventId": None}),
    (Endpoint.EVENTS, "200", {"resultCode": "0", "resultDesc": "Call connected", "eventId": 168101}),
    (Endpoint.EVENTS, "200", {"resultCode": "0", "resultDesc": "Call queue timeout", "eventId": 168103}),
    (Endpoint.EVENTS, "403", {"message": "forbidden"}),
]


@cache
def described() -> dict[str, Any]:
    return document()


def problems(schema: dict[str, Any], body: Any) -> list[str]:
    whole = {**schema, "components": described()["components"]}
    return [error.message for error in Draft202012Validator(whole).iter_errors(body)]


def operation(endpoint: Endpoint) -> dict[str, Any]:
    found: dict[str, Any] = described()["paths"][endpoint.path][endpoint.method.lower()]
    return found


def answer_schema(endpoint: Endpoint, status: str) -> dict[str, Any]:
    responses = operation(endpoint)["responses"]
    response = responses[status] if status in responses else responses[f"{status[0]}XX"]
    schema: dict[str, Any] = response["content"]["application/json"]["schema"]
    return schema


def test_it_is_written_out() -> None:
    text = (DOCS / "openapi.yaml").read_text(encoding="utf-8")
    assert text == written()
    assert yaml.safe_load(text) == document()


def test_it_has_every_endpoint_and_every_reference_leads_somewhere() -> None:
    assert {(path, method) for path, methods in described()["paths"].items() for method in methods} == {
        (endpoint.path, endpoint.method.lower()) for endpoint in Endpoint
    }
    schemas = described()["components"]["schemas"]
    for piece in json.dumps(described()).split('"#/components/schemas/')[1:]:
        assert piece.partition('"')[0] in schemas
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
        assert schema["description"]


def test_what_it_says_of_members_is_of_members_that_the_types_have() -> None:
    for shape, members in MEMBERS.items():
        assert set(members) <= {field.encode_name for field in msgspec.structs.fields(shape)}


@pytest.mark.parametrize("endpoint", SENT)
def test_the_requests_of_the_guides_samples_keep_it(endpoint: Endpoint) -> None:
    schema = operation(endpoint)["requestBody"]["content"]["application/json"]["schema"]
    assert problems(schema, SENT[endpoint]) == []
    for name in SENT[endpoint].keys() - {"content"}:
        assert problems(schema, {key: value for key, value in SENT[endpoint].items() if key != name})


@pytest.mark.parametrize(("endpoint", "status", "body"), ANSWERED)
def test_the_answers_of_the_guides_samples_keep_it(endpoint: Endpoint, status: str, body: dict[str, Any]) -> None:
    assert problems(answer_schema(endpoint, status), body) == []


@pytest.mark.parametrize(("endpoint", "status", "body"), WRONG)
def test_answers_that_the_guide_does_not_know_break_it(endpoint: Endpoint, status: str, body: dict[str, Any]) -> None:
    assert problems(answer_schema(endpoint, status), body)


def exchanges(name: str, dialect: DialectName | None) -> tuple[Exchange, ...]:
    """Call every endpoint in a scenario, as it should be called and not, and give what the emulator recorded."""

    async def visit() -> tuple[Exchange, ...]:
        tenant = Tenant(plan(catalogue.find(name), dialect), LoopClock(STEPPED_START), ACCESS.credentials)
        network = VirtualNetwork(app(Platform(tenant)))
        async with httpx.AsyncClient(transport=network, timeout=75, trust_env=False) as http:
            user = Visitor(ACCESS, http, tenant.clock.now).user()
            for _ in range(3):
                await user.login()
                await user.ask(Endpoint.SEND)
                await user.create()
                for _ in range(7):
                    await user.poll()
                await user.drop()
                await user.poll()
                texts, message = user.letter(Endpoint.POLL_TEXT), user.letter(Endpoint.LEAVE_MESSAGE)
                await user.post(replace(texts, query={"channel": "WEB", "receiverId": user.user_id}))
                said = {"callId": user.user_id, "caller": "13866667777", "leaveMessage": "call me", "channel": "WEB"}
                await user.post(replace(message, body=said))
                await user.post(message)
                for departure in (Departure.NO_AUTHORIZATION, Departure.NO_CHANNEL, Departure.NOT_JSON):
                    for endpoint in (Endpoint.TOKEN, Endpoint.APPLY_TOKEN, Endpoint.CREATE, Endpoint.EVENTS):
                        await user.ask(endpoint, departure)
            tenant.close()
        return tenant.recorder.trace().exchanges

    return run(visit())


@pytest.mark.parametrize("dialect", ["guide", "reference"])
@pytest.mark.parametrize("name", catalogue.names())
def test_every_answer_of_every_scenario_keeps_it(name: str, dialect: DialectName) -> None:
    held = 0
    for exchange in exchanges(name, dialect):
        endpoint = exchange.endpoint
        assert endpoint is not None
        if exchange.status is None or "fault" in exchange.script:
            continue  # what a scenario breaks on purpose
        body = json.loads(exchange.response_body)
        assert problems(answer_schema(endpoint, str(exchange.status)), body) == [], exchange
        held += 1
    assert held > 5
