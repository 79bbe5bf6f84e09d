"""Opening a trace: a file or a URL, our JSON or a HAR; which of them it is, its content says."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec
from cec_client.protocol import Trace, TraceError

from mock_cec.trace.har_reading import read_har

TIME_LIMIT: Final = 10.0
"""Seconds that a server may be silent."""

_TRACE: Final = "/__mock/tenants/default/trace"
"""Where an emulator has the trace of its first tenant."""

SIZE_LIMIT: Final = 256 << 20
"""The most bytes that are read: a full recorder holds 64 MiB of bodies."""

_MARK: Final = b"\xef\xbb\xbf"


class _Either(msgspec.Struct):
    """The members by which the two forms are told apart."""

    format: msgspec.Raw = msgspec.Raw()
    log: msgspec.Raw = msgspec.Raw()


def open_trace(source: str, base_url: str | None = None) -> Trace:
    """Open a trace.

    Args:
        source: A file's path, or an `http` or `https` URL.
        base_url: Where the platform was; for a HAR whose requests do not tell it.

    Raises:
        TraceError: It cannot be read, or is no trace; the text is one line that begins with the source.
    """
    try:
        data = _fetch(source) if source.lower().startswith(("http://", "https://")) else load(source)
        return read(data, base_url)
    except TraceError as error:
        raise TraceError(f"{source}: {' '.join(str(error).split())}") from error


def read(data: bytes, base_url: str | None = None) -> Trace:
    """Read a trace in either form.

    Raises:
        TraceError: It is in neither form.
    """
    data = data.removeprefix(_MARK)
    try:
        form = msgspec.json.decode(data, type=_Either)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TraceError(f"this is neither a stored trace nor a HAR: {error}") from error
    if bytes(form.format):
        return Trace.from_json(data)
    if bytes(form.log):
        return read_har(data, base_url)
    raise TraceError('this is neither a stored trace (a member "format") nor a HAR (a member "log")')


def load(path: str) -> bytes:
    """Read the bytes of a file.

    Raises:
        TraceError: It cannot be read, or is larger than any recording.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        raise TraceError(f"cannot be read: {_reason(error)}") from error
    return _limited(data)


def _fetch(url: str) -> bytes:
    try:
        request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310  (http or https)
        with urllib.request.urlopen(request, timeout=TIME_LIMIT) as answer:  # noqa: S310  (the same)
            data = bytes(answer.read(SIZE_LIMIT + 1))
            missing = answer.length
    except urllib.error.HTTPError as error:
        error.close()
        at_the_root = not urlsplit(url).path.strip("/")
        hint = f"; an emulator's trace is at {url.rstrip('/')}{_TRACE}" if at_the_root else ""
        raise TraceError(f"the server answers {error.code} {error.reason}".rstrip() + hint) from error
    except (OSError, ValueError, HTTPException) as error:
        raise TraceError(f"cannot be fetched: {_reason(error)}") from error
    data = _limited(data)
    if missing:
        raise TraceError(f"cannot be fetched: the answer ends {missing} bytes too early")
    return data


def _reason(error: object) -> str:
    """Say in words why something could not be opened, without the numbers that operating systems give."""
    if isinstance(error, urllib.error.URLError):
        return _reason(error.reason)
    if isinstance(error, TimeoutError):
        return f"nothing came for {TIME_LIMIT:g} s"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _limited(data: bytes) -> bytes:
    if len(data) > SIZE_LIMIT:
        raise TraceError(f"is larger than {SIZE_LIMIT >> 20} MiB")
    return data
