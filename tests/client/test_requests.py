"""Requests to the letter of the guide."""

from __future__ import annotations

import json

import pytest
from cec_client import requests
from cec_client.account import Credentials, Customer, Media, Tokens
from cec_client.protocol import Endpoint

CREDENTIALS = Credentials("the-key", "the-secret", 600)
CUSTOMER = Customer("alice", "channel-7", "Alice 爱丽丝", "zh")
TOKENS = Tokens("access", "messaging")
ME = {"channel": "WEB", "from": "alice", "mediaType": "TEXT", "sourceType": "CUSTOMER", "to": "channel-7"}


def test_token() -> None:
    request = requests.token(1, CREDENTIALS, 10)
    assert dict(request.headers) == {"content-type": "application/json", "x-token-expire": "600"}
    assert json.loads(request.body or b"") == {"app_key": "the-key", "app_secret": "the-secret"}
    assert request.target == "/apigovernance/api/oauth/tokenByAkSk"


def test_no_lifetime_is_asked_for_unless_wanted() -> None:
    assert len(requests.token(1, Credentials("the-key", "the-secret"), 10).headers) == 1


def test_apply_token() -> None:
    request = requests.apply_token(1, CREDENTIALS, CUSTOMER, "access", 10)
    assert dict(request.headers) == {
        "x-app-key": "the-key",
        "authorization": "Bearer access",
        "content-type": "application/json; charset=UTF-8",
    }
    assert json.loads(request.body or b"") == {
        "userId": "alice",
        "userName": "Alice 爱丽丝",
        "channelId": "channel-7",
        "locale": "zh",
    }


@pytest.mark.parametrize(
    ("errand", "endpoint", "query", "body"),
    [
        (requests.connect_text(CUSTOMER), Endpoint.SEND, "", ME | {"content": "start", "controlType": "CONNECT"}),
        (requests.send(CUSTOMER, "DISCONNECT"), Endpoint.SEND, "", ME | {"controlType": "DISCONNECT"}),
        (requests.check(), Endpoint.CHECK, "?channel=WEB", None),
        (requests.create(Media.AUDIO), Endpoint.CREATE, "", {"channel": "WEB", "mediaAbility": "0"}),
        (requests.create(Media.VIDEO), Endpoint.CREATE, "", {"channel": "WEB", "mediaAbility": "1"}),
        (requests.events(), Endpoint.EVENTS, "?channel=WEB", None),
        (requests.drop(), Endpoint.DROP, "", {"channel": "WEB"}),
        (requests.poll_text(CUSTOMER), Endpoint.POLL_TEXT, "?receiverId=alice&channel=WEB", None),
        (
            requests.leave_message(CUSTOMER, "138", "您好"),
            Endpoint.LEAVE_MESSAGE,
            "",
            {"callId": "alice", "caller": "138", "leaveMessage": "您好", "channel": "WEB"},
        ),
    ],
)
def test_business(errand: requests.Errand, endpoint: Endpoint, query: str, body: object) -> None:
    request = requests.business(7, errand, "the-key", TOKENS, 10)
    assert request.serial == 7
    assert request.target == endpoint.path + query
    assert dict(request.headers) == {
        "x-app-key": "the-key",
        "authorization": "Bearer access",
        "ccmessaging-token": "messaging",
        "content-type": "application/json",
    }
    assert (None if request.body is None else json.loads(request.body)) == body


def test_secrets_stay_out_of_what_is_printed() -> None:
    printed = repr([CREDENTIALS, TOKENS, requests.token(1, CREDENTIALS, 10)])
    assert "the-secret" not in printed
    assert "messaging" not in printed.replace("messaging=", "")
