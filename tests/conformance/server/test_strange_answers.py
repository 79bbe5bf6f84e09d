"""No answer, however strange, upsets the judge: whatever a server says, every rule has its verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cec_client.protocol import Endpoint
from cec_conformance.judging import judge
from cec_conformance.run import Run
from cec_conformance.server.departures import Departure, Occasion
from cec_conformance.server.rules import SERVER_RULES
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.server.asked_traces import GOOD, OK, Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

STRANGE: list[Any] = [None, True, -1, 1.5, 10**400, "", "0", "²", "٣", "\x00", "9" * 5000, [], [[]], {}, {"0": None}]
NAMES = (
    "AccessToken",
    "Expires",
    "token",
    "resultCode",
    "resultDesc",
    "eventId",
    "content",
    "errorCode",
    "exceptionInfo",
    "webRTCSupported",
    "clickToCallSupported",
)
VALUES = st.sampled_from(STRANGE) | st.sampled_from([168101, "168110", {"causeId": "9" * 5000}, {"gwAddresses": [5]}])


def judged(asked: Asked) -> list[str]:
    return [verdict.rule for verdict in judge(Run(asked.trace()), SERVER_RULES)]


ALL = [rule.id for rule in SERVER_RULES]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", STRANGE, ids=[repr(value)[:12] for value in STRANGE])
def test_any_member_may_hold_anything(name: str, value: Any) -> None:
    asked = Asked()
    for endpoint in Endpoint:
        asked.ask(endpoint, None, {**GOOD.get(endpoint, OK), name: value})
        asked.ask(endpoint, None, {**GOOD.get(endpoint, OK), "eventId": 168101, "content": {name: value}})
    asked.login().create().poll(168101)

    assert judged(asked) == ALL


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    endpoint = draw(st.sampled_from(Endpoint))
    members = draw(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=3))
    body = draw(st.just({**GOOD.get(endpoint, OK), **members}) | VALUES)
    return {
        "endpoint": endpoint,
        "meant": draw(st.none() | st.sampled_from([*Departure, *Occasion])),
        "answer": draw(st.just(json.dumps(body).encode()) | st.binary(max_size=8)),
        "status": draw(st.sampled_from([200, 200, 200, 204, 302, 401, 403, 404, 500, None])),
        "user": draw(st.sampled_from(["alice", "bob"])),
        "label": draw(st.sampled_from([None, "application/json", "\xff"])),
        "wait": draw(st.sampled_from([0.0, 12.0, 4000.0])),
        "headers": draw(st.sampled_from([{}, {"x-token-expire": None}])),
        "access": draw(st.sampled_from(["access", "0", ""])),
    }


@given(st.lists(requests(), max_size=8))
def test_requests_and_answers_may_come_in_any_order(asked: Sequence[dict[str, Any]]) -> None:
    trace = Asked()
    for request in asked:
        trace.ask(**request)

    assert judged(trace) == ALL
