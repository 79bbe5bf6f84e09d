"""Whose a request is: the app key says it at `tokenByAkSk`, the tokens say it afterwards."""

from __future__ import annotations

import pytest
from cec_client.protocol import Endpoint
from mock_cec.clock import SteppedClock
from mock_cec.platform import Platform, TenantExists
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.tenant import Credentials, Tenant


def tenant(name: str) -> Tenant:
    credentials = Credentials(f"{name}-key", f"{name}-secret", f"{name}-channel")
    return Tenant(plan(load("title: t\n", "test")), SteppedClock(), credentials, name=name)


@pytest.fixture
def house() -> Platform:
    house = Platform(tenant("first"))
    for name in ("second", "third"):
        house.add(tenant(name))
    return house


def whose(house: Platform, headers: dict[str, str], body: bytes = b"", endpoint: Endpoint = Endpoint.CHECK) -> str:
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    return house.whose(endpoint, raw, body).name


def access(house: Platform, name: str) -> str:
    found = house.tenant(name)
    assert found is not None
    return found.access_tokens.issue(found.credentials.app_key, 0.0, 600.0)


def test_the_app_key_chooses_the_tenant_at_the_first_request(house: Platform) -> None:
    assert whose(house, {}, b'{"app_key":"second-key","app_secret":"?"}', Endpoint.TOKEN) == "second"


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"app_key":7}', b'{"app_key":"nobody"}', b"[" * 5000])
def test_who_names_no_known_key_is_the_first_tenants(house: Platform, body: bytes) -> None:
    assert whose(house, {}, body, Endpoint.TOKEN) == "first"


def test_the_access_token_chooses_it_afterwards_whatever_the_app_key_says(house: Platform) -> None:
    token = access(house, "third")
    assert whose(house, {"authorization": f"Bearer {token}", "x-app-key": "second-key"}) == "third"
    assert whose(house, {"authorization": token}) == "third"


@pytest.mark.parametrize("value", ["Bearer 0123", "Bearer ", "", "Basic x"])
def test_where_the_token_says_nothing_the_app_key_does(house: Platform, value: str) -> None:
    assert whose(house, {"authorization": value, "x-app-key": "second-key"}) == "second"
    assert whose(house, {"authorization": value, "x-app-key": "nobody"}) == "first"
    assert whose(house, {}) == "first"


def test_names_and_app_keys_are_taken_once(house: Platform) -> None:
    with pytest.raises(TenantExists, match='"second"'):
        house.add(tenant("second"))
    twin = Tenant(plan(load("title: t\n", "test")), SteppedClock(), Credentials("second-key"), name="other")
    with pytest.raises(TenantExists, match='"second-key"'):
        house.add(twin)
    assert [found.name for found in house.tenants] == ["first", "second", "third"]


def test_a_tenant_that_was_removed_is_nobodys(house: Platform) -> None:
    token = access(house, "second")
    second = house.tenant("second")
    assert second is not None
    house.remove(second)
    assert house.tenant("second") is None
    assert whose(house, {"authorization": f"Bearer {token}"}) == "first"
    house.add(tenant("second"))
    assert whose(house, {"authorization": f"Bearer {token}"}) == "second"
