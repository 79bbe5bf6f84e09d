"""Opening a trace: which form it has, its content says; whatever fails is one line."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from cec_client.protocol import Endpoint, Exchange, Trace, TraceError
from mock_cec.trace import reading
from mock_cec.trace.har import write_har
from mock_cec.trace.reading import open_trace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRACE = Trace(exchanges=(Exchange(serial=1, method="GET", target=Endpoint.EVENTS.path),), facts={"a": "b"})


@contextmanager
def server(status: int, body: bytes, *, promised: int | None = None, silent: bool = False) -> Iterator[str]:
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if silent:
                over.wait(10)
                return
            self.send_response(status)
            self.send_header("content-length", str(len(body) if promised is None else promised))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}/x"
        finally:
            over.set()
            running.shutdown()
            thread.join()


@pytest.mark.parametrize("data", [TRACE.to_json(), write_har(TRACE), b"\xef\xbb\xbf" + TRACE.to_json()])
def test_either_form_is_read_from_a_file_and_from_a_url(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "trace"
    path.write_bytes(data)
    assert open_trace(str(path)) == TRACE
    with server(200, data) as url:
        assert open_trace(url) == TRACE


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "neither a stored trace nor a HAR: "),
        (b"[]", "neither a stored trace nor a HAR: "),
        (b"\xff", "neither a stored trace nor a HAR: "),
        (b'{"a":' * 100_000, "neither a stored trace nor a HAR: "),
        (b"{}", 'a member "format"'),
        (b'{"format": "x", "version": 1}', "its \"format\" is 'x'"),
        (b'{"log": []}', "not a HAR: Expected `object`, got `array` - at `$.log`"),
    ],
)
def test_what_is_no_trace_is_refused_in_one_line(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "trace"
    path.write_bytes(data)
    with pytest.raises(TraceError) as raised:
        open_trace(str(path))
    assert str(raised.value).startswith(f"{path}: ")
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def failure(source: str) -> str:
    with pytest.raises(TraceError) as raised:
        open_trace(source)
    return str(raised.value).removeprefix(f"{source}: ")


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    assert failure(str(tmp_path / "missing")) == "cannot be read: No such file or directory"
    assert failure("a\0b") == "cannot be read: embedded null byte"


def test_a_url_that_cannot_be_fetched_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(404, b"") as url:
        assert failure(url) == "the server answers 404 Not Found"
        root = url.removesuffix("x")
        assert failure(root).endswith(f"404 Not Found; an emulator's trace is at {root}__mock/tenants/default/trace")
    assert failure(url) == "cannot be fetched: Connection refused"
    with server(200, b"{", promised=9) as url:
        assert failure(url) == "cannot be fetched: the answer ends 8 bytes too early"
    assert failure("http://[").startswith("cannot be fetched: ")
    monkeypatch.setattr(reading, "TIME_LIMIT", 0.05)
    with server(200, b"", silent=True) as url:
        assert failure(url) == "cannot be fetched: nothing came for 0.05 s"


def test_what_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SIZE_LIMIT", 10)
    path = tmp_path / "trace"
    path.write_bytes(TRACE.to_json())
    assert failure(str(path)) == "is larger than 0 MiB"
    with server(200, TRACE.to_json()) as url:
        assert failure(url) == "is larger than 0 MiB"
