"""Listening: a port of this machine, and the URL under which it is reached."""

from __future__ import annotations

import socket
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from mock_cec.addresses import Addresses, OtherPort

if TYPE_CHECKING:
    from ssl import SSLContext

BACKLOG: Final = 4096
"""How many connections may wait to be accepted: a test may open thousands at once."""


class PortTaken(OSError):  # noqa: N818  (its name says what is wrong)
    """Raised when the emulator cannot listen where it was told to."""


class Listeners(NamedTuple):
    """What a server listens on.

    Attributes:
        main: Where it is.
        token: Where `tokenByAkSk` is, if it has a port of its own.
    """

    main: socket.socket
    token: socket.socket | None = None

    def addresses(self, tls: SSLContext | None) -> Addresses:
        """Give the URLs under which this machine reaches them."""
        main = base_url(self.main, tls)
        return Addresses(main, None if self.token is None else OtherPort(main, base_url(self.token, tls)))


def listen_all(host: str, port: int, token_port: int | None) -> Listeners:
    """Listen on a host, on two ports if `tokenByAkSk` has its own; port 0 takes a free one.

    Raises:
        PortTaken: It cannot be done; the text says why and what to try.
    """
    main = listen(host, port)
    try:
        return Listeners(main, None if token_port is None else listen(host, token_port, "--token-port"))
    except PortTaken:
        main.close()
        raise


def listen(host: str, port: int, option: str = "--port") -> socket.socket:
    """Listen on a host and port; port 0 takes a free one. The option is the one that chooses it.

    Raises:
        PortTaken: It cannot be done; the text says why and what to try.
    """
    _raise_file_limit()
    try:
        name = host.encode("ascii") if host.isascii() else host  # bytes spare the start the codec of foreign names
        family, _, _, _, address = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0]
        # Said to be TCP in so many words, or asyncio leaves Nagle's algorithm on and every answer is 40 ms late.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as failure:
        raise _taken(host, port, option, failure) from failure
    try:
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as failure:
        listener.close()
        raise _taken(host, port, option, failure) from failure
    return listener


def _taken(host: str, port: int, option: str, failure: OSError) -> PortTaken:
    reason = failure.strerror or str(failure)
    return PortTaken(f"cannot listen on {host}:{port}: {reason}; try another {option}, or {option} 0 for a free one")


def base_url(listener: socket.socket, tls: SSLContext | None = None) -> str:
    """Give the URL under which this machine reaches a listener."""
    scheme = "http" if tls is None else "https"
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104  (compared, not bound)
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _raise_file_limit() -> None:
    """Let as many connections be open as the system allows; Windows has no such limit."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  (not on Windows)

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):  # macOS names a hard limit that it does not grant
        return
