"""A tenant remembers its users, but not for ever."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from mock_cec import tenant
from mock_cec.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]


def known(client: Api) -> list[str]:
    return [session.user_id for session in client.tenant.sessions]


def test_the_oldest_users_without_a_call_are_forgotten(api: MakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant, "MOST_SESSIONS", 2)
    client = api()
    for user in ("alice", "bob", "carol"):
        client.login(user)
    assert known(client) == ["bob", "carol"]


def test_users_with_a_live_call_or_a_held_poll_are_kept(api: MakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tenant, "MOST_SESSIONS", 2)
    client = api("answered")
    client.login("alice").call("createClickToCall")
    client.login("bob").start("getClickToCallEvents")
    client.login("carol")
    client.login("dave")
    assert {"alice", "bob"} <= set(known(client))


def test_a_user_who_logs_in_again_is_the_same_user(api: MakeApi) -> None:
    client = api()
    client.login("alice")
    client.login("alice")
    assert known(client) == ["alice"]


def test_a_forgotten_user_takes_no_memory_though_the_token_is_still_good(
    api: MakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenant, "MOST_SESSIONS", 2)
    client = api()
    zoe = client.login("zoe")
    asked = dict(zoe.headers)
    client.login("bob")
    client.login("carol")
    gc.collect()
    living = {thing.user_id for thing in gc.get_objects() if isinstance(thing, Session)}
    assert "zoe" not in living
    client.headers.update(asked)
    assert client.call("checkClickToCallSupport").status_code == 200
    assert known(client) == ["carol", "zoe"]
