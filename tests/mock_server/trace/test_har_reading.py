"""HAR as others write it: what browsers and proxies leave out, add, or do in their own way."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Final

import pytest
from cec_client.protocol import Endpoint, TraceError
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.trace.har_reading import read_har

BASE: Final = "https://cec.example:8443/cc"
SAID: Final = {"status": 200, "headers": [], "content": {"size": 2, "mimeType": "application/json", "text": "{}"}}


def entry(path: str = Endpoint.EVENTS.path + "?channel=WEB", at: str = "00:00.000", **members: Any) -> dict[str, Any]:
    request = {"method": "GET", "url": BASE + path, "headers": [], "bodySize": 0} | members.pop("request", {})
    return {
        "startedDateTime": f"2024-08-19T08:{at}+08:00",
        "time": 2250,
        "request": request,
        "response": SAID,
        "timings": {"blocked": 5, "dns": -1, "connect": 10, "ssl": 8, "send": 1, "wait": 2000, "receive": 250},
    } | members


def har(*entries: dict[str, Any], **log: Any) -> bytes:
    creator = {"name": "WebInspector", "version": "537.36"}
    return json.dumps({"log": {"version": "1.2", "creator": creator, "entries": entries} | log}).encode()


def test_a_browsers_entry_becomes_an_exchange() -> None:
    headers = [
        {"name": ":path", "value": "/x"},
        {"name": "Authorization", "value": "Bearer t"},
        {"name": "e", "value": None},
    ]
    trace = read_har(har(entry(request={"headers": headers}, connection="443", pageref="page_1")))
    exchange = trace.exchanges[0]
    assert trace.started == "2024-08-19T08:00:00+08:00"
    assert trace.facts == {"recorded_by": "WebInspector 537.36"}
    assert (exchange.serial, exchange.endpoint, exchange.status) == (1, Endpoint.EVENTS, 200)
    assert exchange.target == Endpoint.EVENTS.path + "?channel=WEB"
    assert exchange.request_headers == (("Authorization", "Bearer t"), ("e", ""))
    assert (exchange.request_complete, exchange.answer_begun, exchange.answer_ended) == (0.016, 2.016, 2.266)
    assert (exchange.connection, exchange.response_body, exchange.script) == ("443", b"{}", {})


def test_entries_are_ordered_by_their_beginning() -> None:
    trace = read_har(
        har(entry(at="00:02.5"), entry(Endpoint.CHECK.path, at="00:01.25"), entry(Endpoint.DROP.path, at="00:03"))
    )
    assert [exchange.endpoint for exchange in trace.exchanges] == [Endpoint.CHECK, Endpoint.EVENTS, Endpoint.DROP]
    assert [exchange.serial for exchange in trace.exchanges] == [1, 2, 3]
    assert trace.exchanges[1].request_complete == 1.266


def test_what_is_no_request_of_the_api_is_skipped() -> None:
    trace = read_har(
        har(
            entry(request={"method": "OPTIONS"}),
            entry("/index.html"),
            entry(request={"url": "data:text/plain,x"}),
            entry(request={"url": "https://cdn.example/apiaccess/app.js"}),
            entry(request={"url": "wss://cec.example/sip"}),
            entry("/sip", _resourceType="websocket"),
            entry("/apiaccess/ccmessaging/misspelt#top"),
            entry(),
        )
    )
    assert [exchange.target for exchange in trace.exchanges] == [
        "/apiaccess/ccmessaging/misspelt",
        Endpoint.EVENTS.path + "?channel=WEB",
    ]


def test_with_a_base_url_everything_under_it_counts() -> None:
    trace = read_har(har(entry("/ccmessaging/send"), entry("x"), entry("?a"), entry("")), BASE.upper() + "/")
    assert [exchange.target for exchange in trace.exchanges] == ["/ccmessaging/send", "?a", ""]


def test_two_bases_are_found_where_the_token_url_is_elsewhere() -> None:
    token = entry(request={"url": "https://iam.example" + Endpoint.TOKEN.path, "method": "POST"})
    assert [exchange.endpoint for exchange in read_har(har(token, entry())).exchanges] == [
        Endpoint.TOKEN,
        Endpoint.EVENTS,
    ]


def test_a_request_without_an_answer_ends_with_its_connection() -> None:
    failed = entry(response={"status": 0, "_error": "net::ERR_CONNECTION_RESET"})
    aborted = entry(response=None, timings=None, time=None)
    first, second = read_har(har(failed, aborted)).exchanges
    assert (first.status, first.answer_begun, first.connection_gone) == (None, None, 2.25)
    assert first.script == {"error": "net::ERR_CONNECTION_RESET"}
    assert (second.request_complete, second.connection_gone) == (0.0, None)


def test_times_that_are_unknown_stay_so() -> None:
    found = read_har(har(entry(timings={"send": 0, "wait": -1, "receive": 3}))).exchanges[0]
    assert (found.answer_begun, found.answer_ended) == (None, 2.25)


def test_bodies_are_taken_as_they_were_kept() -> None:
    content = {"size": 5, "mimeType": "x", "text": "eyJhIjoxfQ==", "encoding": "base64"}
    posted = {"method": "POST", "bodySize": 9, "postData": {"mimeType": "x", "text": "您"}}
    form = {"postData": {"mimeType": "x", "params": [{"name": "a b", "value": "c"}, {"name": "d"}]}}
    first, second, third = read_har(
        har(
            entry(Endpoint.SEND.path, request=posted, response=SAID | {"content": content}),
            entry(request=form),
            entry(request={"bodySize": 4}, response={"status": 200, "content": {"size": 7, "mimeType": "x"}}),
        )
    ).exchanges
    assert (first.request_body, first.response_body) == ("您".encode(), b'{"a":1}')
    assert second.request_body == b"a+b=c&d="
    assert (third.response_body, third.script) == (b"", {"unrecorded": "request body and answer body"})


def test_a_recording_without_authorization_says_so() -> None:
    assert read_har(har(entry(), creator=None)).facts == {"authorization": "not recorded"}


def test_a_byte_order_mark_is_no_harm() -> None:
    assert read_har(b"\xef\xbb\xbf" + har(entry())).exchanges


def test_a_har_without_entries_is_an_empty_trace() -> None:
    trace = read_har(har())
    assert (trace.exchanges, trace.started) == ((), None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a HAR"),
        (b"[" * 100_000, "not a HAR"),
        (b"\xff\xfe", "not a HAR"),
        (b'{"log": {}}', "`entries` - at `$.log`"),
        (har(entry(request={"url": 7})), "Expected `str`, got `int` - at `$.log.entries[0].request.url`"),
        (har(entry(), entry() | {"startedDateTime": "yesterday"}), 'log.entries[1].startedDateTime: got "yesterday"'),
        (har(entry(response=SAID | {"content": {"text": "?", "encoding": "base64"}})), "Base64 is not"),
        (har(entry("/index.html")), "expected some whose path ends in a documented one"),
    ],
)
def test_a_bad_har_is_refused_with_a_reason(data: bytes, words: str) -> None:
    with pytest.raises(TraceError) as raised:
        read_har(data)
    assert words in str(raised.value)


def test_a_har_of_another_base_is_refused_with_a_reason() -> None:
    with pytest.raises(TraceError, match="expected some under http://elsewhere"):
        read_har(har(entry()), "http://elsewhere")


@pytest.mark.uncovered
@given(
    st.binary()
    | st.recursive(
        st.none() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["log", "entries", "request", "url", "startedDateTime"]), inner)
        ),
    ).map(lambda tree: json.dumps(tree).encode())
)
def test_any_bytes_are_a_trace_or_a_trace_error(data: bytes) -> None:
    with suppress(TraceError):
        assert read_har(data).exchanges == ()
