"""The trace through the control API: as HAR, masked, with the facts of its run, and for `mock-cec show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest
from cec_client.protocol import Trace
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from mock_cec import MockCec
from mock_cec.command import main
from mock_cec.control.openapi import document
from mock_cec.trace.har_reading import read_har
from mock_cec.trace.masking import mask

if TYPE_CHECKING:
    from tests.mock_server.control.conftest import House


@pytest.fixture
def house(house: House) -> House:
    """Let alice, and bob, log in and create a call."""
    house.tenant(name="t", scenario="quiet")
    for user in ("alice", "bob"):
        house.login("t", user).call("createClickToCall")
    return house


def stored(house: House, query: str = "") -> Trace:
    return Trace.from_json(house.ask("GET", f"/tenants/t/trace{query}").content)


def test_as_har_it_is_the_same_trace(house: House) -> None:
    answer = house.ask("GET", "/tenants/t/trace?format=har")
    assert answer.headers["content-type"] == "application/json"
    assert read_har(answer.content) == stored(house)
    assert len(answer.json()["log"]["entries"]) == 6
    paths = document()["paths"]["/__mock/tenants/{tenant}/trace"]["get"]["responses"]["200"]
    schema = paths["content"]["application/json"]["schema"]
    Draft202012Validator(schema | {"components": document()["components"]}).validate(answer.json())


@pytest.mark.parametrize("public_url", [None, "https://cec.example"])
def test_the_urls_of_a_har_have_the_scheme_of_the_platform(house: House, public_url: str | None) -> None:
    house.found("t").public_url = public_url
    entries = house.ask("GET", "/tenants/t/trace?format=har").json()["log"]["entries"]
    scheme = "https" if public_url else "http"
    assert all(entry["request"]["url"].startswith(f"{scheme}://localhost:8360/api") for entry in entries)


@pytest.mark.parametrize("form", ["json", "har"])
def test_masked_it_has_no_secret(house: House, form: str) -> None:
    plain = house.ask("GET", f"/tenants/t/trace?format={form}").text
    masked = house.ask("GET", f"/tenants/t/trace?format={form}&mask=true").text
    tokens = [value for name, value in stored(house).exchanges[2].request_headers if "token" in name]
    assert all(secret in plain and secret not in masked for secret in ("mock-app-secret", *tokens))
    assert "<ccmessaging-token 1>" in masked
    assert "alice" in masked


def test_masked_in_part_it_has_the_labels_of_the_whole(house: House) -> None:
    whole = mask(stored(house))
    assert stored(house, "?mask=true&user=bob").exchanges == whole.exchanges[4:]
    assert stored(house, "?mask_personal=true&since=5").exchanges == mask(stored(house), personal=True).exchanges[5:]


def test_the_exchange_that_was_awaited_can_be_masked_too(house: House) -> None:
    answer = house.ask("GET", "/tenants/t/trace/wait?endpoint=tokenByAkSk&mask=1").text
    assert "<app-secret 1>" in answer
    assert "mock-app-secret" not in answer


@pytest.mark.parametrize("query", ["format=xml", "mask=perhaps", "masked=true"])
def test_a_form_that_nobody_knows_is_told(house: House, query: str) -> None:
    answer = house.ask("GET", f"/tenants/t/trace?{query}")
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_a_trace_says_what_was_played_and_to_whom(house: House) -> None:
    title = "Polls end without an event, first while nothing happens and then while the call is up"
    assert stored(house).facts == {"scenario": title, "dialect": "guide", "app_key": "t"}
    house.ask("PUT", "/tenants/t/scenario", json={"scenario": {"title": "Another"}})
    assert stored(house, "?mask=true").facts["scenario"] == "Another"


@pytest.mark.parametrize("query", ["", "?format=har", "?mask=true"])
def test_show_draws_it_from_its_url(query: str) -> None:
    with MockCec() as cec:
        cec.tenant("other")
        keys = {"app_key": cec.app_key, "app_secret": cec.app_secret}
        assert cec.trace.facts["app_key"] == cec.app_key
        httpx.post(f"{cec.base_url}/apigovernance/api/oauth/tokenByAkSk", json=keys)
        shown = CliRunner().invoke(main, ["show", f"{cec.base_url}/__mock/tenants/default/trace{query}"])
    assert shown.exit_code == 0
    assert "tokenByAkSk" in shown.stdout
