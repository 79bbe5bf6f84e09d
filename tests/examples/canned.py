"""A server that says what the emulator never would: answers as bytes, in any shape, and connections cut short."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from cec_client.protocol import BY_PATH, Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = (
    b'{"AccessToken": "a-1", "resultCode": "0", "token": "t-1", "webRTCSupported": true, "clickToCallSupported": true}'
)
"""An answer with which every step before the first poll succeeds."""


@dataclass(frozen=True)
class Canned:
    """An answer.

    Attributes:
        pieces: The body, in the pieces in which it is sent; none at all is an empty body.
        status: The HTTP status.
        cut: The connection ends before the last byte.
    """

    pieces: tuple[bytes, ...]
    status: int = 200
    cut: bool = False


@dataclass
class CannedCec:
    """A running server: what it has been asked, and what it still has in store for polls."""

    polls: list[Canned]
    url: str = ""
    steps: list[Endpoint | None] = field(default_factory=list)


@contextmanager
def canned_cec(*polls: Canned) -> Iterator[CannedCec]:
    """Answer every poll with the next of these, and everything else with success."""
    cec = CannedCec(list(polls))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            endpoint = BY_PATH.get(self.path.partition("?")[0])
            self.rfile.read(int(self.headers.get("content-length", "0")))
            cec.steps.append(endpoint)
            self._write(cec.polls.pop(0) if endpoint is Endpoint.EVENTS else Canned((GOOD,)))

        do_POST = do_GET  # noqa: N815  (the base class names it)

        def _write(self, answer: Canned) -> None:
            self.send_response(answer.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(sum(map(len, answer.pieces)) + answer.cut))
            self.end_headers()
            for piece in answer.pieces:
                self.wfile.write(piece)
                self.wfile.flush()
            self.close_connection = self.close_connection or answer.cut

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it)
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        cec.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, name="canned-cec")
        thread.start()
        try:
            yield cec
        finally:
            server.shutdown()
            thread.join()
