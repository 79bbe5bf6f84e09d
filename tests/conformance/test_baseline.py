"""The baseline of expected failures: a line a rule, and errors with file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cec_conformance.baseline import BaselineError, Expected, parse, read_baseline
from cec_conformance.rule import Basis, Level, Rule
from cec_conformance.words import Words

if TYPE_CHECKING:
    from pathlib import Path

_W = Words("", "")
RULES = tuple(
    Rule(id=name, level=level, basis=Basis.DOCUMENTED, section="", words=_W, twin=_W, look=lambda _run: iter(()))
    for name, level in (("C-POLL-05", Level.MUST), ("C-DROP-03", Level.SHOULD), ("C-AUTH-03", Level.INFO))
)


def test_a_line_is_a_rule_perhaps_a_case_and_a_remark() -> None:
    text = "# known\n\nC-POLL-05   # ticket 7\n  C-DROP-03 hang-up#late\n"

    assert parse(text, RULES, "known.txt") == (
        Expected("C-POLL-05", "", "ticket 7", "known.txt:3"),
        Expected("C-DROP-03", "hang-up", "late", "known.txt:4"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nC-POLL-5", "known.txt:2: there is no rule 'C-POLL-5'; did you mean C-POLL-05?"),
        ("zzz", "known.txt:1: there is no rule 'zzz'; cec-conformance rules lists them"),
        ("C-AUTH-03", "known.txt:1: C-AUTH-03 is of level INFO and never fails"),
        ("C-POLL-05 a b", "known.txt:1: got 'C-POLL-05 a b', expected a rule, then perhaps a case"),
        ("C-POLL-05\nC-POLL-05 # again", "known.txt:2: C-POLL-05 stands already in known.txt:1"),
    ],
)
def test_a_line_that_expects_nothing_is_an_error(text: str, message: str) -> None:
    with pytest.raises(BaselineError) as raised:
        parse(text, RULES, "known.txt")

    assert str(raised.value).startswith(message)


def test_a_file_is_read_with_its_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "known.txt"
    file.write_bytes("\ufeffC-POLL-05 # 已知".encode())

    assert [expected.reason for expected in read_baseline(file, RULES)] == ["已知"]


@pytest.mark.parametrize(("data", "message"), [(None, "cannot be read"), (b"\xff\xfe\x00", "no text in UTF-8")])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, data: bytes | None, message: str) -> None:
    file = tmp_path / "known.txt"
    if data is not None:
        file.write_bytes(data)

    with pytest.raises(BaselineError, match=message) as raised:
        read_baseline(file, RULES)
    assert str(raised.value).startswith(str(file))
