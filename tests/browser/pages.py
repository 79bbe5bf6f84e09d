"""Web pages, served from an origin of their own: one that knows axios and `cec.js`, and the example with media."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.examples.programs import LONGEST_RUN, required

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE: Final = b"""<!doctype html>
<meta charset="utf-8">
<title>A shop that calls its agents</title>
<link rel="icon" href="data:,">
<script type="importmap">{"imports": {"axios": "/axios.js"}}</script>
"""


Files = Mapping[str, tuple[str, bytes]]
"""Media types and contents, by path."""


def plain_page(axios_example: Path) -> Files:
    """Give the page, the browser build of axios, and `cec.js` as it is."""
    return {
        "/": ("text/html", PAGE),
        "/axios.js": ("text/javascript", (axios_example / "node_modules/axios/dist/esm/axios.js").read_bytes()),
        "/cec.js": ("text/javascript", (axios_example / "cec.js").read_bytes()),
    }


def media_page(browser_example: Path) -> Files:
    """Bundle the example of a page with media, as its own `npm run build` does, and give its files."""
    npm = required("npm", "npm, which comes with Node")
    with TemporaryDirectory() as folder:
        subprocess.run(
            [npm, "run", "--silent", "build", "--", f"--outdir={folder}", "--log-level=error"],
            cwd=browser_example,
            check=True,
            timeout=LONGEST_RUN,
        )
        bundle = (Path(folder) / "page.bundle.js").read_bytes()
    return {
        "/": ("text/html", (browser_example / "index.html").read_bytes()),
        "/page.bundle.js": ("text/javascript", bundle),
    }


def softphone_page(browser_example: Path, softphones: Path) -> Files:
    """Bundle the same page with other softphones, of which its address chooses one: `/#sdk`."""
    npm = required("npm", "npm, which comes with Node")
    with TemporaryDirectory() as folder:
        bundle = Path(folder) / "page.bundle.js"
        subprocess.run(
            [npm, "run", "--silent", "build", "--", str(bundle)], cwd=softphones, check=True, timeout=LONGEST_RUN
        )
        return {
            "/": ("text/html", (browser_example / "index.html").read_bytes()),
            "/page.bundle.js": ("text/javascript", bundle.read_bytes()),
        }


@contextmanager
def page_server(files: Files) -> Iterator[str]:
    """Serve files; give the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(files)) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, name="pages")
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def _handler(files: Files) -> type[BaseHTTPRequestHandler]:
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
