"""The report for programs: valid by its own schema, documented, and complete."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import msgspec
import pytest
from cec_conformance.reports.as_json import JsonFile, JsonReport
from cec_conformance.reports.writing import ReportError
from cec_conformance.words import Words

from tests.conformance.reports.played import RULES, bad, good, run_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cec_conformance.results import CaseResult

DOCUMENT = Path(__file__).parents[3] / "docs" / "reports.md"


def written(tmp_path: Path, results: tuple[CaseResult, ...]) -> dict[str, Any]:
    file = tmp_path / "out" / "report.json"
    report = JsonFile(file, RULES, measure=lambda _results: [(Words("retries", "重试"), Words("3", "3 次"))])
    for event in run_of(results):
        report(event)
    found: dict[str, Any] = json.loads(file.read_bytes())
    return found


def test_it_is_valid_by_the_schema_of_its_types(tmp_path: Path) -> None:
    jsonschema.validate(written(tmp_path, bad()), msgspec.json.schema(JsonReport))


def test_it_says_what_was_broken_where_and_how_to_see_it_again(tmp_path: Path) -> None:
    found = written(tmp_path, bad())

    assert (found["format"], found["version"]) == ("cec-conformance-report", 1)
    assert found["conclusion"]["status"] == 1
    assert found["conclusion"]["counted"] == ["C-DROP-02"]
    [rule] = [rule for rule in found["rules"] if rule["id"] == "C-DROP-02"]
    assert (rule["state"], rule["cases"]["failed"]) == ("failed", ["released", "hang-up"])
    story = found["stories"][0]
    assert (story["rule"], story["case"], story["decisive"]) == ("C-DROP-02", "hang-up", [3])
    assert (story["allowed_after"], story["came"]) == (2, 3)
    assert "event: queued" in story["scenario"]
    assert found["policy"] == [{"name": {"en": "retries", "zh": "重试"}, "value": {"en": "3", "zh": "3 次"}}]


def test_a_good_run_has_no_story_and_every_verdict(tmp_path: Path) -> None:
    found = written(tmp_path, good())

    assert found["stories"] == []
    assert [case["name"] for case in found["cases"]] == ["released", "hang-up"]
    assert [verdict["state"] for verdict in found["cases"][0]["verdicts"]] == [
        "not exercised",
        "passed",
        "passed",
        "not exercised",
        "not exercised",
        "noted",
    ]


def members(schema: dict[str, Any]) -> Iterator[str]:
    for definition in schema["$defs"].values():
        yield from definition.get("properties", {})


def test_the_document_names_every_member() -> None:
    text = DOCUMENT.read_text("utf-8")

    assert [name for name in set(members(msgspec.json.schema(JsonReport))) if f"`{name}`" not in text] == []


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file, where a folder should be")

    with pytest.raises(ReportError, match=r"report\.json: cannot be written"):
        written(tmp_path, good())
