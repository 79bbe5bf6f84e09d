"""Trace to HAR 1.2, for browsers' developer tools and whatever else reads the format.

A HAR has an entry per exchange. What it has no member for (which times nobody saw, what the script knew) stands in the
custom member `_exchange`, which `har_reading` reads back, so that nothing is lost on the way.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import msgspec

from mock_cec import __version__

if TYPE_CHECKING:
    from cec_client.protocol import Exchange, Trace
    from cec_client.protocol.trace import Headers

NO_BASE: Final = "http://cec.invalid"
"""The base URL of an exchange without a Host header; the name is reserved for being nowhere (RFC 2606 §2)."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Second 0 of a trace whose start is not known."""

_UNKNOWN_SIZE: Final = -1


def write_har(trace: Trace, base_url: str | None = None, *, scheme: str = "http") -> bytes:
    """Write a trace as HAR 1.2, in UTF-8.

    Args:
        trace: The trace.
        base_url: Where the platform was, for traces have targets only; without it the Host header of each request says.
        scheme: The scheme that stands before that header.
    """
    started = start_of(trace)
    log: dict[str, Any] = {
        "version": "1.2",
        "creator": {"name": "mock-cec", "version": __version__},
        "entries": [_entry(exchange, started, base_url or _base(exchange, scheme)) for exchange in trace.exchanges],
        "_started": trace.started,
        "_facts": dict(trace.facts),
    }
    if trace.signals:
        log["_signals"] = trace.signals
    return msgspec.json.format(msgspec.json.encode({"log": log}), indent=1)


def start_of(trace: Trace) -> datetime:
    """Give the moment of second 0; one that is unknown, or no time at all, counts as 1970."""
    try:
        moment = datetime.fromisoformat(trace.started or "")
    except ValueError:
        return EPOCH
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Phases:
    """The times of an exchange as HAR wants them: milliseconds, none of them unknown."""

    wait: float
    receive: float

    @classmethod
    def of(cls, exchange: Exchange) -> _Phases:
        """Measure; a phase that was not seen to begin and end took no time."""
        asked, begun = exchange.request_complete, exchange.answer_begun
        ended = exchange.answer_ended if exchange.answer_ended is not None else exchange.connection_gone
        return cls(_milliseconds(asked, begun if begun is not None else ended), _milliseconds(begun, ended))


def _milliseconds(start: float | None, end: float | None) -> float:
    return 0.0 if start is None or end is None else round(max(0.0, end - start) * 1000, 3)


def _base(exchange: Exchange, scheme: str) -> str:
    host = exchange.request_header("host")
    return f"{scheme}://{host}" if host and not host.startswith("/") else NO_BASE


def _entry(exchange: Exchange, started: datetime, base_url: str) -> dict[str, Any]:
    phases = _Phases.of(exchange)
    entry = {
        "startedDateTime": _moment(started, _first_time(exchange)).isoformat(timespec="microseconds"),
        "time": round(phases.wait + phases.receive, 3),
        "request": _request(exchange, base_url),
        "response": _response(exchange),
        "cache": {},
        "timings": {
            "blocked": -1,
            "dns": -1,
            "connect": -1,
            "ssl": -1,
            "send": 0,
            "wait": phases.wait,
            "receive": phases.receive,
        },
        "_exchange": {
            "serial": exchange.serial,
            "target": exchange.target,
            "request_complete": exchange.request_complete,
            "answer_begun": exchange.answer_begun,
            "answer_ended": exchange.answer_ended,
            "connection_gone": exchange.connection_gone,
            "script": dict(exchange.script),
        },
    }
    if exchange.connection is not None:
        entry["connection"] = exchange.connection
    if exchange.status is None:
        entry["comment"] = "no answer: " + (
            "the connection was closed" if exchange.connection_gone is not None else "none has been seen"
        )
    return entry


def _moment(started: datetime, seconds: float) -> datetime:
    try:
        return started + timedelta(seconds=seconds)
    except OverflowError:
        return started


def _first_time(exchange: Exchange) -> float:
    times = (exchange.request_complete, exchange.answer_begun, exchange.answer_ended, exchange.connection_gone)
    return next((time for time in times if time is not None), 0.0)


def _request(exchange: Exchange, base_url: str) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": base_url.rstrip("/") + exchange.target,
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(exchange.request_headers),
        "headers": _pairs(exchange.request_headers),
        "queryString": _pairs(parse_qsl(exchange.target.partition("?")[2], keep_blank_values=True)),
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": len(exchange.request_body),
    }
    if exchange.request_body:
        text, encoding = _text(exchange.request_body)
        mime_type = exchange.request_header("content-type") or ""
        request["postData"] = {"mimeType": mime_type, "text": text} | ({"_encoding": encoding} if encoding else {})
    return request


def _response(exchange: Exchange) -> dict[str, Any]:
    text, encoding = _text(exchange.response_body)
    content = {
        "size": len(exchange.response_body),
        "mimeType": exchange.response_header("content-type") or "",
        "text": text,
    }
    return {
        "status": exchange.status or 0,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": _set_cookies(exchange.response_headers),
        "headers": _pairs(exchange.response_headers),
        "content": content | ({"encoding": encoding} if encoding else {}),
        "redirectURL": exchange.response_header("location") or "",
        "headersSize": _UNKNOWN_SIZE,
        "bodySize": _UNKNOWN_SIZE if exchange.status is None else len(exchange.response_body),
    }


def _text(body: bytes) -> tuple[str, str | None]:
    """Give a body as text, and how it is encoded if it is not text."""
    try:
        return body.decode(), None
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), "base64"


def _pairs(pairs: Headers | list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _cookies(headers: Headers) -> list[dict[str, str]]:
    return [
        _cookie(cookie)
        for name, value in headers
        if name.lower() == "cookie"
        for cookie in value.split(";")
        if cookie.strip()
    ]


def _set_cookies(headers: Headers) -> list[dict[str, str]]:
    """Name the cookies that an answer sets, without their attributes: those stand in the headers."""
    return [_cookie(value.partition(";")[0]) for name, value in headers if name.lower() == "set-cookie"]


def _cookie(text: str) -> dict[str, str]:
    name, _, value = text.strip().partition("=")
    return {"name": name, "value": value}
