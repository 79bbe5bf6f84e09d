"""A web page that knows axios and `cec.js`, served from an origin of its own."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PAGE: Final = b"""<!doctype html>
<meta charset="utf-8">
<title>A shop that calls its agents</title>
<link rel="icon" href="data:,">
<script type="importmap">{"imports": {"axios": "/axios.js"}}</script>
"""


@contextmanager
def page_server(axios_example: Path) -> Iterator[str]:
    """Serve the page, the browser build of axios, and `cec.js` as it is; give the page's address."""
    files = {
        "/": ("text/html", PAGE),
        "/axios.js": ("text/javascript", (axios_example / "node_modules/axios/dist/esm/axios.js").read_bytes()),
        "/cec.js": ("text/javascript", (axios_example / "cec.js").read_bytes()),
    }
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(files)) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, name="pages")
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def _handler(files: Mapping[str, tuple[str, bytes]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, content = files.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in files else 404)
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it)
            """Say nothing."""

    return Handler
