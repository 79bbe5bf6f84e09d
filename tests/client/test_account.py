"""What a user can get wrong before anything is sent, and the numbers of the policy."""

from __future__ import annotations

from typing import Any

import pytest
from cec_client import AsyncClient, Client, Policy
from cec_client.account import Credentials, Customer

GOOD: dict[str, Any] = {"app_key": "k", "app_secret": "s", "channel_id": "c", "user_id": "u"}


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"base_url": "127.0.0.1:8360"}, "base_url is '127.0.0.1:8360'; give something like"),
        ({"base_url": "ftp://x"}, "base_url"),
        ({"base_url": "http://"}, "base_url"),
        ({"base_url": "http://x:port"}, "base_url"),
        ({"base_url": "http://[x"}, "base_url"),
        ({"base_url": "http://x?y=1"}, "base_url"),
        ({"token_base_url": "x"}, "token_base_url"),
        ({"app_key": ""}, "app_key"),
        ({"app_key": "schlüssel"}, "app_key"),
        ({"app_secret": ""}, "app_secret"),
        ({"channel_id": ""}, "channel_id"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": "u" * 33}, "33 characters"),
        ({"locale": ""}, "locale"),
        ({"token_expire": 0}, "token_expire"),
        ({"token_expire": 3601}, "token_expire"),
        ({"verify": "/no/such/file"}, "certificates"),
    ],
)
def test_wrong_arguments_are_named(kind: type[Client | AsyncClient], wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        kind(**({"base_url": "http://x"} | GOOD | wrong))


def test_the_name_is_the_id_unless_given() -> None:
    assert Customer("u", "c").user_name == "u"
    assert Customer("u", "c", "Ute").user_name == "Ute"


def test_bounds_are_allowed() -> None:
    for seconds in (1, 3600):
        assert Credentials("k", "s", seconds).token_expire == seconds
    Policy(retry_delay=0.0, poll_retries=0)


@pytest.mark.parametrize("wrong", [{"poll_timeout": 0.0}, {"poll_retries": -1}, {"retry_delay": float("nan")}])
def test_the_policy_refuses_nonsense(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Policy(**wrong)


def test_calls_know_their_sequences() -> None:
    with Client("http://x", **GOOD) as client, pytest.raises(ValueError, match="nonsense"):
        client.call("nonsense")
