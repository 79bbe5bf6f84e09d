"""HAR to trace: what browsers (Chrome, Firefox), proxies (Charles) and we ourselves record.

Recordings differ. Bodies may be missing or Base64, secrets may have been left out, there are pages and pictures beside
the API, and CORS preflights that are no exchanges. What was not recorded stays unknown: a time is `None`, and the
script facts `unrecorded` and `error` say what else a judge has to know. Members that the trace has no place for are
not looked at.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

import msgspec
from cec_client.protocol import BY_PATH, Exchange, Signal, Trace, TraceError
from cec_client.protocol.headers import AUTHORIZATION
from msgspec import Meta, Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cec_client.protocol.trace import Headers

_API: Final = ("/apiaccess/", "/apigovernance/")
"""What the paths of the API begin with (guide §2, §5); requests elsewhere on the same host are pages and pictures."""


_URL: Final = re.compile(r"(?P<origin>https?://[^/?#]*)(?P<path>[^?#]*)", re.IGNORECASE)
_WEBSOCKET: Final = re.compile(r"wss?:", re.IGNORECASE)


class _Pair(Struct):
    name: str
    value: str | None = None


class _PostData(Struct):
    text: str | None = None
    params: list[_Pair] | None = None
    encoding: str | None = msgspec.field(name="_encoding", default=None)


class _Request(Struct):
    method: str
    url: str
    headers: list[_Pair] | None = None
    postData: _PostData | None = None  # noqa: N815  (as in the file)
    bodySize: float = 0  # noqa: N815


class _Content(Struct):
    size: float = 0
    text: str | None = None
    encoding: str | None = None


class _Response(Struct):
    status: Annotated[int, Meta(ge=0, le=999)] | None = 0
    headers: list[_Pair] | None = None
    content: _Content | None = None
    error: str | None = msgspec.field(name="_error", default=None)


class _Timings(Struct):
    blocked: float | None = None
    dns: float | None = None
    connect: float | None = None
    send: float | None = None
    wait: float | None = None
    receive: float | None = None


class _Own(Struct):
    """The member `_exchange` of our own HAR."""

    serial: int
    target: str
    request_complete: float | None = None
    answer_begun: float | None = None
    answer_ended: float | None = None
    connection_gone: float | None = None
    script: dict[str, str | float] = msgspec.field(default_factory=dict)


class _Entry(Struct):
    startedDateTime: str  # noqa: N815  (as in the file)
    request: _Request
    response: _Response | None = None
    time: float | None = None
    timings: _Timings | None = None
    connection: str | int | None = None
    kind: str | None = msgspec.field(name="_resourceType", default=None)
    own: _Own | None = msgspec.field(name="_exchange", default=None)


class _Creator(Struct):
    name: str = ""
    version: str = ""


class _Log(Struct):
    entries: list[_Entry]
    creator: _Creator | None = None
    started: str | None = msgspec.field(name="_started", default=None)
    facts: dict[str, str] | None = msgspec.field(name="_facts", default=None)
    signals: tuple[Signal, ...] = msgspec.field(name="_signals", default=())


class _Har(Struct):
    log: _Log


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry with its place: the moment at which it began, and the target that is left of its URL."""

    began: datetime
    target: str
    entry: _Entry

    def order(self) -> tuple[int, datetime]:
        """Order ours as we recorded them, others by the moment at which they began."""
        return (self.entry.own.serial if self.entry.own else 0, self.began)


def read_har(data: bytes, base_url: str | None = None, path_prefix: str | None = None) -> Trace:
    """Read a HAR; only requests of the API become exchanges.

    Args:
        data: The file's bytes; a byte order mark is no harm.
        base_url: Where the platform was, with its path prefix if it has one: everything under it is read. Without it
            the base is what stands before a documented path, wherever one is found.
        path_prefix: What the paths of the platform begin with, such as `/cec` behind a proxy: after the base URL if
            there is one, else on whichever host.

    Raises:
        TraceError: It is no HAR, or holds no request of the API; the text says where, and what was expected.
    """
    try:
        log = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Har).log
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise TraceError(f"this is not a HAR: {error}") from error
    entries = [(number, entry) for number, entry in enumerate(log.entries) if not _aside(entry)]
    given = _given(base_url, path_prefix, entries)
    bases = given or _found(entries)
    placed = [
        _Placed(_moment(entry.startedDateTime, number), target, entry)
        for number, entry in entries
        if (target := _target(entry, bases, everything=bool(given))) is not None
    ]
    if not placed and log.entries:
        under = (base_url or "").rstrip("/") + (path_prefix or "")
        where = f"under {under}" if under else f"whose path ends in a documented one, such as {next(iter(BY_PATH))}"
        raise TraceError(f"there is no request of the API in this HAR; expected some {where}")
    return _trace(log, sorted(placed, key=_Placed.order))


def _trace(log: _Log, placed: list[_Placed]) -> Trace:
    start = placed[0].began if placed else None
    exchanges = tuple(
        _exchange(one, serial, (one.began - (start or one.began)).total_seconds())
        for serial, one in enumerate(placed, 1)
    )
    if log.facts is not None:
        return Trace(exchanges=exchanges, signals=log.signals, started=log.started, facts=log.facts)
    return Trace(
        exchanges=exchanges,
        started=start.isoformat() if start else None,
        facts=_facts(log, placed),
    )


def _aside(entry: _Entry) -> bool:
    """Say whether an entry is no exchange of the API: a preflight, or a WebSocket."""
    return entry.request.method == "OPTIONS" or entry.kind == "websocket" or bool(_WEBSOCKET.match(entry.request.url))


def _given(base_url: str | None, path_prefix: str | None, entries: list[tuple[int, _Entry]]) -> list[str]:
    """Give the bases that the caller names; none if nothing was said."""
    prefix = "/" + path_prefix.strip("/") if path_prefix and path_prefix.strip("/") else ""
    if base_url:
        return [base_url.rstrip("/") + prefix]
    return sorted({url["origin"] + prefix for url in _urls(entries)}) if prefix else []


def _found(entries: list[tuple[int, _Entry]]) -> list[str]:
    """Find what stands before the documented paths, longest first; a platform may have its token URL elsewhere."""
    found = {
        url["origin"] + url["path"].removesuffix(path)
        for url in _urls(entries)
        for path in BY_PATH
        if url["path"].endswith(path)
    }
    return sorted(found, key=len, reverse=True)


def _urls(entries: list[tuple[int, _Entry]]) -> list[re.Match[str]]:
    return [url for _, entry in entries if (url := _URL.match(entry.request.url))]


def _target(entry: _Entry, bases: Iterable[str], *, everything: bool) -> str | None:
    """Give path and query after the base; `None` if the request went elsewhere."""
    if entry.own is not None:
        return entry.own.target
    url = entry.request.url.partition("#")[0]
    for base in bases:
        rest = url[len(base) :]
        if url.lower().startswith(base.lower()) and (
            rest.startswith(_API) or (everything and rest[:1] in {"", "/", "?"})
        ):
            return rest
    return None


def _moment(text: str, number: int) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        expected = "a time such as 2024-08-19T00:00:00.000Z"
        where = f"log.entries[{number}].startedDateTime"
        raise TraceError(f'this is not a HAR: {where}: got "{text[:40]}", expected {expected}') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _exchange(placed: _Placed, serial: int, offset: float) -> Exchange:
    entry, request, response = placed.entry, placed.entry.request, placed.entry.response or _Response()
    times = _own_times(entry.own) if entry.own else _times(entry, offset)
    return Exchange(
        serial=entry.own.serial if entry.own else serial,
        method=request.method,
        target=placed.target,
        request_headers=_headers(request.headers),
        request_body=_request_body(request.postData),
        connection=None if entry.connection is None else str(entry.connection),
        status=response.status or None,
        response_headers=_headers(response.headers),
        response_body=_answer_body(response.content),
        script=entry.own.script if entry.own else dict(_remarks(request, response)),
        **times,
    )


def _own_times(own: _Own) -> dict[str, float | None]:
    names = ("request_complete", "answer_begun", "answer_ended", "connection_gone")
    return {name: getattr(own, name) for name in names}


def _times(entry: _Entry, offset: float) -> dict[str, float | None]:
    """Work out when what happened, in seconds; phases that are -1 or missing took no time or were not seen."""
    phases = entry.timings or _Timings()
    sent = offset + sum(_seconds(phase) or 0.0 for phase in (phases.blocked, phases.dns, phases.connect, phases.send))
    total = _seconds(entry.time)
    ended = None if total is None else offset + total
    if entry.response is None or not entry.response.status:
        return _rounded(request_complete=sent, connection_gone=ended)
    wait, receive = _seconds(phases.wait), _seconds(phases.receive)
    begun = None if wait is None else sent + wait
    if begun is not None and receive is not None:
        ended = begun + receive
    return _rounded(request_complete=sent, answer_begun=begun, answer_ended=ended)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None or milliseconds < 0 else milliseconds / 1000


def _rounded(**times: float | None) -> dict[str, float | None]:
    return {name: None if time is None else round(time, 6) for name, time in times.items()}


def _headers(pairs: list[_Pair] | None) -> Headers:
    """Take the headers; the pseudo-headers of HTTP/2, such as `:path`, are none."""
    return tuple((pair.name, pair.value or "") for pair in pairs or () if not pair.name.startswith(":"))


def _request_body(data: _PostData | None) -> bytes:
    if data is None:
        return b""
    if data.text is None:
        return urlencode([(pair.name, pair.value or "") for pair in data.params or ()]).encode()
    return _bytes(data.text, data.encoding)


def _answer_body(content: _Content | None) -> bytes:
    return b"" if content is None or content.text is None else _bytes(content.text, content.encoding)


def _bytes(text: str, encoding: str | None) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise TraceError(f"this is not a HAR: a body that is said to be Base64 is not: {error}") from error


def _remarks(request: _Request, response: _Response) -> Iterator[tuple[str, str]]:
    """Say what a judge has to know of an entry that was recorded in part."""
    missing = []
    if request.postData is None and request.bodySize > 0:
        missing.append("request body")
    if response.status and (response.content is None or response.content.text is None):
        missing.append("answer body")
    if missing:
        yield "unrecorded", " and ".join(missing)
    if response.error:
        yield "error", response.error


def _facts(log: _Log, placed: list[_Placed]) -> dict[str, str]:
    """Say who recorded, and whether `Authorization` was left out, as sanitised recordings do."""
    facts = {"recorded_by": f"{log.creator.name} {log.creator.version}".strip()} if log.creator else {}
    names = {pair.name.lower() for one in placed for pair in one.entry.request.headers or ()}
    return facts if AUTHORIZATION in names else facts | {"authorization": "not recorded"}
