"""Where a gateway is dialled, from what the platform says of it."""

from __future__ import annotations

import pytest
from cec_client.errors import GatewayUnreachable, MediaProblem
from cec_client.events import Gateway
from cec_client.media.addresses import AddressFailure, Destination, destination, url_of
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("wss://gw.example:10081", "wss://gw.example:10081"),
        ("ws://127.0.0.1:8360/sip", "ws://127.0.0.1:8360/sip"),
        ("gw.example:443", "wss://gw.example:443"),
        ("10.0.0.1:8443", "wss://10.0.0.1:8443"),
        ("[2001:db8::1]:8443", "wss://[2001:db8::1]:8443"),
        (" gw.example ", "wss://gw.example"),
        ("xx1", "wss://xx1"),
        ("https://gw.example", None),
        ("", None),
        ("wss://", None),
        ("wss://gw.example:0", None),
        ("wss://gw.example:seven", None),
        ("wss://gw.example/#here", None),
        ("wss://gw.example/a b", None),
        ("wss://网关.example", None),
        ("wss://[gw", None),
    ],
)
def test_an_address_becomes_a_url(address: str, url: str | None) -> None:
    assert url_of(address) == url


@given(st.text())
def test_whatever_it_is_nothing_breaks(address: str) -> None:
    url = url_of(address)
    assert url is None or url.startswith(("ws://", "wss://"))


def test_what_the_platform_says_is_kept() -> None:
    there, unusable = destination(Gateway("gw.example", ("wss://a", "https://b", "c:1"), "179", "AnonymousCard"))
    assert there == Destination(("wss://a", "wss://c:1"), "gw.example", None, "179", "AnonymousCard")
    assert unusable == (AddressFailure("https://b", "it is no ws:// or wss:// URL and no host:port"),)


@pytest.mark.parametrize(
    ("said", "domain", "port"),
    [
        (None, "a", None),
        ("gw.example", "gw.example", None),
        ("gw.example:5061", "gw.example", 5061),
        ("[2001:db8::1]:5061", "[2001:db8::1]", 5061),
        ("xx_1", "xx_1", None),
    ],
)
def test_the_domain(said: str | None, domain: str, port: int | None) -> None:
    there, _ = destination(Gateway(said, ("wss://a:8443/sip",), "179", None))
    assert (there.domain, there.port, there.caller) == (domain, port, "anonymous")


def test_a_missing_domain_is_the_address_also_of_ipv6() -> None:
    assert destination(Gateway(None, ("wss://[2001:db8::1]:8443",), "179"))[0].domain == "[2001:db8::1]"


@pytest.mark.parametrize(
    ("gateway", "words"),
    [
        (Gateway("d", ("wss://a",), None, "c"), "no accessCode"),
        (Gateway("d", (), "179", "c"), "no gwAddresses"),
        (Gateway("two words", ("wss://a",), "179", "c"), "domain 'two words' is no name of a host"),
        (Gateway("d\r\nVia: x", ("wss://a",), "179", "c"), "no name of a host"),
    ],
)
def test_what_is_missing_is_named(gateway: Gateway, words: str) -> None:
    with pytest.raises(MediaProblem, match=words):
        destination(gateway)


def test_no_usable_address_lists_them_all() -> None:
    with pytest.raises(GatewayUnreachable, match=r"http://a: it is no ws.*; : it is no ws") as caught:
        destination(Gateway("d", ("http://a", ""), "179", "c"))
    assert [failure.address for failure in caught.value.failures] == ["http://a", ""]
