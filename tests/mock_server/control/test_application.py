"""Errors of the control API: one shape for all, and never a 500, whatever comes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mock_cec.control.openapi import document
from mock_cec.control.routes import ROOT, ROUTES
from mock_cec.control.troubles import STATUS

from tests.mock_server.control.conftest import House

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

JSON: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = sorted({name for route in ROUTES if route.body for name in route.body.__struct_fields__})
NEAR = st.dictionaries(
    st.sampled_from(WORDS),
    JSON | st.sampled_from(["queue_timeout", "title: t\n", {"event": "queued"}, "stepped", "next", "1s", "alice", 403]),
    max_size=4,
)
QUERIES = st.dictionaries(
    st.sampled_from(["endpoint", "user", "status", "since", "state", "x"]), st.text(max_size=8), max_size=3
)


@settings(max_examples=80)
@pytest.mark.uncovered
@given(st.sampled_from(ROUTES), NEAR | JSON, QUERIES, st.sampled_from(["default", "nobody", "%00", "键"]))
def test_whatever_comes_is_answered_as_the_document_says(
    route: Any, body: Any, query: dict[str, str], name: str
) -> None:
    path = route.path.replace("{tenant}", name).replace("{poll}", "p1")
    if path.endswith("/wait"):
        query = query | {"timeout": "1ms"}
    with asyncio.Runner() as runner:
        house = House(runner)
        house.login("mock-app-key").start("getClickToCallEvents")
        house.ask("GET", "/tenants/default/polls")
        answer = house.ask(route.method, path, json=body, params=query)
        house.control.platform.close()
        house.settle()
    operation = document()["paths"][ROOT + route.path][route.method.lower()]
    assert str(answer.status_code) in operation["responses"], answer.text
    if answer.status_code >= 400:
        assert STATUS[answer.json()["error"]] == answer.status_code
        assert answer.json()["message"]


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000, b'"\xed\xa0\x80"', b"null", b"[]", b"1"])
def test_a_body_that_is_no_json_object_is_told(house: House, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = house.ask("POST", "/tenants", content=content, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


def test_a_body_has_to_say_that_it_is_json_and_may_not_be_huge(house: House) -> None:
    form = house.ask("POST", "/tenants", data={"name": "t"})
    assert (form.status_code, form.json()["error"]) == (415, "not_json")
    huge = house.ask("POST", "/tenants", content=b" " * (1 << 20) + b"{}")
    assert (huge.status_code, huge.json()["error"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"appkey": "k"}, 'there is no body member "appkey"; did you mean "app_key"?'),
        ({"port": 70000}, "body member port: Expected `int` <= 65535"),
        ({"name": ".."}, "body member name: expected a name of letters"),
        ({"clock": {"speed": 0}}, "body member clock.speed"),
        ({"clock": "fast"}, "body member clock: "),
        ({"clock": "stoped"}, 'body member clock: "stoped" is not known here; did you mean "stepped"? there is: '),
        ({"clock": 5}, "body member clock: Expected `"),
    ],
)
def test_mistakes_are_told_with_their_place(house: House, body: dict[str, Any], words: str) -> None:
    assert house.ask("POST", "/tenants", json=body).json()["message"].startswith(words)


def test_an_unknown_query_parameter_is_told(house: House) -> None:
    message = house.ask("GET", "/tenants/default/trace?endpont=send").json()["message"]
    assert message.startswith('there is no query parameter "endpont"; did you mean "endpoint"?')


def test_a_word_that_is_not_known_is_told_with_those_that_are(house: House) -> None:
    message = house.ask("GET", "/tenants/default/trace?endpoint=pol").json()["message"]
    assert message.startswith('query parameter endpoint: "pol" is not known here; did you mean "poll"? there is: ')


@pytest.mark.parametrize(
    ("method", "allow"), [("PUT", "GET, DELETE"), ("HEAD", "GET, DELETE"), ("OPTIONS", "GET, DELETE")]
)
def test_another_method_is_told(house: House, method: str, allow: str) -> None:
    answer = house.ask(method, "/tenants/default")
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)


@pytest.mark.parametrize("path", ["/", "/nowhere", "/tenants/", "/tenants/a/b/c", "/health/"])
def test_unknown_paths_are_told(house: House, path: str) -> None:
    answer = house.ask("GET", path)
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_control_requests_are_no_exchanges(house: House) -> None:
    house.ask("GET", "/tenants")
    assert not house.found("default").recorder.records
