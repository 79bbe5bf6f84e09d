"""The fixed cases: what commands, reports and folders take for granted of them."""

from __future__ import annotations

import re
from collections import Counter

from cec_conformance.cases.fixed import FIXED


def test_no_two_cases_have_the_same_name() -> None:
    assert [name for name, count in Counter(case.name for case in FIXED).items() if count > 1] == []


def test_names_can_be_typed_and_be_folders() -> None:
    assert [case.name for case in FIXED if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.name)] == []


def test_a_call_that_is_connected_ends_also_for_a_client_that_never_hangs_up() -> None:
    ends = {"released", "failed", "queue_timeout"}
    endless = [
        case.name
        for case in FIXED
        if case.hangup_after is not None and not ends & {str(event.event) for event in case.scenario.events}
    ]
    assert endless == []
