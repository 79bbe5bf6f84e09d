"""Looking for the smallest case that breaks a rule: smaller ones are played side by side until none breaks it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import msgspec

from cec_conformance.judging import State
from cec_conformance.results import CaseResult, CounterExample
from cec_conformance.rule import Level
from cec_conformance.scenario_file import written
from cec_conformance.shrinking import smaller, weight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

    from cec_conformance.cases.case import Case
    from cec_conformance.rule import Rule


class Reducer:
    """Looks for smallest cases.

    Args:
        trial: Plays a case and judges it.
        jobs: How many are played at a time.
        deadline: When to stop, as `time.monotonic()` has it; what was found until then counts.
    """

    def __init__(self, trial: Callable[[Case], Awaitable[CaseResult]], jobs: int, deadline: float) -> None:
        self._trial = trial
        self._jobs = jobs
        self._deadline = deadline
        self._known: dict[bytes, CaseResult] = {}

    async def smallest(self, results: Iterable[CaseResult], rules: Sequence[Rule]) -> AsyncIterator[CounterExample]:
        """Give a counter-example for each rule that was broken: what must not be first, then what should not."""
        results = sorted(results, key=lambda result: weight(result.case))
        for rule in sorted(rules, key=lambda rule: list(Level).index(rule.level)):
            broken = next((result for result in results if breaks(result, rule.id)), None)
            if broken is not None:
                yield await self._reduced(broken, rule.id)

    async def _reduced(self, best: CaseResult, rule: str) -> CounterExample:
        tries = 0
        try:
            async with asyncio.timeout(max(0.0, self._deadline - time.monotonic())):
                while True:
                    found, tried = await self._step(best, rule)
                    tries += tried
                    if found is None:
                        break
                    best = found
        except TimeoutError:
            pass
        return CounterExample(rule, best, written(best.case, rule), tries)

    async def _step(self, result: CaseResult, rule: str) -> tuple[CaseResult | None, int]:
        """Try the smaller cases in their order, as many at a time as may be."""
        cases = [case for case in smaller(result.case) if weight(case) < weight(result.case)]
        for start in range(0, len(cases), self._jobs):
            some = cases[start : start + self._jobs]
            tried = await asyncio.gather(*map(self._remembered, some))
            found = next((trial for trial in tried if breaks(trial, rule)), None)
            if found is not None:
                return found, start + len(some)
        return None, len(cases)

    async def _remembered(self, case: Case) -> CaseResult:
        key = msgspec.json.encode(
            (case.scenario, case.flow, case.media, case.connect_media, case.hangup_after, case.hangup_when)
        )
        if key not in self._known:
            self._known[key] = await self._trial(case)
        return self._known[key]


def breaks(result: CaseResult, rule: str) -> bool:
    """Say whether a case broke a rule."""
    return any(verdict.rule == rule and verdict.state is State.FAILED for verdict in result.verdicts)
