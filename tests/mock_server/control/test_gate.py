"""Who may use the control API: never a page of another origin; from elsewhere with the token alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from mock_cec.control.gate import check, host_name
from mock_cec.control.troubles import Trouble

from tests.mock_server.control.conftest import TOKEN

if TYPE_CHECKING:
    from tests.mock_server.control.conftest import House

HERE = "127.0.0.1"


def verdict(client: str | None = HERE, **headers: str) -> str:
    """Say which trouble a request gets, or that it passes."""
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    try:
        check(lines, client, "t0ken", {"cec.test"})
    except Trouble as trouble:
        return trouble.view.error
    return "passes"


@pytest.mark.parametrize(
    "host",
    ["localhost:8360", "127.0.0.1", "127.9.9.9:80", "[::1]:8360", "LocalHost", "[::ffff:127.0.0.1]", "cec.test:1"],
)
@pytest.mark.parametrize("client", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_who_is_here_and_calls_us_by_our_name_passes(host: str, client: str) -> None:
    assert verdict(client, host=host) == "passes"


@pytest.mark.parametrize(
    "host", ["evil.example:8360", "127.0.0.1.evil.example", "localhost.evil", "10.0.0.1", "[::2]", ""]
)
def test_a_name_that_is_not_ours_needs_the_token(host: str) -> None:
    assert verdict(host=host) == "foreign_host"
    assert verdict(host=host, authorization="Bearer t0ken") == "passes"
    assert verdict(host=host, authorization="bearer t0ken") == "passes"


def test_a_request_without_a_host_needs_the_token() -> None:
    assert verdict() == "foreign_host"


@pytest.mark.parametrize("client", ["10.0.0.7", "192.168.1.2", "::ffff:10.0.0.1", "2001:db8::1", "unknown", None])
def test_another_machine_needs_the_token(client: str | None) -> None:
    assert verdict(client, host="localhost") == "needs_token"
    assert verdict(client, host="localhost", authorization="Basic t0ken") == "needs_token"
    assert verdict(client, host="localhost", authorization="Bearer t0ken") == "passes"


@pytest.mark.parametrize("value", ["Bearer t0keN", "Bearer ", "Bearer t0ken2", "Bearer \xff"])
def test_a_wrong_token_is_refused_wherever_it_comes_from(value: str) -> None:
    assert verdict(host="localhost", authorization=value) == "wrong_token"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:3000", "http://localhost", ""])
def test_a_page_of_another_origin_is_refused_even_with_the_token(origin: str) -> None:
    assert verdict(host="localhost:8360", origin=origin) == "cross_origin"
    assert verdict(host="localhost:8360", origin=origin, authorization="Bearer t0ken") == "cross_origin"


@pytest.mark.parametrize("site", ["cross-site", "same-site", "?"])
def test_what_a_browser_sends_for_another_site_is_refused(site: str) -> None:
    assert verdict(host="localhost", sec_fetch_site=site) == "cross_origin"


def test_a_page_of_this_origin_and_a_typed_address_pass() -> None:
    own = {"host": "localhost:8360", "origin": "http://localhost:8360", "sec_fetch_site": "same-origin"}
    assert verdict(**own) == "passes"
    assert verdict(host="localhost", sec_fetch_site="none") == "passes"


def test_a_page_whose_name_was_bound_to_this_machine_is_refused() -> None:
    assert verdict(host="evil.example", origin="http://evil.example", sec_fetch_site="same-origin") == "foreign_host"


def test_host_names_lose_their_ports() -> None:
    assert [host_name(host) for host in ("a:1", "[::1]:8", "a", "")] == ["a", "::1", "a", ""]


@pytest.mark.parametrize("body", [b"a=b", b"", b"{}"])
def test_a_form_or_a_fetch_of_another_page_has_no_effect_and_is_granted_nothing(house: House, body: bytes) -> None:
    headers = {"origin": "http://evil.example", "content-type": "application/x-www-form-urlencoded"}
    for method in ("POST", "OPTIONS", "DELETE", "GET"):
        answer = house.ask(method, "/tenants", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "cross_origin")
        assert not [name for name in answer.headers if name.startswith("access-control")]
    assert len(house.platform.tenants) == 1


def test_anybody_may_ask_whether_it_lives(house: House) -> None:
    headers = {"origin": "http://evil.example", "host": "evil.example"}
    answer = house.ask("GET", "/health", headers=headers)
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers


def test_who_is_not_let_in_is_told_how(house: House) -> None:
    answer = house.ask("GET", "/tenants", headers={"authorization": "Bearer wrong"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    right = {"authorization": f"Bearer {TOKEN}", "host": "evil.example"}
    assert house.ask("GET", "/tenants", headers=right).status_code == 200
