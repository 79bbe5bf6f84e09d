"""Rows: in order of time, with what was held, what was due, and equal empty polls folded."""

from __future__ import annotations

from typing import Any

from cec_client.protocol import Endpoint, Exchange, Trace
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.trace.rows import Kind, rows

EMPTY = b'{"resultCode":"0","resultDesc":""}'


def poll(asked: float | None, answered: float | None, endpoint: Endpoint = Endpoint.EVENTS, **members: Any) -> Exchange:
    known: dict[str, Any] = {"serial": 1, "method": endpoint.method, "target": endpoint.path, "request_complete": asked}
    if answered is not None:
        known |= {"status": 200, "response_body": EMPTY, "answer_begun": answered, "answer_ended": answered}
    return Exchange(**(known | members))


def kinds(*exchanges: Exchange) -> list[str]:
    return [row.kind.name for row in rows(Trace(exchanges=exchanges))]


def test_an_exchange_is_asked_held_and_answered() -> None:
    assert kinds(poll(0.0, 2.0)) == ["ASK", "HELD", "ANSWER"]
    assert kinds(poll(0.0, 0.01)) == ["ASK", "ANSWER"]


def test_every_end_has_its_row() -> None:
    assert kinds(poll(0.0, None, connection_gone=1.0)) == ["ASK", "HELD", "GONE"]
    assert kinds(poll(0.0, None, answer_begun=0.0, status=200, connection_gone=0.05)) == ["ASK", "CUT"]
    assert kinds(poll(0.0, None), poll(1.0, 1.0)) == ["ASK", "ASK", "ANSWER", "OPEN"]
    assert kinds(poll(None, None, status=200, answer_ended=3.0)) == ["ASK", "ANSWER"]
    assert kinds(poll(None, None, status=200)) == ["ASK", "ANSWER"]


def test_an_event_that_had_to_wait_is_shown_when_it_was_due() -> None:
    late = poll(5.0, 5.0, script={"step": "events[0] queued", "due": 1.0})
    found = rows(Trace(exchanges=(poll(0.0, 0.0), late)))
    assert [row.kind.name for row in found] == ["ASK", "ANSWER", "DUE", "ASK", "ANSWER"]
    assert [note.text for note in found[2].notes] == ["events[0] queued is due"]
    assert [row.time for row in found] == [0.0, 0.0, 1.0, 5.0, 5.0]


def test_requests_that_overlap_are_marked() -> None:
    found = rows(Trace(exchanges=(poll(0.0, 3.0), poll(1.0, 1.0), poll(4.0, 4.0))))
    assert [row.overlapped for row in found] == [True, False, False, True, True, False, False]


def test_equal_empty_polls_are_folded() -> None:
    found = rows(Trace(exchanges=tuple(poll(float(n), n + 1.0) for n in range(5))))
    assert [row.kind for row in found] == [Kind.ASK, Kind.HELD, Kind.ANSWER, Kind.FOLD]
    assert (found[-1].saying.text, found[-1].time) == ("4 more polls, no event", 5.0)


def test_what_comes_between_ends_a_fold() -> None:
    texts = [poll(float(n), float(n), Endpoint.POLL_TEXT) for n in range(3)]
    two = [poll(4.0, 4.0), poll(5.0, 5.0)]
    found = rows(Trace(exchanges=(*texts, *two, poll(6.0, 6.0, Endpoint.DROP))))
    assert [row.kind.name for row in found] == ["ASK", "ANSWER", "FOLD", *["ASK", "ANSWER"] * 3]
    assert found[2].saying.text == "2 more polls, no message"


moments = st.none() | st.floats(0, 100)


@given(st.lists(st.tuples(moments, moments, moments, st.sampled_from([None, 200])), max_size=6))
def test_every_exchange_is_asked_and_ends_whatever_its_times(times: list[tuple[float | None, ...]]) -> None:
    exchanges = tuple(
        poll(asked, None, answer_begun=begun, connection_gone=gone, status=status, response_body=b"x")
        for asked, begun, gone, status in times
    )
    found = rows(Trace(exchanges=exchanges))
    for exchange in exchanges:
        mine = [row.kind for row in found if row.exchange is exchange and row.kind is not Kind.HELD]
        assert len(mine) == 2
        assert mine[0] is Kind.ASK
