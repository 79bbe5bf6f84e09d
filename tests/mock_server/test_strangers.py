"""Keys and tokens of another tenant, or of none: the hint says whose they may be, and gives no secret away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from mock_cec.clock import SteppedClock
from mock_cec.platform import MOST_REMOVED, Platform
from mock_cec.scenario.loading import load
from mock_cec.scenario.plan import plan
from mock_cec.strangers import MOST_KEYS, MOST_LETTERS, expected_key
from mock_cec.tenant import Credentials, Tenant

from tests.mock_server.conftest import GOOD_BODIES

# The control API's house has many tenants, and users of each.
from tests.mock_server.control.conftest import house

if TYPE_CHECKING:
    import httpx

    from tests.mock_server.control.conftest import House

__all__ = ["house"]

PLAN = plan(load("title: t\n", "test"))


def tenant(app_key: str) -> Tenant:
    return Tenant(PLAN, SteppedClock(), Credentials(app_key, f"secret of {app_key}"), name=app_key)


def platform(*keys: str) -> Platform:
    found = Platform(tenant(keys[0]))
    for key in keys[1:]:
        found.add(tenant(key))
    return found


def hint(answer: httpx.Response) -> dict[str, str]:
    found: dict[str, str] = json.loads(answer.headers["x-mock-cec-hint"])
    assert "secret" not in str(found)
    return found


def log_in(house: House, app_key: str) -> httpx.Response:
    body = GOOD_BODIES["tokenByAkSk"] | {"app_key": app_key}
    return house.wait(house.start("POST", "/apigovernance/api/oauth/tokenByAkSk", json=body))


def test_of_many_app_keys_the_closest_is_named(house: House) -> None:
    house.tenant(app_key="checkout-test-17")
    house.tenant(app_key="basket-test-4")
    answer = log_in(house, "chekout-test-17")
    assert answer.status_code == 401
    assert hint(answer)["expected"] == ('the app key of one of the 3 tenants here; did you mean "checkout-test-17"?')


@pytest.mark.parametrize(
    ("keys", "given", "expected"),
    [
        (["only"], "anything", '"only", the app key of this emulator'),
        (["a-key", "b-key"], "zzzzzz", "the app key of one of the 2 tenants here"),
        (["a-key", "b-key"], "", "the app key of one of the 2 tenants here"),
        (["a-key", "b-key"], "b-kye", 'the app key of one of the 2 tenants here; did you mean "b-key"?'),
        (["x" * 70 + "1", "y"], "x" * 200, f'the app key of one of the 2 tenants here; did you mean "{"x" * 60}…"?'),
    ],
)
def test_which_key_is_expected(keys: list[str], given: str, expected: str) -> None:
    house = platform(*keys)
    assert expected_key(house, house.first, given) == expected


def test_of_thousands_the_newest_are_compared_and_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def close(_: str, known: Any, n: int) -> list[str]:
        compared.extend(known)
        return list(known)[-n:]

    monkeypatch.setattr("difflib.get_close_matches", close)
    keys = ["mock-app-key", *(f"{number:04}{'x' * 190}" for number in range(2 * MOST_KEYS))]
    house = platform(*keys)
    assert expected_key(house, house.first, "x" * 200).endswith('did you mean "mock-app-key"?')
    assert len(compared) == MOST_KEYS + 1
    assert max(map(len, compared)) == MOST_LETTERS
    assert compared[0].startswith(f"{2 * MOST_KEYS - 1:04}")


def test_a_token_of_a_tenant_that_was_removed_is_told(house: House) -> None:
    house.tenant(name="gone")
    user = house.login("gone")
    house.ask("DELETE", "/tenants/gone")
    got = hint(user.call("createClickToCall"))["got"]
    assert got.endswith('which was issued by the tenant "gone", and that has been removed')
    house.tenant(name="gone")
    assert hint(user.call("createClickToCall"))["got"].endswith("reset or the emulator restarted, or long ago")


def test_a_token_from_before_a_reset_is_told(house: House) -> None:
    house.tenant(name="t")
    user = house.login("t")
    house.ask("POST", "/tenants/t/reset")
    assert "before this tenant was reset" in hint(user.call("createClickToCall"))["got"]


def test_an_access_token_of_another_tenant_is_told_by_its_app_key(house: House) -> None:
    house.tenant(name="mine")
    house.tenant(name="theirs")
    headers = house.login("mine").headers | {"authorization": house.login("theirs").headers["authorization"]}
    found = hint(house.login("mine").call("createClickToCall", headers=headers))
    assert (found["where"], found["got"]) == ("header x-app-key", '"mine"')
    assert found["expected"].startswith('"theirs"')


def test_a_ccmessaging_token_of_another_tenant_is_told(house: House) -> None:
    house.tenant(name="mine")
    house.tenant(name="theirs")
    headers = house.login("mine").headers
    theirs = house.login("theirs").headers["ccmessaging-token"]
    found = hint(house.login("mine").call("dropClickToCall", headers=headers | {"ccmessaging-token": theirs}))
    assert found["got"].endswith('which was issued by another tenant, "theirs"')
    assert theirs not in found["got"]


@pytest.mark.parametrize("header", ["authorization", "ccmessaging-token"])
def test_what_nobody_issued_is_nobodys(house: House, header: str) -> None:
    user = house.login("mock-app-key")
    found = hint(user.call("dropClickToCall", headers=user.headers | {header: "Bearer 0123456789abcdef"}))
    assert found["got"].endswith("which was not issued here, or long ago")


def test_only_so_many_removed_tenants_are_remembered() -> None:
    house = platform("first")
    gone = [tenant(f"k{number}") for number in range(MOST_REMOVED + 1)]
    for one in gone:
        house.add(one)
        house.remove(one)
    assert (house.removed(gone[0].mark), house.removed(gone[1].mark)) == (None, "k1")
