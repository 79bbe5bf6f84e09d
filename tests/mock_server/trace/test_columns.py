"""Text in columns: Chinese letters are two wide, nothing is wider than asked, and no control character gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.trace.columns import clip, pad, printable, width, wrap

shown = st.text(st.sampled_from("abc 您好，…é\u0301")).map(printable)


@pytest.mark.parametrize(("text", "columns"), [("", 0), ("abc", 3), ("您好", 4), ("e\u0301", 1), ("─┊╳…", 4)])
def test_the_width_of_a_text(text: str, columns: int) -> None:
    assert width(text) == columns


@given(shown, st.integers(4, 20))
def test_nothing_is_wider_than_asked(text: str, columns: int) -> None:
    assert width(clip(text, columns)) <= columns
    assert all(width(line) <= columns for line in wrap(text, columns))
    assert width(pad(clip(text, columns), columns)) == columns


@given(shown, st.integers(4, 20))
def test_wrapping_loses_nothing(text: str, columns: int) -> None:
    assert "".join("".join(wrap(text, columns)).split()) == "".join(text.split())


def test_what_is_left_out_is_marked() -> None:
    assert clip("您好您好", 5) == "您好…"
    assert clip("abcdefgh", 6, "...") == "abc..."
    assert clip("abc", 3) == "abc"


@given(st.text())
def test_no_control_character_gets_through(text: str) -> None:
    assert printable(text).isprintable()
    assert len(printable(text)) == len(text)


def test_what_an_encoding_cannot_say_is_a_question_mark() -> None:
    assert printable("a您\x1b\n", "ascii") == "a?? "
    assert printable("a您", "gbk") == "a您"
