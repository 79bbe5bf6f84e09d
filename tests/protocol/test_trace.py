"""The trace's JSON form: it comes back as it went, and what is none is refused with a reason."""

from __future__ import annotations

import json

import pytest
from cec_client.protocol import Endpoint, Exchange, Signal, SignalKind, Trace, TraceError
from hypothesis import given
from hypothesis import strategies as st

headers = st.lists(st.tuples(st.text(), st.text()), max_size=3).map(tuple)
moments = st.none() | st.floats(allow_nan=False, allow_infinity=False)
exchanges = st.builds(
    Exchange,
    serial=st.integers(1, 10**6),
    method=st.text(),
    target=st.text(),
    request_headers=headers,
    request_body=st.binary(),
    connection=st.none() | st.text(),
    request_complete=moments,
    status=st.none() | st.integers(100, 599),
    response_headers=headers,
    response_body=st.binary(),
    answer_begun=moments,
    answer_ended=moments,
    connection_gone=moments,
    script=st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False, allow_infinity=False), max_size=3),
)
signals = st.builds(
    Signal,
    serial=st.integers(1, 10**6),
    at=st.floats(allow_nan=False, allow_infinity=False),
    kind=st.sampled_from(SignalKind),
    text=st.text(),
    connection=st.none() | st.text(),
    call=st.none() | st.text(),
    user=st.none() | st.text(),
)
traces = st.builds(
    Trace,
    exchanges=st.lists(exchanges, max_size=3).map(tuple),
    signals=st.lists(signals, max_size=3).map(tuple),
    started=st.none() | st.text(),
    facts=st.dictionaries(st.text(), st.text(), max_size=3),
)


@given(traces)
def test_a_trace_comes_back_as_it_went(trace: Trace) -> None:
    assert Trace.from_json(trace.to_json()) == trace


def test_bodies_are_readable_where_they_are_text() -> None:
    trace = Trace(exchanges=(Exchange(serial=1, method="POST", target="/", request_body="您好".encode()),))
    assert "您好" in trace.to_json().decode()
    assert json.loads(trace.to_json())["version"] == 1


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "not a stored trace"),
        (b"\xff", "not a stored trace"),
        (b"[]", "not a stored trace"),
        (b'{"version": 1}', "format"),
        (b'{"format": "har", "version": 1}', "'har'"),
        (b'{"format": "cec-trace", "version": 2}', "version 2"),
        (b'{"format": "cec-trace", "version": 1, "exchanges": [{"serial": "x"}]}', "exchanges[0]"),
        (
            b'{"format":"cec-trace","version":1,"exchanges":'
            b'[{"serial":1,"method":"","target":"","request_body":{"base64":"?"}}]}',
            "Base64",
        ),
    ],
)
def test_what_is_no_trace_is_refused_with_a_reason(data: bytes, word: str) -> None:
    with pytest.raises(TraceError, match=word.replace("[", r"\[")):
        Trace.from_json(data)


@given(st.binary())
def test_any_bytes_are_a_trace_or_a_trace_error(data: bytes) -> None:
    with pytest.raises(TraceError):
        Trace.from_json(data)


@pytest.mark.parametrize(
    ("target", "endpoint"),
    [
        ("/apiaccess/ccmessaging/v1/getClickToCallEvents?channel=WEB", Endpoint.EVENTS),
        ("/apiaccess/ccmessaging/send", Endpoint.SEND),
        ("/apiaccess/ccmessaging/v1/send", None),
        ("http://[", None),
    ],
)
def test_an_exchange_belongs_to_the_endpoint_of_its_path(target: str, endpoint: Endpoint | None) -> None:
    assert Exchange(serial=1, method="DELETE", target=target).endpoint is endpoint


def test_headers_are_found_whatever_their_case() -> None:
    exchange = Exchange(serial=1, method="GET", target="/", request_headers=(("X-APP-Key", "a"), ("x-app-key", "b")))
    assert exchange.request_header("x-app-key") == "a"
    assert exchange.response_header("x-app-key") is None
