"""What the environment has to say about the way to the platform: proxies and certificates.

HTTP libraries obey these variables silently, and many a desktop sets them. So whenever one of them may be what is
wrong, it is named, with what to do about it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

_HERE: Final = "127.0.0.1,localhost"
LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""Names of this machine, to which no proxy leads."""

_KNOWN: Final = ("http", "https", "socks5", "socks5h")


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that is to be used, as far as the environment goes.

    Attributes:
        address: Its URL, with a password blotted out.
        origin: Which variable says so.
    """

    address: str
    origin: str

    def __str__(self) -> str:
        """Name it."""
        return f"the proxy {self.address} ({self.origin})"


def proxy_to(url: str) -> Proxy | None:
    """Say which proxy is on the way to a URL; `None` if there is none."""
    parts = urlsplit(url)
    if parts.hostname is None or proxy_bypass(parts.netloc):
        return None
    proxies = getproxies()
    return next((_proxy(key, proxies[key]) for key in (parts.scheme, "all") if proxies.get(key)), None)


def without_proxy(url: str) -> str:
    """Say how to have no proxy on the way to a URL."""
    host = urlsplit(url).hostname or ""
    name = next((name for name in ("no_proxy", "NO_PROXY") if os.environ.get(name)), "NO_PROXY")
    others = os.environ.get(name, "")
    return f"set {name}={others}{',' if others else ''}{_HERE if host in LOOPBACK else host}"


def proxy_trouble(error: Exception, *urls: str) -> str:
    """Explain why the HTTP library cannot be made ready with the proxies that the environment names."""
    proxies = getproxies()
    named = [_proxy(key, proxies[key]) for key in ("http", "https", "all") if proxies.get(key)]
    either = " or ".join(str(proxy) for proxy in named) or "a proxy"
    way_out = f"or, to go without, {without_proxy(urls[0])}"
    if isinstance(error, ImportError):
        socks = next((proxy for proxy in named if proxy.address.startswith("socks")), either)
        return f"{socks} speaks SOCKS, which needs one more package: pip install 'httpx[socks]'; {way_out}"
    for proxy in named:
        scheme, mark, rest = proxy.address.partition("://")
        if mark and scheme not in _KNOWN:
            better = f"write socks5://{rest}" if scheme in ("socks", "socks4", "socks4a") else "write http://"
            return f"{proxy} has a scheme that is not known here: {better}; {way_out}"
    return f"{either} cannot be used: {error}; correct it, {way_out}"


def certificate_trouble(error: Exception) -> str:
    """Explain why the authorities that the environment names cannot be read."""
    name = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)), None)
    if name is None:
        return f"the certificate authorities cannot be read: {error}"
    return f"{name} is {os.environ[name]!r}, which cannot be read: {error}; correct or unset it"


def _proxy(key: str, address: str) -> Proxy:
    names = (f"{key}_proxy", f"{key}_proxy".upper())
    origin = next((name for name in names if os.environ.get(name)), "from the system's settings")
    front, at, behind = address.rpartition("@")
    scheme, mark, user = front.rpartition("://")
    blotted = f"{scheme}{mark}{user.partition(':')[0]}:***@{behind}" if at and ":" in user else address
    return Proxy(blotted, origin)
