"""The JSON Schema of the scenario format, for editors."""

from __future__ import annotations

from typing import Any

import msgspec

from mock_cec.scenario.model import ENDPOINT_NAMES, Scenario


def json_schema() -> dict[str, Any]:
    """Make the schema from the types, so that it cannot differ from what the loader takes.

    It is of draft 7, the newest that the common YAML extensions of editors know, and names every endpoint, as editors
    complete properties but hardly ever patterns of their names.
    """
    _, parts = msgspec.json.schema_components([Scenario], ref_template="#/definitions/{name}")
    for part in parts.values():
        part["description"] = " ".join(part["description"].split())
    top = parts.pop("Scenario")
    answers = top["properties"]["answers"]
    lines = answers.pop("additionalProperties")
    answers["properties"] = {name: {"$ref": "#/definitions/Answers"} for name in ENDPOINT_NAMES}
    answers["additionalProperties"] = False
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        **top,
        "title": "A scenario of mock-cec",
        "definitions": {**parts, "Answers": lines},
    }
