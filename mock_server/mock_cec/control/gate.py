"""The gate: who may use the control API.

A page of another origin may use the emulated API, never this one: nothing grants it (no CORS headers), and what a
browser sends for such a page is refused before it has an effect, be it a form or a `no-cors` fetch. A name that an
attacker's DNS points at this machine does not help: `Host` has to be one of ours. And who is not on this machine, or
comes under a name that we do not know, needs the token.
"""

from __future__ import annotations

import hmac
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from mock_cec.control.troubles import Trouble

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_OWN_SITES: Final = {b"same-origin", b"none"}
"""`Sec-Fetch-Site` of a page of this very origin, and of an address that a person typed."""


def check(headers: Iterable[tuple[bytes, bytes]], client: str | None, token: str, hosts: Collection[str]) -> None:
    """Let a request pass, or not.

    Args:
        headers: Its headers, names in lower case.
        client: The address it comes from; `None` if nobody knows.
        token: What opens the API from elsewhere.
        hosts: The host names, in lower case, that are ours beside the loopback ones.

    Raises:
        Trouble: It may not pass.
    """
    lines = tuple(headers)
    host = _last(lines, b"host").decode("latin-1").lower()
    _own_page(lines, host)
    given = _bearer(lines)
    if given is not None:
        if not hmac.compare_digest(given, token.encode()):
            raise Trouble("wrong_token", "the token of the control API is another one")
        return
    if client is None or not _loopback(client):
        raise Trouble(
            "needs_token",
            "from another machine the control API takes a token: Authorization: Bearer TOKEN (--control-token, "
            "MOCK_CEC_CONTROL_TOKEN, or the one in the server's log)",
        )
    name = host_name(host)
    if name not in hosts and not _loopback(name):
        raise Trouble(
            "foreign_host",
            f'Host is "{name[:100]}"; expected: localhost, an address of this machine such as 127.0.0.1, the host of '
            "--public-url, or the token",
        )


def host_name(host: str) -> str:
    """Leave the port out, and the brackets: `[::1]:8360` is `::1`, `cec.local:80` is `cec.local`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _own_page(lines: tuple[tuple[bytes, bytes], ...], host: str) -> None:
    for name, value in lines:
        foreign_origin = name == b"origin" and value.decode("latin-1").lower().partition("://")[2] != host
        if foreign_origin or (name == b"sec-fetch-site" and value not in _OWN_SITES):
            raise Trouble("cross_origin", "a web page of another origin cannot use the control API")


def _bearer(lines: tuple[tuple[bytes, bytes], ...]) -> bytes | None:
    value = _last(lines, b"authorization")
    scheme, _, token = value.partition(b" ")
    return token if scheme.lower() == b"bearer" else None


def _last(lines: tuple[tuple[bytes, bytes], ...], wanted: bytes) -> bytes:
    return next((value for name, value in reversed(lines) if name == wanted), b"")


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address.is_loopback
