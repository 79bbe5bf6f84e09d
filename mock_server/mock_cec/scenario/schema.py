"""The JSON Schema of the scenario format, for editors."""

from __future__ import annotations

from typing import Any

import msgspec

from mock_cec.scenario.model import Scenario


def json_schema() -> dict[str, Any]:
    """Make the schema from the types, so that it cannot differ from what the loader takes."""
    schema = msgspec.json.schema(Scenario)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of mock-cec",
        **schema,
    }
