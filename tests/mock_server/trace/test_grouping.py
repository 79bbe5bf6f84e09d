"""Whose exchange it is: by token, by name, by connection, or because there is only one."""

from __future__ import annotations

import json
from typing import Any

from cec_client.protocol import Endpoint, Exchange, Trace
from mock_cec.trace.grouping import by_user


def exchange(endpoint: Endpoint | str, **members: Any) -> Exchange:
    known: dict[str, Any] = {
        "serial": 1,
        "method": "GET",
        "target": endpoint if isinstance(endpoint, str) else endpoint.path,
    }
    for part in ("request_body", "response_body"):
        if isinstance(members.get(part), dict):
            members[part] = json.dumps(members[part]).encode()
    return Exchange(**(known | members))


def login(user: str, access: str) -> list[Exchange]:
    return [
        exchange(Endpoint.TOKEN, response_body={"AccessToken": access}),
        exchange(
            Endpoint.APPLY_TOKEN,
            request_headers=(("authorization", f"Bearer {access}"),),
            request_body={"userId": user},
            response_body={"token": f"cc-{user}"},
        ),
    ]


def users(*exchanges: Exchange) -> list[str | None]:
    parts = by_user(Trace(exchanges=exchanges))
    return [user for one in exchanges for user, part in parts.items() if one in part.exchanges]


def token(value: str) -> dict[str, Any]:
    return {"request_headers": (("ccmessaging-token", value),)}


def test_tokens_lead_to_their_user() -> None:
    found = users(*login("alice", "a"), *login("bob", "b"), exchange(Endpoint.EVENTS, **token("cc-alice")))
    assert found == ["alice", "alice", "bob", "bob", "alice"]


def test_a_shared_access_token_says_nothing() -> None:
    shared = [login("alice", "a")[1], login("bob", "a")[1]]
    poll = exchange(Endpoint.EVENTS, request_headers=(("authorization", "Bearer a"),))
    assert users(*shared, poll, exchange(Endpoint.EVENTS, **token("cc-bob"))) == ["alice", "bob", None, "bob"]


def test_names_in_requests_lead_to_their_user() -> None:
    found = users(
        exchange(Endpoint.SEND, request_body={"from": "carol"}),
        exchange(Endpoint.POLL_TEXT.path + "?receiverId=dave"),
        exchange(Endpoint.LEAVE_MESSAGE, request_body={"callId": "erin"}),
        exchange(Endpoint.LEAVE_MESSAGE, request_body={"callId": 7}),
    )
    assert found == ["carol", "dave", "erin", None]


def test_a_connection_of_one_user_leads_to_them() -> None:
    alice, bob = login("alice", "a")[1], login("bob", "b")[1]
    found = users(
        alice,
        bob,
        exchange(Endpoint.EVENTS, connection="1", **token("cc-alice")),
        exchange("/favicon.ico", connection="1"),
        exchange(Endpoint.EVENTS, connection="2", **token("cc-alice")),
        exchange(Endpoint.EVENTS, connection="2", **token("cc-bob")),
        exchange(Endpoint.EVENTS, connection="2"),
        exchange(Endpoint.TOKEN, connection="3"),
    )
    assert found == ["alice", "bob", "alice", "alice", "alice", "bob", None, None]


def test_where_there_is_one_user_the_documented_paths_are_theirs() -> None:
    found = users(*login("alice", "a"), exchange(Endpoint.EVENTS, **token("wrong")), exchange("/favicon.ico"))
    assert found == ["alice", "alice", "alice", None]
    assert users(exchange(Endpoint.APPLY_TOKEN)) == [None]
