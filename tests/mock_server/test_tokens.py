"""Tokens: opaque, reproducible, with a life (guide §2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mock_cec import tokens
from mock_cec.tokens import CcmessagingOffice, TokenOffice

if TYPE_CHECKING:
    import pytest


def test_the_same_seed_and_order_give_the_same_tokens() -> None:
    first, second = (TokenOffice("seed") for _ in range(2))
    assert [first.issue("a", 0.0, 1.0) for _ in range(3)] == [second.issue("b", 9.0, 5.0) for _ in range(3)]


def test_other_seeds_and_other_ordinals_give_other_tokens() -> None:
    office, other = TokenOffice("one"), TokenOffice("two")
    assert len({office.issue("a", 0.0, 1.0), office.issue("a", 0.0, 1.0), other.issue("a", 0.0, 1.0)}) == 3


def test_a_grant_knows_its_owner_and_its_end() -> None:
    office = TokenOffice("seed")
    grant = office.find(office.issue("alice", 10.0, 600.0))
    assert grant is not None
    assert (grant.owner, grant.expires) == ("alice", 610.0)
    assert office.find("something else") is None


def test_a_new_token_revokes_no_older_one() -> None:
    office = TokenOffice("seed")
    older = office.issue("alice", 0.0, 600.0)
    office.issue("alice", 1.0, 600.0)
    assert office.find(older) is not None


def test_ccmessaging_tokens_look_like_percent_encoded_base64() -> None:
    office = CcmessagingOffice("seed")
    assert all(re.fullmatch(r"([A-Za-z0-9]|%2B|%2F|%3D)+%3D", office.issue("a", 0.0, 1.0)) for _ in range(50))


def test_a_scenario_can_name_the_token() -> None:
    office = CcmessagingOffice("seed", literal="xxx")
    assert office.issue("alice", 0.0, 10.0) == "xxx"
    assert office.issue("bob", 0.0, 10.0) == "xxx"
    grant = office.find("xxx")
    assert grant is not None
    assert grant.owner == "bob"


def test_long_expired_tokens_are_forgotten() -> None:
    office = TokenOffice("seed")
    old = office.issue("a", 0.0, 10.0)
    office.issue("b", 5000.0, 10.0)
    assert office.find(old) is None


def test_no_more_tokens_are_remembered_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    office = TokenOffice("seed")
    issued = [office.issue("a", 0.0, 10.0) for _ in range(3)]
    assert [office.find(token) is not None for token in issued] == [False, True, True]


def test_a_token_is_replaced_by_the_same_one_as_long_as_that_lives() -> None:
    office = TokenOffice("seed")
    grant = office.find(office.issue("alice", 0.0, 10.0))
    assert grant is not None
    first = office.renew(grant, 10.0, 5.0)
    assert office.renew(grant, 14.9, 5.0) == first
    second = office.renew(grant, 15.0, 5.0)
    assert second != first
    new = office.find(second)
    assert new is not None
    assert (new.owner, new.expires) == ("alice", 20.0)


def test_what_replaced_a_token_is_forgotten_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    office = TokenOffice("seed")
    grant = office.find(office.issue("alice", 0.0, 10.0))
    assert grant is not None
    first = office.renew(grant, 10.0, 500.0)
    for _ in range(3):
        office.issue("bob", 11.0, 500.0)
    assert office.renew(grant, 12.0, 500.0) != first
