"""The switchboard: which call a number belongs to, and what is answered where it belongs to none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_cec.gateway.media_call import MediaCall
from mock_cec.gateway.switchboard import Found, Refused, find
from mock_cec.tenant import RANGES

from tests.mock_server.gateway.calls import connected, create, platform, tenant

if TYPE_CHECKING:
    import pytest
    from mock_cec.platform import Platform


def status(house: Platform, number: str) -> int:
    place = find(house, number)
    assert isinstance(place, Refused)
    return place.status


def test_a_connected_call_is_found_by_its_access_code_whichever_tenant_has_it() -> None:
    house = platform("default", "b", "c")
    sessions = [connected(owner) for owner in house.tenants]
    assert len({session.access_code for session in sessions}) == 3
    for owner, session in zip(house.tenants, sessions, strict=True):
        assert find(house, session.access_code) == Found(owner, session)


def test_a_number_that_no_call_has_is_unknown() -> None:
    house = platform()
    connected(house.first)
    place = find(house, "179080")
    assert isinstance(place, Refused)
    assert (place.status, place.tenant) == (404, None)
    assert '"179080"' in place.why


def test_before_connected_the_callee_is_unavailable() -> None:
    house = platform()
    assert status(house, create(house.first).access_code) == 480


def test_a_call_that_was_dropped_is_gone_and_one_that_was_forgotten_is_unknown() -> None:
    house = platform()
    session = connected(house.first)
    number = session.access_code
    session.script.drop(1.0)
    assert status(house, number) == 410
    connected(house.first)
    assert status(house, number) == 404


def test_a_call_that_is_up_is_busy_and_can_be_dialled_again_once_its_media_call_is_over() -> None:
    house = platform()
    session = connected(house.first)
    call = MediaCall(session, house.first.plan, 0.0)
    assert status(house, session.access_code) == 486
    call.give_up("", 0.0)
    assert isinstance(find(house, session.access_code), Found)


def test_a_number_that_the_scenario_gives_to_all_is_that_of_who_was_connected_last_and_has_not_dialled() -> None:
    house = platform()
    alice = connected(house.first, "alice", "1790")
    house.first.clock.advance(1.0)  # type: ignore[attr-defined]
    bob = connected(house.first, "bob", "1790")
    assert find(house, "1790") == Found(house.first, bob)
    MediaCall(bob, house.first.plan, 1.0)
    assert find(house, "1790") == Found(house.first, alice)
    MediaCall(alice, house.first.plan, 1.0)
    assert status(house, "1790") == 486


def test_a_user_who_is_forgotten_takes_their_numbers_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_cec.tenant.MOST_SESSIONS", 1)
    house = platform()
    alice = connected(house.first)
    number = alice.access_code
    alice.script.drop(0.0)
    house.first.session("bob")
    assert status(house, number) == 404


def test_every_tenant_of_a_port_has_numbers_of_its_own_and_a_new_one_of_the_same_name_has_them_again() -> None:
    house = platform(*(f"t{number}" for number in range(50)))
    assert len({owner.range for owner in house.tenants}) == 50
    old = house.tenants[7]
    house.remove(old)
    house.add(new := tenant(old.name))
    assert new.range == old.range


def test_a_range_that_is_taken_gives_way_to_the_next_and_when_none_is_left_they_are_shared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mock_cec.platform.RANGES", 3)
    house = platform("default", "b", "c", "d")
    assert sorted(owner.range for owner in house.tenants) == [0, 0, 1, 2]
    assert RANGES == 10_000


def test_a_number_of_all_stays_that_of_the_others_when_one_user_creates_another_call() -> None:
    house = platform()
    alice = connected(house.first, "alice", "1790")
    bob = connected(house.first, "bob", "1790")
    bob.script.drop(0.0)
    create(house.first, "bob")
    assert find(house, "1790") == Found(house.first, alice)
