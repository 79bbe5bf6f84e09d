"""Addresses of an emulator, which may have two ports: what a client that knows one of them calls the other (pure)."""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

_PORTS = {"http": 80, "https": 443}


class OtherPort(Struct, frozen=True):
    """Another port of the emulator, seen from one of its ports.

    Attributes:
        own: The base URL of this port, as this machine reaches it.
        other: That of the other port.
    """

    own: str
    other: str

    def reached_from(self, url: str) -> str:
        """Give the base URL of the other port for a client that reaches this one at a URL.

        A phone or a container has another name for this machine, and it is good for both ports. Behind another port or
        scheme than ours stands a proxy, and which way it has to the other port nobody knows: then it is the URL that
        this machine has for it.
        """
        name, _ = _place(url)
        if _place(url)[1] != _place(self.own)[1] or not name:
            return self.other
        scheme, port = _place(self.other)[1]
        return f"{scheme}://{name}:{port}"


class Addresses(Struct, frozen=True):
    """Where an emulator is.

    Attributes:
        base_url: As this machine reaches it.
        token_port: The port that serves `tokenByAkSk` in place of this one.
    """

    base_url: str
    token_port: OtherPort | None = None

    def token_base_url(self, base_url: str) -> str:
        """Give the base URL of `tokenByAkSk` for a client that reaches the emulator at a base URL, maybe another."""
        return base_url if self.token_port is None else self.token_port.reached_from(base_url)


def _place(url: str) -> tuple[str, tuple[str, int | None]]:
    """Take a URL apart: the host's name, and scheme and port; a port that is none counts as none."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", ("", None)
    name = parts.hostname or ""
    return f"[{name}]" if ":" in name else name, (parts.scheme, port)
