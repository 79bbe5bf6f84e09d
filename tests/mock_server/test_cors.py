"""Cross-origin requests: any page may read every answer, unless the scenario says that none may."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]

PAGE = {"origin": "http://localhost:5173"}


def granted(answer: httpx.Response) -> bool:
    headers = answer.headers
    names = ("access-control-allow-origin", "access-control-allow-credentials", "vary")
    return [headers.get(name) for name in names] == ["http://localhost:5173", "true", "Origin"]


@pytest.mark.parametrize(
    "changes",
    [{}, {"method": "GET"}, {"path": "/nowhere"}, {"headers": {"authorization": None}}, {"content": b"?"}],
    ids=["200", "405", "404", "403", "400"],
)
def test_every_answer_can_be_read_by_the_page(api: MakeApi, changes: dict[str, object]) -> None:
    client = api().login()
    client.headers |= PAGE
    answer = client.call("createClickToCall", **changes)
    assert granted(answer)
    assert answer.headers["access-control-expose-headers"] == "ccmessaging-token, x-mock-cec-hint"


def test_a_scripted_403_can_be_read_by_the_page(api: MakeApi) -> None:
    client = api("title: t\nanswers: {createClickToCall: {1: {status: 403}}}\n").login()
    client.headers |= PAGE
    answer = client.call("createClickToCall")
    assert answer.status_code == 403
    assert granted(answer)


def test_a_preflight_is_granted_whatever_it_asks_for(api: MakeApi) -> None:
    client = api()
    asked = {
        "access-control-request-method": "PUT",
        "access-control-request-headers": "authorization,ccmessaging-token,content-type,x-app-key",
        "access-control-request-private-network": "true",
    }
    answer = client.call("createClickToCall", method="OPTIONS", headers=PAGE | asked)
    assert (answer.status_code, answer.content) == (204, b"")
    assert granted(answer)
    assert answer.headers["access-control-allow-methods"] == "PUT"
    assert answer.headers["access-control-allow-headers"] == asked["access-control-request-headers"]
    assert answer.headers["access-control-allow-private-network"] == "true"
    assert answer.headers["access-control-max-age"] == "600"


def test_a_preflight_is_no_exchange(api: MakeApi) -> None:
    client = api()
    client.call("createClickToCall", method="OPTIONS", headers=PAGE)
    assert client.endpoints() == []


def test_a_preflight_that_asks_for_less_is_granted_less(api: MakeApi) -> None:
    answer = api().call("createClickToCall", method="OPTIONS", headers=PAGE)
    assert answer.headers["access-control-allow-methods"] == "GET, POST"
    assert "access-control-allow-headers" not in answer.headers
    assert "access-control-allow-private-network" not in answer.headers


def test_requests_of_no_page_are_not_bothered_with_it(api: MakeApi) -> None:
    assert not any(name.startswith("access-control") for name in api().login().call("send").headers)


@pytest.mark.parametrize("method", ["POST", "OPTIONS"])
def test_a_scenario_can_let_no_page_in(api: MakeApi, method: str) -> None:
    client = api("title: t\ncors: none\n").login()
    client.headers |= PAGE
    answer = client.call("createClickToCall", method=method)
    assert not any(name.startswith("access-control") for name in answer.headers)
