"""Fuzzing: whatever is asked, answers are of a described status and shape; a server whose are not is found."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import httpx
import pytest
from cec_client.protocol import Endpoint, Exchange
from cec_conformance.run import Seen
from cec_conformance.server.charging import ALWAYS, charged, concerned, order
from cec_conformance.server.curl import lines
from cec_conformance.server.fuzzing import fuzz
from cec_conformance.server.grounds import InProcess, OverNetwork
from cec_conformance.server.twins import SERVER_TWINS
from cec_conformance.server.visitor import Access

from tests.conformance.server.serving import CREDENTIALS, twin

if TYPE_CHECKING:
    from mock_cec.scenario.dialect import DialectName

FAULTY = ("S-GEN-01", "S-GEN-05", "S-ERR-01", "S-CHK-01")


def answer(endpoint: Endpoint, status: int, body: bytes) -> Seen:
    exchange = Exchange(
        serial=1, method=endpoint.method, target=endpoint.path, status=status, response_body=body, answer_ended=1.0
    )
    return Seen(exchange, endpoint)


@pytest.mark.uncovered
@pytest.mark.parametrize("dialect", ["guide", "reference"])
def test_every_answer_of_the_emulator_is_described(dialect: DialectName) -> None:
    fuzzing = fuzz(InProcess(dialect=dialect), examples=60, number=1)
    assert fuzzing.found == ()
    assert set(fuzzing.answered) == {endpoint.value for endpoint in Endpoint}
    assert min(fuzzing.answered.values()) >= 10
    assert fuzzing.exercised >= set(ALWAYS) - ({"S-ERR-01"} if dialect == "reference" else set())


@pytest.mark.uncovered
@pytest.mark.parametrize("rule", FAULTY)
def test_a_server_whose_answers_are_not_described_is_found(rule: str) -> None:
    fuzzing = fuzz(InProcess(SERVER_TWINS[rule]), examples=36, number=1)
    found = {fuzzed.contradiction.rule: fuzzed for fuzzed in fuzzing.found}
    assert rule in found
    decisive = found[rule].contradiction.serial
    assert found[rule].trace.exchanges[-1].serial == decisive
    assert any("<- here" in line for line in lines(found[rule].trace, (decisive,)))


@pytest.mark.uncovered
def test_a_500_on_malformed_json_is_told_by_the_smallest_request() -> None:
    (found,) = fuzz(InProcess(SERVER_TWINS["S-GEN-04"]), examples=36, number=1).found
    exchange = found.trace.exchanges[-1]
    assert exchange.status == 500
    assert len(exchange.request_body) <= 2


@pytest.mark.uncovered
def test_over_a_socket_too() -> None:
    connect = partial(httpx.AsyncClient, timeout=75, trust_env=False, verify=False)
    for server, expected in ((None, []), (SERVER_TWINS["S-GEN-04"], ["S-GEN-04"])):
        with twin(server) if server else twin() as url:
            access = Access(base_url=url, token_base_url=url, credentials=CREDENTIALS)
            fuzzing = fuzz(OverNetwork(access, connect, patience=(0.1,)), examples=27, number=1, budget=10)
        assert [fuzzed.contradiction.rule for fuzzed in fuzzing.found] == expected
        assert sum(fuzzing.answered.values()) > 20


def test_a_budget_that_is_spent_ends_it() -> None:
    fuzzing = fuzz(InProcess(), examples=60, number=1, budget=-1)
    assert (fuzzing.answered, fuzzing.spent) == ({}, True)


@pytest.mark.parametrize(
    ("endpoint", "status", "body", "failure", "rule"),
    [
        (Endpoint.DROP, 500, b"oops", "ServerError", "S-GEN-04"),
        (Endpoint.DROP, 200, b'{"resultCode":"0"}', "UndefinedContentType", "S-GEN-02"),
        (Endpoint.DROP, 200, b"<html>", "UndefinedContentType", "S-GEN-05"),
        (Endpoint.DROP, 403, b"<html>", "MalformedJson", "S-ERR-01"),
        (Endpoint.DROP, 404, b"<html>", "MalformedJson", "S-ERR-03"),
        (Endpoint.DROP, 200, b'{"resultCode":0}', "JsonSchemaError", "S-GEN-01"),
        (Endpoint.CHECK, 200, b'{"resultCode":"0"}', "JsonSchemaError", "S-CHK-01"),
        (Endpoint.TOKEN, 200, b"{}", "JsonSchemaError", "S-TOK-01"),
        (Endpoint.POLL_TEXT, 200, b'{"resultCode":"0"}', "JsonSchemaError", "S-GEN-05"),
    ],
)
def test_what_is_not_described_is_charged_to_one_rule(
    endpoint: Endpoint, status: int, body: bytes, failure: str, rule: str
) -> None:
    seen = answer(endpoint, status, body)
    assert charged(seen, failure) == rule
    assert concerned(seen) >= ({rule} & set(ALWAYS))


def test_of_several_failures_the_plainest_is_told() -> None:
    assert min(["JsonSchemaError", "MissingContentType", "ServerError"], key=order) == "ServerError"


def test_schemathesis_is_loaded_only_where_it_is_used() -> None:
    program = "import cec_conformance.command, cec_conformance.server.rules, sys; print('schemathesis' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert ran.stdout == "False\n"
