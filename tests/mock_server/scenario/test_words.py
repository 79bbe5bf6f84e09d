"""Words of messages: one line, and a guess at what was meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mock_cec.scenario.words import listed, nearest, one_line, shown

NAMES = ("answered", "queue_then_answered", "queue_timeout", "quiet", "transfer")


@pytest.mark.parametrize(
    ("word", "guess"),
    [
        ("queu", '; did you mean "queue_then_answered" or "queue_timeout"?'),
        ("queue_tiemout", '; did you mean "queue_timeout"?'),
        ("Answered", '; did you mean "answered"?'),
        ("transfered", '; did you mean "transfer"?'),
        ("xyz", ";"),
        ("", ";"),
    ],
)
def test_a_wrong_word_is_followed_by_what_comes_close_and_by_all_there_is(word: str, guess: str) -> None:
    assert nearest(word, NAMES) == f"{guess} there is: {', '.join(NAMES)}"


@pytest.mark.parametrize(
    ("words", "text"), [(("a",), '"a"'), (("a", "b"), '"a" or "b"'), (("a", "b", "c"), '"a", "b" or "c"')]
)
def test_words_are_listed_as_in_a_sentence(words: tuple[str, ...], text: str) -> None:
    assert listed(words) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("您好，“中文”", '"您好，“中文”"'),
        ("a\nb", '"a\\nb"'),
        ("全\u3000角", '"全\\u3000角"'),
        ("x" * 70, f'"{"x" * 60}…"'),
    ],
)
def test_values_are_shown_as_they_are_if_they_print(value: str, text: str) -> None:
    assert shown(value) == text


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
