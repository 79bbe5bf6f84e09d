"""Two ports of one emulator: what a client that knows one of them calls the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.addresses import Addresses, OtherPort

PORT = OtherPort("http://127.0.0.1:8360", "http://127.0.0.1:8361")


@pytest.mark.parametrize(
    ("reached", "other"),
    [
        ("http://127.0.0.1:8360", "http://127.0.0.1:8361"),
        ("http://host.docker.internal:8360", "http://host.docker.internal:8361"),
        ("http://[fe80::1]:8360/", "http://[fe80::1]:8361"),
        ("https://cec.example", "http://127.0.0.1:8361"),
        ("https://cec.example:8360", "http://127.0.0.1:8361"),
        ("http://cec.example:80", "http://127.0.0.1:8361"),
        ("http://", "http://127.0.0.1:8361"),
        ("http://:8360", "http://127.0.0.1:8361"),
        ("http://cec.example:port", "http://127.0.0.1:8361"),
        ("http://[", "http://127.0.0.1:8361"),
    ],
)
def test_another_name_of_this_machine_is_good_for_both_ports_and_a_proxy_is_not(reached: str, other: str) -> None:
    assert PORT.reached_from(reached) == other


def test_the_usual_ports_of_http_and_https_need_not_be_named() -> None:
    assert (
        OtherPort("http://127.0.0.1:80", "http://127.0.0.1:81").reached_from("http://cec.test") == "http://cec.test:81"
    )


@given(st.text())
def test_whatever_a_client_sends_as_its_host_there_is_a_url(host: str) -> None:
    assert PORT.reached_from(f"http://{host}").endswith(":8361")


def test_with_one_port_the_token_url_is_that_of_all_the_rest() -> None:
    assert Addresses(PORT.own).token_base_url("https://cec.example") == "https://cec.example"
    assert Addresses(PORT.own, PORT).token_base_url(PORT.own) == PORT.other
