"""HAR as we write it: valid, and the same trace when it is read back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from cec_client.protocol import Endpoint, Exchange, Signal, SignalKind, Trace
from hypothesis import given, settings
from hypothesis import strategies as st
from mock_cec.trace.har import write_har
from mock_cec.trace.har_reading import read_har

from tests.mock_server.trace.har_schema import HAR

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.mock_server.conftest import Api

    MakeApi = Callable[..., Api]

text = st.text(st.characters(codec="utf-8"), max_size=20)
names = st.text(st.characters(codec="ascii", exclude_characters=":"), max_size=10)
headers = st.lists(
    st.tuples(st.sampled_from(["Host", "Cookie", "set-cookie", "Content-Type", "location", "x"]), text)
).map(tuple)
moments = st.none() | st.floats(0, 1e6) | st.sampled_from([0.0, -1.0, 1e300])
exchanges = st.builds(
    Exchange,
    serial=st.just(1),
    method=st.sampled_from(["GET", "POST"]),
    target=st.sampled_from([endpoint.path for endpoint in Endpoint] + ["/x?a=b&a=&c", "/"]),
    request_headers=headers,
    request_body=st.binary(max_size=20) | text.map(str.encode),
    connection=st.none() | text,
    request_complete=moments,
    status=st.none() | st.integers(100, 599),
    response_headers=headers,
    response_body=st.binary(max_size=20) | text.map(str.encode),
    answer_begun=moments,
    answer_ended=moments,
    connection_gone=moments,
    script=st.dictionaries(text, text | st.floats(allow_nan=False, allow_infinity=False), max_size=2),
)
traces = st.builds(
    Trace,
    exchanges=st.lists(exchanges, max_size=4).map(
        lambda found: tuple(replace(one, serial=serial) for serial, one in enumerate(found, 1))
    ),
    signals=st.lists(
        st.builds(Signal, serial=st.just(1), at=st.floats(0, 1e6), kind=st.sampled_from(SignalKind), text=text)
    ).map(tuple),
    started=st.sampled_from([None, "2024-08-19T00:00:00+00:00", "2024-08-19T00:00:00", "9999-12-31T23:59:59Z", "soon"]),
    facts=st.dictionaries(text, text, max_size=2),
)


@settings(max_examples=50)
@given(traces, st.sampled_from([None, "https://cec.example/prefix/"]))
def test_our_har_is_valid_and_comes_back_as_the_same_trace(trace: Trace, base_url: str | None) -> None:
    written = write_har(trace, base_url)
    har = json.loads(written)
    jsonschema.validate(har, HAR)
    assert read_har(written) == trace


def entry(**members: Any) -> dict[str, Any]:
    known: dict[str, Any] = {"serial": 1, "method": "GET", "target": "/x?a=b"}
    exchange = Exchange(**(known | members))
    har = json.loads(write_har(Trace(exchanges=(exchange,), started="2024-08-19T00:00:00Z"), "https://cec.example/"))
    found: dict[str, Any] = har["log"]["entries"][0]
    return found


def test_times_are_those_of_the_exchange() -> None:
    found = entry(request_complete=1.5, answer_begun=3.5, answer_ended=3.75, status=200)
    assert found["startedDateTime"] == "2024-08-19T00:00:01.500000+00:00"
    assert (found["time"], found["timings"]["wait"], found["timings"]["receive"]) == (2250.0, 2000.0, 250.0)
    assert found["timings"]["dns"] == -1


@pytest.mark.parametrize(("gone", "comment"), [(4.0, "closed"), (None, "none has been seen")])
def test_an_exchange_without_an_answer_has_status_0_and_a_comment(gone: float | None, comment: str) -> None:
    found = entry(request_complete=1.0, connection_gone=gone)
    assert found["response"]["status"] == 0
    assert comment in found["comment"]
    assert found["time"] == (0 if gone is None else 3000)


def test_what_stands_in_headers_and_query_is_listed() -> None:
    found = entry(
        request_headers=(("cookie", "a=b; c"), ("content-type", "text/plain")),
        request_body=b"\xff",
        status=200,
        response_headers=(("set-cookie", "s=1; Path=/"),),
    )
    assert found["request"]["url"] == "https://cec.example/x?a=b"
    assert found["request"]["queryString"] == [{"name": "a", "value": "b"}]
    assert found["request"]["cookies"] == [{"name": "a", "value": "b"}, {"name": "c", "value": ""}]
    assert found["request"]["postData"] == {"mimeType": "text/plain", "text": "/w==", "_encoding": "base64"}
    assert found["response"]["cookies"] == [{"name": "s", "value": "1"}]


def test_an_emulated_call_is_a_har(api: MakeApi) -> None:
    client = api("token_expiry").login()
    client.call("createClickToCall")
    client.event()
    client.start("getClickToCallEvents")
    trace = client.tenant.recorder.trace()
    written = write_har(trace)
    jsonschema.validate(json.loads(written), HAR)
    assert json.loads(written)["log"]["entries"][0]["request"]["url"].startswith("http://cec.test:8360/apigovernance/")
    assert read_har(written) == trace
