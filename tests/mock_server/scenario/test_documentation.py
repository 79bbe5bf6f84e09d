"""The reference for readers: its examples load, its errors are the real ones, and it leaves no key out."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any, Final

import pytest
from cec_client.protocol import EVENT_TEXT, EventId
from mock_cec.scenario import catalogue
from mock_cec.scenario.explain import explain
from mock_cec.scenario.loading import ScenarioError, load
from mock_cec.scenario.model import ENDPOINT_NAMES
from mock_cec.scenario.plan import plan
from mock_cec.scenario.schema import json_schema

PAGE: Final = (Path(__file__).parents[3] / "docs" / "scenarios.md").read_text(encoding="utf-8")
BLOCKS: Final = re.findall(r"^```(\w+(?: bad)?)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLES: Final = [body for kind, body in BLOCKS if kind == "yaml"]
MISTAKES: Final = [(body, message) for (kind, body), (_, message) in itertools.pairwise(BLOCKS) if kind == "yaml bad"]


def test_the_page_has_examples_and_mistakes() -> None:
    assert len(EXAMPLES) >= 9
    assert len(MISTAKES) >= 4


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_can_be_played(text: str) -> None:
    assert plan(load(text, "mine.yaml")).scenario.title


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_every_mistake_gets_the_message_that_is_printed(text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        load(text, "mine.yaml")
    assert str(raised.value) == message.strip()


def test_the_explanation_that_is_printed_is_the_real_one() -> None:
    assert explain("token_expiry", catalogue.find("token_expiry")) in PAGE


def keys() -> list[tuple[str, Any]]:
    """List every key of the format, with its default where there is one that can be written."""
    schema = json_schema()
    structs = [schema, *(part for part in schema["definitions"].values() if "properties" in part)]
    return [(key, member.get("default")) for struct in structs for key, member in struct["properties"].items()]


@pytest.mark.parametrize(("key", "default"), [(key, value) for key, value in keys() if key not in {"id", "desc"}])
def test_every_key_has_its_row_and_its_default(key: str, default: object) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| `{key}` |")]
    assert rows
    if isinstance(default, str | bool) and default != "":
        word = str(default).lower() if isinstance(default, bool) else default
        assert any(row.split(" | ")[2] == f"`{word}`" for row in rows)


@pytest.mark.parametrize("event", EventId)
def test_every_event_has_its_row(event: EventId) -> None:
    assert f"| `{event.name.lower()}` | {event.value} | {EVENT_TEXT[event]} |" in PAGE


@pytest.mark.parametrize("name", ENDPOINT_NAMES)
def test_every_endpoint_is_named(name: str) -> None:
    assert f"`{name}`" in PAGE
