"""The WebSocket to the gateway, by `websockets`: opened, or why not in words."""

from __future__ import annotations

import contextlib
import ssl
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from cec_client.media.sip_call import USER_AGENT
from cec_client.surroundings import LOOPBACK, proxy_to

if TYPE_CHECKING:
    from collections.abc import Callable

SIP: Final = Subprotocol("sip")
"""The sub-protocol of SIP over WebSocket (RFC 7118 §4)."""

_LARGEST: Final = 1 << 17
"""Bytes of the largest frame that is taken; an answer with video has some 10 KB."""


class NotOpened(Exception):  # noqa: N818  (named as what happened)
    """Raised when there is no WebSocket for SIP at an address; the text says why."""


async def open_socket(url: str, certificates: Callable[[], ssl.SSLContext], *, trust_env: bool) -> ClientConnection:
    """Open a WebSocket that speaks SIP.

    Args:
        url: Where to, `ws://` or `wss://`.
        certificates: Gives the authorities to trust, if the URL is `wss://`.
        trust_env: Whether the environment's proxies are used; to this machine itself never.

    Raises:
        NotOpened: There is none.
    """
    parts = urlsplit(url)
    proxy: Literal[True] | None = True if trust_env and parts.hostname not in LOOPBACK else None
    try:
        socket = await connect(
            url,
            subprotocols=[SIP],
            ssl=certificates() if parts.scheme == "wss" else None,
            proxy=proxy,
            compression=None,  # messages are few and short
            open_timeout=None,  # whoever asks has a limit of its own
            close_timeout=1,
            max_size=_LARGEST,
            user_agent_header=USER_AGENT,
        )
    except (OSError, WebSocketException, ValueError, ImportError) as error:
        raise NotOpened(_why(error) + (_by_proxy(url) if proxy else "")) from error
    if socket.subprotocol != SIP:
        await socket.close()
        raise NotOpened("it has a WebSocket, but does not speak the sub-protocol sip (RFC 7118 §4)")
    return socket


async def read_frames(socket: ClientConnection, take: Callable[[str | bytes], None]) -> str:
    """Take frames until the WebSocket closes.

    Returns:
        How it closed, in words.
    """
    with contextlib.suppress(ConnectionClosed):
        while True:
            take(await socket.recv())
    said = f"{socket.close_code} {socket.close_reason}".strip() if socket.close_code else "without a close frame"
    return f"the gateway's WebSocket closed ({said})"


def _why(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            why = f"its certificate is not trusted ({error.verify_message})"
        case ssl.SSLError():
            why = f"no TLS connection came about ({error.reason or error})"
        case ConnectionRefusedError():
            why = "nothing listens there"
        case ConnectionResetError():
            why = "the connection was cut before there was a WebSocket"
        case InvalidStatus():
            why = f"the WebSocket was refused by HTTP status {error.response.status_code}"
        case InvalidHandshake():
            why = f"what answers there opened no WebSocket ({error})"
        case _:
            why = f"no connection ({str(error) or type(error).__name__})"
    return why


def _by_proxy(url: str) -> str:
    proxy = proxy_to(url.replace("ws", "http", 1))
    return f", through {proxy}" if proxy else ""
