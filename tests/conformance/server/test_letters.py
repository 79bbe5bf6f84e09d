from __future__ import annotations

import json

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.server.letters import Tokens, letter

from tests.conformance.server.asked_traces import CREDENTIALS

COMMON = {
    "x-app-key": "the-app-key",
    "authorization": "Bearer access",
    "ccmessaging-token": "ccmessaging",
    "content-type": "application/json",
}


@pytest.mark.parametrize(
    ("endpoint", "headers", "query", "body"),
    [
        (
            Endpoint.TOKEN,
            {"content-type": "application/json", "x-token-expire": "600"},
            {},
            {"app_key": "the-app-key", "app_secret": "the-app-secret"},
        ),
        (
            Endpoint.APPLY_TOKEN,
            {name: value for name, value in COMMON.items() if name != "ccmessaging-token"},
            {},
            {"userId": "alice", "userName": "alice", "channelId": "the-channel", "locale": "zh"},
        ),
        (
            Endpoint.SEND,
            COMMON,
            {},
            {
                "channel": "WEB",
                "content": "hello",
                "controlType": "CONNECT",
                "from": "alice",
                "mediaType": "TEXT",
                "sourceType": "CUSTOMER",
                "to": "the-channel",
            },
        ),
        (Endpoint.CHECK, COMMON, {"channel": "WEB"}, None),
        (Endpoint.CREATE, COMMON, {}, {"channel": "WEB", "mediaAbility": "0"}),
        (Endpoint.EVENTS, COMMON, {"channel": "WEB"}, None),
        (Endpoint.DROP, COMMON, {}, {"channel": "WEB"}),
    ],
)
def test_every_request_is_as_in_the_guide(
    endpoint: Endpoint, headers: dict[str, str], query: dict[str, str], body: dict[str, str] | None
) -> None:
    written = letter(endpoint, CREDENTIALS, "alice", Tokens("access", "ccmessaging"))

    assert (written.method, written.path) == (endpoint.method, endpoint.path)
    assert (written.headers, written.query, written.body) == (headers, query, body)
    assert written.content == (b"" if body is None else json.dumps(body, separators=(",", ":")).encode())


def test_a_create_asks_for_video_where_that_is_wanted() -> None:
    video = letter(Endpoint.CREATE, CREDENTIALS, "alice", Tokens(), media="1")

    assert video.body == {"channel": "WEB", "mediaAbility": "1"}
