"""The variables for client programs."""

from __future__ import annotations

import pytest
from mock_cec.environment import assignments, variables
from mock_cec.tenant import Credentials

URL = "http://127.0.0.1:9000"


def test_a_program_is_told_everything_the_contract_names() -> None:
    told = variables(URL, Credentials("k", "s", "c"), {})
    assert told == {
        "CEC_BASE_URL": URL,
        "CEC_TOKEN_BASE_URL": URL,
        "CEC_APP_KEY": "k",
        "CEC_APP_SECRET": "s",
        "CEC_CHANNEL_ID": "c",
        "CEC_USER_ID": "alice",
        "CEC_USER_NAME": "Alice",
        "CEC_LOCALE": "zh",
        "CEC_FLOW": "call",
        "CEC_MEDIA_ABILITY": "0",
        "CEC_HANGUP_AFTER": "",
        "CEC_HANGUP_WHEN": "connected",
        "CEC_CONNECT_MEDIA": "0",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def test_what_was_said_of_the_user_stays_and_where_cec_is_does_not() -> None:
    told = variables(URL, Credentials(), {"CEC_USER_ID": "bob", "CEC_BASE_URL": "https://live.example"})
    assert (told["CEC_USER_ID"], told["CEC_BASE_URL"]) == ("bob", URL)


@pytest.mark.parametrize("url", [URL, "http://[::1]:80", "https://cec.local"])
def test_hosts_without_a_proxy_are_added_to_once(url: str) -> None:
    first = variables(url, Credentials(), {"NO_PROXY": "a, b", "no_proxy": "b,c"})
    assert first["NO_PROXY"].startswith("a,b,c,")
    assert first["no_proxy"] == first["NO_PROXY"]
    assert variables(url, Credentials(), first)["NO_PROXY"] == first["NO_PROXY"]


def test_words_in_braces_are_replaced() -> None:
    words = {"base_url": URL, "port": "9000"}
    assert assignments(["A={base_url}/x", "B=", 'C={"p": {port}}', "D==\\1"], words) == {
        "A": f"{URL}/x",
        "B": "",
        "C": '{"p": 9000}',
        "D": "=\\1",
    }


@pytest.mark.parametrize(("text", "told"), [("A={bas_url}", "{bas_url}"), ("A", "assignment"), ("=x", "assignment")])
def test_a_mistake_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        assignments([text], {"base_url": URL})
