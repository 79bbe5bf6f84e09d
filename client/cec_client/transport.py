"""What the two wires share: where the platform is, how a request looks to httpx, and how httpx's news are read."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

import httpx

from cec_client.answers import Answer, NetworkFailed, read
from cec_client.protocol import Endpoint
from cec_client.surroundings import certificate_trouble, proxy_to, proxy_trouble

if TYPE_CHECKING:
    from cec_client.requests import Request

ClientT = TypeVar("ClientT", httpx.Client, httpx.AsyncClient)

USER_AGENT: Final = "cec-client"

SLACK: Final = 1.0
"""Seconds by which httpx's limits, each for one read or write, are longer than the session's for the whole."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the platform is, and how to get there.

    Attributes:
        base_url: Scheme, host and perhaps a path, before every endpoint's path.
        token_base_url: The same for `tokenByAkSk`, which some platforms have elsewhere.
        verify: Whether to check certificates; a path names the authorities to trust.
        trust_env: Whether proxies and certificates are taken from the environment.
        connect_timeout: Seconds to wait for a connection.
    """

    base_url: str
    token_base_url: str | None = None
    verify: bool | str = True
    trust_env: bool = True
    connect_timeout: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what is no address.

        Raises:
            ValueError: A URL is not `http://...` or `https://...` with a host.
        """
        for name in ("base_url", "token_base_url"):
            url = getattr(self, name)
            if url is not None:
                object.__setattr__(self, name, _checked(name, url))

    def url(self, request: Request) -> str:
        """Give the whole URL of a request."""
        elsewhere = self.token_base_url if request.endpoint is Endpoint.TOKEN else None
        return (elsewhere or self.base_url) + request.target

    def http_request(self, client: httpx.Client | httpx.AsyncClient, request: Request) -> httpx.Request:
        """Make httpx's form of a request."""
        return client.build_request(
            request.endpoint.method,
            self.url(request),
            headers=list(request.headers),
            content=request.body,
            timeout=httpx.Timeout(request.timeout + SLACK, connect=min(self.connect_timeout, request.timeout)),
        )

    def make(self, kind: type[ClientT], certificates: ssl.SSLContext, **options: Any) -> ClientT:  # noqa: ANN401
        """Make an httpx client.

        Raises:
            ValueError: The environment names a proxy that cannot be used; the text says which, and what to do.
        """
        # A proxy that concerns nobody here must do no harm, be it ever so wrong: httpx makes all of them ready.
        trust_env = self.trust_env and any(proxy_to(url) for url in self._urls())
        try:
            return kind(verify=certificates, trust_env=trust_env, headers={"user-agent": USER_AGENT}, **options)
        except (ImportError, OSError, ValueError, httpx.InvalidURL) as error:
            raise ValueError(proxy_trouble(error, *self._urls())) from error

    def certificates(self) -> ssl.SSLContext:
        """Give the authorities to trust.

        Raises:
            ValueError: A file of authorities cannot be read.
        """
        return certificates(self.verify, trust_env=self.trust_env)

    def _urls(self) -> tuple[str, ...]:
        return (self.base_url,) if self.token_base_url is None else (self.base_url, self.token_base_url)


def certificates(verify: bool | str, *, trust_env: bool) -> ssl.SSLContext:  # noqa: FBT001 - as httpx names it
    """Give the authorities to trust; a path names a file of them.

    Raises:
        ValueError: A file of authorities cannot be read.
    """
    if isinstance(verify, str):
        try:
            return ssl.create_default_context(cafile=verify)
        except OSError as error:
            raise ValueError(f"the certificates in {verify!r} cannot be read: {error}") from error
    try:
        return httpx.create_ssl_context(verify=verify, trust_env=trust_env)
    except OSError as error:
        raise ValueError(certificate_trouble(error)) from error


def answer_of(request: Request, response: httpx.Response) -> Answer:
    """Read httpx's form of an answer."""
    return read(request.endpoint, response.status_code, response.headers, response.content, datetime.now(UTC))


def failure_of(request: Request, error: Exception) -> NetworkFailed:
    """Read httpx's form of no answer."""
    return NetworkFailed(request.endpoint, error, isinstance(error, httpx.TimeoutException))


def _checked(name: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        usable = usable and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{name} is {url!r}; give something like https://service.example.com or http://127.0.0.1:8360")
    return url.rstrip("/")
