"""The JSON Schema: it takes every scenario, refuses what the loader refuses for its shape, and is up to date."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from mock_cec.scenario import catalogue
from mock_cec.scenario.loading import ScenarioError, load
from mock_cec.scenario.model import ENDPOINT_NAMES
from mock_cec.scenario.schema import json_schema
from mock_cec.scenario.yaml_tree import YamlTree

VALIDATOR = jsonschema.Draft7Validator(json_schema())
MODELINE = "# yaml-language-server: $schema=./scenario.schema.json\n"


def text_of(name: str) -> str:
    return (catalogue.folder() / name).read_text(encoding="utf-8")


def test_the_schema_is_one() -> None:
    jsonschema.Draft7Validator.check_schema(json_schema())


def test_the_schema_beside_the_scenarios_is_current() -> None:
    current = json.dumps(json_schema(), indent=2) + "\n"
    assert text_of("scenario.schema.json") == current, "run: mock-cec schema > scenarios/scenario.schema.json"


@pytest.mark.parametrize("name", catalogue.names())
def test_the_schema_takes_every_scenario_and_each_names_it(name: str) -> None:
    text = text_of(f"{name}.yaml")
    VALIDATOR.validate(YamlTree(text).value)
    assert text.startswith(MODELINE)


@pytest.mark.parametrize(
    "text",
    [
        "hold: 1s",
        "title: 1",
        "title: x\nevnets: []",
        "title: x\nhold: 1 s",
        "title: x\nhold: 1m1m",
        "title: x\ncreate: {code: 13}",
        "title: x\nevents: [{after: 1s, event: queud}]",
        "title: x\nanswers: {polls: {}}",
        "title: x\nanswers: {poll: {0: {status: 500}}}",
        "title: x\nanswers: {poll: {1: {status: 200}}}",
    ],
)
def test_schema_and_loader_refuse_the_same(text: str) -> None:
    with pytest.raises(ScenarioError):
        load(text, "f")
    assert not VALIDATOR.is_valid(YamlTree(text).value)


def test_editors_find_every_key_described_and_every_endpoint_named() -> None:
    schema = json_schema()
    assert tuple(schema["properties"]["answers"]["properties"]) == ENDPOINT_NAMES
    structs: list[dict[str, Any]] = [schema, *(part for part in schema["definitions"].values() if "properties" in part)]
    for struct in structs:
        for key, member in struct["properties"].items():
            if member != {"$ref": "#/definitions/Answers"}:
                assert described(member), key


def described(member: dict[str, Any]) -> bool:
    return "description" in member or any(described(part) for part in member.get("anyOf", ()))
