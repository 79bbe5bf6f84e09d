"""How a server is reached: addresses checked, certificates, proxies, and clients that carry requests there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit

import httpx
from cec_client.protocol import Endpoint
from cec_client.transport import Place

if TYPE_CHECKING:
    import ssl

MOST_CONNECTIONS: Final = 64


class BadAddress(ValueError):  # noqa: N818  (its name says what is wrong)
    """Raised when an address cannot be used; the text says why, and what one looks like."""


def address(option: str, url: str) -> str:
    """Check the address of a platform, and give it without a slash at its end.

    Raises:
        BadAddress: It is none.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise _bad(option, url, str(error)) from error
    if parts.scheme not in ("http", "https"):
        near = url.strip().rpartition("//")[2]
        hint = f"it lacks http:// or https://; did you mean https://{near}?"
        raise _bad(option, url, hint if near else "it is empty")
    if not parts.hostname or port == 0:
        raise _bad(option, url, "it names no host" if not parts.hostname else "port 0 is none")
    if parts.username is not None or parts.password is not None:
        raise BadAddress(f"{option}: no user or password belongs in front of the host {parts.hostname}")
    if parts.query or parts.fragment:
        raise _bad(option, url, "nothing can follow behind ? or #")
    return _before_endpoint(option, parts)


def _before_endpoint(option: str, parts: SplitResult) -> str:
    """Refuse an address that goes on to an endpoint: the judge appends the guide's paths itself."""
    path = parts.path.rstrip("/")
    base = f"{parts.scheme}://{parts.netloc}"
    for endpoint in Endpoint:
        if path.endswith(endpoint.path):
            begins = base + path.removesuffix(endpoint.path)
            raise BadAddress(f"{option}: {base}{path} is the endpoint {endpoint.value}; give what is before: {begins}")
    for begin in ("/apigovernance", "/apiaccess"):
        if begin in path:
            begins = base + path.partition(begin)[0]
            raise BadAddress(f"{option}: the guide's paths are appended; give what is before {begin}: {begins}")
    return base + path


def _bad(option: str, url: str, why: str) -> BadAddress:
    return BadAddress(
        f"{option}: {url!r} is no address: {why}; expected: https://service.example.com or http://127.0.0.1:8360"
    )


class Carrier:
    """Makes clients that reach a server.

    Args:
        urls: Its addresses.
        verify: Whether its certificate is verified; a path names the authorities to trust.
        timeout: Seconds that a piece of an answer is waited for.

    Raises:
        ValueError: The authorities cannot be read; the text says so.
    """

    def __init__(self, urls: tuple[str, ...], *, verify: bool | str = True, timeout: float = 75.0) -> None:
        self._place = Place(urls[0], urls[-1], verify)
        self._certificates: ssl.SSLContext = self._place.certificates()
        self._timeout = timeout

    def client(self, **options: Any) -> httpx.AsyncClient:  # noqa: ANN401  (httpx's)
        """Make a client with connections of its own; a proxy of the environment is used, but never to this machine.

        Raises:
            ValueError: The environment names a proxy that cannot be used; the text says which, and what to do.
        """
        limits = httpx.Limits(max_connections=MOST_CONNECTIONS)
        return self._place.make(
            httpx.AsyncClient, self._certificates, timeout=httpx.Timeout(self._timeout), limits=limits, **options
        )
