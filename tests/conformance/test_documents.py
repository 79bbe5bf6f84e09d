"""The documents say what the code says. If one is out of date: `python -m tests.conformance.documents`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cec_conformance.cases.case import variables
from cec_conformance.cases.fixed import FIXED
from cec_conformance.rule import Basis
from cec_conformance.rules import CLIENT_RULES
from cec_conformance.rules.contract import OUTCOMES, SKIP
from cec_conformance.server.rules import SERVER_RULES
from mock_cec import MockCec
from mock_cec.tenant import Credentials

from tests.conformance import documents

if TYPE_CHECKING:
    from cec_conformance.rule import Rule

TESTS = Path(__file__).parents[1]
RULE = re.compile(r"\b[CS]-[A-Z]+-\d\d\b")


def written(name: str) -> str:
    return (documents.DOCS / name).read_text(encoding="utf-8")


def statements() -> dict[str, list[str]]:
    """Give the rows of the hand-written tables: the number of a statement, and its other cells."""
    by_hand = written("coverage.md").partition(documents.BEGIN)[0]
    rows = [line.strip("|").split("|") for line in by_hand.splitlines() if re.match(r"\| (\d|X)", line)]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}


def test_the_rules_are_up_to_date() -> None:
    assert written("rules.md") == documents.rules()


def test_the_table_of_rules_in_the_coverage_is_up_to_date() -> None:
    assert written("coverage.md") == documents.coverage()


@pytest.mark.parametrize(("table", "rules"), [(1, CLIENT_RULES), (2, SERVER_RULES)], ids=["client", "server"])
def test_the_matrix_has_a_row_for_each_rule(table: int, rules: tuple[Rule, ...]) -> None:
    rows = written("matrix.md").split("```text\n")[table].splitlines()[: len(rules)]
    assert [row.split()[0] for row in rows] == [rule.id for rule in rules]
    assert [row.split()[1].index("X") for row in rows] == list(range(len(rules)))


@pytest.mark.parametrize(("cell", "rules"), [(1, CLIENT_RULES), (2, SERVER_RULES)], ids=["client", "server"])
def test_every_rule_belongs_to_a_statement_of_its_section(cell: int, rules: tuple[Rule, ...]) -> None:
    numbers: dict[str, set[str]] = {rule.id: set() for rule in rules}
    for number, cells in statements().items():
        for name in RULE.findall(cells[cell]):
            numbers.get(name, set()).add(number)

    assert {name for name, found in numbers.items() if not found} == set()
    documented = [rule for rule in rules if rule.basis in {Basis.DOCUMENTED, Basis.INFERRED}]
    homeless = [rule.id for rule in documented if all(number.startswith("X") for number in numbers[rule.id])]
    assert homeless == []


def test_every_rule_that_a_statement_names_exists() -> None:
    for cells in statements().values():
        assert set(RULE.findall(cells[1])) <= {rule.id for rule in CLIENT_RULES}
        assert set(RULE.findall(cells[2])) <= {rule.id for rule in SERVER_RULES}


@pytest.mark.parametrize("number", statements())
def test_every_statement_is_held_by_something(number: str) -> None:
    text, client, server, tests = statements()[number]
    assert text
    assert RULE.search(client) or "::" in tests or "not in the traffic" in client
    assert RULE.search(server) or server == "–"
    for path, name in re.findall(r"`([\w/]+\.py)(?:::(\w+))?`", tests):
        assert f"def {name}(" in (TESTS / path).read_text(encoding="utf-8") or not name


def test_the_contract_is_told_in_full() -> None:
    text = written("driver-contract.md")
    for outcome in (*OUTCOMES.values(), "unsupported", "rejected", "hung_up", "gave_up", "error", SKIP):
        assert f"`{outcome}`" in text
    for variable in variables(FIXED[0], Credentials("key", "secret", "channel"), "http://cec.test"):
        assert f"`{variable}`" in text


def test_the_smallest_client_keeps_the_contract() -> None:
    code = written("driver-contract.md").partition("```python\n")[2].partition("```")[0]
    with MockCec("agent_hangs_up", clock="auto") as cec:
        given = variables(FIXED[0], Credentials(cec.app_key, cec.app_secret, cec.channel_id), cec.base_url)
        environment = os.environ | given | {"NO_PROXY": "127.0.0.1"}
        ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True, timeout=30)
        problems = cec.problems

    assert json.loads(ran.stdout.splitlines()[-1]) == {"outcome": "released"}
    assert problems == ""
