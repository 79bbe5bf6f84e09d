"""Where a call is to be dialled, as the event "connected" says it (guide §5 step 4), read leniently.

What is in `gwAddresses` is nowhere documented beyond "address and port". Whole `ws://` and `wss://` URLs are most
likely; a bare `host:port` is taken for `wss://` (facts §12.4).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cec_client.errors import GatewayUnreachable, MediaProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cec_client.events import Gateway

ANONYMOUS: Final = "anonymous"
"""Who calls where the platform names nobody (RFC 3261 §8.1.1.3)."""

_HOST: Final = re.compile(r"([A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?")
_SCHEMES: Final = ("ws", "wss")


@dataclass(frozen=True, slots=True)
class Destination:
    """Whom to call, as whom, and where.

    Attributes:
        addresses: WebSocket URLs, in the order in which they are tried.
        domain: The host of both SIP addresses.
        port: The port in both, where the platform named one with the domain.
        callee: The user part of the callee's address, unescaped.
        caller: The same of the caller's.
    """

    addresses: tuple[str, ...]
    domain: str
    port: int | None
    callee: str
    caller: str


@dataclass(frozen=True, slots=True)
class AddressFailure:
    """Why an address could not be used.

    Attributes:
        address: As the platform gave it.
        why: In words.
    """

    address: str
    why: str


def destination(gateway: Gateway) -> tuple[Destination, tuple[AddressFailure, ...]]:
    """Read what the platform said of its gateway; also give the addresses that are none.

    A missing caller is anonymous; a missing domain is the first address' host.

    Raises:
        MediaProblem: Something is missing without which nobody can be called, or is no address; the text says what.
    """
    if not gateway.access_code:
        raise MediaProblem("nobody can be called at the gateway: the event 168101 had no accessCode (guide §5 step 4)")
    if not gateway.addresses:
        raise MediaProblem("nobody can be called at the gateway: the event 168101 had no gwAddresses (guide §5 step 4)")
    read = [(address, url_of(address)) for address in gateway.addresses]
    usable = tuple(url for _, url in read if url is not None)
    unusable = tuple(
        AddressFailure(address, "it is no ws:// or wss:// URL and no host:port") for address, url in read if url is None
    )
    if not usable:
        raise unreachable(unusable)
    domain = gateway.domain or _host_of(usable[0])
    host = _HOST.fullmatch(domain)
    if host is None:
        raise MediaProblem(f"nobody can be called at the gateway: its domain {domain!r} is no name of a host")
    port = int(host[2]) if host[2] else None
    return Destination(usable, host[1], port, gateway.access_code, gateway.caller or ANONYMOUS), unusable


def url_of(address: str) -> str | None:
    """Make a WebSocket URL of one of `gwAddresses`; `None` if it is none."""
    address = address.strip()
    url = address if "://" in address else f"wss://{address}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0 and not parts.fragment
    except ValueError:
        return None
    printable = url.isascii() and url.isprintable() and " " not in url
    return url if usable and printable else None


def _host_of(url: str) -> str:
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host


def unreachable(failures: Sequence[AddressFailure]) -> GatewayUnreachable:
    """Make the error that lists each address and why it could not be used."""
    listed = "; ".join(f"{failure.address}: {failure.why}" for failure in failures)
    return GatewayUnreachable(f"no address of the gateway can be used. {listed}", tuple(failures))
