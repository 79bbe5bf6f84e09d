"""What programs write: text in any encoding, the end of it, and the outcome in its last line."""

from __future__ import annotations

import pytest
from cec_conformance.targets.output import Tail, decoded, last_lines, outcome
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("stdout", "found"),
    [
        ('{"outcome": "released"}\n', "released"),
        ('connected\n{"outcome":"hung_up"}\r\n\n  \n', "hung_up"),
        ('{"outcome": "released", "seconds": 3}', "released"),
        ('{"outcome": "released"}\nbye', ""),
        ('{"outcome": 3}', ""),
        ('["outcome"]', ""),
        ("", ""),
        ("\udcff", ""),
    ],
)
def test_the_outcome_is_the_last_line_that_is_not_blank(stdout: str, found: str) -> None:
    assert outcome(stdout) == found


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("接通".encode(), "接通"),
        ("接通".encode("gbk"), "接通"),
        ("接通\n".encode("gbk") + b'{"outcome": "released"}', '接通\n{"outcome": "released"}'),
        ("接通\n".encode() + "释放".encode("gbk"), "接通\n释放"),
        (b"\xff\xff", "\ufffd\ufffd"),
    ],
)
def test_text_is_read_in_whatever_encoding_it_is(data: bytes, text: str) -> None:
    assert decoded(data) == text


@given(st.lists(st.binary(max_size=40)))
def test_a_tail_is_the_end_of_what_was_written(pieces: list[bytes]) -> None:
    tail = Tail(kept=30)
    for piece in pieces:
        tail.feed(piece)

    whole = b"".join(pieces)
    assert tail.written == len(whole)
    assert decoded(whole).endswith(tail.text) or len(whole) > 30
    assert len(tail.text) <= 30


def test_a_line_that_was_cut_is_left_out() -> None:
    tail = Tail(kept=8)
    tail.feed("接通接通\nend\n".encode())
    assert tail.text == "end\n"


def test_the_last_lines_are_for_a_message() -> None:
    assert last_lines("1\n2\n3\n\n", most=2) == "2\n3"
