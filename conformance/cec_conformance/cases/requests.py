"""Cases for the rules on the shape of requests (guide §5)."""

from __future__ import annotations

from typing import Final

from cec_conformance.cases.case import Case
from cec_conformance.cases.writing import scenario
from cec_conformance.words import Words

CASES: Final[tuple[Case, ...]] = (
    Case(
        name="video",
        title=Words("A video call, connected at once and released", "视频呼叫，立即接通，随后释放"),
        scenario=scenario(events=["300ms connected", "500ms released"]),
        media="1",
        aims=("C-REQ-02", "C-REQ-03", "C-REQ-04"),
    ),
)
"""The cases."""
