"""The OpenAPI document: of form 3.1, and what it says of each route is what that route does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from mock_cec.control.openapi import document
from mock_cec.control.routes import ROOT, ROUTES

if TYPE_CHECKING:
    from mock_cec.control.routes import Route

    from tests.mock_server.control.conftest import House

BODIES: dict[str, Any] = {
    "make_tenant": {},
    "swap_scenario": {"scenario": "quiet"},
    "step_clock": {"advance": "1s"},
    "inject": {"user": "alice", "event": {"event": "queued"}},
    "fail_poll": {"status": 500},
    "inject_into_poll": {"event": {"event": "queued"}},
}


def test_it_is_served_and_only_read(house: House) -> None:
    assert house.ask("GET", "/openapi.json").json() == document()
    answer = house.ask("POST", "/openapi.json")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_every_route_is_in_it_and_every_reference_leads_somewhere() -> None:
    paths = document()["paths"]
    described = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert described == {(route.method, ROOT + route.path) for route in ROUTES} | {("GET", "/__mock/openapi.json")}
    schemas = document()["components"]["schemas"]
    for reference in references(document()):
        assert reference.removeprefix("#/components/schemas/") in schemas
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description")


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [found for inner in part.values() for found in references(inner)]
    return [found for inner in part for found in references(inner)] if isinstance(part, list) else []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_what_a_route_answers_has_the_shape_that_is_described(house: House, route: Route) -> None:
    house.tenant(name="t")
    user = house.login("t")
    user.call("createClickToCall")
    user.start("getClickToCallEvents")
    house.ask("GET", "/tenants/t/polls")
    name = route.operation.__name__
    body = {"json": BODIES[name]} if name in BODIES else {}
    path = route.path.replace("{tenant}", "t").replace("{poll}", "p1")
    answer = house.ask(route.method, path, **body)
    operation = document()["paths"][ROOT + route.path][route.method.lower()]
    assert answer.status_code == route.status
    schema = operation["responses"][str(route.status)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": document()["components"]}
    Draft202012Validator(whole).validate(answer.json())
    assert (name in BODIES) == ("requestBody" in operation)
