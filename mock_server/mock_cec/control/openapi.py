"""The OpenAPI document of the control API, made from its table so that it cannot say anything else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from mock_cec import __version__
from mock_cec.control.routes import DOCUMENT, HEALTH, ROOT, ROUTES
from mock_cec.control.troubles import STATUS, TroubleView

if TYPE_CHECKING:
    from mock_cec.control.routes import Route
    from mock_cec.control.troubles import Code

_SCHEMAS: Final = "#/components/schemas/"
_EVERYWHERE: Final[tuple[Code, ...]] = ("bad_request", "cross_origin", "foreign_host", "needs_token", "wrong_token")
_WITH_BODY: Final[tuple[Code, ...]] = ("not_json", "too_large")


def document() -> dict[str, Any]:
    """Make the document."""
    shapes: list[Any] = [TroubleView]
    for route in ROUTES:
        shapes += [
            shape for shape in (route.answer, route.other, route.body, route.query) if shape not in {None, *shapes}
        ]
    _, schemas = msgspec.json.schema_components(shapes, ref_template=f"{_SCHEMAS}{{name}}")
    for schema in schemas.values():
        schema["description"] = " ".join(schema["description"].partition("Attributes:")[0].split())
    paths: dict[str, Any] = {DOCUMENT: {"get": _own()}}
    for route in ROUTES:
        paths.setdefault(ROOT + route.path, {})[route.method.lower()] = _operation(route, schemas)
    for query in {route.query.__name__ for route in ROUTES}:
        schemas.pop(query)
    return {
        "openapi": "3.1.0",
        "info": {"title": "The control API of mock-cec", "version": __version__},
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "From another machine or host name."}
            },
            "schemas": schemas,
        },
    }


def _own() -> dict[str, Any]:
    answer = {"description": "This document", "content": _json({"type": "object"})}
    return {"operationId": "openapi", "summary": "This document", "responses": {"200": answer} | _troubles(_EVERYWHERE)}


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    troubles: tuple[Code, ...] = ("bad_request",) if ROOT + route.path == HEALTH else (*_EVERYWHERE, *route.troubles)
    name: str = route.operation.__name__
    answer = {"description": route.answer.__name__, "content": _of(route.answer)}
    if route.other is not None:
        alternatives = [_of(shape)["application/json"]["schema"] for shape in (route.answer, route.other)]
        answer["content"] = _json({"anyOf": alternatives})
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": route.summary,
        "parameters": [*_path_parameters(route.path), *_query_parameters(schemas[route.query.__name__])],
        "responses": {str(route.status): answer},
    }
    if route.body is not None:
        required = any(field.required for field in msgspec.structs.fields(route.body))
        operation["requestBody"] = {"required": required, "content": _of(route.body)}
    operation["responses"] |= _troubles((*troubles, *_WITH_BODY) if route.body is not None else troubles)
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": name, "in": "query", "schema": kind} for name, kind in schema["properties"].items()]


def _troubles(codes: tuple[Code, ...]) -> dict[str, Any]:
    statuses: dict[str, list[str]] = {}
    for code in codes:
        statuses.setdefault(str(STATUS[code]), []).append(code)
    return {
        status: {"description": " or ".join(alike), "content": _of(TroubleView)}
        for status, alike in sorted(statuses.items())
    }


def _of(shape: type[msgspec.Struct]) -> dict[str, Any]:
    return _json({"$ref": _SCHEMAS + shape.__name__})


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
