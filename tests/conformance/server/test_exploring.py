"""Exploring: sequences of requests whose answers depart from the document are found, and made as short as can be."""

from __future__ import annotations

import inspect
import re
from functools import partial
from itertools import chain, count
from typing import TYPE_CHECKING

import httpx
import pytest
from cec_client.protocol import Endpoint
from cec_conformance.server import charging, mistakes, model
from cec_conformance.server.curl import lines
from cec_conformance.server.exploring import explore
from cec_conformance.server.grounds import InProcess, OverNetwork
from cec_conformance.server.rules import SERVER_RULES
from cec_conformance.server.twins.sequences import TWINS
from cec_conformance.server.visitor import Access

from tests.conformance.server.serving import CREDENTIALS, twin

if TYPE_CHECKING:
    from cec_conformance.server.exploring import Found
    from mock_cec.scenario.dialect import DialectName

pytestmark = pytest.mark.uncovered

TOKEN, APPLY, CREATE, POLL = Endpoint.TOKEN, Endpoint.APPLY_TOKEN, Endpoint.CREATE, Endpoint.EVENTS
LOGIN = [TOKEN, APPLY]

SHORTEST = {
    "S-CRE-04": [*LOGIN, CREATE, CREATE, POLL, POLL],
    "S-DRP-02": [*LOGIN, CREATE, Endpoint.DROP, POLL],
    "S-ISO-01": [*LOGIN, CREATE, *LOGIN, POLL],
    "S-EXP-02": [*LOGIN, *LOGIN, Endpoint.CHECK],
    "S-POL-12": [*LOGIN, CREATE, Endpoint.DROP, POLL, POLL],
    "S-EXP-03": [*LOGIN, CREATE, APPLY, POLL],
}


@pytest.mark.parametrize("dialect", ["guide", "reference"])
def test_the_emulator_never_departs_from_the_document(dialect: DialectName) -> None:
    explored = explore(InProcess(dialect=dialect), examples=50, number=1)
    assert explored.found == ()
    assert explored.requests > 500
    assert not explored.spent


def endpoints(found: Found) -> list[Endpoint | None]:
    return [exchange.endpoint for exchange in found.trace.exchanges]


def shortest(rule: str) -> Found:
    """Explore by one seed after the other; which of them shows it by the shortest is up to Hypothesis's version."""
    ground = InProcess(TWINS[rule])
    tries = (explore(ground, examples=100, number=number).found for number in range(2, 10))
    shown = (found for found in chain.from_iterable(tries) if found.contradiction.rule == rule)
    return next(found for found in shown if endpoints(found) == SHORTEST[rule])


@pytest.mark.parametrize("rule", TWINS)
def test_a_fault_that_only_a_sequence_shows_is_told_by_the_shortest(rule: str) -> None:
    found = shortest(rule)
    assert found.contradiction.serial == len(found.trace.exchanges)


def test_the_same_seed_finds_the_same() -> None:
    ground = InProcess(TWINS["S-DRP-02"])
    assert explore(ground, examples=100, number=1) == explore(ground, examples=100, number=1)


def test_a_second_fault_is_looked_for_and_the_first_is_not_told_twice() -> None:
    ground = InProcess(TWINS["S-EXP-02"])
    once, twice = (explore(ground, examples=40, number=1, most=most) for most in (1, 2))
    for explored in (once, twice):
        assert [found.contradiction.rule for found in explored.found] == ["S-EXP-02"]
    assert twice.sequences > once.sequences


def test_a_budget_that_is_spent_ends_it() -> None:
    explored = explore(InProcess(), examples=1000, number=1, budget=50, now=count().__next__)
    assert explored.spent
    assert explored.sequences < 20


def test_what_is_found_can_be_sent_again_by_hand() -> None:
    found = shortest("S-DRP-02")
    script = lines(found.trace, (found.contradiction.serial,))
    assert sum("curl -s" in line for line in script) == 5
    assert any("getClickToCallEvents" in line and "<- here" in line for line in script)


def test_every_rule_that_is_charged_is_in_the_catalogue() -> None:
    sources = "".join(inspect.getsource(module) for module in (charging, mistakes, model))
    charged = set(re.findall(r"S-[A-Z]+-\d\d", sources))
    assert set(TWINS) <= charged
    assert charged <= {rule.id for rule in SERVER_RULES}


def over_network(url: str) -> OverNetwork:
    access = Access(base_url=url, token_base_url=url, credentials=CREDENTIALS)
    connect = partial(httpx.AsyncClient, timeout=75, trust_env=False, verify=False)
    return OverNetwork(access, connect, pauses=(0.02,), patience=(0.4, 0.0))


def test_over_a_network_the_emulator_does_not_depart_either() -> None:
    with twin() as url:
        explored = explore(over_network(url), examples=4, number=1, budget=6)
    assert explored.found == ()
    assert explored.requests > 5


def test_over_a_network_a_faulty_server_is_found() -> None:
    with twin(TWINS["S-EXP-02"]) as url:
        explored = explore(over_network(url), examples=20, number=1, budget=9)
    (found,) = explored.found
    assert found.contradiction.rule == "S-EXP-02"
    assert found.trace.exchanges[found.contradiction.serial - 1].status == 403
