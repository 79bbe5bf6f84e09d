"""The exit status, as a table."""

from __future__ import annotations

from typing import Any

import pytest
from cec_client.protocol import Trace
from cec_conformance.cases.fixed import FIXED
from cec_conformance.judging import State, Verdict
from cec_conformance.results import CaseResult
from cec_conformance.rule import Basis, Level, Rule
from cec_conformance.status import Status, status
from cec_conformance.words import Words

NOTHING = Words("", "")
MUST, SHOULD = (
    Rule(id=name, level=level, basis=Basis.DOCUMENTED, section="", words=NOTHING, twin=NOTHING, look=lambda _: iter(()))
    for name, level in (("MUST", Level.MUST), ("SHOULD", Level.SHOULD))
)


def result(must: State, should: State = State.PASSED, *, trouble: bool = False) -> CaseResult:
    verdicts = () if trouble else (Verdict("MUST", must), Verdict("SHOULD", should))
    return CaseResult(FIXED[0], Trace(), verdicts, trouble=NOTHING if trouble else None)


PASSED, FAILED, UNSEEN, BLOCKED = State.PASSED, State.FAILED, State.NOT_EXERCISED, State.BLOCKED
TROUBLE = result(PASSED, trouble=True)


@pytest.mark.parametrize(
    ("results", "wishes", "expected"),
    [
        ([result(PASSED)], {}, Status.CONFORMANT),
        ([result(PASSED), result(FAILED)], {}, Status.VIOLATED),
        ([result(PASSED, FAILED)], {}, Status.CONFORMANT),
        ([result(PASSED, FAILED)], {"strict": True}, Status.VIOLATED),
        ([result(UNSEEN)], {}, Status.CONFORMANT),
        ([result(UNSEEN)], {"require_must": True}, Status.VIOLATED),
        ([result(BLOCKED)], {"require_must": True}, Status.VIOLATED),
        ([result(State.NOTED)], {"require_must": True}, Status.CONFORMANT),
        ([result(PASSED, UNSEEN)], {"require_must": True}, Status.CONFORMANT),
        ([result(FAILED)], {"expected": frozenset({"MUST"})}, Status.CONFORMANT),
        ([result(PASSED)], {"expected": frozenset({"MUST"})}, Status.VIOLATED),
        ([result(PASSED, PASSED)], {"expected": frozenset({"SHOULD"})}, Status.VIOLATED),
        ([result(UNSEEN)], {"expected": frozenset({"MUST"}), "require_must": True}, Status.CONFORMANT),
        ([result(PASSED), result(FAILED)], {"expected": frozenset({"MUST"})}, Status.CONFORMANT),
        ([], {}, Status.NOT_JUDGED),
        ([result(UNSEEN, UNSEEN)], {}, Status.NOT_JUDGED),
        ([result(BLOCKED, UNSEEN)], {}, Status.NOT_JUDGED),
        ([result(PASSED)], {"unjudged": NOTHING}, Status.NOT_JUDGED),
        ([result(PASSED), TROUBLE], {}, Status.NOT_JUDGED),
        ([result(FAILED), TROUBLE], {}, Status.VIOLATED),
    ],
)
def test_status(results: list[CaseResult], wishes: dict[str, Any], expected: Status) -> None:
    assert status(results, (MUST, SHOULD), **wishes) is expected
