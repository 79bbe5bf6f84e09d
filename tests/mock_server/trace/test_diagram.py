"""The diagram in a terminal: what a person sees."""

from __future__ import annotations

from typing import Any

import pytest
from cec_client.protocol import Endpoint, Exchange, Trace
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.trace.columns import width
from mock_cec.trace.diagram import WIDTH, draw, plain
from mock_cec.trace.saying import Tone


def poll(serial: int, asked: float, **members: Any) -> Exchange:
    known: dict[str, Any] = {
        "serial": serial,
        "method": "GET",
        "target": Endpoint.EVENTS.path,
        "request_complete": asked,
    }
    return Exchange(**(known | members))


TRACE = Trace(
    started="2024-08-19T00:00:00Z",
    exchanges=(
        poll(1, 0.0, connection_gone=1.5),
        poll(2, 2.0, connection_gone=3.5, answer_begun=3.0, status=200),
        poll(3, 3.0),
        poll(
            4, 3.25, answer_begun=3.25, answer_ended=3.25, status=403, response_body=b"{}", script={"step": "您好" * 20}
        ),
        poll(5, 4.0),
        poll(6, 4.5),
    ),
)

DRAWN = """\
alice  6 exchanges  from 2024-08-19 00:00:00 UTC
  seconds client                           CEC
    0.000 │ getClickToCallEvents ──────────>│
          │                                 │┊   held 1.500 s
    1.500 │ connection closed ─────────────╳│
    2.000 │ #2 getClickToCallEvents ───────>│
    3.000 │ #3 getClickToCallEvents ───────>│┊
    3.250 │ getClickToCallEvents ──────────>│┊┊
          │<───────────────── 403 Forbidden │┊┊  您好您好您好您好您好您好您好您
          │                                 │┊┊  好您好您好您好您好您好您好您好
          │                                 │┊┊  您好您好您好您好您好
          │                                 │┊┊  held 1.500 s
    3.500 │╳───────────── #2 200, cut short │ ┊
    4.000 │ #5 getClickToCallEvents ───────>│ ┊
    4.500 │ #6 getClickToCallEvents ───────>│┊┊
          │ #3 no answer in the trace       │┊┊┊
          │ #5 no answer in the trace       │┊┊┊
          │ #6 no answer in the trace       │┊┊┊
"""


def test_a_trace_is_drawn() -> None:
    assert plain(draw(TRACE, "alice")) == DRAWN


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "cp1252"])
def test_where_there_are_no_boxes_ascii_is_drawn(encoding: str) -> None:
    drawn = plain(draw(TRACE, "alice", encoding))
    assert drawn.encode(encoding)
    assert "| connection closed -------------X|" in drawn
    assert not set("│─┊╳") & set(drawn)


def test_nobody_known_and_no_time_known() -> None:
    assert plain(draw(Trace(exchanges=TRACE.exchanges[:1]), None)).startswith("nobody known  1 exchange\n")


def test_a_fold_is_drawn_with_its_sign() -> None:
    said: dict[str, Any] = {"status": 200, "response_body": b'{"resultCode":"0"}'}
    polls = tuple(poll(n, float(n), answer_begun=float(n), answer_ended=float(n), **said) for n in range(1, 5))
    assert plain(draw(Trace(exchanges=polls), None)).endswith("    4.000 │ ⋮ 3 more polls, no event        │\n")


def test_what_went_wrong_stands_out() -> None:
    tones = {piece.tone for line in draw(TRACE, "alice") for piece in line if "403" in piece.text or "╳" in piece.text}
    assert tones == {Tone.BAD, Tone.LOST}


text = st.text(max_size=60)


@given(
    st.lists(
        st.builds(
            poll,
            st.integers(1, 9999),
            st.floats(0, 9999),
            script=st.dictionaries(text, text, max_size=2),
            target=text,
            status=st.none() | st.just(200),
            response_body=st.binary(max_size=20),
        ),
        max_size=5,
    ),
    text,
    st.sampled_from(["utf-8", "ascii"]),
)
def test_every_diagram_fits_and_moves_no_cursor(exchanges: list[Exchange], user: str, encoding: str) -> None:
    lines = plain(draw(Trace(exchanges=tuple(exchanges)), user, encoding)).removesuffix("\n").split("\n")
    assert all(width(line) <= WIDTH for line in lines[1:])
    assert all(line.isprintable() for line in lines)
