"""The fixed cases: what commands, reports and folders take for granted of them."""

from __future__ import annotations

import re
from collections import Counter

from cec_conformance.cases.fixed import FIXED


def test_no_two_cases_have_the_same_name() -> None:
    assert [name for name, count in Counter(case.name for case in FIXED).items() if count > 1] == []


def test_names_can_be_typed_and_be_folders() -> None:
    assert [case.name for case in FIXED if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.name)] == []
